package security

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// A value of JSON that is longer fills the memory, and is no advisory or entry of a manifest.
const maxValueBytes = 4 << 20

// stream reads values of JSON from a file one by one.
type stream struct {
	*json.Decoder
	source *boundedReader
	file   *os.File
}

func openStream(path string) (*stream, error) {
	file, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	source := &boundedReader{file, maxValueBytes}
	return &stream{json.NewDecoder(source), source, file}, nil
}

func (s *stream) decode(into any) error {
	s.source.left = maxValueBytes
	return s.Decode(into)
}

// delimiter reads one bracket or brace.
func (s *stream) delimiter(want json.Delim) error {
	s.source.left = maxValueBytes
	token, err := s.Token()
	if err != nil {
		return err
	}
	if token != want {
		return fmt.Errorf("there is %v where %v should be", token, want)
	}
	return nil
}

// end must be called after the last value.
func (s *stream) end() error {
	s.source.left = maxValueBytes
	if _, err := s.Token(); err != io.EOF {
		return errors.New("there is more after its end")
	}
	return nil
}

func (s *stream) wrong(what, path string, err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = errors.New("it ends too early")
	}
	return fmt.Errorf("%s %s cannot be read: %w (at byte %d)", what, path, err, s.InputOffset())
}

type boundedReader struct {
	reader io.Reader
	left   int
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("a value is longer than %d bytes", maxValueBytes)
	}
	read, err := b.reader.Read(p[:min(len(p), b.left)])
	b.left -= read
	return read, err
}
