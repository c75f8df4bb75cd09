package security

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// advisory is what we need of OSV's, see https://ossf.github.io/osv-schema/.
type advisory struct {
	ID               string          `json:"id"`
	Aliases          []string        `json:"aliases"`
	Withdrawn        string          `json:"withdrawn"`
	Severity         []severity      `json:"severity"`
	Affected         []affected      `json:"affected"`
	DatabaseSpecific json.RawMessage `json:"database_specific"`
}

type severity struct {
	Type  string `json:"type"`
	Score string `json:"score"`
}

type affected struct {
	Package struct {
		Ecosystem string `json:"ecosystem"`
		Name      string `json:"name"`
	} `json:"package"`
	Severity []severity   `json:"severity"`
	Ranges   []eventRange `json:"ranges"`
	Versions []string     `json:"versions"`
}

type eventRange struct {
	Type   string  `json:"type"`
	Events []event `json:"events"`
}

type event struct {
	Introduced   string `json:"introduced"`
	Fixed        string `json:"fixed"`
	LastAffected string `json:"last_affected"`
	Limit        string `json:"limit"`
}

func (e event) version() string {
	return e.Introduced + e.Fixed + e.LastAffected
}

// of is the package in the form of what is installed. An ecosystem may have a suffix after a colon, which says which part of it.
func (a *affected) of() installed {
	ecosystem, _, _ := strings.Cut(a.Package.Ecosystem, ":")
	return installed{ecosystem: ecosystem, name: normalName(ecosystem, a.Package.Name)}
}

// affects is the schema's evaluation: a version is affected if it is listed, or in one of the ranges. An error is that of a range that could not be judged.
func (a *affected) affects(ecosystem, version string) (bool, error) {
	if slices.ContainsFunc(a.Versions, func(listed string) bool { return equalVersions(ecosystem, listed, version) }) {
		return true, nil
	}
	var unjudged error
	for _, one := range a.Ranges {
		// The others are of commits.
		if one.Type != "ECOSYSTEM" && one.Type != "SEMVER" {
			continue
		}
		within, err := one.includes(ecosystem, version)
		if within && err == nil {
			return true, nil
		}
		unjudged = cmp.Or(unjudged, err)
	}
	return false, unjudged
}

func equalVersions(ecosystem, a, b string) bool {
	order, err := compareVersions(ecosystem, a, b)
	return a == b || err == nil && order == 0
}

func (r eventRange) includes(ecosystem, version string) (bool, error) {
	var failed error
	compare := func(a, b string) int {
		order, err := compareVersions(ecosystem, a, b)
		failed = cmp.Or(failed, err)
		return order
	}
	isLimit := func(one event) bool { return one.Limit != "" }
	isBelow := func(one event) bool { return isLimit(one) && (one.Limit == "*" || compare(version, one.Limit) < 0) }
	if slices.ContainsFunc(r.Events, isLimit) && !slices.ContainsFunc(r.Events, isBelow) {
		return false, failed
	}
	events := slices.DeleteFunc(slices.Clone(r.Events), isLimit)
	slices.SortStableFunc(events, func(a, b event) int { return compare(a.version(), b.version()) })
	within := false
	for _, event := range events {
		switch {
		case event.Introduced != "":
			within = within || compare(version, event.Introduced) >= 0
		case event.Fixed != "":
			within = within && compare(version, event.Fixed) < 0
		case event.LastAffected != "":
			within = within && compare(version, event.LastAffected) <= 0
		}
	}
	return within, failed
}

// fixes are the versions to move to: those that a range names and that are newer.
func (a *affected) fixes(ecosystem, version string) []string {
	var fixes []string
	for _, one := range a.Ranges {
		for _, event := range one.Events {
			if event.Fixed == "" || one.Type == "GIT" || slices.Contains(fixes, event.Fixed) {
				continue
			}
			if order, err := compareVersions(ecosystem, version, event.Fixed); err == nil && order < 0 {
				fixes = append(fixes, event.Fixed)
			}
		}
	}
	return fixes
}

// level is the word that GitHub's advisories have, such as HIGH.
func (a *advisory) level() string {
	var specific struct {
		Severity string `json:"severity"`
	}
	if json.Unmarshal(a.DatabaseSpecific, &specific) != nil {
		return ""
	}
	return specific.Severity
}

// vector is the newest CVSS that is stated, of the package before that of the advisory.
func (a *advisory) vector(of *affected) string {
	newest := severity{}
	for _, list := range [][]severity{of.Severity, a.Severity} {
		for _, one := range list {
			if strings.HasPrefix(one.Type, "CVSS") && one.Type > newest.Type {
				newest = one
			}
		}
	}
	return newest.Score
}
