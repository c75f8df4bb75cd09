package security

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path"
)

// actual is what /opt has by the path of an expected file.
type actual struct {
	expected
	// other says what it is if it is neither a file nor a link.
	other string
}

func readLink(root, file string) (actual, error) {
	target, err := os.Readlink(path.Join(root, file))
	if err != nil {
		return actual{}, reason(err)
	}
	return actual{expected: expected{link: true, bytes: int64(len(target)), digest: sha256.Sum256([]byte(target))}}, nil
}

// compare tells what is not as the manifests have it. A file that no manifest has is added.
func compare(file string, want *expected, got actual) *finding {
	if want == nil {
		return &finding{Kind: added, Path: file, Message: fmt.Sprintf("%s is %s that no layer's manifest has", printable(file), got.describe())}
	}
	for winner := want; winner != nil && got.other == ""; winner = winner.below {
		if winner.same(&got.expected) {
			return shadowing(file, winner, want)
		}
	}
	difference := got.difference(want)
	return &finding{
		Kind: changed, Path: file, Layer: want.layer.name, Difference: difference,
		Message: fmt.Sprintf("the %s of %s is not as the layer %s has it", difference, printable(file), want.layer.name),
	}
}

// shadowing names the layers whose other file by the same path is not the one in /opt.
func shadowing(file string, winner, top *expected) *finding {
	var shadows []string
	for one := top; one != nil; one = one.below {
		if !one.same(winner) {
			shadows = append(shadows, one.layer.name)
		}
	}
	if shadows == nil {
		return nil
	}
	return &finding{
		Kind: shadowed, Path: file, Layer: winner.layer.name, Shadows: shadows,
		Message: fmt.Sprintf("%s is that of the layer %s, and another file than %q have by that path", printable(file), winner.layer.name, shadows),
	}
}

func (got actual) difference(want *expected) string {
	switch {
	case got.other != "" || got.link != want.link:
		return "kind"
	case got.link:
		return "target"
	case got.bytes != want.bytes || got.digest != want.digest:
		return "bytes"
	default:
		return "mode"
	}
}

func (got actual) describe() string {
	switch {
	case got.other != "":
		return got.other
	case got.link:
		return "a link"
	default:
		return "a file"
	}
}

func describeKind(kind fs.FileMode) string {
	switch {
	case kind&fs.ModeNamedPipe != 0:
		return "a FIFO"
	case kind&fs.ModeSocket != 0:
		return "a socket"
	case kind&fs.ModeDevice != 0:
		return "a device"
	case kind.IsDir():
		return "a folder"
	default:
		return "something that is no file"
	}
}
