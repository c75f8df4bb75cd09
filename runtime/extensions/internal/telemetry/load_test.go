package telemetry

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	loadPerSecond = 10_000
	maxMiB        = 25
)

func settingsFor(kind, url string) (settings string, environment []string) {
	destinations := map[string]string{
		"firehose": `{"kind":"firehose","stream":"telemetry"}`,
		"s3":       `{"kind":"s3","bucket":"telemetry","prefix":"logs/"}`,
		"otlp":     fmt.Sprintf(`{"kind":"otlp","endpoint":%q,"headersSecret":"arn:aws:secretsmanager:us-east-1:111122223333:secret:h"}`, url),
		"emf":      `{"kind":"emf"}`,
	}
	return fmt.Sprintf(`{"types":["platform","function","extension"],"destination":%s,"namespace":"LambdaExtensions","bufferBytes":4194304,"flushSeconds":1}`,
		destinations[kind]), []string{"AWS_ENDPOINT_URL=" + url}
}

// None of the events is lost while the destination answers, and memory stays in its bounds.
func TestLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes 10 s for each destination")
	}
	for _, kind := range []string{"firehose", "s3", "otlp"} {
		t.Run(kind, func(t *testing.T) {
			d := startDestination(t)
			d.numbers = map[string]int{}
			settings, environment := settingsFor(kind, d.URL)
			p := start(t, settings, environment...)
			sent := p.load(loadPerSecond, 10*time.Second)
			p.needsLittleMemory()
			p.shutdown()
			if arrived := len(d.arrived()); arrived != sent {
				t.Errorf("%d of %d events arrived", arrived, sent)
			}
			t.Logf("%d events, %d requests", sent, d.requests)
		})
	}
}

// While the destination is down the oldest go, what was dropped is told exactly, and the rest arrives afterwards.
// TELEMETRY_OUTAGE=60s makes it as long as the longest that must be survived.
func TestOutage(t *testing.T) {
	outage := 3 * time.Second
	if raceDetector {
		outage *= 5
	}
	if told := os.Getenv("TELEMETRY_OUTAGE"); told != "" {
		var err error
		if outage, err = time.ParseDuration(told); err != nil {
			t.Fatal(err)
		}
	}
	for _, kind := range []string{"firehose", "s3", "otlp"} {
		t.Run(kind, func(t *testing.T) {
			d := startDestination(t)
			d.numbers = map[string]int{}
			settings, environment := settingsFor(kind, d.URL)
			p := start(t, settings, environment...)
			d.set(func(int, http.ResponseWriter) int { return http.StatusServiceUnavailable })
			sent := p.load(loadPerSecond, outage)
			p.needsLittleMemory()
			d.set(nil)
			eventually(t, 3*maxBackoff, "the newest event arrives", func() bool { return d.arrived()[fmt.Sprintf("%08d", sent-1)] > 0 })
			p.shutdown()
			arrived := len(d.arrived())
			dropped := droppedIn(p.output.String())
			t.Logf("%d events, %d dropped", sent, dropped)
			if arrived+dropped != sent {
				t.Errorf("of %d events %d arrived and %d were told as dropped:\n%s", sent, arrived, dropped, p.output.String())
			}
			if lines := strings.Count(p.output.String(), "\n"); lines > 2+int(outage/noticeEvery) {
				t.Errorf("%d lines were written:\n%s", lines, p.output.String())
			}
			if dropped == 0 {
				t.Error("nothing was dropped: the outage was too short for this test")
			}
		})
	}
}

// droppedIn adds up what the lines say.
func droppedIn(output string) (total int) {
	for _, match := range regexp.MustCompile(`(?m)^telemetry-extension: (\d+) events were dropped`).FindAllStringSubmatch(output, -1) {
		n, _ := strconv.Atoi(match[1])
		total += n
	}
	return total
}
