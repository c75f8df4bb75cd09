package security

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strconv"
)

type layer struct{ name string }

// expected is a file of a layer, as the layer's manifest has it.
type expected struct {
	digest [32]byte
	bytes  int64
	layer  *layer
	link   bool
	// executable is whether one of the three bits is set.
	executable bool
	// found is whether /opt has anything by that path.
	found bool
	// below is the file of an earlier layer by the same path.
	below *expected
}

func (e *expected) same(other *expected) bool {
	return e.digest == other.digest && e.bytes == other.bytes && e.link == other.link && e.executable == other.executable
}

type manifestEntry struct {
	Path   string `json:"path"`
	Bytes  *int64 `json:"bytes"`
	Mode   string `json:"mode"`
	SHA256 string `json:"sha256"`
}

// readManifests takes the manifests in the order of the layers: the files of later ones are on top.
func readManifests(ctx context.Context, folder string, names []string) (map[string]*expected, error) {
	files := map[string]*expected{}
	for _, name := range names {
		if err := readManifest(ctx, path.Join(folder, name), files); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func readManifest(ctx context.Context, file string, files map[string]*expected) error {
	stream, err := openStream(file)
	if err != nil {
		return fmt.Errorf("the manifest %s cannot be read: %w", file, err)
	}
	defer stream.file.Close()
	if err := decodeManifest(ctx, stream, files); err != nil {
		return stream.wrong("the manifest", file, err)
	}
	return nil
}

func decodeManifest(ctx context.Context, stream *stream, files map[string]*expected) error {
	if err := stream.delimiter('{'); err != nil {
		return err
	}
	// The name may stand after the files.
	layer := &layer{}
	hasFiles := false
	for stream.More() {
		member, err := stream.Token()
		if err != nil {
			return err
		}
		switch member {
		case "name":
			err = stream.decode(&layer.name)
		case "files":
			hasFiles = true
			err = decodeFiles(ctx, stream, layer, files)
		default:
			err = stream.decode(&json.RawMessage{})
		}
		if err != nil {
			return err
		}
	}
	if err := stream.delimiter('}'); err != nil {
		return err
	}
	if layer.name == "" || !hasFiles {
		return errors.New("it has no name or no files")
	}
	return stream.end()
}

func decodeFiles(ctx context.Context, stream *stream, layer *layer, files map[string]*expected) error {
	if err := stream.delimiter('['); err != nil {
		return err
	}
	for stream.More() {
		if ctx.Err() != nil {
			return errTooSlow
		}
		var entry manifestEntry
		if err := stream.decode(&entry); err != nil {
			return err
		}
		one, err := entry.expected(layer)
		if err != nil {
			return err
		}
		one.below = files[entry.Path]
		if one.below != nil && one.below.layer == layer {
			return fmt.Errorf("it has the file %q twice", entry.Path)
		}
		files[entry.Path] = one
	}
	return stream.delimiter(']')
}

func (entry manifestEntry) expected(layer *layer) (*expected, error) {
	if entry.Path == "" || path.IsAbs(entry.Path) || path.Clean("/"+entry.Path) != "/"+entry.Path {
		return nil, fmt.Errorf("the path %q is not one below /opt", entry.Path)
	}
	if entry.Bytes == nil || *entry.Bytes < 0 {
		return nil, fmt.Errorf("bytes of %q is missing or negative", entry.Path)
	}
	one := &expected{layer: layer, bytes: *entry.Bytes, link: entry.Mode == "link"}
	if !one.link {
		mode, err := strconv.ParseUint(entry.Mode, 8, 12)
		if err != nil {
			return nil, fmt.Errorf("mode of %q is %q: it is four octal digits, or \"link\"", entry.Path, entry.Mode)
		}
		one.executable = mode&0o111 != 0
	}
	digest, err := hex.DecodeString(entry.SHA256)
	if err != nil || len(digest) != len(one.digest) {
		return nil, fmt.Errorf("sha256 of %q is %q: it is 64 hexadecimal digits", entry.Path, entry.SHA256)
	}
	copy(one.digest[:], digest)
	return one, nil
}
