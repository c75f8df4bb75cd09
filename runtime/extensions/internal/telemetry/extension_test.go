package telemetry

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

var kinds = []string{"firehose", "s3", "otlp"}

func TestSubscription(t *testing.T) {
	d := startDestination(t)
	settings, environment := settingsFor("firehose", d.URL)
	p := start(t, settings, environment...)
	if p.registered != `{"events":["INVOKE","SHUTDOWN"]}`+"\n" {
		t.Errorf("registered %s", p.registered)
	}
	if p.subscription.SchemaVersion != "2025-01-29" || strings.Join(p.subscription.Types, " ") != "platform function extension" ||
		p.subscription.Destination.Protocol != "HTTP" || !regexp.MustCompile(`^http://sandbox\.localdomain:\d+$`).MatchString(p.subscription.Destination.URI) {
		t.Errorf("subscribed %+v", p.subscription)
	}
	managed := start(t, settings, append(environment, "AWS_LAMBDA_INITIALIZATION_TYPE=lambda-managed-instances")...)
	if managed.registered != `{"events":["SHUTDOWN"]}`+"\n" {
		t.Errorf("registered %s on a managed instance", managed.registered)
	}
}

// Where there is no telemetry, or it is refused, the function works on, and one line says so.
func TestNoTelemetry(t *testing.T) {
	settings, environment := settingsFor("firehose", startDestination(t).URL)
	for _, test := range []struct {
		status int
		says   string
	}{{202, "there is no Telemetry API here"}, {403, "Lambda refuses the subscription"}} {
		t.Run(fmt.Sprint(test.status), func(t *testing.T) {
			p := launchWith(t, test.status, settings, environment...)
			p.starts()
			p.invoke()
			p.shutdown()
			if said := p.output.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, test.says) {
				t.Errorf("said %s", said)
			}
		})
	}
}

func TestUnknownSettings(t *testing.T) {
	p := launch(t, `{"types":["platform"],"colour":"red"}`)
	<-p.exited
	if said := p.output.String(); p.command.ProcessState.ExitCode() != 1 || !strings.Contains(said, "told /2020-01-01/extension/init/error") ||
		!strings.Contains(said, `unknown field \"colour\"`) {
		t.Errorf("said %s", said)
	}
}

// What each destination gets at the end of an environment with one invocation.
func TestEverythingArrives(t *testing.T) {
	for _, kind := range append([]string{"emf"}, kinds...) {
		t.Run(kind, func(t *testing.T) {
			d := startDestination(t)
			settings, environment := settingsFor(kind, d.URL)
			p := start(t, settings, environment...)
			p.post(`[{"time":"2026-01-12T10:00:00.000Z","type":"platform.initStart","record":{
					"initializationType":"on-demand","phase":"init"}},
				{"time":"2026-01-12T10:00:00.120Z","type":"platform.initReport","record":{"phase":"init","metrics":{"durationMs":120}}}]`)
			p.invoke()
			p.post(`[{"time":"2026-01-12T10:00:00.130Z","type":"function","record":{"level":"WARN","requestId":"r","message":"low stock"}},
				{"time":"2026-01-12T10:00:00.131Z","type":"function","record":"plain \"text\"\n"}]`)
			p.shutdown()
			if kind == "emf" {
				checkEMF(t, p.output.String())
				return
			}
			if kind == "otlp" {
				checkOTLP(t, d)
				return
			}
			got := d.received()
			want := []string{"platform.telemetrySubscription", "platform.initStart", "platform.initReport", "function", "function", "extension.metrics"}
			var types []string
			for _, line := range got {
				var event struct{ Type string }
				if err := json.Unmarshal([]byte(line), &event); err != nil {
					t.Fatalf("%v: %s", err, line)
				}
				types = append(types, event.Type)
			}
			if strings.Join(types, " ") != strings.Join(want, " ") {
				t.Errorf("got %v", types)
			}
			if !strings.Contains(got[5], `"ColdStarts":[1]`) || !strings.Contains(got[5], `"InitDuration":[120]`) {
				t.Errorf("got %s", got[5])
			}
			key := regexp.MustCompile(`^/telemetry/logs/\d{4}/\d\d/\d\d/\d\d/orders/\d{8}T\d{6}Z-[A-Z2-7]{26}\.ndjson\.gz$`)
			if kind == "s3" && !key.MatchString(d.paths[0]) {
				t.Errorf("the object is %s", d.paths[0])
			}
		})
	}
}

