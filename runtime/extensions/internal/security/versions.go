package security

import (
	"cmp"
	"fmt"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"
	"golang.org/x/mod/semver"
)

// compareVersions orders versions as their ecosystem does. An error is one of a version that is none there.
func compareVersions(ecosystem, a, b string) (int, error) {
	// OSV's word for before every version.
	if a == "0" || b == "0" {
		return cmp.Compare(boolToInt(a != "0"), boolToInt(b != "0")), nil
	}
	if ecosystem == npm {
		return compareSemver(a, b)
	}
	return comparePEP440(a, b)
}

func compareSemver(a, b string) (int, error) {
	for _, version := range []string{a, b} {
		if !semver.IsValid("v" + version) {
			return 0, fmt.Errorf("%q is no semantic version", version)
		}
	}
	return semver.Compare("v"+a, "v"+b), nil
}

func comparePEP440(a, b string) (int, error) {
	first, err := parsePEP440(a)
	if err != nil {
		return 0, err
	}
	second, err := parsePEP440(b)
	if err != nil {
		return 0, err
	}
	return first.Compare(second), nil
}

// What follows a plus is who built it, such as cu118 of torch. A fault of 2.1.0 is one of 2.1.0+cu118, too.
func parsePEP440(version string) (pep440.Version, error) {
	public, _, _ := strings.Cut(version, "+")
	parsed, err := pep440.Parse(public)
	if err != nil {
		err = fmt.Errorf("%q is no version by PEP 440", version)
	}
	return parsed, err
}

func boolToInt(value bool) int {
	if value {
		return 1
	}
	return 0
}
