package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

// lambda is the Extensions API, see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html.
type lambda struct {
	url  string
	id   string
	http http.Client
}

type event struct {
	Type   string `json:"eventType"`
	Reason string `json:"shutdownReason"`
}

func register(name string) (*lambda, error) {
	api := &lambda{url: "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2020-01-01/extension/"}
	// Never through a proxy that the function's environment may name.
	api.http.Transport = &http.Transport{}
	header, err := api.call(http.MethodPost, "register", map[string]any{"events": []string{"INVOKE", "SHUTDOWN"}}, nil, "Lambda-Extension-Name", name)
	api.id = header.Get("Lambda-Extension-Identifier")
	return api, err
}

// next waits for an event, as long as it takes: no call has a timeout.
func (api *lambda) next() (event event, err error) {
	_, err = api.call(http.MethodGet, "event/next", nil, &event)
	return event, err
}

// initError says why the extension cannot start.
func (api *lambda) initError(kind string, why error) error {
	_, err := api.call(http.MethodPost, "init/error", map[string]any{"errorType": kind, "errorMessage": why.Error(), "stackTrace": []string{}}, nil,
		"Lambda-Extension-Function-Error-Type", kind)
	return err
}

func (api *lambda) call(method, path string, send, receive any, header ...string) (http.Header, error) {
	var body bytes.Buffer
	if send != nil {
		if err := json.NewEncoder(&body).Encode(send); err != nil {
			return nil, err
		}
	}
	request, err := http.NewRequest(method, api.url+path, &body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Lambda-Extension-Identifier", api.id)
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := api.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusMultipleChoices {
		return nil, fmt.Errorf("%s %s: %s", method, path, response.Status)
	}
	if receive != nil {
		err = json.NewDecoder(response.Body).Decode(receive)
	}
	return response.Header, err
}
