package security

import (
	"bytes"
	"fmt"
)

const (
	// How much after a marker a pattern may look at: a private key of 16,384 bits has 12,700 characters.
	patternBytes = 16 << 10
	// A file that is full of them is known by the first.
	maxCredentialsInFile = 20
)

// findCredentials tells where a credential seems to be and of which kind, and nothing of its value.
func (c *check) findCredentials(file string, content []byte) {
	told := 0
	lines := map[int]string{}
	tell := func(kind string, offset int) bool {
		line := bytes.Count(content[:offset], []byte("\n")) + 1
		// A token in a .env is one credential, whatever else its line shows.
		if known, is := lines[line]; is && (known == kind || kind == envSecret || kind == registryPassword) {
			return true
		}
		lines[line] = kind
		c.findings.add(finding{
			Kind: credential, Path: file, Line: line, Credential: kind,
			Message: fmt.Sprintf("%s seems to hold %s in line %d", printable(file), describeCredential(kind), line),
		})
		told++
		return told < maxCredentialsInFile
	}
	if eachCredential(c.patterns, content, tell) {
		eachSetting(file, content, tell)
	}
}

// eachCredential looks for the fixed beginning of a credential, which is quick, and only there for the rest of its pattern.
func eachCredential(patterns []credentialPattern, content []byte, tell func(kind string, offset int) bool) bool {
	for i := range patterns {
		pattern := &patterns[i]
		for offset := 0; ; {
			next := bytes.Index(content[offset:], pattern.marker)
			if next < 0 {
				break
			}
			offset += next
			if !isWithinWord(content, offset) && !isInSignedURL(content[:offset]) && pattern.matches(content[offset:min(len(content), offset+patternBytes)]) {
				if !tell(pattern.kindIn(content), offset) {
					return false
				}
			}
			offset += len(pattern.marker)
		}
	}
	return true
}

func isWithinWord(content []byte, offset int) bool {
	return offset > 0 && isWordByte(content[offset-1]) && isWordByte(content[offset])
}

// The id of a key in a signed URL is meant to be seen, and documentation is full of them.
func isInSignedURL(before []byte) bool {
	return bytes.HasSuffix(before, []byte("Credential="))
}

func isWordByte(b byte) bool {
	return b == '_' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}
