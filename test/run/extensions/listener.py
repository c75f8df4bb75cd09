#!/usr/bin/env python3
"""An extension that writes down what it hears. One whose name begins with `quiet` hears of the end alone.
It can be told another name than that of its file, by its first argument.
"""
import http.client
import json
import os
import sys

NAME = os.path.basename(sys.argv[-1])
API = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])


def call(method, path, headers, body=None):
    API.request(method, "/2020-01-01/extension/" + path, body, headers)
    response = API.getresponse()
    if response.status != 200:
        sys.exit("%s is refused: %s" % (NAME, response.read().decode()))
    return response.headers, json.load(response)


def say(*words):
    print(NAME, *words, flush=True)


greeting = os.path.join("/opt", os.path.splitext(NAME)[0], "greeting.txt")
if os.path.exists(greeting):
    with open(greeting) as file:
        say("reads", file.read().strip())
if "LISTENER" in os.environ:
    say("finds LISTENER", os.environ["LISTENER"])

events = ["SHUTDOWN"] if NAME.startswith("quiet") else ["INVOKE", "SHUTDOWN"]
headers, _ = call("POST", "register", {"Lambda-Extension-Name": NAME}, json.dumps({"events": events}))
say("registered")
event = {}
while event.get("eventType") != "SHUTDOWN":
    _, event = call("GET", "event/next", {"Lambda-Extension-Identifier": headers["Lambda-Extension-Identifier"]})
    say("got", event["eventType"], *filter(None, [event.get("shutdownReason")]))
