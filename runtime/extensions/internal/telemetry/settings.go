package telemetry

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/settings"
)

const variable = "TELEMETRY_EXTENSION_CONFIG"

// Settings is what the construct puts into the environment.
type Settings struct {
	// Which streams of the Telemetry API: platform, function, extension.
	Types       []string    `json:"types"`
	Destination Destination `json:"destination"`
	// Namespace of metrics in CloudWatch, scope of metrics in OTLP.
	Namespace string `json:"namespace"`
	// BufferBytes is how much is kept at most while it is not delivered.
	BufferBytes int `json:"bufferBytes"`
	// FlushSeconds is how long an event waits at most for others to be sent with, while the environment is not frozen.
	FlushSeconds int `json:"flushSeconds"`
}

// Destination has the fields of its kind and no others.
type Destination struct {
	Kind string `json:"kind"`
	// Of firehose.
	Stream string `json:"stream"`
	// Of s3.
	Bucket string `json:"bucket"`
	Prefix string `json:"prefix"`
	// Of otlp: the address that /v1/logs and /v1/metrics are below.
	Endpoint      string `json:"endpoint"`
	HeadersSecret string `json:"headersSecret"`
}

const (
	firehoseKind = "firehose"
	s3Kind       = "s3"
	otlpKind     = "otlp"
	emfKind      = "emf"
)

const (
	// Two of the largest events: one that is under way and one that comes.
	minBufferBytes = 2 << 20
	maxBufferBytes = 64 << 20
	// An event must not wait for longer than Lambda keeps an idle environment.
	maxFlushSeconds = 300
)

func readSettings() (Settings, error) {
	read, err := settings.Read[Settings](variable)
	if err != nil {
		return read, err
	}
	if err := read.check(); err != nil {
		return read, fmt.Errorf("%s: %w", variable, err)
	}
	return read, nil
}

func (s Settings) check() error {
	known := []string{"platform", "function", "extension"}
	for _, one := range s.Types {
		if !slices.Contains(known, one) {
			return fmt.Errorf("types has %q; allowed are %s", one, strings.Join(known, ", "))
		}
	}
	switch {
	case len(s.Types) == 0:
		return fmt.Errorf("types is empty: name at least one of %s", strings.Join(known, ", "))
	case s.Namespace == "":
		return errors.New("namespace is empty: name the namespace that metrics go to")
	case s.BufferBytes < minBufferBytes || s.BufferBytes > maxBufferBytes:
		return fmt.Errorf("bufferBytes is %d; allowed are %d to %d", s.BufferBytes, minBufferBytes, maxBufferBytes)
	case s.FlushSeconds < 1 || s.FlushSeconds > maxFlushSeconds:
		return fmt.Errorf("flushSeconds is %d; allowed are 1 to %d", s.FlushSeconds, maxFlushSeconds)
	case s.Destination.Kind == emfKind && !slices.Contains(s.Types, "platform"):
		return errors.New("the destination emf carries metrics alone, which come from platform events: add platform to types")
	}
	return s.Destination.check()
}

func (d Destination) check() error {
	fields := []struct {
		name, value, kind string
		required          bool
	}{
		{"stream", d.Stream, firehoseKind, true},
		{"bucket", d.Bucket, s3Kind, true},
		{"prefix", d.Prefix, s3Kind, false},
		{"endpoint", d.Endpoint, otlpKind, true},
		{"headersSecret", d.HeadersSecret, otlpKind, false},
	}
	kinds := []string{firehoseKind, s3Kind, otlpKind, emfKind}
	if !slices.Contains(kinds, d.Kind) {
		return fmt.Errorf("destination.kind is %q; allowed are %s", d.Kind, strings.Join(kinds, ", "))
	}
	for _, field := range fields {
		if field.kind == d.Kind && field.required && field.value == "" {
			return fmt.Errorf("destination.%s is missing, which the destination %s needs", field.name, d.Kind)
		}
		if field.kind != d.Kind && field.value != "" {
			return fmt.Errorf("destination.%s is of the destination %s, and this one is %s: leave it out", field.name, field.kind, d.Kind)
		}
	}
	if d.Kind == otlpKind {
		return d.checkEndpoint()
	}
	return nil
}

func (d Destination) checkEndpoint() error {
	address, err := url.Parse(d.Endpoint)
	if err != nil || address.Host == "" || (address.Scheme != "https" && address.Scheme != "http") {
		return errors.New("destination.endpoint is no address that begins with https:// or http://")
	}
	if address.User != nil || address.RawQuery != "" || address.Fragment != "" {
		return errors.New("destination.endpoint has a user, a query or a fragment: put credentials into the secret that headersSecret names")
	}
	if d.HeadersSecret != "" && address.Scheme == "http" && !isLoopback(address.Hostname()) {
		return errors.New("destination.endpoint begins with http://, which would send the secret headers unencrypted: use https://")
	}
	return nil
}

func isLoopback(host string) bool {
	address := net.ParseIP(host)
	return host == "localhost" || (address != nil && address.IsLoopback())
}
