package main

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/standin"
)

const (
	secretPath    = "/secretsmanager/get?secretId=db"
	parameterPath = "/systemsmanager/parameters/get?name=p&withDecryption=true"
)

// Each of the two extensions that serve values: its settings, and a value.
var serving = []struct{ name, variable, settings, path string }{
	{"secrets-extension", "SECRETS_EXTENSION_CONFIG", `{"secrets":["db"],"refreshSeconds":1,"port":%d}`, secretPath},
	{"config-extension", "CONFIG_EXTENSION_CONFIG",
		`{"parameters":["p"],"appConfig":[{"application":"a","environment":"e","profile":"c"}],"refreshSeconds":1,"port":%d}`, parameterPath},
}

func TestAnExtensionFromItsRegistrationToItsEnd(t *testing.T) {
	for _, extension := range serving {
		t.Run(extension.name, func(t *testing.T) {
			server := startServices(t)
			process, function := startExtension(t, server, extension.name, extension.variable, extension.settings, nil)
			waitReady(t, server)
			if got := server.Registered(); !reflect.DeepEqual(got, []standin.Registration{{Name: extension.name, Events: []string{"SHUTDOWN"}}}) {
				t.Errorf("registered %v", got)
			}
			if got := function.Get(extension.path); got.Status != http.StatusOK || !strings.Contains(got.Body, standin.Secret) {
				t.Errorf("got %d %s", got.Status, got.Body)
			}
			// A connection without a request does not hold the end up.
			connection, err := net.Dial("tcp4", function.Address())
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			before := time.Now()
			server.Shutdown("SPINDOWN")
			expectEnd(t, process, 0, "")
			if took := time.Since(before); took > time.Second {
				t.Errorf("took %v to end", took)
			}
		})
	}
}

func TestAnExtensionThatCannotStart(t *testing.T) {
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	const secrets, config = "SECRETS_EXTENSION_CONFIG", "CONFIG_EXTENSION_CONFIG"
	for _, test := range []struct{ variable, settings, kind, message string }{
		{secrets, "", "Extension.ConfigInvalid", "the environment has no " + secrets},
		{config, "", "Extension.ConfigInvalid", "the environment has no " + config},
		{secrets, `{"secrets":["db"],"refreshSeconds":1,"port":2775,"extra":1}`, "Extension.ConfigInvalid", `unknown field "extra"`},
		{config, `{"parameters":["p"],"refreshSeconds":1,"port":2775,"extra":1}`, "Extension.ConfigInvalid", `unknown field "extra"`},
		{secrets, `{"secrets":[],"refreshSeconds":1,"port":2775}`, "Extension.ConfigInvalid", "secrets is empty"},
		{config, `{"refreshSeconds":1,"port":2775}`, "Extension.ConfigInvalid", "parameters and appConfig are empty"},
		{secrets, `{"secrets":["db"],"port":2775}`, "Extension.ConfigInvalid", "refreshSeconds is 0"},
		{secrets, `{"secrets":["db"],"refreshSeconds":1,"port":80}`, "Extension.ConfigInvalid", "port is 80"},
		{secrets, `{"secrets":"db","refreshSeconds":1,"port":2775}`, "Extension.ConfigInvalid", secrets},
		{secrets, `{"secrets":`, "Extension.ConfigInvalid", secrets},
		{secrets, `{"secrets":["db"],"refreshSeconds":1,"port":` + port + `}`, "Extension.PortTaken", "127.0.0.1:" + port},
		{config, `{"parameters":["p"],"refreshSeconds":1,"port":` + port + `}`, "Extension.PortTaken", "127.0.0.1:" + port},
	} {
		t.Run(fmt.Sprint(test), func(t *testing.T) {
			server := startServices(t)
			environment := standin.Environment(server)
			if test.settings != "" {
				environment[test.variable] = test.settings
			}
			name := strings.ToLower(strings.TrimSuffix(test.variable, "_EXTENSION_CONFIG")) + "-extension"
			process := standin.Program(t, name, environment)
			expectEnd(t, process, 1, test.message)
			errors := server.InitErrors()
			if len(errors) != 1 || errors[0].Type != test.kind || !strings.Contains(errors[0].Message, test.message) {
				t.Errorf("told %+v", errors)
			}
		})
	}
}

func TestWithoutARegion(t *testing.T) {
	for _, extension := range serving {
		server := startServices(t)
		process, _ := startExtension(t, server, extension.name, extension.variable, extension.settings, map[string]string{"AWS_REGION": ""})
		expectEnd(t, process, 1, "AWS_REGION")
		if errors := server.InitErrors(); len(errors) != 1 || errors[0].Type != "Extension.ConfigInvalid" {
			t.Errorf("told %+v", errors)
		}
	}
}

