package telemetry

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// destination stands in for Firehose, S3, Secrets Manager and an OTLP collector, told apart by what a request looks like.
type destination struct {
	*httptest.Server
	mutex sync.Mutex
	// How the nth request is answered, from 1 on: a status other than 0 or 200 keeps nothing.
	respond func(n int, writer http.ResponseWriter) (status int)
	// Which of a batch's records Firehose refuses.
	refuse   func(n, record int) bool
	secret   string
	requests int
	lines    []string
	// Of all requests, and of those that were kept.
	asked, paths []string
	headers      []http.Header
	bodies       [][]byte
	largest      int
	// Set to keep nothing but the numbers of events, see event().
	numbers map[string]int
}

func startDestination(t testing.TB) *destination {
	d := &destination{secret: `{"Authorization":"Bearer secret-value"}`}
	d.Server = httptest.NewServer(d)
	t.Cleanup(d.Close)
	return d
}

func (d *destination) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	if target := request.Header.Get("X-Amz-Target"); strings.HasPrefix(target, "secretsmanager.") {
		d.mutex.Lock()
		defer d.mutex.Unlock()
		if d.secret == "" {
			writer.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(writer, `{"__type":"AccessDeniedException","Message":"secret-value must not be told"}`)
			return
		}
		json.NewEncoder(writer).Encode(map[string]string{"SecretString": d.secret})
		return
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return
	}
	d.mutex.Lock()
	d.requests++
	d.asked = append(d.asked, request.URL.Path)
	n, respond := d.requests, d.respond
	d.mutex.Unlock()
	if respond != nil {
		if status := respond(n, writer); status != 0 && status != http.StatusOK {
			if request.Header.Get("X-Amz-Target") != "" {
				writer.Header().Set("X-Amzn-Errortype", fmt.Sprintf("Fault%d", status))
			}
			writer.WriteHeader(status)
			return
		}
	}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.paths = append(d.paths, request.URL.Path)
	d.headers = append(d.headers, request.Header)
	d.largest = max(d.largest, len(body))
	switch {
	case strings.HasPrefix(request.Header.Get("X-Amz-Target"), "Firehose_20150804.PutRecordBatch"):
		d.putRecordBatch(writer, n, body)
	case strings.HasPrefix(request.URL.Path, "/v1/"):
		d.bodies = append(d.bodies, unzip(body))
		d.keepOTLP(d.bodies[len(d.bodies)-1])
	default:
		d.keep(unzip(body))
	}
}

func (d *destination) putRecordBatch(writer io.Writer, n int, body []byte) {
	var call struct{ Records []struct{ Data []byte } }
	if err := json.Unmarshal(body, &call); err != nil {
		panic(err)
	}
	total, failed := 0, 0
	var responses []map[string]string
	for i, record := range call.Records {
		total += len(record.Data)
		if len(record.Data) > 1000<<10 {
			panic("a record is larger than Firehose takes")
		}
		if d.refuse != nil && d.refuse(n, i) {
			failed++
			responses = append(responses, map[string]string{"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "slow down"})
			continue
		}
		d.keep(record.Data)
		responses = append(responses, map[string]string{"RecordId": "r"})
	}
	if total > 4<<20 || len(call.Records) > 500 {
		panic("a batch is larger than Firehose takes")
	}
	json.NewEncoder(writer).Encode(map[string]any{"FailedPutCount": failed, "RequestResponses": responses})
}

func (d *destination) keep(lines []byte) {
	for line := range strings.Lines(string(lines)) {
		if d.numbers != nil {
			d.number(line)
		} else {
			d.lines = append(d.lines, strings.TrimSuffix(line, "\n"))
		}
	}
}

func (d *destination) keepOTLP(body []byte) {
	var logs struct {
		ResourceLogs []struct {
			ScopeLogs []struct {
				LogRecords []struct{ Body struct{ StringValue string } }
			}
		}
	}
	if err := json.Unmarshal(body, &logs); err != nil {
		panic(err)
	}
	for _, resource := range logs.ResourceLogs {
		for _, scope := range resource.ScopeLogs {
			for _, record := range scope.LogRecords {
				d.keep([]byte(record.Body.StringValue))
			}
		}
	}
	if d.numbers != nil {
		d.bodies = nil
	}
}

func (d *destination) number(line string) {
	if _, rest, found := strings.Cut(line, "event-"); found {
		d.numbers[rest[:8]]++
	} else {
		d.lines = append(d.lines, line)
	}
}

func (d *destination) received() []string {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return append([]string(nil), d.lines...)
}

// arrived is how often each event is there, by its number.
func (d *destination) arrived() map[string]int {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return maps.Clone(d.numbers)
}

func (d *destination) count() int {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return len(d.lines) + len(d.numbers)
}

func (d *destination) set(respond func(n int, writer http.ResponseWriter) int) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.respond = respond
}

// event has a number that the destination finds again.
func event(n int) string {
	return fmt.Sprintf(`{"time":"2026-01-12T10:00:00.%03dZ","type":"function","record":"event-%08d of a function that writes lines of a common length: %s"}`,
		n%1000, n, strings.Repeat("x", 60))
}

func eventually(t testing.TB, within time.Duration, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", within, what)
		}
	}
}

func unzip(body []byte) []byte {
	reader, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	read, err := io.ReadAll(reader)
	if err != nil {
		panic(err)
	}
	return read
}
