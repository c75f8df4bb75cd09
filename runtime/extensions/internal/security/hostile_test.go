package security

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Every tree ends within seconds, with nothing followed out of /opt.
func TestHostileTrees(t *testing.T) {
	cases := []struct {
		name string
		make func(t *testing.T, root string)
		want []string
	}{
		{"links out of /opt and in circles", func(t *testing.T, root string) {
			tree{"root": {target: "/"}, "self": {target: "self"}, "a": {target: "b"}, "b": {target: "a"}, "d/up": {target: ".."}, "gone": {target: "nothing"}}.write(t, root)
		}, []string{"added a", "added b", "added d/up", "added gone", "added root", "added self"}},
		{"a FIFO and a socket", func(t *testing.T, root string) {
			must(t, syscall.Mkfifo(filepath.Join(root, ".env"), 0o644))
			// Names of sockets must be short.
			t.Chdir(root)
			listener, err := net.Listen("unix", "socket")
			must(t, err)
			t.Cleanup(func() { listener.Close() })
		}, []string{"added .env", "added socket"}},
		{"a file of 1 TB without content", func(t *testing.T, root string) {
			must(t, os.WriteFile(filepath.Join(root, "huge"), nil, 0o644))
			must(t, os.Truncate(filepath.Join(root, "huge"), 1<<40))
		}, []string{"added huge"}},
		{"a folder that is very deep", func(t *testing.T, root string) {
			t.Chdir(root)
			for range 300 {
				must(t, os.Mkdir("deep", 0o755))
				must(t, os.Chdir("deep"))
			}
		}, []string{"unreadable " + strings.Repeat("deep/", maxDepth) + "deep"}},
		{"names that are longer than a path may be", func(t *testing.T, root string) {
			t.Chdir(root)
			long := strings.Repeat("n", 255)
			for range 20 {
				must(t, os.Mkdir(long, 0o755))
				must(t, os.Chdir(long))
			}
		}, []string{"unreadable " + strings.TrimSuffix(strings.Repeat(strings.Repeat("n", 255)+"/", 16), "/")}},
		{"an empty file", func(t *testing.T, root string) { tree{"empty": {}}.write(t, root) }, []string{"added empty"}},
		{"metadata that never ends", func(t *testing.T, root string) {
			tree{"python/x.dist-info/METADATA": {content: strings.Repeat("Name: ", bufferBytes)}, "nodejs/node_modules/x/package.json": {content: strings.Repeat("[", bufferBytes)}}.write(t, root)
		}, []string{"added nodejs/node_modules/x/package.json", "added python/x.dist-info/METADATA"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			root := newRoot(t)
			t.Cleanup(func() { os.RemoveAll(root) })
			c.make(t, root)
			writeOwn(t, root, "advisories/a.json", advisoryOn(pypi, "x", `"versions":["1"]`))
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			found, sum := checkWithin(t, ctx, root, config{Advisories: []string{"a.json"}})
			if got := inShort(found); !slices.Equal(got, c.want) || !sum.Complete {
				t.Errorf("found %.300q, want %.300q; %+v", got, c.want, sum)
			}
		})
	}
}

func TestWhatCannotBeReadIsTold(t *testing.T) {
	root := newRoot(t)
	files := tree{"secret": {content: "x"}, "closed/file": {content: "x"}, "open": {content: "x"}}
	files.write(t, root)
	must(t, os.Chmod(filepath.Join(root, "secret"), 0))
	must(t, os.Chmod(filepath.Join(root, "closed"), 0))
	t.Cleanup(func() { os.Chmod(filepath.Join(root, "closed"), 0o755) })
	settings := withManifests(t, root, []tree{files}, nil)
	if os.Geteuid() == 0 {
		asNobody(t, root)
	}
	found := checkTree(t, root, settings)
	if got, want := inShort(found), []string{"missing closed/file L0", "unreadable closed", "unreadable secret"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	for _, one := range found {
		if one.Kind == unreadable && !strings.Contains(one.Message, "permission denied") {
			t.Errorf("the reason is not told: %s", one.Message)
		}
	}
}

func TestManyFindingsAreCountedAndSomeTold(t *testing.T) {
	root := newRoot(t)
	for i := range maxTold + 500 {
		must(t, os.WriteFile(filepath.Join(root, fmt.Sprint(i)), nil, 0o644))
	}
	found, sum := checkWithin(t, t.Context(), root, config{Detect: []detector{changes}})
	if len(found) != maxTold || sum.Findings != maxTold+500 || sum.Told != maxTold || sum.Counts[added] != maxTold+500 {
		t.Errorf("%d lines, %+v", len(found), sum)
	}
}

func TestAnEndedCheckIsIncomplete(t *testing.T) {
	root := newRoot(t)
	files := tree{"a": {content: "x"}, "b": {content: "y"}}
	settings := withManifests(t, root, []tree{files}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	check, err := newCheck(ctx, root, &settings)
	must(t, err)
	cancel()
	check.run(ctx)
	// Nothing was seen, and nothing may be called missing for that.
	if len(check.findings.told) != 1 || check.findings.told[0].Kind != incomplete {
		t.Errorf("found %+v", check.findings.told)
	}
}

func FuzzInputs(f *testing.F) {
	f.Add(`{"name":"l","files":[{"path":"a","bytes":1,"mode":"0644","sha256":"00"}]}`)
	f.Add(advisoryOn(pypi, "x", `"versions":["1"]`) + "\n" + `[{"id":"a"},]`)
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(folder, "input.json")
		must(t, os.WriteFile(path, []byte(text), 0o644))
		readManifests(t.Context(), folder, []string{"input.json"})
		if _, err := indexAdvisories(t.Context(), folder, []string{"input.json"}); err == nil && !json.Valid([]byte(text)) && !strings.Contains(text, "}") {
			t.Errorf("%q was taken", text)
		}
	})
}

func TestOnlyWhatIsLookedForIsRead(t *testing.T) {
	root := newRoot(t)
	metadata, content := python("x", "1")
	files := tree{metadata: content, "other": {content: "x"}}
	files.write(t, root)
	if _, sum := checkWithin(t, t.Context(), root, config{Detect: []detector{advisories}}); sum.Files != 1 || sum.Bytes != int64(len(content.content)) {
		t.Errorf("%+v", sum)
	}
}
