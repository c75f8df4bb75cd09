// Command serve is for tests of the clients: it starts the stand-in and, against it, both extensions that serve values. It writes the
// function's environment as one line of JSON, and ends with its input. Tests change what the stand-in answers by requests to CONTROL_URL.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/standin"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	folder, err := os.MkdirTemp("", "extensions-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	server := standin.Start()
	server.PutSecret("db", "first")
	server.PutParameter("/app/text", "String", "text")
	server.PutParameter("/app/secure", "SecureString", "secure")
	server.PutConfiguration("app", "prod", "flags", "application/json", `{"flag":true}`)
	server.PutConfiguration("app", "prod", "text", "text/plain", "text")
	environment := standin.Environment(server)
	secrets, err := standin.FreePort()
	if err != nil {
		return err
	}
	config, err := standin.FreePort()
	if err != nil {
		return err
	}
	environment["SECRETS_EXTENSION_CONFIG"] = fmt.Sprintf(`{"secrets":["db","missing"],"refreshSeconds":1,"port":%d}`, secrets)
	environment["CONFIG_EXTENSION_CONFIG"] = fmt.Sprintf(`{"parameters":["/app/text","/app/secure"],"appConfig":[`+
		`{"application":"app","environment":"prod","profile":"flags"},{"application":"app","environment":"prod","profile":"text"}],`+
		`"refreshSeconds":1,"port":%d}`, config)
	program := filepath.Join(folder, "extensions")
	build := exec.Command("go", "build", "-o", program, "./cmd/extensions")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return err
	}
	for _, name := range []string{"secrets-extension", "config-extension"} {
		process, err := start(program, name, environment)
		if err != nil {
			return err
		}
		defer process.Wait()
		defer process.Process.Kill()
		select {
		case <-server.Ready():
		case <-time.After(10 * time.Second):
			return fmt.Errorf("%s is not ready", name)
		}
	}
	function := maps.Clone(environment)
	function["CONTROL_URL"] = httptest.NewServer(control(server)).URL
	if err := json.NewEncoder(os.Stdout).Encode(function); err != nil {
		return err
	}
	io.Copy(io.Discard, os.Stdin)
	return nil
}

func start(program, name string, environment map[string]string) (*exec.Cmd, error) {
	process := exec.Command(program, name)
	process.Env = []string{}
	for name, value := range environment {
		process.Env = append(process.Env, name+"="+value)
	}
	process.Stderr = os.Stderr
	return process, process.Start()
}

func control(server *standin.Server) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /secrets/{name}", func(_ http.ResponseWriter, r *http.Request) {
		value, _ := io.ReadAll(r.Body)
		server.PutSecret(r.PathValue("name"), string(value))
	})
	mux.HandleFunc("PUT /trouble", func(http.ResponseWriter, *http.Request) {
		server.Misbehave(standin.Fault(http.StatusForbidden, "AccessDeniedException", "not authorized"))
	})
	mux.HandleFunc("DELETE /trouble", func(http.ResponseWriter, *http.Request) { server.Misbehave(nil) })
	mux.HandleFunc("GET /calls/{action}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, server.Calls(r.PathValue("action")))
	})
	return mux
}
