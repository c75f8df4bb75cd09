package security

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/lifecycle"
)

func TestSettingsThatAreRefused(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"an unknown member":       {`{"onFinding":"stop","detekt":[]}`, "detekt"},
		"no onFinding":            {`{}`, `onFinding of SECURITY_EXTENSION_CONFIG is ""`},
		"an unknown onFinding":    {`{"onFinding":"warn"}`, `"warn": it takes "report" or "stop"`},
		"an unknown detector":     {`{"onFinding":"stop","detect":["viruses"]}`, "viruses"},
		"an empty list":           {`{"onFinding":"stop","detect":[]}`, "detect of SECURITY_EXTENSION_CONFIG is empty"},
		"no glob":                 {`{"onFinding":"stop","ignore":["a/["]}`, `"a/["`},
		"a path of a manifest":    {`{"onFinding":"stop","manifests":["../x.json"]}`, `"../x.json"`},
		"a path of an advisory":   {`{"onFinding":"stop","advisories":["/x.json"]}`, `"/x.json"`},
		"a list that is a string": {`{"onFinding":"stop","manifests":"x"}`, "manifests"},
		"no JSON":                 {`stop`, "SECURITY_EXTENSION_CONFIG"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Setenv(variable, c.text)
			if _, err := New(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want something on %q", err, c.want)
			}
		})
	}
}

func TestManifestsAndAdvisoriesThatAreRefused(t *testing.T) {
	good := tree{"a": {content: "x"}}.manifest(t, "L")
	entry := func(path, mode, sha string) string {
		return `{"name":"l","files":[{"path":"` + path + `","bytes":1,"mode":"` + mode + `","sha256":"` + sha + `"}]}`
	}
	sha := strings.Repeat("0", 64)
	cases := map[string]struct{ folder, content, want string }{
		"missing":                      {"manifests", "", "no such file"},
		"missing advisories":           {"advisories", "", "no such file"},
		"an empty file":                {"manifests", " ", "ends too early"},
		"empty advisories":             {"advisories", " \n", "ends too early"},
		"no object":                    {"manifests", `[]`, "where { should be"},
		"cut off":                      {"manifests", good[:len(good)-20], "ends too early"},
		"two manifests":                {"manifests", good + good, "more after its end"},
		"no name":                      {"manifests", `{"files":[]}`, "no name"},
		"no files":                     {"manifests", `{"name":"l"}`, "no files"},
		"files is null":                {"manifests", `{"name":"l","files":null}`, "should be"},
		"an absolute path":             {"manifests", entry("/etc/passwd", "0644", sha), `"/etc/passwd" is not one below /opt`},
		"a path out of /opt":           {"manifests", entry("../x", "0644", sha), `"../x"`},
		"a mode that is none":          {"manifests", entry("a", "rw", sha), `mode of "a" is "rw"`},
		"a digest that is none":        {"manifests", entry("a", "0644", "00"), `sha256 of "a"`},
		"no size":                      {"manifests", `{"name":"l","files":[{"path":"a","mode":"0644","sha256":"` + sha + `"}]}`, `bytes of "a"`},
		"a file twice":                 {"manifests", strings.Replace(entry("a", "0644", sha), "]", ","+entry("a", "0755", sha)[21:len(entry("a", "0755", sha))-1], 1), `"a" twice`},
		"a value that never ends":      {"manifests", `{"name":"` + strings.Repeat("x", 2*maxValueBytes), "longer than"},
		"an advisory that never ends":  {"advisories", `{"id":"` + strings.Repeat("x", 2*maxValueBytes), "longer than"},
		"a page of HTML":               {"advisories", "<html></html>", "invalid character '<'"},
		"no advisory":                  {"advisories", `{"vulnerabilities":[]}`, "no id"},
		"a number":                     {"advisories", `1`, "cannot unmarshal number"},
		"a second one that is garbage": {"advisories", `{"id":"a"}` + "\nnonsense", "invalid character"},
		"an array that is cut off":     {"advisories", `[{"id":"a"},`, "ends too early"},
		"something after the array":    {"advisories", `[{"id":"a"}] {"id":"b"}`, "more after its end"},
		"events that are no list":      {"advisories", advisoryOn(pypi, "p", `"ranges":[{"type":"SEMVER","events":"all"}]`), "events"},
		"a comma that is one too many": {"advisories", `[{"id":"a"},]`, "invalid character"},
		"a byte order mark":            {"advisories", "\ufeff[]", "invalid character"},
	}
	for name, c := range cases {
		for _, mode := range []string{report, stop} {
			t.Run(name+", "+mode, func(t *testing.T) {
				root := newRoot(t)
				if c.content != "" {
					writeOwn(t, root, c.folder+"/x.json", c.content)
				}
				settings := config{OnFinding: mode, Detect: detectors}
				if c.folder == "manifests" {
					settings.Manifests = []string{"x.json"}
				} else {
					settings.Advisories = []string{"x.json"}
				}
				err := (&Extension{config: settings, root: root, started: time.Now()}).Start(t.Context(), nil)
				var start *lifecycle.StartError
				if !errors.As(err, &start) || start.Kind != "Extension.ConfigInvalid" {
					t.Fatalf("got %v", err)
				}
				for _, want := range []string{c.want, filepath.Join(ownFolder, c.folder, "x.json")} {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("got %.400q, want something on %q", err, want)
					}
				}
			})
		}
	}
}

func TestAFIFOInPlaceOfAManifestIsRefused(t *testing.T) {
	root := newRoot(t)
	must(t, syscall.Mkfifo(filepath.Join(root, ownFolder, "manifests", "x.json"), 0o644))
	settings := config{OnFinding: stop, Detect: detectors, Manifests: []string{"x.json"}}
	err := (&Extension{config: settings, root: root, started: time.Now()}).Start(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), errNotRegular.Error()) {
		t.Errorf("got %v", err)
	}
}

func TestInputsThatTakeTooLongAreRefused(t *testing.T) {
	root := newRoot(t)
	settings := withManifests(t, root, []tree{{"a": {content: "x"}}}, nil)
	settings.OnFinding = report
	err := (&Extension{config: settings, root: root, started: time.Now().Add(-initLimit)}).Start(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), errTooSlow.Error()) {
		t.Errorf("got %v", err)
	}
}

func TestACheckThatTakesTooLongStopsTheStart(t *testing.T) {
	root := newRoot(t)
	tree{"a": {content: "x"}}.write(t, root)
	settings := config{OnFinding: stop, Detect: []detector{credentials}}
	stdout := os.Stdout
	os.Stdout, _ = os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	defer func() { os.Stdout = stdout }()
	err := (&Extension{config: settings, root: root, started: time.Now().Add(-initLimit)}).Start(t.Context(), nil)
	var start *lifecycle.StartError
	if !errors.As(err, &start) || start.Kind != "Extension.SecurityFinding" || !strings.Contains(err.Error(), "1 incomplete") {
		t.Errorf("got %v", err)
	}
}