func TestNoTroubleOfAServiceEndsAnExtensionOrTellsAValue(t *testing.T) {
	for _, extension := range serving {
		for _, trouble := range standin.Troubles() {
			t.Run(extension.name+", "+trouble.Name, func(t *testing.T) {
				t.Parallel()
				server := startServices(t)
				process, function := startExtension(t, server, extension.name, extension.variable, extension.settings, nil)
				waitReady(t, server)
				server.Misbehave(trouble.Handler)
				standin.Until(t, func() bool { return function.Get(extension.path).Header.Get("X-Extension-Stale") != "" })
				if got := function.Get(extension.path); got.Status != http.StatusOK {
					t.Errorf("got %d %s", got.Status, got.Body)
				}
				server.Shutdown("SPINDOWN")
				// What still hangs was not logged yet.
				code, output := process.End()
				if code != 0 {
					t.Errorf("ended with %d: %s", code, output)
				}
				standin.CheckLog(t, output)
			})
		}
	}
}

func TestNoServiceAtTheStart(t *testing.T) {
	for _, extension := range serving {
		server := startServices(t)
		closed := httptest.NewServer(nil)
		closed.Close()
		process, function := startExtension(t, server, extension.name, extension.variable, extension.settings, map[string]string{"AWS_ENDPOINT_URL": closed.URL})
		waitReady(t, server)
		if got := function.Get(extension.path); got.Status != http.StatusServiceUnavailable || got.Code() != "Unreachable" {
			t.Errorf("got %d %s", got.Status, got.Body)
		}
		// Tried again in the meantime, but told once.
		time.Sleep(1500 * time.Millisecond)
		server.Shutdown("SPINDOWN")
		code, output := process.End()
		if values := strings.Count(extension.settings, `":[`); code != 0 || strings.Count(output, "Unreachable") != values {
			t.Errorf("ended with %d: %s", code, output)
		}
	}
}

func TestSIGTERMWhileAServiceHangs(t *testing.T) {
	for _, extension := range serving {
		for _, start := range []bool{false, true} {
			t.Run(fmt.Sprint(extension.name, start), func(t *testing.T) {
				t.Parallel()
				server := startServices(t)
				asked := make(chan struct{}, 100)
				hang := func(w http.ResponseWriter, r *http.Request) {
					asked <- struct{}{}
					standin.Hang(w, r)
				}
				if start {
					server.Misbehave(hang)
				}
				process, _ := startExtension(t, server, extension.name, extension.variable, extension.settings, nil)
				if !start {
					waitReady(t, server)
					server.Misbehave(hang)
				}
				<-asked
				before := time.Now()
				process.Terminate()
				expectEnd(t, process, 0, "")
				if took := time.Since(before); took > 500*time.Millisecond {
					t.Errorf("took %v", took)
				}
			})
		}
	}
}

func TestCredentialsThatAreNotThere(t *testing.T) {
	for _, extension := range serving {
		for code, environment := range map[string]map[string]string{
			"NoCredentials": {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
			"Unreachable":   {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/credentials"},
		} {
			server := startServices(t)
			process, function := startExtension(t, server, extension.name, extension.variable, extension.settings, environment)
			waitReady(t, server)
			if got := function.Get(extension.path); got.Status != http.StatusServiceUnavailable || got.Code() != code {
				t.Errorf("got %d %s", got.Status, got.Body)
			}
			server.Shutdown("SPINDOWN")
			expectEnd(t, process, 0, code)
			if calls := server.Calls("GetSecretValue") + server.Calls("GetParameter"); calls != 0 {
				t.Errorf("%d calls without credentials", calls)
			}
		}
	}
}

func startServices(t testing.TB) *standin.Server {
	server := standin.Start()
	t.Cleanup(server.Close)
	server.PutSecret("db", standin.Secret)
	server.PutParameter("p", "SecureString", standin.Secret)
	server.PutConfiguration("a", "e", "c", "text/plain", standin.Secret)
	return server
}

func startExtension(t testing.TB, server *standin.Server, name, variable, settings string, more map[string]string) (*standin.Process, *standin.Function) {
	t.Helper()
	port, err := standin.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	environment := standin.Environment(server)
	environment[variable] = strings.Replace(settings, "%d", strconv.Itoa(port), 1)
	maps.Copy(environment, more)
	return standin.Program(t, name, environment), standin.NewFunction(t, port)
}

func waitReady(t *testing.T, server *standin.Server) {
	t.Helper()
	select {
	case <-server.Ready():
	case <-time.After(5 * time.Second):
		t.Fatal("the extension asked for no event")
	}
}

// The output must hold what is expected, and nothing that is secret.
func expectEnd(t *testing.T, process *standin.Process, code int, output string) {
	t.Helper()
	got, written := process.End()
	if got != code || !strings.Contains(written, output) || output == "" && written != "" {
		t.Errorf("ended with %d: %s", got, written)
	}
	standin.CheckLog(t, written)
}
