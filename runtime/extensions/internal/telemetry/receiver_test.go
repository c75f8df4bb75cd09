package telemetry

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestReceiver(t *testing.T) {
	large := `{"type":"function","record":"` + strings.Repeat("x", 9<<20) + `"}`
	for _, test := range []struct {
		name, body       string
		status           int
		accepted, reject int
	}{
		{"no events", `[]`, 200, 0, 0},
		{"events with spaces and line feeds", " [ {\"type\":\n\"a\"} ,\n{} ]\n", 200, 2, 0},
		{"nothing", ``, 400, 0, 1},
		{"an object", `{"type":"function"}`, 400, 0, 1},
		{"text", `hello`, 400, 0, 1},
		{"bytes", "\x00\xff\xfe", 400, 0, 1},
		{"a batch that is cut", `[{"type":"function"},{"ty`, 200, 1, 1},
		{"a batch that does not end", `[{"type":"function"}`, 200, 1, 1},
		{"events that are none", `[1,null,"a",[]]`, 200, 4, 0},
		{"a batch with garbage in it", `[{"type":"function"},}`, 200, 1, 1},
		{"deep nesting", strings.Repeat("[", 20_000), 400, 0, 1},
		{"an event larger than any", `[{"type":"function"},` + large + `]`, 200, 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			accepted, rejected := 0, 0
			server := httptest.NewServer(&receiver{accept: func([]byte) { accepted++ }, reject: func() { rejected++ }})
			defer server.Close()
			response, err := http.Post(server.URL, "application/json", strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if response.StatusCode != test.status || accepted != test.accepted || rejected != test.reject {
				t.Errorf("answered %d, %d accepted, %d rejected", response.StatusCode, accepted, rejected)
			}
		})
	}
}

func TestReceiverTakesBatchesByPost(t *testing.T) {
	server := httptest.NewServer(&receiver{})
	defer server.Close()
	response, err := http.Get(server.URL)
	if err != nil || response.StatusCode != http.StatusMethodNotAllowed {
		t.Fatalf("got %v, %v", response, err)
	}
}

// A batch of 10 MB is read event by event, in a few kilobytes.
func TestReceiverOfALargeBatch(t *testing.T) {
	accepted, largest := 0, 0
	r := &receiver{accept: func(event []byte) {
		accepted++
		largest = max(largest, cap(event))
	}}
	const events = 60_000
	from, to := io.Pipe()
	go func() {
		fmt.Fprint(to, "["+event(0))
		for n := range events - 1 {
			fmt.Fprint(to, ","+event(n))
		}
		fmt.Fprint(to, "]")
		to.Close()
	}()
	if n, err := r.read(from); err != nil || n != events || accepted != events || largest > 4096 {
		t.Errorf("%d accepted, %v, %d bytes for one", accepted, err, largest)
	}
}
