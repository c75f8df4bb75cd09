// Package lifecycletest has a stand-in for Lambda's Extensions API, on loopback.
package lifecycletest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Call is a request of the extension, without those for the next event.
type Call struct {
	// Path after /extension/, such as register.
	Path   string
	Header http.Header
	Body   map[string]any
}

// API answers one extension.
type API struct {
	// Address is for AWS_LAMBDA_RUNTIME_API.
	Address string
	// Calls are in the order in which they came.
	Calls chan Call
	// Waiting gets a value when the extension asks for an event.
	Waiting chan struct{}
	// Refuse maps a path to the status that it is answered with.
	Refuse map[string]int
	// Hang has the paths that are never answered.
	Hang map[string]bool
	// Identifier is what the extension is registered by.
	Identifier string

	events chan string
}

// Start serves until the test ends.
func Start(t *testing.T) *API {
	t.Helper()
	api := &API{
		Calls: make(chan Call, 100), Waiting: make(chan struct{}, 100), Refuse: map[string]int{}, Hang: map[string]bool{},
		Identifier: "11111111-2222-3333-4444-555555555555", events: make(chan string, 100),
	}
	server := httptest.NewServer(http.HandlerFunc(api.serve))
	t.Cleanup(server.Close)
	api.Address = strings.TrimPrefix(server.URL, "http://")
	return api
}

// Send answers the extension's next request for an event.
func (api *API) Send(event string) {
	api.events <- event
}

// Shutdown is the last event, with two seconds left as on Lambda.
func (api *API) Shutdown() {
	event, _ := json.Marshal(map[string]any{"eventType": "SHUTDOWN", "shutdownReason": "SPINDOWN", "deadlineMs": time.Now().Add(2 * time.Second).UnixMilli()})
	api.Send(string(event))
}

// Expect waits for a call of that path, and fails the test if another one comes or none within ten seconds.
func (api *API) Expect(t *testing.T, path string) Call {
	t.Helper()
	select {
	case call := <-api.Calls:
		if call.Path != path {
			t.Fatalf("the extension called %s with %v, not %s", call.Path, call.Body, path)
		}
		return call
	case <-time.After(10 * time.Second):
		t.Fatalf("the extension did not call %s", path)
		return Call{}
	}
}

// ExpectWaiting waits until the extension asks for an event.
func (api *API) ExpectWaiting(t *testing.T) {
	t.Helper()
	select {
	case <-api.Waiting:
	case call := <-api.Calls:
		t.Fatalf("the extension called %s with %v, and did not ask for an event", call.Path, call.Body)
	case <-time.After(10 * time.Second):
		t.Fatal("the extension did not ask for an event")
	}
}

func (api *API) serve(response http.ResponseWriter, request *http.Request) {
	if request.URL.Path == "/2022-07-01/telemetry" {
		// As the emulator has it: there is no telemetry.
		response.WriteHeader(http.StatusAccepted)
		return
	}
	path, known := strings.CutPrefix(request.URL.Path, "/2020-01-01/extension/")
	if !known {
		http.NotFound(response, request)
		return
	}
	if path != "register" && request.Header.Get("Lambda-Extension-Identifier") != api.Identifier {
		http.Error(response, `{"errorType":"Extension.UnknownExtensionIdentifier"}`, http.StatusForbidden)
		return
	}
	if path == "event/next" {
		api.Waiting <- struct{}{}
	} else {
		call := Call{Path: path, Header: request.Header}
		content, _ := io.ReadAll(request.Body)
		json.Unmarshal(content, &call.Body)
		api.Calls <- call
	}
	if status, refused := api.Refuse[path]; refused {
		http.Error(response, `{"errorType":"Extension.Refused","errorMessage":"refused"}`, status)
		return
	}
	if api.Hang[path] {
		<-request.Context().Done()
		return
	}
	api.answer(response, request, path)
}

func (api *API) answer(response http.ResponseWriter, request *http.Request, path string) {
	switch path {
	case "register":
		response.Header().Set("Lambda-Extension-Identifier", api.Identifier)
		io.WriteString(response, `{"functionName":"f","functionVersion":"$LATEST","handler":"h"}`)
	case "event/next":
		select {
		case event := <-api.events:
			io.WriteString(response, event)
		case <-request.Context().Done():
		}
	default:
		response.WriteHeader(http.StatusAccepted)
		io.WriteString(response, `{"status":"OK"}`)
	}
}
