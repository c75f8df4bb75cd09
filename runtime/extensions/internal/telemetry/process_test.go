package telemetry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is the real program, with this test in the place of Lambda.
type process struct {
	t       testing.TB
	command *exec.Cmd
	api     *httptest.Server
	// What the extension registered for, and what it subscribed.
	registered   string
	subscription subscription
	events       chan map[string]any
	// Gets a value whenever the extension asks for an event.
	next           chan struct{}
	begin          time.Time
	started        time.Duration
	output         output
	exited         chan struct{}
	telemetryReply int
	address        string
}

// output is written by one goroutine and read by another.
type output struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (o *output) Write(text []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.Write(text)
}

func (o *output) String() string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.String()
}

var program = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "telemetry-extension-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, "telemetry-extension")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", file, "../../cmd/extensions")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if raceDetector {
		build = exec.Command("go", "build", "-race", "-o", file, "../../cmd/extensions")
	}
	if said, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, said)
	}
	return file, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if file, err := program(); err == nil {
		os.RemoveAll(filepath.Dir(file))
	}
	os.Exit(code)
}

// launch starts the program and does not wait for it.
func launch(t testing.TB, settings string, environment ...string) *process {
	return launchWith(t, http.StatusOK, settings, environment...)
}

// launchWith answers the subscription with a status.
func launchWith(t testing.TB, telemetryReply int, settings string, environment ...string) *process {
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, events: make(chan map[string]any), next: make(chan struct{}, 100), exited: make(chan struct{}), telemetryReply: telemetryReply}
	p.begin = time.Now()
	p.api = httptest.NewServer(p)
	p.command = exec.Command(file)
	// It may write nothing at all: what it is told to be its folder does not exist.
	p.command.Env = append([]string{
		"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(p.api.URL, "http://"), "TELEMETRY_EXTENSION_CONFIG=" + settings, "AWS_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=k", "AWS_SECRET_ACCESS_KEY=s", "AWS_LAMBDA_FUNCTION_NAME=orders", "AWS_LAMBDA_FUNCTION_VERSION=7", "TMPDIR=/no/such/folder",
		// The race detector, if it is in the program, would wait for a second at the end.
		"GORACE=atexit_sleep_ms=0",
	}, environment...)
	p.command.Stdout, p.command.Stderr = &p.output, &p.output
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.command.Wait()
		close(p.exited)
	}()
	t.Cleanup(func() {
		p.command.Process.Kill()
		<-p.exited
		p.api.CloseClientConnections()
		p.api.Close()
	})
	return p
}

// start waits until the program has started.
func start(t testing.TB, settings string, environment ...string) *process {
	p := launch(t, settings, environment...)
	p.starts()
	return p
}

func (p *process) starts() {
	p.t.Helper()
	select {
	case <-p.next:
	case <-p.exited:
		p.t.Fatalf("it ended: %s", p.output.String())
	case <-time.After(10 * time.Second):
		p.t.Fatalf("it did not start: %s", p.output.String())
	}
}

func (p *process) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	switch request.URL.Path {
	case "/2020-01-01/extension/register":
		var body bytes.Buffer
		body.ReadFrom(request.Body)
		p.registered = body.String()
		writer.Header().Set("Lambda-Extension-Identifier", "id")
	case "/2022-07-01/telemetry":
		if err := json.NewDecoder(request.Body).Decode(&p.subscription); err != nil {
			p.t.Error(err)
		}
		p.address = strings.Replace(p.subscription.Destination.URI, "sandbox.localdomain", "127.0.0.1", 1)
		// It must be listening by now.
		if p.telemetryReply == http.StatusOK {
			p.post(`[{"time":"2026-01-12T10:00:00.000Z","type":"platform.telemetrySubscription","record":{"name":"telemetry-extension"}}]`)
		}
		writer.WriteHeader(p.telemetryReply)
	case "/2020-01-01/extension/event/next":
		if p.started == 0 {
			p.started = time.Since(p.begin)
		}
		p.next <- struct{}{}
		select {
		case event := <-p.events:
			json.NewEncoder(writer).Encode(event)
		case <-request.Context().Done():
		}
	default:
		var body bytes.Buffer
		body.ReadFrom(request.Body)
		fmt.Fprintf(&p.output, "told %s: %s\n", request.URL.Path, body.String())
		writer.WriteHeader(http.StatusAccepted)
	}
}

func (p *process) post(events string) int {
	response, err := http.Post(p.address, "application/json", strings.NewReader(events))
	if err != nil {
		p.t.Errorf("the extension does not take events: %v", err)
		return 0
	}
	response.Body.Close()
	return response.StatusCode
}

func (p *process) invoke() (held time.Duration) {
	begin := time.Now()
	p.events <- map[string]any{"eventType": "INVOKE", "deadlineMs": time.Now().Add(10 * time.Second).UnixMilli(), "requestId": "r"}
	select {
	case <-p.next:
	case <-time.After(5 * time.Second):
		p.t.Fatal("the invocation is held")
	}
	return time.Since(begin)
}

// shutdown gives it as long as Lambda does.
func (p *process) shutdown() (took time.Duration) {
	p.t.Helper()
	begin := time.Now()
	p.events <- map[string]any{"eventType": "SHUTDOWN", "shutdownReason": "spindown", "deadlineMs": time.Now().Add(2 * time.Second).UnixMilli()}
	return p.ends(begin)
}

func (p *process) terminate() (took time.Duration) {
	p.t.Helper()
	begin := time.Now()
	p.command.Process.Signal(syscall.SIGTERM)
	return p.ends(begin)
}

func (p *process) ends(begin time.Time) time.Duration {
	p.t.Helper()
	select {
	case <-p.exited:
	case <-time.After(2 * time.Second):
		p.t.Fatalf("it did not end within Lambda's two seconds: %s", p.output.String())
	}
	if code := p.command.ProcessState.ExitCode(); code != 0 {
		p.t.Errorf("it ended with %d: %s", code, p.output.String())
	}
	return time.Since(begin)
}

// needsLittleMemory looks at the most that it had so far, VmHWM.
func (p *process) needsLittleMemory() {
	p.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		p.t.Fatal(err)
	}
	kib, err := strconv.Atoi(regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindStringSubmatch(string(status))[1])
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Logf("started in %v, VmHWM %.1f MiB", p.started, float64(kib)/1024)
	if kib > maxMiB<<10 && !raceDetector {
		p.t.Errorf("VmHWM is %d KiB; allowed are %d MiB", kib, maxMiB)
	}
}

// load posts events as Lambda does, every 100 ms, and returns how many there were.
func (p *process) load(perSecond int, during time.Duration) (sent int) {
	if raceDetector {
		perSecond /= 5
	}
	begin := time.Now()
	for tick := time.NewTicker(100 * time.Millisecond); time.Since(begin) < during; <-tick.C {
		var body strings.Builder
		for i := range perSecond / 10 {
			separator := ","
			if i == 0 {
				separator = "["
			}
			body.WriteString(separator + event(sent))
			sent++
		}
		body.WriteString("]")
		if status := p.post(body.String()); status != http.StatusOK {
			p.t.Fatalf("events were answered %d", status)
		}
	}
	return sent
}
