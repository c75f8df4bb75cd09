package security

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func advisoryOn(ecosystem, name, affected string) string {
	return fmt.Sprintf(`{"id":"T-1","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":%q,"name":%q},%s}]}`, ecosystem, name, affected)
}

func events(kind string, list ...string) string {
	var parts []string
	for _, one := range list {
		name, version, _ := strings.Cut(one, " ")
		parts = append(parts, fmt.Sprintf(`{%q:%q}`, name, version))
	}
	return fmt.Sprintf(`{"type":%q,"events":[%s]}`, kind, strings.Join(parts, ","))
}

func TestAffected(t *testing.T) {
	ecosystem := func(list ...string) string { return `"ranges":[` + events("ECOSYSTEM", list...) + `]` }
	semantic := func(list ...string) string { return `"ranges":[` + events("SEMVER", list...) + `]` }
	cases := []struct {
		name, ecosystem, affected string
		yes, no                   []string
	}{
		{"from the beginning", pypi, ecosystem("introduced 0", "fixed 1.2"), []string{"0", "0.dev1", "1.1.99", "1.2rc1", "1.2.dev0"}, []string{"1.2", "1.2.0", "1.2.post1", "2"}},
		{"without an end", pypi, ecosystem("introduced 0"), []string{"0.0.1", "99!1"}, nil},
		{"from a version on", pypi, ecosystem("introduced 1.0"), []string{"1.0", "1.0.0", "1.0.post1", "1!0.1"}, []string{"0.9", "1.0a1", "1.0.dev5"}},
		{"last affected", pypi, ecosystem("introduced 1", "last_affected 2.0"), []string{"1", "2", "2.0.0", "2.0rc1"}, []string{"2.0.post1", "2.0.1", "0.9"}},
		{"two pairs in any order", pypi, ecosystem("fixed 1.5", "introduced 2.0", "introduced 1.0", "fixed 2.5"), []string{"1.0", "1.4", "2.0", "2.4"}, []string{"0.9", "1.5", "1.9", "2.5"}},
		{"several ranges", pypi, `"ranges":[` + events("ECOSYSTEM", "introduced 1", "fixed 2") + `,` + events("ECOSYSTEM", "introduced 3", "fixed 4") + `]`, []string{"1.1", "3.9"}, []string{"2", "2.5", "4"}},
		{"fixed in two branches", pypi, ecosystem("introduced 0", "fixed 1.0.5", "introduced 1.1", "fixed 1.1.2"), []string{"1.0.4", "1.1.1"}, []string{"1.0.5", "1.0.9", "1.1.2"}},
		{"an epoch", pypi, ecosystem("introduced 0", "fixed 1!1.0"), []string{"5.0", "1!0.9"}, []string{"1!1.0", "2!0"}},
		{"numbers, not letters", pypi, ecosystem("introduced 1.9", "fixed 1.10"), []string{"1.9.3"}, []string{"1.10", "1.11"}},
		{"a local build of an affected version", pypi, ecosystem("introduced 0", "last_affected 2.1.0"), []string{"2.1.0+cu118"}, []string{"2.1.1+cpu"}},
		{"a limit", pypi, ecosystem("introduced 1", "limit 2"), []string{"1", "1.9"}, []string{"2", "3"}},
		{"no limit", pypi, ecosystem("introduced 1", "limit *"), []string{"1", "9"}, []string{"0.1"}},
		{"listed versions", pypi, `"versions":["1.0","2.0-legacy"]`, []string{"1.0", "1.0.0", "2.0-legacy"}, []string{"1.0.1", "2.0"}},
		{"listed or in a range", pypi, `"versions":["0.1"],` + ecosystem("introduced 1", "fixed 2"), []string{"0.1", "1.5"}, []string{"0.2", "2"}},
		{"commits only", pypi, `"ranges":[` + events("GIT", "introduced 0") + `]`, nil, []string{"1.0"}},
		{"no ranges at all", pypi, `"ranges":[]`, nil, []string{"1.0"}},
		{"a range that begins and ends at once", pypi, ecosystem("introduced 1.0", "fixed 1.0"), nil, []string{"0.9", "1.0", "1.1"}},
		{"semantic versions", npm, semantic("introduced 1.0.0", "fixed 1.2.0"), []string{"1.0.0", "1.2.0-rc.1", "1.0.0+build"}, []string{"1.0.0-alpha", "1.2.0", "1.2.0+build", "1.10.0"}},
		{"pre-releases by their parts", npm, semantic("introduced 0", "fixed 1.0.0-beta.11"), []string{"1.0.0-alpha.99", "1.0.0-beta.2", "1.0.0-beta"}, []string{"1.0.0-beta.11", "1.0.0-rc.1", "1.0.0"}},
		{"last affected of npm", npm, semantic("introduced 2.0.0", "last_affected 2.3.4"), []string{"2.3.4", "2.0.0"}, []string{"2.3.5", "1.9.9"}},
		{"ECOSYSTEM of npm", npm, ecosystem("introduced 0", "fixed 4.17.21"), []string{"4.17.20", "4.9.0"}, []string{"4.17.21"}},
		{"SEMVER of PyPI", pypi, semantic("introduced 1.0.0-alpha.1", "fixed 1.0.0"), []string{"1.0.0a1", "1.0.0rc1"}, []string{"1.0.0", "0.9"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var one advisory
			must(t, json.Unmarshal([]byte(advisoryOn(c.ecosystem, "p", c.affected)), &one))
			judge := func(version string, want bool) {
				got, err := one.Affected[0].affects(c.ecosystem, version)
				// A version of no known form is judged by the list alone.
				if got != want || err != nil {
					t.Errorf("%s: %v, %v", version, got, err)
				}
			}
			for _, version := range c.yes {
				judge(version, true)
			}
			for _, version := range c.no {
				judge(version, false)
			}
		})
	}
}

