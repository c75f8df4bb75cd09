package security

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// settingFile is a file that tools keep passwords in. What a password is, only the place in such a file tells.
type settingFile struct {
	kind  string
	names []string
	// setting is one line. Its only group is the value.
	setting *regexp.Regexp
}

var settingFiles = sync.OnceValue(func() []settingFile {
	env := regexp.MustCompile(`^\s*(?:export\s+)?(?:\w*_)?(?:SECRET|TOKEN|PASSWORD|PASSWD|API_?KEY|PRIVATE_KEY|ACCESS_KEY|SECRET_KEY|CREDENTIALS?)\s*=\s*["']?([^\s"'#]{6,})`)
	return []settingFile{
		{envSecret, []string{".env"}, env},
		{netrcPassword, []string{".netrc", "_netrc"}, regexp.MustCompile(`(?:^|\s)password\s+(\S+)`)},
		{registryPassword, []string{".npmrc"}, regexp.MustCompile(`^\s*(?:\S*:)?_(?:authToken|auth|password)\s*=\s*["']?([^\s"']+)`)},
		{registryPassword, []string{".pypirc"}, regexp.MustCompile(`^\s*password\s*[:=]\s*(\S+)`)},
		{registryPassword, []string{".dockercfg", ".dockerconfigjson", "config.json"}, regexp.MustCompile(`^\s*"auth"\s*:\s*"([A-Za-z0-9+/]{12,}={0,2})"`)},
		{gitPassword, []string{".git-credentials"}, regexp.MustCompile(`^https?://[^/:@\s]+:([^@\s]+)@`)},
	}
})

func (s *settingFile) is(file string) bool {
	base := path.Base(file)
	switch {
	case base == "config.json":
		return path.Base(path.Dir(file)) == ".docker" && s.has(base)
	case strings.HasPrefix(base, ".env."):
		return s.kind == envSecret && !isExampleName(base)
	default:
		return s.has(base)
	}
}

func (s *settingFile) has(base string) bool {
	return slices.Contains(s.names, base)
}

func isExampleName(base string) bool {
	return slices.ContainsFunc([]string{"example", "sample", "template", "dist", "defaults"}, func(word string) bool { return strings.Contains(base, word) })
}

// eachSetting looks for passwords in files that are known by their names.
func eachSetting(file string, content []byte, tell func(kind string, offset int) bool) {
	for _, one := range settingFiles() {
		if !one.is(file) {
			continue
		}
		offset := 0
		for line := range bytes.Lines(content) {
			groups := one.setting.FindSubmatch(bytes.TrimRight(line, "\r\n"))
			if groups != nil && !isPlaceholder(string(groups[1])) && !tell(one.kind, offset) {
				return
			}
			offset += len(line)
		}
	}
}