// Nothing but metrics goes to stdout: events would come back as events.
func checkEMF(t *testing.T, output string) {
	var got struct {
		AWS                      struct{ CloudWatchMetrics []emfDirective } `json:"_aws"`
		ColdStarts, InitDuration []float64
	}
	if err := json.Unmarshal([]byte(output), &got); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	if len(got.AWS.CloudWatchMetrics) != 1 || got.ColdStarts[0] != 1 || got.InitDuration[0] != 120 {
		t.Errorf("got %s", output)
	}
}

func checkOTLP(t *testing.T, d *destination) {
	if strings.Join(d.paths, " ") != "/v1/logs /v1/metrics" {
		t.Fatalf("got %v", d.paths)
	}
	for _, header := range d.headers {
		if header.Get("Authorization") != "Bearer secret-value" || header.Get("Content-Type") != "application/json" || header.Get("Content-Encoding") != "gzip" {
			t.Errorf("got %v", header)
		}
	}
	logs := string(d.bodies[0])
	for _, part := range []string{
		`{"key":"faas.name","value":{"stringValue":"orders"}}`, `{"key":"faas.version","value":{"stringValue":"7"}}`, `"scope":{"name":"LambdaExtensions"}`,
		`"timeUnixNano":"1768212000130000000"`, `"severityNumber":13,"severityText":"WARN"`, `{"key":"faas.invocation_id","value":{"stringValue":"r"}}`,
		`"body":{"stringValue":"plain \"text\"\n"}`, `{"key":"type","value":{"stringValue":"platform.initStart"}}`,
	} {
		if !strings.Contains(logs, part) {
			t.Errorf("no %s in %s", part, logs)
		}
	}
	var metrics struct {
		ResourceMetrics []struct {
			ScopeMetrics []struct{ Metrics []otlpMetric }
		}
	}
	if err := json.Unmarshal(d.bodies[1], &metrics); err != nil {
		t.Fatal(err)
	}
	got := metrics.ResourceMetrics[0].ScopeMetrics[0].Metrics
	if len(got) != 2 || got[0].Name != coldStarts || *got[0].Sum.DataPoints[0].AsDouble != 1 || got[0].Unit != "1" || got[1].Name != initDuration || got[1].Unit != "ms" {
		t.Fatalf("got %s", d.bodies[1])
	}
	point := got[1].Histogram.DataPoints[0]
	if point.Count != "1" || *point.Sum != 120 || len(point.BucketCounts) != len(point.ExplicitBounds)+1 || point.BucketCounts[7] != "1" || point.ExplicitBounds[7] != 200 {
		t.Errorf("got %+v", point)
	}
}

// Whatever is wrong with the destination for a while: nothing is lost, or twice there, and one line says what it is.
func TestTroubles(t *testing.T) {
	status := func(until, status int) func(int, http.ResponseWriter) int {
		return func(n int, _ http.ResponseWriter) int {
			if n <= until {
				return status
			}
			return 0
		}
	}
	for _, test := range []struct {
		name    string
		respond func(int, http.ResponseWriter) int
		says    string
		kinds   []string
	}{
		{"it is down at the start", status(3, 503), "503", kinds},
		{"access is denied", status(3, 403), "403", []string{"firehose", "s3"}},
		{"throttled", status(2, 429), "429", kinds},
		{"it is slow", func(int, http.ResponseWriter) int { time.Sleep(700 * time.Millisecond); return 0 }, "", kinds},
		{"the gateway fails", status(2, 502), "502", kinds},
	} {
		for _, kind := range test.kinds {
			t.Run(test.name+", "+kind, func(t *testing.T) {
				t.Parallel()
				d := startDestination(t)
				d.numbers = map[string]int{}
				d.set(test.respond)
				settings, environment := settingsFor(kind, d.URL)
				p := start(t, settings, environment...)
				sent := p.load(1000, 500*time.Millisecond)
				eventually(t, 15*time.Second, "all arrive", func() bool { return d.count() >= sent })
				p.shutdown()
				numbers := d.arrived()
				for number, times := range numbers {
					if times != 1 {
						t.Errorf("event %s is there %d times", number, times)
					}
				}
				said := p.output.String()
				if (test.says == "") != (said == "") || !strings.Contains(said, test.says) || strings.Contains(said, "secret-value") || strings.Count(said, "\n") > 2 {
					t.Errorf("said %s", said)
				}
				if len(numbers) != sent || droppedIn(said) != 0 {
					t.Errorf("%d of %d events arrived, said %s", len(numbers), sent, said)
				}
				objects := map[string]bool{}
				for _, path := range d.asked {
					objects[path] = true
				}
				if kind == "s3" && len(objects) > len(d.paths) {
					t.Errorf("other attempts made other objects: %v", d.asked)
				}
			})
		}
	}
}