func python(name, version string) (string, file) {
	return fmt.Sprintf("python/lib/python3.12/site-packages/%s-%s.dist-info/METADATA", name, version),
		file{content: fmt.Sprintf("Metadata-Version: 2.1\r\nName: %s\nVersion: %s\nSummary: x\n\nName: other\nVersion: 0\n", name, version)}
}

func nodejs(folder, name, version string) (string, file) {
	return folder + "/package.json", file{content: fmt.Sprintf(`{"name":%q,"version":%q,"dependencies":{"left-pad":"1"}}`, name, version)}
}

func TestPackagesOnAdvisories(t *testing.T) {
	all := `"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"9.0.0"}]}]`
	files := tree{}
	add := func(name string, one file) { files[name] = one }
	add(python("Zope.Interface_x", "5.0"))
	add(python("torch", "2.1.0+cpu"))
	add(python("odd", "not a version"))
	add(nodejs("nodejs/node_modules/lodash", "lodash", "4.17.20"))
	add(nodejs("nodejs/node_modules/a/node_modules/@scope/pkg", "@scope/pkg", "1.0.0"))
	add(nodejs("nodejs/node22/node_modules/Lodash", "Lodash", "4.17.20"))
	add("nodejs/node_modules/lodash/esm/package.json", file{content: `{"type":"module"}`})
	add("nodejs/node_modules/broken/package.json", file{content: `{"name":`})
	add("elsewhere/node_modules/lodash/package.json", file{content: `{"name":"lodash","version":"4.0.0"}`})
	severe := `{"id":"GHSA-1","aliases":["CVE-2026-1","PYSEC-2026-1"],"database_specific":{"severity":"HIGH"},"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N"},{"type":"CVSS_V4","score":"CVSS:4.0/AV:N"}],
		"affected":[{"package":{"ecosystem":"PyPI","name":"zope-interface.X"},` + all + `}]}`
	withdrawn := strings.Replace(advisoryOn(npm, "lodash", all), `"id":"T-1"`, `"id":"T-2","withdrawn":"2026-01-02T00:00:00Z"`, 1)
	list := []string{
		severe, withdrawn, advisoryOn(npm, "lodash", all), advisoryOn(npm, "@scope/pkg", all), advisoryOn(pypi, "lodash", all),
		advisoryOn("crates.io", "torch", all), advisoryOn("PyPI:sub", "torch", all), advisoryOn(pypi, "odd", all),
	}
	want := []string{
		"incomplete not a version", "vulnerable npm @scope/pkg 1.0.0 T-1 [9.0.0]", "vulnerable npm lodash 4.17.20 T-1 [9.0.0]",
		"vulnerable PyPI Zope.Interface_x 5.0 GHSA-1 [9.0.0]", "vulnerable PyPI torch 2.1.0+cpu T-1 [9.0.0]",
	}
	slices.Sort(want)
	forms := map[string][]string{
		"an array":            {"[" + strings.Join(list, ",\n ") + "]"},
		"one after the other": {strings.Join(list, "\n") + "\n"},
		"one in each file":    list,
		"after white space":   {" \n[ " + strings.Join(list, " , ") + " ] \n"},
		"with an empty list":  {"[]", strings.Join(list, "\n")},
	}
	for name, contents := range forms {
		t.Run(name, func(t *testing.T) {
			root := newRoot(t)
			files.write(t, root)
			settings := config{Detect: []detector{advisories}}
			for i, content := range contents {
				name := fmt.Sprintf("%d.json", i)
				writeOwn(t, root, "advisories/"+name, content)
				settings.Advisories = append(settings.Advisories, name)
			}
			var got []string
			for _, one := range checkTree(t, root, settings) {
				if one.Kind == incomplete {
					if !strings.Contains(one.Message, "not a version") || !strings.Contains(one.Message, "T-1") {
						t.Errorf("the version that cannot be compared is not told: %s", one.Message)
					}
					got = append(got, "incomplete not a version")
					continue
				}
				got = append(got, fmt.Sprint(one.Kind, " ", one.Ecosystem, " ", one.Package, " ", one.Version, " ", one.Advisory, " ", one.Fixed))
				if one.Advisory == "GHSA-1" && (one.Severity != "HIGH" || one.CVSS != "CVSS:4.0/AV:N" || len(one.Aliases) != 2) {
					t.Errorf("severity, CVSS or aliases are wrong: %+v", one)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("found %q, want %q", got, want)
			}
		})
	}
}

// Whatever text is in the place of versions, no order of them ends the program.
func FuzzCompareVersions(f *testing.F) {
	for _, seed := range [][2]string{{"1.0", "1.0rc1"}, {"1!2", "0"}, {"1.0+a.1", "1.0+1"}, {"1-2", "1.post2.dev3"}, {"", "v"}, {"99999999999999999999", "1"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, ecosystem := range []string{pypi, npm} {
			there, err := compareVersions(ecosystem, a, b)
			back, _ := compareVersions(ecosystem, b, a)
			if err == nil && there != -back {
				t.Errorf("%s: %q and %q are %d, and %d the other way round", ecosystem, a, b, there, back)
			}
		}
	})
}
