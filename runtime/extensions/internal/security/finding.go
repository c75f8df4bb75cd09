package security

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

type kind string

const (
	changed    kind = "changed"
	added      kind = "added"
	missing    kind = "missing"
	shadowed   kind = "shadowed"
	vulnerable kind = "vulnerable"
	credential kind = "credential"
	unreadable kind = "unreadable"
	incomplete kind = "incomplete"
)

// finding is one line of the log. The README of the extensions tells what its members mean.
type finding struct {
	Extension  string `json:"extension"`
	Kind       kind   `json:"finding"`
	Path       string `json:"path,omitempty"`
	Line       int    `json:"line,omitempty"`
	Layer      string `json:"layer,omitempty"`
	Difference string `json:"difference,omitempty"`
	// Layers whose file is not the one in /opt.
	Shadows    []string `json:"shadows,omitempty"`
	Credential string   `json:"credential,omitempty"`
	Ecosystem  string   `json:"ecosystem,omitempty"`
	Package    string   `json:"package,omitempty"`
	Version    string   `json:"version,omitempty"`
	Advisory   string   `json:"advisory,omitempty"`
	Aliases    []string `json:"aliases,omitempty"`
	Severity   string   `json:"severity,omitempty"`
	CVSS       string   `json:"cvss,omitempty"`
	Fixed      []string `json:"fixed,omitempty"`
	Message    string   `json:"message"`
}

type summary struct {
	Extension  string       `json:"extension"`
	Summary    string       `json:"summary"`
	Complete   bool         `json:"complete"`
	Findings   int          `json:"findings"`
	Told       int          `json:"told"`
	Counts     map[kind]int `json:"counts"`
	Files      int          `json:"files"`
	Bytes      int64        `json:"bytes"`
	DurationMs int64        `json:"durationMs"`
}

// More lines than this help nobody, and are paid for. All are counted.
const maxTold = 1000

// findings may be added to by several goroutines.
type findings struct {
	lock   sync.Mutex
	told   []finding
	counts map[kind]int
}

func (f *findings) add(one finding) {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.counts[one.Kind]++
	// That the check is incomplete is told in any case.
	if len(f.told) >= maxTold && one.Kind != incomplete {
		return
	}
	one.Extension = name
	one.Path = printable(one.Path)
	f.told = append(f.told, one)
}

func (f *findings) total() int {
	total := 0
	for _, count := range f.counts {
		total += count
	}
	return total
}

// in the same order at every start, whichever goroutine was first.
func (f *findings) sort() {
	slices.SortFunc(f.told, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Advisory, b.Advisory), cmp.Compare(a.Message, b.Message))
	})
}

func (f *findings) print(out io.Writer, files int, bytes int64, duration time.Duration) error {
	f.sort()
	buffered := bufio.NewWriter(out)
	lines := json.NewEncoder(buffered)
	lines.SetEscapeHTML(false)
	for _, one := range f.told {
		lines.Encode(one)
	}
	lines.Encode(summary{
		Extension: name, Summary: f.describe(), Complete: f.counts[incomplete] == 0, Findings: f.total(), Told: len(f.told),
		Counts: f.counts, Files: files, Bytes: bytes, DurationMs: duration.Milliseconds(),
	})
	return buffered.Flush()
}

func (f *findings) describe() string {
	if f.total() == 0 {
		return "no findings in /opt"
	}
	var counts []string
	for kind, count := range f.counts {
		counts = append(counts, fmt.Sprintf("%d %s", count, kind))
	}
	slices.Sort(counts)
	noun := "findings"
	if f.total() == 1 {
		noun = "finding"
	}
	return fmt.Sprintf("%d %s in /opt: %s", f.total(), noun, strings.Join(counts, ", "))
}

const namedInError = 5

// Err names the first findings, and tells where the others are.
func (f *findings) err() error {
	var first []string
	for _, one := range f.told[:min(namedInError, len(f.told))] {
		first = append(first, one.Message)
	}
	return fmt.Errorf("%s. %s. Every finding is a line in the function's log; mend what it names, or list its path in ignore", f.describe(), strings.Join(first, "; "))
}

// Names of files may hold any bytes. Those that are no UTF-8 are told as \x and their hexadecimal value.
func printable(path string) string {
	if utf8.ValidString(path) {
		return path
	}
	quoted := strconv.Quote(path)
	return quoted[1 : len(quoted)-1]
}
