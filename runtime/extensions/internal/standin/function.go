package standin

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/lifecycle"
)

const (
	// Token is the function's session token.
	Token = "session-token"
	// Secret is part of every value that must not be seen in a log or an error.
	Secret = "s3cr3t"
)

// Function reads values of an extension, as a function's code would.
type Function struct {
	t    testing.TB
	url  string
	http http.Client
}

// Response of an extension.
type Response struct {
	Status int
	Header http.Header
	Body   string
}

// Environment is what Lambda and a construct set for an extension.
func Environment(server *Server) map[string]string {
	return map[string]string{
		"AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": server.URL, "AWS_LAMBDA_RUNTIME_API": strings.TrimPrefix(server.URL, "http://"),
		"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": Secret + "-key", "AWS_SESSION_TOKEN": Token,
	}
}

// Serve starts an extension in the test's process, see Prepare.
func Serve(t testing.TB, server *Server, create Create, variable string, settings map[string]any) *Function {
	t.Helper()
	return Prepare(t, server, create, variable, settings)(t)
}

// Create is an extension's constructor.
type Create = func() (lifecycle.Extension, error)

// Prepare makes an extension from settings, which get a free port, and returns what starts it. Only that may be called in parallel, since the
// environment is read here. When the test that started it ends, the extension is stopped, and what it logged must hold no secret.
func Prepare(t testing.TB, server *Server, create Create, variable string, settings map[string]any) func(t testing.TB) *Function {
	t.Helper()
	for name, value := range Environment(server) {
		t.Setenv(name, value)
	}
	port, err := FreePort()
	if err != nil {
		t.Fatal(err)
	}
	settings["port"] = port
	text, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(variable, string(text))
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	stderr := os.Stderr
	os.Stderr = log
	extension, err := create()
	os.Stderr = stderr
	if err != nil {
		t.Fatal(err)
	}
	return func(t testing.TB) *Function {
		t.Helper()
		if err := extension.Start(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			extension.Stop(ctx)
			lines, err := os.ReadFile(log.Name())
			if err != nil {
				t.Error(err)
			}
			CheckLog(t, string(lines))
		})
		return NewFunction(t, port)
	}
}

// CheckLog fails when a secret was logged.
func CheckLog(t testing.TB, log string) {
	t.Helper()
	if strings.Contains(log, Secret) || strings.Contains(log, Token) {
		t.Errorf("a secret was logged: %s", log)
	}
}

// NewFunction reads from an extension at a port.
func NewFunction(t testing.TB, port int) *Function {
	address := net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
	return &Function{t: t, url: "http://" + address.String(), http: http.Client{Timeout: 10 * time.Second}}
}

// Address of the extension.
func (function *Function) Address() string { return strings.TrimPrefix(function.url, "http://") }

// Get asks with the token, unless the header has another one.
func (function *Function) Get(path string, header ...string) Response {
	function.t.Helper()
	request, err := http.NewRequest(http.MethodGet, function.url+path, nil)
	if err != nil {
		function.t.Fatal(err)
	}
	request.Header.Set("X-Aws-Parameters-Secrets-Token", Token)
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := function.http.Do(request)
	if err != nil {
		function.t.Error(err)
		return Response{Header: http.Header{}}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		function.t.Error(err)
	}
	return Response{response.StatusCode, response.Header, string(body)}
}

// Code of an error.
func (response Response) Code() string {
	var body struct {
		Error struct{ Code, Message string }
	}
	json.Unmarshal([]byte(response.Body), &body)
	return body.Error.Code
}

// FreePort is of loopback, and not one of those that systems give to clients, so that it is still free some time later.
func FreePort() (port int, err error) {
	for range 100 {
		port = 10000 + rand.IntN(20000)
		var listener net.Listener
		if listener, err = net.Listen("tcp4", fmt.Sprint("127.0.0.1:", port)); err == nil {
			return port, listener.Close()
		}
	}
	return 0, err
}

// Until waits for what happens in the background, for five seconds at most.
func Until(t *testing.T, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !happened(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen within five seconds")
		}
	}
}
