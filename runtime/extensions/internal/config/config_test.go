package config

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/awsconfig"
	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/standin"
)

const (
	parameters    = "/systemsmanager/parameters/get?name=%2Fapp%2F"
	flags         = "/applications/app/environments/prod/configurations/flags"
	first, second = standin.Secret + "-first", standin.Secret + "-second"
)

func TestParameters(t *testing.T) {
	server, function := serve(t, 300)
	for _, test := range []struct{ query, value string }{
		{"text", first},
		{"text&withDecryption=true", first},
		{"secure&withDecryption=true", first},
		{"secure", "ciphertext"},
		{"secure&withDecryption=false", "ciphertext"},
	} {
		response := function.Get(parameters + test.query)
		var got struct {
			Parameter struct {
				Name, Type, Value string
				Version           int
			}
		}
		if err := json.Unmarshal([]byte(response.Body), &got); err != nil || got.Parameter.Value != test.value || got.Parameter.Version != 1 {
			t.Errorf("%s: got %d %s", test.query, response.Status, response.Body)
		}
	}
	// Two at the start, and the ciphertext of one.
	if calls := server.Calls("GetParameter"); calls != 3 {
		t.Errorf("%d calls", calls)
	}
}

func TestAParameterIsRefreshed(t *testing.T) {
	server, function := serve(t, 1)
	etag := function.Get(parameters + "text").Header.Get("ETag")
	if got := function.Get(parameters+"text", "If-None-Match", etag); got.Status != http.StatusNotModified {
		t.Errorf("got %d", got.Status)
	}
	server.PutParameter("/app/text", "String", second)
	standin.Until(t, func() bool {
		got := function.Get(parameters+"text", "If-None-Match", etag)
		return got.Status == http.StatusOK && strings.Contains(got.Body, second)
	})
}

func TestAConfigurationIsServedAsItIs(t *testing.T) {
	server, function := serve(t, 1)
	got := function.Get(flags)
	if got.Status != http.StatusOK || got.Body != `{"flag":"`+first+`"}` || got.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("got %+v", got)
	}
	etag := got.Header.Get("ETag")
	// Later calls of the session have no content, since nothing is new.
	standin.Until(t, func() bool { return server.Calls("GetLatestConfiguration") > 2 })
	if got := function.Get(flags, "If-None-Match", etag); got.Status != http.StatusNotModified {
		t.Errorf("got %+v", got)
	}
	server.PutConfiguration("app", "prod", "flags", "text/plain", second)
	standin.Until(t, func() bool { return function.Get(flags).Body == second })
	if kind := function.Get(flags).Header.Get("Content-Type"); kind != "text/plain" {
		t.Errorf("got %s", kind)
	}
	if sessions := server.Calls("StartConfigurationSession"); sessions != 1 {
		t.Errorf("%d sessions", sessions)
	}
}

func TestAnEmptyConfiguration(t *testing.T) {
	server := start()
	t.Cleanup(server.Close)
	server.PutConfiguration("app", "prod", "flags", "text/plain", "")
	function := standin.Serve(t, server, New, variable, settingsOf(1))
	if got := function.Get(flags); got.Status != http.StatusOK || got.Body != "" || got.Header.Get("ETag") == "" {
		t.Fatalf("got %+v", got)
	}
}

// AppConfig's tokens end after a day, and with a call whose answer was lost. Neither is a failure.
func TestASessionThatEndedIsStartedAgain(t *testing.T) {
	server := start()
	t.Cleanup(server.Close)
	for name, value := range standin.Environment(server) {
		t.Setenv(name, value)
	}
	config, err := awsconfig.FromEnvironment(maxResponseBytes)
	if err != nil {
		t.Fatal(err)
	}
	session := &session{config: config, endpoint: endpointOf(config.Region), configuration: configuration{"app", "prod", "flags"}}
	for _, content := range []string{first, second} {
		server.PutConfiguration("app", "prod", "flags", "text/plain", content)
		if got, err := session.latest(t.Context()); err != nil || string(got.Body) != content {
			t.Errorf("got %s, %v", got.Body, err)
		}
		server.ForgetTokens()
	}
	if sessions := server.Calls("StartConfigurationSession"); sessions != 2 {
		t.Errorf("%d sessions", sessions)
	}
}

