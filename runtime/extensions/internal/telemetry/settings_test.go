package telemetry

import (
	"strings"
	"testing"
)

func TestSettings(t *testing.T) {
	for _, test := range []struct{ name, change, to, says string }{
		{"firehose", ``, ``, ``},
		{"s3", `{"kind":"firehose","stream":"s"}`, `{"kind":"s3","bucket":"b"}`, ``},
		{"otlp", `{"kind":"firehose","stream":"s"}`, `{"kind":"otlp","endpoint":"https://o.example:4318/otlp","headersSecret":"s"}`, ``},
		{"otlp on loopback", `{"kind":"firehose","stream":"s"}`, `{"kind":"otlp","endpoint":"http://127.0.0.1:4318","headersSecret":"s"}`, ``},
		{"emf", `{"kind":"firehose","stream":"s"}`, `{"kind":"emf"}`, ``},
		{"no JSON", `{"types"`, `types`, `TELEMETRY_EXTENSION_CONFIG is not what the extension takes`},
		{"unknown setting", `"flushSeconds":10`, `"flushSeconds":10,"flush":1`, `unknown field "flush"`},
		{"unknown setting of the destination", `"stream":"s"`, `"stream":"s","role":"r"`, `unknown field "role"`},
		{"unknown type", `"function"`, `"functions"`, `types has "functions"; allowed are platform, function, extension`},
		{"no types", `"platform","function"`, ``, `types is empty`},
		{"no namespace", `"namespace":"N",`, ``, `namespace is empty`},
		{"small buffer", `4194304`, `1000`, `bufferBytes is 1000; allowed are 2097152 to 67108864`},
		{"large buffer", `4194304`, `99999999999`, `bufferBytes is 99999999999; allowed are`},
		{"never", `"flushSeconds":10`, `"flushSeconds":0`, `flushSeconds is 0; allowed are 1 to 300`},
		{"no destination", `"destination":{"kind":"firehose","stream":"s"},`, ``, `destination.kind is ""; allowed are firehose, s3, otlp, emf`},
		{"no stream", `"stream":"s"`, `"stream":""`, `destination.stream is missing, which the destination firehose needs`},
		{"a field of another kind", `"stream":"s"`, `"stream":"s","bucket":"b"`, `destination.bucket is of the destination s3, and this one is firehose`},
		{"no address", `{"kind":"firehose","stream":"s"}`, `{"kind":"otlp","endpoint":"o.example"}`, `is no address that begins with https://`},
		{"a password in the address", `{"kind":"firehose","stream":"s"}`, `{"kind":"otlp","endpoint":"https://u:secret-value@o.example"}`, `put credentials into the secret`},
		{"secret headers in the open", `{"kind":"firehose","stream":"s"}`, `{"kind":"otlp","endpoint":"http://o.example","headersSecret":"s"}`, `use https://`},
		{"emf without metrics", `"types":["platform","function"],"destination":{"kind":"firehose","stream":"s"}`,
			`"types":["function"],"destination":{"kind":"emf"}`, `add platform to types`},
	} {
		t.Run(test.name, func(t *testing.T) {
			const valid = `{"types":["platform","function"],"destination":{"kind":"firehose","stream":"s"},"namespace":"N","bufferBytes":4194304,"flushSeconds":10}`
			if !strings.Contains(valid, test.change) {
				t.Fatal("nothing is changed")
			}
			t.Setenv(variable, strings.Replace(valid, test.change, test.to, 1))
			_, err := readSettings()
			if (err == nil) != (test.says == "") || (err != nil && !strings.Contains(err.Error(), test.says)) {
				t.Errorf("got %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "secret-value") {
				t.Errorf("a secret is told: %v", err)
			}
		})
	}
}
