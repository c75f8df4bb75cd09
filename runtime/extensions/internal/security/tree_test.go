package security

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// file is one of a test's tree. A target makes it a link.
type file struct {
	content    string
	executable bool
	target     string
}

type tree map[string]file

func (files tree) write(t *testing.T, root string) {
	t.Helper()
	for name, one := range files {
		path := filepath.Join(root, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		if one.target != "" {
			must(t, os.Symlink(one.target, path))
			continue
		}
		mode := os.FileMode(0o644)
		if one.executable {
			mode = 0o755
		}
		must(t, os.WriteFile(path, []byte(one.content), mode))
	}
}

type manifestFile struct {
	Path   string `json:"path"`
	Bytes  int    `json:"bytes"`
	Mode   string `json:"mode"`
	SHA256 string `json:"sha256"`
}

// manifest is what the construct writes for a layer of these files.
func (files tree) manifest(t *testing.T, layer string) string {
	t.Helper()
	list := []manifestFile{}
	for name, one := range files {
		content, mode := one.content, "0644"
		if one.executable {
			mode = "0755"
		}
		if one.target != "" {
			content, mode = one.target, "link"
		}
		digest := sha256.Sum256([]byte(content))
		list = append(list, manifestFile{name, len(content), mode, hex.EncodeToString(digest[:])})
	}
	text, err := json.Marshal(map[string]any{"name": layer, "digest": "1", "files": list, "packages": []string{}})
	must(t, err)
	return string(text)
}

func newRoot(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(root, ownFolder, "manifests"), 0o755))
	must(t, os.MkdirAll(filepath.Join(root, ownFolder, "advisories"), 0o755))
	return root
}

func writeOwn(t *testing.T, root, name, content string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(root, ownFolder, name), []byte(content), 0o644))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// checkTree does what Start does, and returns the findings as they are written.
func checkTree(t *testing.T, root string, config config) []finding {
	t.Helper()
	found, _ := checkWithin(t, context.Background(), root, config)
	return found
}

func checkWithin(t *testing.T, ctx context.Context, root string, config config) ([]finding, summary) {
	t.Helper()
	if config.OnFinding == "" {
		config.OnFinding = stop
	}
	must(t, config.check())
	check, err := newCheck(ctx, root, &config)
	must(t, err)
	check.run(ctx)
	var out bytes.Buffer
	must(t, check.print(&out, time.Second))
	return parseLines(t, out.String())
}

func parseLines(t *testing.T, text string) ([]finding, summary) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	found := []finding{}
	for _, line := range lines[:len(lines)-1] {
		var one finding
		must(t, json.Unmarshal([]byte(line), &one))
		if one.Extension != name || one.Message == "" {
			t.Errorf("a line without extension or message: %s", line)
		}
		found = append(found, one)
	}
	var sum summary
	must(t, json.Unmarshal([]byte(lines[len(lines)-1]), &sum))
	if sum.Extension != name || sum.Summary == "" {
		t.Errorf("the last line is no summary: %s", lines[len(lines)-1])
	}
	return found, sum
}