func TestWhatIsNotServed(t *testing.T) {
	_, function := serve(t, 300)
	for _, test := range []struct {
		path   string
		status int
		code   string
	}{
		{"/systemsmanager/parameters/get", 400, "MissingParameter"},
		{"/systemsmanager/parameters/get?name=other", 404, "NotServed"},
		{"/systemsmanager/parameters/get?name=text&version=3", 400, "NotSupported"},
		{flags + "?flag=dark", 400, "NotSupported"},
		{"/applications/app/environments/prod/configurations/other", 404, "NotServed"},
		{"/applications/app/environments/prod", 404, "NotFound"},
		{"/secretsmanager/get?secretId=x", 404, "NotFound"},
	} {
		if got := function.Get(test.path); got.Status != test.status || got.Code() != test.code {
			t.Errorf("%s: got %d %s", test.path, got.Status, got.Body)
		}
		if got := function.Get(test.path, "X-Aws-Parameters-Secrets-Token", ""); got.Status != http.StatusUnauthorized {
			t.Errorf("%s: got %d %s", test.path, got.Status, got.Body)
		}
	}
}

func TestWhatIsNotThere(t *testing.T) {
	server := standin.Start()
	t.Cleanup(server.Close)
	function := standin.Serve(t, server, New, variable, settingsOf(300))
	for path, code := range map[string]string{parameters + "text": "ParameterNotFound", flags: "ResourceNotFoundException"} {
		if got := function.Get(path); got.Status != http.StatusNotFound || got.Code() != code {
			t.Errorf("%s: got %d %s", path, got.Status, got.Body)
		}
	}
}

func TestTroublesOfParameters(t *testing.T) {
	standin.CheckTroubles(t, start, New, variable, map[string]any{"parameters": []string{"/app/text"}, "refreshSeconds": 1}, parameters+"text")
}

func TestTroublesOfConfigurations(t *testing.T) {
	settings := map[string]any{"appConfig": settingsOf(1)["appConfig"], "refreshSeconds": 1}
	standin.CheckTroubles(t, start, New, variable, settings, flags)
}

func TestTheServiceIsWhereTheRegionIs(t *testing.T) {
	for region, want := range map[string]string{
		"eu-west-1":  "https://appconfigdata.eu-west-1.amazonaws.com",
		"cn-north-1": "https://appconfigdata.cn-north-1.amazonaws.com.cn",
	} {
		if got := endpointOf(region); got != want {
			t.Errorf("got %s", got)
		}
	}
	t.Setenv("AWS_ENDPOINT_URL_APPCONFIGDATA", "http://127.0.0.1:1/")
	if got := endpointOf("eu-west-1"); got != "http://127.0.0.1:1" {
		t.Errorf("got %s", got)
	}
}

func serve(t *testing.T, refreshSeconds int) (*standin.Server, *standin.Function) {
	t.Helper()
	server := start()
	t.Cleanup(server.Close)
	return server, standin.Serve(t, server, New, variable, settingsOf(refreshSeconds))
}

func settingsOf(refreshSeconds int) map[string]any {
	return map[string]any{
		"parameters":     []string{"/app/text", "/app/secure"},
		"appConfig":      []configuration{{"app", "prod", "flags"}},
		"refreshSeconds": refreshSeconds,
	}
}

func start() *standin.Server {
	server := standin.Start()
	server.PutParameter("/app/text", "String", first)
	server.PutParameter("/app/secure", "SecureString", first)
	server.PutConfiguration("app", "prod", "flags", "application/json", `{"flag":"`+first+`"}`)
	return server
}
