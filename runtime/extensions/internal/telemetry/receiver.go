package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// The name by which Lambda reaches extensions.
const lambdaHost = "sandbox.localdomain"

// What is read of one event at most, somewhat more than is kept, so that one that is too large costs no others. Lambda cuts lines at 256 KiB:
// what is larger than this is not from there, and ends the reading of its batch.
const maxReadEventBytes = 1280 << 10

// listen takes a free port where Lambda finds it. Where its name means nothing, as in the emulator, that is loopback.
func listen(ctx context.Context) (net.Listener, error) {
	lookup, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	host := "127.0.0.1"
	if addresses, err := net.DefaultResolver.LookupHost(lookup, lambdaHost); err == nil {
		host = addresses[0]
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return net.Listen("tcp", "127.0.0.1:0")
	}
	return listener, nil
}

// receiver takes batches of events from Lambda. It never waits for the destination.
type receiver struct {
	accept func(event []byte)
	reject func()
}

// ServeHTTP reads a JSON array event by event, so that a large batch is never in memory as a whole.
func (r *receiver) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	if request.Method != http.MethodPost {
		http.Error(writer, "batches of events are sent by POST", http.StatusMethodNotAllowed)
		return
	}
	accepted, err := r.read(request.Body)
	if err != nil {
		r.reject()
	}
	// After some were accepted, an error could make Lambda send them once more.
	if err != nil && accepted == 0 {
		http.Error(writer, "no JSON array of events: "+err.Error(), http.StatusBadRequest)
		return
	}
	io.WriteString(writer, "OK")
}

func (r *receiver) read(body io.Reader) (accepted int, err error) {
	limited := &eventReader{from: body, left: maxReadEventBytes}
	decoder := json.NewDecoder(limited)
	if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
		return 0, errors.Join(errors.New("it does not begin with ["), err)
	}
	var event json.RawMessage
	for decoder.More() {
		if err := decoder.Decode(&event); err != nil {
			return accepted, err
		}
		limited.left = maxReadEventBytes
		if bytes.IndexByte(event, '\n') >= 0 {
			// An event is one line from here on.
			var line bytes.Buffer
			json.Compact(&line, event)
			event = line.Bytes()
		}
		r.accept(event)
		accepted++
	}
	_, err = decoder.Token()
	return accepted, err
}

// eventReader ends when one event is larger than any that is kept.
type eventReader struct {
	from io.Reader
	left int
}

func (r *eventReader) Read(into []byte) (int, error) {
	if r.left <= 0 {
		return 0, errors.New("an event is too large")
	}
	n, err := r.from.Read(into)
	r.left -= n
	return n, err
}