func TestLambdaDropsEvents(t *testing.T) {
	d := startDestination(t)
	settings, environment := settingsFor("firehose", d.URL)
	p := start(t, settings, environment...)
	for _, records := range []string{"100", "23"} {
		p.post(`[{"type":"platform.logsDropped","record":{"reason":"slow","droppedRecords":` + records + `,"droppedBytes":5000}}]`)
	}
	p.shutdown()
	if said := p.output.String(); said != "telemetry-extension: Lambda dropped 123 events before they came here\n" {
		t.Errorf("said %s", said)
	}
	if got := d.received(); !strings.Contains(got[len(got)-1], `"PlatformLogsDropped":[123]`) {
		t.Errorf("got %s", got)
	}
}

func TestFirehoseRefusesSomeRecords(t *testing.T) {
	d := startDestination(t)
	d.numbers = map[string]int{}
	d.refuse = func(n, record int) bool { return n <= 2 && record%2 == 0 }
	settings, environment := settingsFor("firehose", d.URL)
	p := start(t, settings, environment...)
	sent := p.load(10_000, 300*time.Millisecond)
	eventually(t, 10*time.Second, "all arrive", func() bool { return d.count() >= sent })
	p.shutdown()
	numbers := d.arrived()
	for number, times := range numbers {
		if times != 1 {
			t.Errorf("event %s is there %d times", number, times)
		}
	}
	if said := p.output.String(); len(numbers) != sent || !strings.Contains(said, "ServiceUnavailableException") || droppedIn(said) != 0 {
		t.Errorf("%d of %d events arrived: %s", len(numbers), sent, said)
	}
}

func TestOTLPRefuses(t *testing.T) {
	d := startDestination(t)
	d.set(func(n int, _ http.ResponseWriter) int {
		if n == 1 {
			return http.StatusBadRequest
		}
		return 0
	})
	settings, environment := settingsFor("otlp", d.URL)
	p := start(t, settings, environment...)
	eventually(t, 5*time.Second, "the first batch is refused", func() bool { return strings.Contains(p.output.String(), "1 events were dropped") || d.count() > 0 })
	p.post("[" + event(1) + "]")
	p.shutdown()
	said := p.output.String()
	if droppedIn(said) != 1 || !strings.Contains(said, "400 Bad Request") {
		t.Errorf("said %s", said)
	}
	// The event that was dropped is in the metrics of the next batch.
	if !strings.Contains(string(d.bodies[len(d.bodies)-1]), droppedEvents) {
		t.Errorf("got %s", d.bodies[len(d.bodies)-1])
	}
}

func TestOTLPSaysWhenToTryAgain(t *testing.T) {
	d := startDestination(t)
	var first, second time.Time
	d.set(func(n int, writer http.ResponseWriter) int {
		if n == 1 {
			first = time.Now()
			writer.Header().Set("Retry-After", "2")
			return http.StatusServiceUnavailable
		}
		second = time.Now()
		return 0
	})
	settings, environment := settingsFor("otlp", d.URL)
	p := start(t, settings, environment...)
	eventually(t, 10*time.Second, "it tries again", func() bool { return d.count() > 0 })
	p.shutdown()
	if waited := second.Sub(first); waited < 1900*time.Millisecond {
		t.Errorf("it waited for %v", waited)
	}
}

