package security

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// In short: kind, path, difference, layer and the layers that are shadowed.
func inShort(found []finding) []string {
	short := []string{}
	for _, one := range found {
		text := fmt.Sprintf("%s %s %s %s %s", one.Kind, one.Path, one.Difference, one.Layer, strings.Join(one.Shadows, "+"))
		short = append(short, strings.Join(strings.Fields(text), " "))
	}
	slices.Sort(short)
	return short
}

func TestChanges(t *testing.T) {
	text, program, link := file{content: "text"}, file{content: "program", executable: true}, file{target: "a.py"}
	base := tree{"python/a.py": text, "python/b.py": text, "bin/run": program, "lib/l": link, "lib/empty": {}}
	cases := []struct {
		name   string
		layers []tree
		opt    tree
		mend   func(root string) error
		ignore []string
		want   []string
	}{
		{name: "nothing", layers: []tree{base}, opt: base},
		{name: "no layer", opt: tree{"a": text}, want: []string{"added a"}},
		{name: "other bytes of the same size", layers: []tree{base}, opt: with(base, "python/a.py", file{content: "texT"}), want: []string{"changed python/a.py bytes L0"}},
		{name: "another size", layers: []tree{base}, opt: with(base, "lib/empty", file{content: "x"}), want: []string{"changed lib/empty bytes L0"}},
		{name: "execute bit set", layers: []tree{base}, opt: with(base, "python/a.py", file{content: "text", executable: true}), want: []string{"changed python/a.py mode L0"}},
		{name: "execute bit lost", layers: []tree{base}, opt: with(base, "bin/run", file{content: "program"}), want: []string{"changed bin/run mode L0"}},
		{name: "another target", layers: []tree{base}, opt: with(base, "lib/l", file{target: "/etc/passwd"}), want: []string{"changed lib/l target L0"}},
		{name: "a file for a link", layers: []tree{base}, opt: with(base, "lib/l", text), want: []string{"changed lib/l kind L0"}},
		{name: "a link for a file, to the same bytes", layers: []tree{base}, opt: with(base, "python/a.py", file{target: "../same"}), want: []string{"changed python/a.py kind L0"}},
		{
			name: "a folder for a file", layers: []tree{base}, opt: without(base, "python/a.py"),
			mend: func(root string) error { return os.Mkdir(filepath.Join(root, "python/a.py"), 0o755) }, want: []string{"changed python/a.py kind L0"},
		},
		{
			name: "a FIFO for a file", layers: []tree{base}, opt: without(base, "python/a.py"),
			mend: func(root string) error { return syscall.Mkfifo(filepath.Join(root, "python/a.py"), 0o644) }, want: []string{"changed python/a.py kind L0"},
		},
		{name: "missing", layers: []tree{base}, opt: without(base, "bin/run"), want: []string{"missing bin/run L0"}},
		{name: "added, and in a new folder", layers: []tree{base}, opt: with(with(base, "new/x", text), "y", link), want: []string{"added new/x", "added y"}},
		{name: "equal in two layers", layers: []tree{base, {"python/a.py": text}}, opt: base},
		{
			name: "shadowed, the later one is there", layers: []tree{base, {"python/a.py": program}}, opt: with(base, "python/a.py", program),
			want: []string{"shadowed python/a.py L1 L0"},
		},
		{
			name: "shadowed, the earlier one is there", layers: []tree{base, {"python/a.py": program}}, opt: base,
			want: []string{"shadowed python/a.py L0 L1"},
		},
		{
			name: "shadowed twice", layers: []tree{base, {"python/a.py": program}, {"python/a.py": link}}, opt: with(base, "python/a.py", link),
			want: []string{"shadowed python/a.py L2 L1+L0"},
		},
		{
			name: "in two layers, and of neither", layers: []tree{base, {"python/a.py": program}}, opt: with(base, "python/a.py", file{content: "else"}),
			want: []string{"changed python/a.py bytes L1"},
		},
		{
			name: "ignored", layers: []tree{base}, opt: with(without(base, "bin/run"), "cache/deep/x", text), ignore: []string{"cache/**", "bin/*"},
		},
		{name: "an ignored name is not a prefix", layers: []tree{base}, opt: with(base, "cached", text), ignore: []string{"cache/**"}, want: []string{"added cached"}},
		{name: "our own folder", layers: []tree{base}, opt: with(base, ownFolder+"/any", text)},
		{
			name: "a name that is not UTF-8", layers: []tree{base}, opt: with(base, "python/\xff\n", text),
			want: []string{`added python/\xff\n`},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			root := newRoot(t)
			c.opt.write(t, root)
			if c.mend != nil {
				must(t, c.mend(root))
			}
			found := checkTree(t, root, withManifests(t, root, c.layers, c.ignore))
			if got := inShort(found); !slices.Equal(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

func with(files tree, name string, one file) tree {
	changed := maps.Clone(files)
	changed[name] = one
	return changed
}

func without(files tree, name string) tree {
	changed := maps.Clone(files)
	delete(changed, name)
	return changed
}

func withManifests(t *testing.T, root string, layers []tree, ignore []string) config {
	t.Helper()
	settings := config{Detect: []detector{changes}, Ignore: ignore}
	for i, files := range layers {
		name := fmt.Sprintf("%d-x.json", i)
		writeOwn(t, root, "manifests/"+name, files.manifest(t, fmt.Sprintf("L%d", i)))
		settings.Manifests = append(settings.Manifests, name)
	}
	return settings
}

// Random trees in random layers, of which random files are changed afterwards: those and no others are found.
func TestRandomChangesAreFound(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 7))
			root := newRoot(t)
			layers := make([]tree, 1+random.IntN(4))
			merged := tree{}
			want := map[string]kind{}
			for i := range layers {
				layers[i] = randomTree(random)
				for name, one := range layers[i] {
					if below, is := merged[name]; is && below != one {
						want[name] = shadowed
					}
					merged[name] = one
				}
			}
			// What lies under two others may equal the one on top and differ from that between them.
			for i := range layers {
				for name, one := range layers[i] {
					if merged[name] != one {
						want[name] = shadowed
					}
				}
			}
			mutate(random, merged, want)
			merged.write(t, root)
			got := map[string]kind{}
			for _, one := range checkTree(t, root, withManifests(t, root, layers, nil)) {
				if _, twice := got[one.Path]; twice {
					t.Errorf("%s is told twice", one.Path)
				}
				got[one.Path] = one.Kind
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("found %v, want %v", got, want)
			}
		})
	}
}

