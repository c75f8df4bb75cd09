package security

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

const (
	// Both are far above what layers of 250 MB have, and keep a hostile one from filling memory or file descriptors.
	maxDepth   = 100
	maxEntries = 1_000_000
	// A folder is read in parts, since it may hold any number of files.
	entriesAtOnce = 256
)

var errTooMany = fmt.Errorf("/opt has more than %d files and folders", maxEntries)

// walker lists everything below a folder. It does not follow links.
type walker struct {
	root    string
	visit   func(path string, kind fs.FileMode)
	broken  func(path string, err error)
	entries int
}

func (w *walker) walk(ctx context.Context, folder string, depth int) error {
	if depth > maxDepth {
		w.broken(folder, fmt.Errorf("it is more than %d folders deep", maxDepth))
		return nil
	}
	open, err := os.Open(path.Join(w.root, folder))
	if err != nil {
		w.broken(folder, reason(err))
		return nil
	}
	defer open.Close()
	for {
		entries, err := open.ReadDir(entriesAtOnce)
		for _, entry := range entries {
			if w.entries++; w.entries > maxEntries {
				return errTooMany
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			below := path.Join(folder, entry.Name())
			w.visit(below, entry.Type())
			if !entry.IsDir() {
				continue
			}
			if err := w.walk(ctx, below, depth+1); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			w.broken(folder, reason(err))
			return nil
		}
	}
}