func TestRetryAfter(t *testing.T) {
	for header, want := range map[string]time.Duration{"": 0, "3": 3 * time.Second, "-3": 0, "soon": 0} {
		if got := retryAfter(header); got != want {
			t.Errorf("%q is %v", header, got)
		}
	}
	if got := retryAfter(time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)); got < 59*time.Minute || got > time.Hour {
		t.Errorf("got %v", got)
	}
}

// A secret that cannot be read, or is none, costs nothing but time, and nothing of it is told.
func TestHeadersSecret(t *testing.T) {
	for _, bad := range []string{"", "secret-value", `{"Authorization":{"secret-value":1}}`} {
		t.Run(bad, func(t *testing.T) {
			d := startDestination(t)
			good := d.secret
			d.secret = bad
			settings, environment := settingsFor("otlp", d.URL)
			p := start(t, settings, environment...)
			eventually(t, 5*time.Second, "it says so", func() bool { return strings.Contains(p.output.String(), "the secret of headersSecret") })
			if d.count() != 0 {
				t.Error("events were sent without the headers")
			}
			d.mutex.Lock()
			d.secret = good
			d.mutex.Unlock()
			eventually(t, 5*time.Second, "events arrive", func() bool { return d.count() > 0 })
			p.shutdown()
			if said := p.output.String(); strings.Contains(said, "secret-value") || droppedIn(said) != 0 {
				t.Errorf("said %s", said)
			}
		})
	}
}

func TestOversizedEvents(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			d := startDestination(t)
			d.numbers = map[string]int{}
			settings, environment := settingsFor(kind, d.URL)
			p := start(t, settings, environment...)
			large := strings.Replace(event(2), "xx", strings.Repeat("x", 1100<<10), 1)
			huge := strings.Replace(event(4), "xx", strings.Repeat("x", 9<<20), 1)
			p.post("[" + event(1) + "," + large + "," + event(3) + "]")
			p.post("[" + huge + "]")
			// 10 MB of them.
			many := []string{}
			for n := range 60_000 {
				many = append(many, event(100+n))
			}
			p.post("[" + strings.Join(many, ",") + "]")
			p.post("garbage")
			p.post(`[1,null,{"record":"no type"}]`)
			p.post("[" + event(5) + "]")
			p.needsLittleMemory()
			eventually(t, 10*time.Second, "the last event arrives", func() bool { return d.arrived()["00000005"] > 0 })
			p.shutdown()
			numbers := d.arrived()
			dropped := droppedIn(p.output.String())
			// 60,003 good events, and 1 too large, 1 huge, 1 batch and 3 events of garbage.
			if len(numbers)+dropped != 60_003+6 || numbers["00000002"] != 0 || numbers["00000004"] != 0 {
				t.Errorf("%d arrived, %d were dropped", len(numbers), dropped)
			}
			t.Logf("%d arrived, %d were dropped", len(numbers), dropped)
		})
	}
}

