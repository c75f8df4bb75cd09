package telemetry

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/awsconfig"
)

// From a batch of Lambda's until the destination has it: the events a second, and what one event allocates.
func BenchmarkReceiveToSink(b *testing.B) {
	var body strings.Builder
	const perBatch = 1000
	for n := range perBatch {
		fmt.Fprintf(&body, "%c%s", "[,"[min(n, 1)], event(n))
	}
	body.WriteString("]")
	for _, kind := range kinds {
		b.Run(kind, func(b *testing.B) {
			server := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
				fmt.Fprint(writer, `{"FailedPutCount":0}`)
			}))
			defer server.Close()
			text, _ := settingsFor(kind, server.URL)
			b.Setenv(variable, strings.Replace(text, `,"headersSecret":"arn:aws:secretsmanager:us-east-1:111122223333:secret:h"`, "", 1))
			b.Setenv("AWS_ENDPOINT_URL", server.URL)
			b.Setenv("AWS_REGION", "us-east-1")
			b.Setenv("AWS_ACCESS_KEY_ID", "k")
			b.Setenv("AWS_SECRET_ACCESS_KEY", "s")
			settings, err := readSettings()
			if err != nil {
				b.Fatal(err)
			}
			config, err := awsconfig.FromEnvironment(maxAnswerBytes)
			if err != nil {
				b.Fatal(err)
			}
			var said output
			e := newExtension(settings, config, &said, &said)
			ctx, cancel := context.WithCancel(b.Context())
			go e.sender.run(ctx)
			receive := &receiver{accept: e.accept, reject: func() { b.Error("rejected") }}
			b.ReportAllocs()
			b.ResetTimer()
			begin := time.Now()
			for n := 0; n < b.N; n += perBatch {
				// No faster than the destination, so that none is dropped.
				for e.buffer.chunks() > settings.BufferBytes/2/chunkBytes {
					time.Sleep(50 * time.Microsecond)
				}
				receive.read(strings.NewReader(body.String()))
			}
			e.sender.flush(ctx)
			b.ReportMetric(float64(b.N)/time.Since(begin).Seconds(), "events/s")
			cancel()
			<-e.sender.ended
			if said.String() != "" {
				b.Fatal(said.String())
			}
		})
	}
}

// From the start of the process until it asks for its first event.
func BenchmarkStart(b *testing.B) {
	settings, environment := settingsFor("firehose", startDestination(b).URL)
	var took []time.Duration
	for b.Loop() {
		p := start(b, settings, environment...)
		took = append(took, p.started)
		p.command.Process.Kill()
		<-p.exited
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
}
