package security

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

type config struct {
	Manifests  []string   `json:"manifests"`
	Advisories []string   `json:"advisories"`
	OnFinding  string     `json:"onFinding"`
	Ignore     []string   `json:"ignore"`
	Detect     []detector `json:"detect"`
}

const (
	report = "report"
	stop   = "stop"
)

type detector string

const (
	changes     detector = "changes"
	advisories  detector = "advisories"
	credentials detector = "credentials"
)

var detectors = []detector{changes, advisories, credentials}

func (c *config) check() error {
	if c.OnFinding != report && c.OnFinding != stop {
		return fmt.Errorf("onFinding of %s is %q: it takes %q or %q", variable, c.OnFinding, report, stop)
	}
	if c.Detect == nil {
		c.Detect = detectors
	}
	if len(c.Detect) == 0 {
		return fmt.Errorf("detect of %s is empty: name at least one of %q, or leave it out for all", variable, detectors)
	}
	for _, detect := range c.Detect {
		if !slices.Contains(detectors, detect) {
			return fmt.Errorf("detect of %s has %q: it takes %q", variable, detect, detectors)
		}
	}
	for _, pattern := range c.Ignore {
		if !doublestar.ValidatePattern(pattern) {
			return fmt.Errorf("ignore of %s has %q, which is no glob: write paths below /opt, such as %q", variable, pattern, "python/**/*.txt")
		}
	}
	return errors.Join(checkNames("manifests", c.Manifests), checkNames("advisories", c.Advisories))
}

func checkNames(member string, names []string) error {
	for _, name := range names {
		if name == "" || name == "." || name == ".." || strings.Contains(name, "\x00") || path.Base(name) != name {
			return fmt.Errorf("%s of %s has %q: it takes names of files in %s/%s", member, variable, name, ownFolder, member)
		}
	}
	return nil
}

func (c *config) detects(one detector) bool {
	return slices.Contains(c.Detect, one)
}

// Our own folder is never looked at: it holds what we compare with, and lists that name credentials' patterns and packages.
func (c *config) ignores(path string) bool {
	if path == ownFolder || strings.HasPrefix(path, ownFolder+"/") {
		return true
	}
	return slices.ContainsFunc(c.Ignore, func(pattern string) bool { return doublestar.MatchUnvalidated(pattern, path) })
}
