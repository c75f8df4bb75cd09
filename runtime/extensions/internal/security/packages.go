package security

import (
	"bytes"
	"encoding/json"
	"path"
	"strings"
)

// Names of ecosystems are OSV's.
const (
	pypi = "PyPI"
	npm  = "npm"
)

type installed struct {
	ecosystem, name, version string
}

// isMetadata is whether a file may say which package lies around it.
func isMetadata(file string) bool {
	return isPythonMetadata(file) || isNodejsMetadata(file)
}

func isPythonMetadata(file string) bool {
	return path.Base(file) == "METADATA" && strings.HasSuffix(path.Dir(file), ".dist-info") && strings.HasPrefix(file, "python/")
}

func isNodejsMetadata(file string) bool {
	return path.Base(file) == "package.json" && strings.Contains(file, "/node_modules/") && strings.HasPrefix(file, "nodejs/")
}

// readPackage finds none in what is no metadata, such as a package.json that only says how modules are to be loaded.
func readPackage(file string, content []byte) (installed, bool) {
	var found installed
	switch {
	case isPythonMetadata(file):
		found = readPythonMetadata(content)
	case isNodejsMetadata(file):
		found = readNodejsMetadata(content)
	}
	return found, found.name != "" && found.version != ""
}

// The metadata of Python packages are headers as those of mail. A blank line ends them.
func readPythonMetadata(content []byte) installed {
	found := installed{ecosystem: pypi}
	for line := range bytes.Lines(content) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		header, value, _ := strings.Cut(string(line), ":")
		switch strings.ToLower(header) {
		case "name":
			found.name = strings.TrimSpace(value)
		case "version":
			found.version = strings.TrimSpace(value)
		}
	}
	return found
}

func readNodejsMetadata(content []byte) installed {
	var metadata struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	if json.Unmarshal(content, &metadata) != nil {
		return installed{}
	}
	return installed{npm, metadata.Name, strings.TrimLeft(metadata.Version, "v= ")}
}

// normalName is what names of the same package have in common: see PEP 503 for PyPI. npm tells a from A.
func normalName(ecosystem, name string) string {
	if ecosystem != pypi {
		return name
	}
	parts := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("-_.", r) })
	return strings.Join(parts, "-")
}
