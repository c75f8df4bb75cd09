// Package lifecycle is what every extension goes through: it registers, starts, hears of events, and ends.
package lifecycle

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

const apiVersion = "2020-01-01"

// EventType is what Lambda tells extensions.
type EventType string

const (
	Invoke   EventType = "INVOKE"
	Shutdown EventType = "SHUTDOWN"
)

// Event is what Lambda answers to "next".
type Event struct {
	Type       EventType `json:"eventType"`
	DeadlineMs int64     `json:"deadlineMs"`
	RequestID  string    `json:"requestId"`
	Reason     string    `json:"shutdownReason"`
}

// Deadline is when Lambda waits no longer.
func (event Event) Deadline() time.Time {
	return time.UnixMilli(event.DeadlineMs)
}

// Client talks to the Extensions API, see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html.
type Client struct {
	runtimeAPI string
	http       *http.Client
	id         string
}

// NewClient is for the API that AWS_LAMBDA_RUNTIME_API names.
func NewClient(runtimeAPI string) *Client {
	// "next" waits for as long as nothing happens, so that no call may have a timeout of its own.
	transport := &http.Transport{DialContext: (&net.Dialer{}).DialContext, DisableCompression: true}
	return &Client{runtimeAPI: runtimeAPI, http: &http.Client{Transport: transport}}
}

// Register must have the name of the file that was started.
func (client *Client) Register(ctx context.Context, name string, events []EventType) error {
	response, err := client.send(ctx, http.MethodPost, client.url("register"), map[string]any{"events": events}, "Lambda-Extension-Name", name)
	if err != nil {
		return err
	}
	client.id = response.Header.Get("Lambda-Extension-Identifier")
	if client.id == "" {
		return errors.New("the Extensions API registered the extension without an identifier")
	}
	return nil
}

// Next waits for an event. The first call says that the extension has started.
func (client *Client) Next(ctx context.Context) (Event, error) {
	var event Event
	response, err := client.send(ctx, http.MethodGet, client.url("event/next"), nil)
	if err != nil {
		return event, err
	}
	err = json.Unmarshal(response.body, &event)
	return event, err
}

// InitError says why the extension cannot start. Lambda ends the environment then.
func (client *Client) InitError(ctx context.Context, kind, message string) error {
	return client.tell(ctx, "init/error", kind, message)
}

// ExitError says why the extension cannot go on.
func (client *Client) ExitError(ctx context.Context, kind, message string) error {
	return client.tell(ctx, "exit/error", kind, message)
}

// Answer is a response that was read.
type Answer struct {
	Status int
	Header http.Header
	body   []byte
}

// SubscribeTelemetry asks for telemetry at a listener of this extension. The status tells what came of it: 202 that there is none here.
func (client *Client) SubscribeTelemetry(ctx context.Context, subscription any) (status int, err error) {
	answer, err := client.send(ctx, http.MethodPut, "http://"+client.runtimeAPI+"/2022-07-01/telemetry", subscription)
	return answer.Status, err
}

// A signal must not keep the reason back, nor an API that does not answer the end.
func (client *Client) tell(ctx context.Context, path, kind, message string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	body := map[string]any{"errorMessage": message, "errorType": kind, "stackTrace": []string{}}
	_, err := client.send(ctx, http.MethodPost, client.url(path), body, "Lambda-Extension-Function-Error-Type", kind)
	return err
}

func (client *Client) url(path string) string {
	return "http://" + client.runtimeAPI + "/" + apiVersion + "/extension/" + path
}

func (client *Client) send(ctx context.Context, method, url string, body any, header ...string) (Answer, error) {
	var content bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&content).Encode(body); err != nil {
			return Answer{}, err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, url, &content)
	if err != nil {
		return Answer{}, err
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	if client.id != "" {
		request.Header.Set("Lambda-Extension-Identifier", client.id)
	}
	response, err := client.http.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close()
	read, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	answer := Answer{Status: response.StatusCode, Header: response.Header, body: read}
	if err == nil && response.StatusCode >= http.StatusMultipleChoices {
		err = fmt.Errorf("%s %s: %s %s", method, request.URL.Path, response.Status, bytes.TrimSpace(read))
	}
	return answer, err
}

// ManagedInstances tells whether several events are handled at a time, on instances of the user's account. There is no INVOKE event there.
func ManagedInstances() bool {
	return os.Getenv("AWS_LAMBDA_INITIALIZATION_TYPE") == "lambda-managed-instances" || os.Getenv("AWS_LAMBDA_MAX_CONCURRENCY") != ""
}