// SHUTDOWN and SIGTERM end within Lambda's time, whatever the destination does.
func TestEndOfTheEnvironment(t *testing.T) {
	for _, ending := range []string{"SHUTDOWN", "SIGTERM"} {
		for _, test := range []struct {
			name    string
			respond func(int, http.ResponseWriter) int
			lost    bool
		}{
			{"a destination that answers", nil, false},
			{"a destination that takes half a second", func(int, http.ResponseWriter) int { time.Sleep(500 * time.Millisecond); return 0 }, false},
			{"a destination that hangs", func(int, http.ResponseWriter) int { time.Sleep(5 * time.Second); return 0 }, true},
			{"a destination that is down", func(int, http.ResponseWriter) int { return 503 }, true},
			{"a destination that comes back", func(n int, _ http.ResponseWriter) int {
				if n < 4 {
					return 503
				}
				return 0
			}, false},
		} {
			t.Run(ending+", "+test.name, func(t *testing.T) {
				t.Parallel()
				d := startDestination(t)
				d.numbers = map[string]int{}
				d.set(test.respond)
				settings, environment := settingsFor("firehose", d.URL)
				p := start(t, settings, environment...)
				sent := p.load(1000, 200*time.Millisecond)
				// In the middle of sending: the first batch is under way.
				eventually(t, 3*time.Second, "a batch is sent", func() bool { d.mutex.Lock(); defer d.mutex.Unlock(); return d.requests > 0 })
				p.post("[" + event(sent) + "]")
				if ending == "SHUTDOWN" {
					p.shutdown()
				} else {
					p.terminate()
				}
				d.mutex.Lock()
				defer d.mutex.Unlock()
				arrived, dropped := len(d.numbers), droppedIn(p.output.String())
				if !test.lost && (arrived != sent+1 || dropped != 0) {
					t.Errorf("%d of %d arrived, %d were dropped", arrived, sent+1, dropped)
				}
				// The event that tells the subscription is one more.
				if test.lost && dropped != sent+2 {
					t.Errorf("of %d events %d were told as dropped", sent+2, dropped)
				}
			})
		}
	}
}

// A function that dies is followed by SHUTDOWN, and Lambda's last events come while that goes on.
func TestFunctionThatDies(t *testing.T) {
	for _, status := range []string{"failure", "timeout"} {
		d := startDestination(t)
		settings, environment := settingsFor("firehose", d.URL)
		p := start(t, settings, environment...)
		p.invoke()
		p.post(`[{"time":"2026-01-12T10:00:00Z","type":"platform.runtimeDone","record":{"requestId":"r","status":"` + status + `","metrics":{"durationMs":3}}}]`)
		go func() {
			time.Sleep(lambdaKeeps)
			p.post(`[{"time":"2026-01-12T10:00:01Z","type":"platform.report","record":{"requestId":"r","status":"` + status + `","metrics":{"durationMs":5}}}]`)
		}()
		p.shutdown()
		got := strings.Join(d.received(), "\n")
		for _, part := range []string{`"platform.runtimeDone"`, `"platform.report"`, map[string]string{"failure": functionErrors, "timeout": timeouts}[status], `"PostRuntimeDuration":[2]`} {
			if !strings.Contains(got, part) {
				t.Errorf("%s: no %s in %s", status, part, got)
			}
		}
	}
}

// freeze does what Lambda does between invocations.
func (p *process) freeze(during time.Duration) {
	p.command.Process.Signal(syscall.SIGSTOP)
	time.Sleep(during)
	p.command.Process.Signal(syscall.SIGCONT)
}

func TestInvocationsAreHeldOnlyForWhatWasLeft(t *testing.T) {
	delay := func(delay time.Duration) func(int, http.ResponseWriter) int {
		return func(int, http.ResponseWriter) int { time.Sleep(delay); return 0 }
	}
	for _, test := range []struct {
		name        string
		respond     func(int, http.ResponseWriter) int
		frozen      time.Duration
		least, most time.Duration
	}{
		{"nothing is old", delay(300 * time.Millisecond), 0, 0, 100 * time.Millisecond},
		{"something is old", delay(300 * time.Millisecond), 1100 * time.Millisecond, 250 * time.Millisecond, 450 * time.Millisecond},
		{"something is old, and the destination is slow", delay(3 * time.Second), 1100 * time.Millisecond, 450 * time.Millisecond, 650 * time.Millisecond},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := startDestination(t)
			settings, environment := settingsFor("firehose", d.URL)
			p := start(t, settings, environment...)
			d.set(test.respond)
			p.post("[" + event(1) + "]")
			if test.frozen > 0 {
				p.freeze(test.frozen)
			}
			if held := p.invoke(); held < test.least || held > test.most {
				t.Errorf("the invocation was held for %v", held)
			}
			if test.frozen > 0 && test.most < 500*time.Millisecond && d.count() == 0 {
				t.Error("what was left from before was not sent")
			}
			if held := p.invoke(); held > 100*time.Millisecond {
				t.Errorf("the next invocation was held for %v", held)
			}
		})
	}
}

