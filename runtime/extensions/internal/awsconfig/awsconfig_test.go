package awsconfig

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

const testMaxBytes = 1024

func TestARegionIsNeeded(t *testing.T) {
	t.Setenv("AWS_REGION", "")
	if _, err := FromEnvironment(testMaxBytes); err == nil || !strings.Contains(err.Error(), "AWS_REGION") {
		t.Fatalf("got %v", err)
	}
}

func TestEndpointsOfTheEnvironment(t *testing.T) {
	general, own := namedServer(t, "general"), namedServer(t, "own")
	for _, test := range []struct{ general, own, secrets, parameters string }{
		{general: general, secrets: "general", parameters: "general"},
		{general: general, own: own, secrets: "own", parameters: "general"},
	} {
		t.Setenv("AWS_ENDPOINT_URL", test.general)
		t.Setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", test.own)
		config := configFromEnvironment(t)
		secret, err := secretsmanager.NewFromConfig(config).GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("s")})
		if err != nil || *secret.Name != test.secrets {
			t.Errorf("%+v: got %v, %v", test, secret, err)
		}
		parameter, err := ssm.NewFromConfig(config).GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("p")})
		if err != nil || *parameter.Parameter.Name != test.parameters {
			t.Errorf("%+v: got %v, %v", test, parameter, err)
		}
	}
}

func TestEndpointOfAServiceWithoutClient(t *testing.T) {
	if url, found := Endpoint("AppConfigData"); found {
		t.Fatalf("got %q", url)
	}
	t.Setenv("AWS_ENDPOINT_URL_APPCONFIGDATA", "http://127.0.0.1:1")
	if url, _ := Endpoint("AppConfigData"); url != "http://127.0.0.1:1" {
		t.Fatalf("got %q", url)
	}
}

func TestCredentials(t *testing.T) {
	container := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "container-token" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		fmt.Fprint(w, `{"AccessKeyId":"FROM-CONTAINER","SecretAccessKey":"s","Token":"t","Expiration":"2999-01-01T00:00:00Z"}`)
	}))
	t.Cleanup(container.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "FROM-ENVIRONMENT")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "s")
	for _, test := range []struct{ uri, key string }{{"", "FROM-ENVIRONMENT"}, {container.URL, "FROM-CONTAINER"}} {
		t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", test.uri)
		t.Setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token")
		got, err := configFromEnvironment(t).Credentials.Retrieve(t.Context())
		if err != nil || got.AccessKeyID != test.key {
			t.Errorf("%+v: got %q, %v", test, got.AccessKeyID, err)
		}
	}
}

func TestResponsesAreBounded(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"Name":"%s"}`, strings.Repeat("x", testMaxBytes))
	}))
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	_, err := secretsmanager.NewFromConfig(configFromEnvironment(t)).GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("s")})
	if tooLarge := (*http.MaxBytesError)(nil); !errors.As(err, &tooLarge) {
		t.Fatalf("got %v", err)
	}
}

func TestAServiceIsNotAskedAgainBeforeItSays(t *testing.T) {
	for _, test := range []struct {
		retryAfter string
		calls      int32
	}{{"", 3}, {"30", 1}} {
		var calls atomic.Int32
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			calls.Add(1)
			if test.retryAfter != "" {
				w.Header().Set("Retry-After", test.retryAfter)
			}
			w.WriteHeader(http.StatusServiceUnavailable)
		}))
		t.Cleanup(server.Close)
		t.Setenv("AWS_ENDPOINT_URL", server.URL)
		_, err := secretsmanager.NewFromConfig(configFromEnvironment(t)).GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("s")})
		if err == nil || calls.Load() != test.calls {
			t.Errorf("%+v: %d calls, %v", test, calls.Load(), err)
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	target := namedServer(t, "target")
	server := httptest.NewServer(http.RedirectHandler(target, http.StatusTemporaryRedirect))
	t.Cleanup(server.Close)
	response, err := httpClient(testMaxBytes).Get(server.URL)
	if err != nil || response.StatusCode != http.StatusTemporaryRedirect {
		t.Fatalf("got %v, %v", response, err)
	}
}

// namedServer answers both services with its name.
func namedServer(t *testing.T, name string) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"Name":%q,"Parameter":{"Name":%q}}`, name, name)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func configFromEnvironment(t *testing.T) aws.Config {
	t.Setenv("AWS_REGION", "us-east-1")
	config, err := FromEnvironment(testMaxBytes)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

func TestMain(m *testing.M) {
	os.Setenv("AWS_ACCESS_KEY_ID", "k")
	os.Setenv("AWS_SECRET_ACCESS_KEY", "s")
	os.Exit(m.Run())
}