func randomTree(random *rand.Rand) tree {
	files := tree{}
	for range 40 {
		name := fmt.Sprintf("d%d/e%d/f%d", random.IntN(4), random.IntN(3), random.IntN(12))
		files[name] = randomFile(random, 6)
	}
	return files
}

// Few contents, so that layers have the same by chance, and some that are longer than a buffer.
func randomFile(random *rand.Rand, contents int) file {
	number := random.IntN(contents)
	if random.IntN(5) == 0 {
		return file{target: fmt.Sprint("../t", number)}
	}
	content := fmt.Sprint("content ", number)
	if number == 0 {
		content = strings.Repeat("x", bufferBytes+1)
	}
	return file{content: content, executable: random.IntN(3) == 0}
}

func mutate(random *rand.Rand, files tree, want map[string]kind) {
	names := slices.Sorted(maps.Keys(files))
	random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names[:random.IntN(len(names))] {
		one := files[name]
		switch random.IntN(5) {
		case 0:
			delete(files, name)
			want[name] = missing
			continue
		case 1:
			files[name+".new"] = one
			want[name+".new"] = added
			continue
		case 2:
			if one.target == "" {
				// One byte at a random place, the size stays.
				at := random.IntN(len(one.content))
				one.content = one.content[:at] + "~" + one.content[at+1:]
			} else {
				one.target += "~"
			}
		case 3:
			one = file{content: one.content + one.target + "~"}
		default:
			one = file{target: "~" + one.target}
		}
		files[name] = one
		want[name] = changed
	}
}