// What was under way when the environment was frozen fails afterwards, which says nothing about the destination.
func TestInvocationAfterARequestThatWasFrozen(t *testing.T) {
	d := startDestination(t)
	settings, environment := settingsFor("firehose", d.URL)
	p := start(t, settings, environment...)
	eventually(t, 5*time.Second, "the subscription is told", func() bool { return d.count() == 1 })
	stuck := make(chan bool)
	d.set(func(n int, _ http.ResponseWriter) int { close(stuck); <-t.Context().Done(); return 503 })
	p.post("[" + event(1) + "]")
	<-stuck
	p.command.Process.Signal(syscall.SIGSTOP)
	d.set(nil)
	d.CloseClientConnections()
	time.Sleep(1100 * time.Millisecond)
	p.command.Process.Signal(syscall.SIGCONT)
	p.invoke()
	if d.count() != 2 {
		t.Error("what was left from before is not sent when the invocation ends")
	}
}

func TestInvocationsAreNotHeldForADestinationThatFails(t *testing.T) {
	d := startDestination(t)
	d.set(func(int, http.ResponseWriter) int { return 503 })
	settings, environment := settingsFor("firehose", d.URL)
	p := start(t, settings, environment...)
	eventually(t, 5*time.Second, "it fails", func() bool { d.mutex.Lock(); defer d.mutex.Unlock(); return d.requests > failingAfter })
	for range 3 {
		p.freeze(1100 * time.Millisecond)
		if held := p.invoke(); held > 100*time.Millisecond {
			t.Errorf("the invocation was held for %v", held)
		}
	}
}

// Neither times in events nor deadlines of a clock that jumped decide when something is sent.
func TestClockJumps(t *testing.T) {
	d := startDestination(t)
	settings, environment := settingsFor("firehose", d.URL)
	p := start(t, settings, environment...)
	p.post(`[{"time":"1970-01-01T00:00:00Z","type":"function","record":"then"},{"time":"2999-01-01T00:00:00Z","type":"function","record":"later"},
		{"time":"never","type":"function","record":"never"}]`)
	eventually(t, 3*time.Second, "they are sent by their age", func() bool { return d.count() >= 4 })
	d.set(func(int, http.ResponseWriter) int { time.Sleep(2 * time.Second); return 0 })
	for _, deadline := range []time.Time{time.UnixMilli(0), time.Now().Add(1000 * time.Hour)} {
		p.post("[" + event(1) + "]")
		p.freeze(1100 * time.Millisecond)
		begin := time.Now()
		p.events <- map[string]any{"eventType": "INVOKE", "deadlineMs": deadline.UnixMilli()}
		<-p.next
		if held := time.Since(begin); held > holdFor+200*time.Millisecond {
			t.Errorf("with the deadline %v the invocation was held for %v", deadline, held)
		}
	}
	d.set(nil)
	begin := time.Now()
	p.events <- map[string]any{"eventType": "SHUTDOWN", "deadlineMs": time.Now().Add(-time.Hour).UnixMilli()}
	p.ends(begin)
}

// A full disk changes nothing: under load the program has no file open but what Go reads of its limits, and has written nothing.
func TestNothingIsWrittenToDisk(t *testing.T) {
	d := startDestination(t)
	d.set(func(n int, _ http.ResponseWriter) int {
		if n%3 == 0 {
			return 0
		}
		return 503
	})
	settings, environment := settingsFor("s3", d.URL)
	p := start(t, settings, environment...)
	p.load(20_000, time.Second)
	folder := fmt.Sprintf("/proc/%d", p.command.Process.Pid)
	files, err := filepath.Glob(folder + "/fd/*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if to, err := os.Readlink(file); err == nil && !regexp.MustCompile(`^(pipe|socket|anon_inode):|^/dev/null$|^/sys/fs/cgroup/`).MatchString(to) {
			t.Errorf("%s is open", to)
		}
	}
	if io, err := os.ReadFile(folder + "/io"); err != nil || !strings.Contains(string(io), "\nwrite_bytes: 0\n") {
		t.Errorf("got %s, %v", io, err)
	}
}
