// Package settings reads what the construct of an extension put into the environment.
package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// Read decodes the JSON in an environment variable. What it does not know is an error: settings and extension are of one version.
func Read[T any](variable string) (T, error) {
	var settings T
	text, found := os.LookupEnv(variable)
	if !found {
		return settings, fmt.Errorf("the environment has no %s: attach the layer by attachTo, which sets it", variable)
	}
	decoder := json.NewDecoder(bytes.NewBufferString(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&settings); err != nil {
		return settings, fmt.Errorf("%s is not what the extension takes: %w", variable, err)
	}
	return settings, nil
}
