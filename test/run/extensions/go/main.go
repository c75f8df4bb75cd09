// Command listener is listener.py in Go.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

var name = filepath.Base(os.Args[len(os.Args)-1])

func main() {
	if greeting, err := os.ReadFile(filepath.Join("/opt", strings.TrimSuffix(name, filepath.Ext(name)), "greeting.txt")); err == nil {
		say("reads", strings.TrimSpace(string(greeting)))
	}
	if value, found := os.LookupEnv("LISTENER"); found {
		say("finds LISTENER", value)
	}
	events := `{"events":["INVOKE","SHUTDOWN"]}`
	if strings.HasPrefix(name, "quiet") {
		events = `{"events":["SHUTDOWN"]}`
	}
	var event struct{ EventType, ShutdownReason string }
	header := call("POST", "register", events, "Lambda-Extension-Name", name, nil)
	say("registered")
	for event.EventType != "SHUTDOWN" {
		call("GET", "event/next", "", "Lambda-Extension-Identifier", header.Get("Lambda-Extension-Identifier"), &event)
		say("got", strings.TrimSpace(event.EventType+" "+event.ShutdownReason))
	}
}

func call(method, path, body, header, value string, answer any) http.Header {
	request, err := http.NewRequest(method, "http://"+os.Getenv("AWS_LAMBDA_RUNTIME_API")+"/2020-01-01/extension/"+path, strings.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set(header, value)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		log.Fatal(response.Status)
	}
	if answer != nil {
		if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
			log.Fatal(err)
		}
	}
	return response.Header
}

func say(words ...string) {
	fmt.Println(name, strings.Join(words, " "))
}
