package security

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

// advisoryIndex says where the advisories on a package are. They are read when such a package is found, so that a list of any length takes little memory.
type advisoryIndex struct {
	files  []string
	places map[installed][]place
}

type place struct {
	file       int
	start, end int64
}

func indexAdvisories(ctx context.Context, folder string, names []string) (*advisoryIndex, error) {
	index := &advisoryIndex{places: map[installed][]place{}}
	for number, name := range names {
		file := path.Join(folder, name)
		index.files = append(index.files, file)
		stream, err := openStream(file)
		if err != nil {
			return nil, fmt.Errorf("the advisories %s cannot be read: %w", file, err)
		}
		err = index.read(ctx, stream, number)
		stream.file.Close()
		if err != nil {
			return nil, stream.wrong("the advisories", file, err)
		}
	}
	return index, nil
}

// read takes one advisory, an array of them, or one after the other.
func (index *advisoryIndex) read(ctx context.Context, stream *stream, file int) error {
	isArray, err := beginsArray(stream.file)
	if err != nil {
		return err
	}
	if isArray {
		if err := stream.delimiter('['); err != nil {
			return err
		}
	}
	// An array may be empty, a file may not.
	for count := 0; stream.more(isArray, count); count++ {
		if ctx.Err() != nil {
			return errTooSlow
		}
		start := stream.InputOffset()
		var one advisory
		if err := stream.decode(&one); err != nil {
			return err
		}
		if one.ID == "" {
			return errors.New("it is no advisory in OSV format: one has no id")
		}
		index.add(&one, place{file, start, stream.InputOffset()})
	}
	if isArray {
		if err := stream.delimiter(']'); err != nil {
			return err
		}
	}
	return stream.end()
}

func (s *stream) more(isArray bool, count int) bool {
	s.source.left = maxValueBytes
	return s.More() || !isArray && count == 0
}

func beginsArray(file *os.File) (bool, error) {
	var head [512]byte
	read, err := file.ReadAt(head[:], 0)
	if err == io.EOF {
		err = nil
	}
	return bytes.HasPrefix(bytes.TrimLeft(head[:read], " \t\r\n"), []byte("[")), err
}

func (index *advisoryIndex) add(one *advisory, at place) {
	if one.Withdrawn != "" {
		return
	}
	for i := range one.Affected {
		of := one.Affected[i].of()
		known := index.places[of]
		if (of.ecosystem == pypi || of.ecosystem == npm) && (len(known) == 0 || known[len(known)-1] != at) {
			index.places[of] = append(known, at)
		}
	}
}

func (index *advisoryIndex) load(at place) (*advisory, error) {
	file, err := openRegular(index.files[at.file])
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content := make([]byte, at.end-at.start)
	if _, err := file.ReadAt(content, at.start); err != nil {
		return nil, reason(err)
	}
	var one advisory
	// Between two values of an array there is a comma.
	return &one, json.Unmarshal(bytes.TrimLeft(content, ", \t\r\n"), &one)
}

// findVulnerable judges the package whose metadata the content is, if it is any.
func (c *check) findVulnerable(file string, content []byte) {
	found, is := readPackage(file, content)
	if !is {
		return
	}
	key := installed{ecosystem: found.ecosystem, name: normalName(found.ecosystem, found.name)}
	for _, at := range c.advisories.places[key] {
		one, err := c.advisories.load(at)
		if err != nil {
			c.incomplete(file, fmt.Sprintf("the advisories %s cannot be read again: %v", c.advisories.files[at.file], err))
			continue
		}
		c.judge(file, key, found, one)
	}
}

func (c *check) judge(file string, key, found installed, one *advisory) {
	var unjudged error
	for i := range one.Affected {
		of := &one.Affected[i]
		if of.of() != key {
			continue
		}
		affects, err := of.affects(found.ecosystem, found.version)
		if affects {
			c.findings.add(one.finding(file, found, of))
			return
		}
		unjudged = cmp.Or(unjudged, err)
	}
	if unjudged != nil {
		c.incomplete(file, fmt.Sprintf("whether %s affects %s %s cannot be told: %v", one.ID, found.name, found.version, unjudged))
	}
}

func (a *advisory) finding(file string, found installed, of *affected) finding {
	fixes := of.fixes(found.ecosystem, found.version)
	message := fmt.Sprintf("%s %s is affected by %s", found.name, found.version, a.ID)
	if fixes != nil {
		message += ", fixed in " + strings.Join(fixes, " and ")
	}
	return finding{
		Kind: vulnerable, Path: file, Ecosystem: found.ecosystem, Package: found.name, Version: found.version,
		Advisory: a.ID, Aliases: a.Aliases, Severity: a.level(), CVSS: a.vector(of), Fixed: fixes, Message: message,
	}
}
