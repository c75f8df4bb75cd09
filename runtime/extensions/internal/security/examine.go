package security

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"os"
	"path"
)

// What NUL bytes are looked for in, which text has not.
const sniffedBytes = 8 << 10

// examine reads a file at most once, whatever is to be found in it.
func (c *check) examine(ctx context.Context, task task, buffer []byte) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	file, err := openRegular(path.Join(c.root, task.path))
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	got := actual{expected: expected{bytes: info.Size(), executable: info.Mode().Perm()&0o111 != 0}}
	head, err := c.head(file, task, info.Size(), buffer)
	if err != nil {
		return err
	}
	if c.config.detects(credentials) && isText(head) {
		c.findCredentials(task.path, head)
	}
	if c.config.detects(advisories) {
		c.findVulnerable(task.path, head)
	}
	if task.want.hasSize(info.Size()) {
		if got.digest, err = c.digest(ctx, file, head, info.Size(), buffer); err != nil {
			return err
		}
	}
	c.compare(task.path, task.want, got)
	return nil
}

// head is the beginning of a file, and nothing of one that nobody asks for the content of.
func (c *check) head(file *os.File, task task, size int64, buffer []byte) ([]byte, error) {
	if !c.config.detects(credentials) && !task.want.hasSize(size) && !(c.config.detects(advisories) && isMetadata(task.path)) {
		return nil, nil
	}
	read, err := io.ReadFull(file, buffer[:min(size, int64(len(buffer)))])
	c.bytes.Add(int64(read))
	if err == io.ErrUnexpectedEOF || err == io.EOF {
		err = nil
	}
	return buffer[:read], reason(err)
}

// digest is of the head and of what follows it. The file's size was compared before, so that it ends.
func (c *check) digest(ctx context.Context, file *os.File, head []byte, size int64, buffer []byte) (sum [32]byte, err error) {
	hash := sha256.New()
	hash.Write(head)
	for read := int64(len(head)); read < size && err == nil; {
		if ctx.Err() != nil {
			return sum, ctx.Err()
		}
		var more int
		more, err = file.Read(buffer)
		hash.Write(buffer[:more])
		read += int64(more)
		c.bytes.Add(int64(more))
	}
	if err != nil && err != io.EOF {
		return sum, reason(err)
	}
	hash.Sum(sum[:0])
	return sum, nil
}

// hasSize is whether hashing a file of that size can show that it is one of the expected.
func (e *expected) hasSize(size int64) bool {
	for ; e != nil; e = e.below {
		if !e.link && e.bytes == size {
			return true
		}
	}
	return false
}

func isText(content []byte) bool {
	return bytes.IndexByte(content[:min(len(content), sniffedBytes)], 0) < 0
}
