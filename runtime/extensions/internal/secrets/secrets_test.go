package secrets

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/standin"
)

const (
	get    = "/secretsmanager/get?secretId="
	first  = standin.Secret + "-first"
	second = standin.Secret + "-second"
)

func TestASecretIsServedAsGetSecretValueAnswersIt(t *testing.T) {
	server, function := serve(t, 300)
	response := function.Get(get + "db")
	var got struct {
		ARN, Name, VersionId, SecretString string
		VersionStages                      []string
		CreatedDate                        time.Time
	}
	if err := json.Unmarshal([]byte(response.Body), &got); err != nil {
		t.Fatal(err, response.Body)
	}
	if got.ARN != standin.ARN("db") || got.Name != "db" || got.VersionId != "db-version-1" || got.SecretString != first ||
		len(got.VersionStages) != 1 || got.VersionStages[0] != "AWSCURRENT" || time.Since(got.CreatedDate) > time.Minute {
		t.Errorf("got %+v", got)
	}
	if kind := response.Header.Get("Content-Type"); kind != "application/json" {
		t.Errorf("got %s", kind)
	}
	if calls := server.Calls("GetSecretValue"); calls != 1 {
		t.Errorf("%d calls", calls)
	}
}

func TestASecretGoesByItsNameAndItsARN(t *testing.T) {
	arn := standin.ARN("db")
	for _, test := range []struct {
		configured string
		down       bool
	}{{"db", false}, {"db", true}, {arn, false}, {arn, true}} {
		t.Run(fmt.Sprint(test), func(t *testing.T) {
			server := start()
			t.Cleanup(server.Close)
			want := http.StatusOK
			if test.down {
				want = http.StatusForbidden
				server.Misbehave(standin.Fault(http.StatusForbidden, "AccessDeniedException", ""))
			}
			function := standin.Serve(t, server, New, variable, map[string]any{"secrets": []string{test.configured}, "refreshSeconds": 300})
			for _, asked := range []string{"db", arn} {
				if got := function.Get(get + url.QueryEscape(asked)); got.Status != want {
					t.Errorf("asked %s: got %d %s", asked, got.Status, got.Body)
				}
			}
			for _, asked := range []string{"d", "other", standin.ARN("other")} {
				if got := function.Get(get + url.QueryEscape(asked)); got.Status != http.StatusNotFound {
					t.Errorf("asked %s: got %d %s", asked, got.Status, got.Body)
				}
			}
		})
	}
	// Of another account.
	_, function := serve(t, 300)
	if got := function.Get(get + url.QueryEscape(strings.Replace(arn, "123456789012", "210987654321", 1))); got.Status != http.StatusNotFound {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
}

// Imported by its name, a secret has an ARN without the characters that Secrets Manager ends ARNs with; its own may look like these.
func TestASecretIsNotAnsweredForAnother(t *testing.T) {
	partial := "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-secret"
	server := start()
	t.Cleanup(server.Close)
	server.PutSecret(partial, second)
	server.Misbehave(standin.Fault(http.StatusForbidden, "AccessDeniedException", ""))
	function := standin.Serve(t, server, New, variable, map[string]any{"secrets": []string{partial}, "refreshSeconds": 300})
	server.Misbehave(nil)
	// It could be the name of that ARN, until the service has told the real one.
	if got := function.Get(get + "db"); got.Status != http.StatusNotFound || strings.Contains(got.Body, second) {
		t.Errorf("asked for another secret: got %d %s", got.Status, got.Body)
	}
}

func TestASecretWithoutItsSuffixGoesByItsNameWhileItIsNotKnown(t *testing.T) {
	partial := "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-secret"
	server := start()
	t.Cleanup(server.Close)
	server.Misbehave(standin.Fault(http.StatusForbidden, "AccessDeniedException", ""))
	function := standin.Serve(t, server, New, variable, map[string]any{"secrets": []string{partial}, "refreshSeconds": 300})
	for asked, want := range map[string]int{"db-secret": http.StatusForbidden, partial: http.StatusForbidden, "secret": http.StatusNotFound} {
		if got := function.Get(get + url.QueryEscape(asked)); got.Status != want {
			t.Errorf("asked %s: got %d %s", asked, got.Status, got.Body)
		}
	}
}

func TestWhatIsNotServed(t *testing.T) {
	_, function := serve(t, 300)
	for _, test := range []struct {
		path   string
		header []string
		status int
		code   string
	}{
		{"/secretsmanager/get?secretId=other", nil, 404, "NotServed"},
		{"/secretsmanager/get?secretId=other&stage=AWSPREVIOUS", nil, 400, "NotSupported"},
		{"/secretsmanager/get", nil, 400, "MissingParameter"},
		{"/other", nil, 404, "NotFound"},
		{get + "db", []string{"X-Aws-Parameters-Secrets-Token", "wrong"}, 401, "Unauthorized"},
		{get + "db", []string{"X-Aws-Parameters-Secrets-Token", ""}, 401, "Unauthorized"},
		{"/other", []string{"X-Aws-Parameters-Secrets-Token", "wrong"}, 401, "Unauthorized"},
		{get + "db&versionStage=OTHER", nil, 404, "ResourceNotFoundException"},
		{get + "db&versionId=other", nil, 404, "ResourceNotFoundException"},
		{get + "db&versionStage=AWSPREVIOUS", nil, 404, "ResourceNotFoundException"},
	} {
		got := function.Get(test.path, test.header...)
		if got.Status != test.status || got.Code() != test.code || strings.Contains(got.Body, standin.Secret) {
			t.Errorf("%s %v: got %d %s", test.path, test.header, got.Status, got.Body)
		}
	}
}

func TestTokens(t *testing.T) {
	for _, test := range []struct {
		session, container, given string
		status                    int
	}{
		{"session", "", "session", 200},
		{"session", "", "other", 401},
		{"", "", "", 401},
		{"", "", "session", 401},
		// With SnapStart.
		{"", "container", "container", 200},
		{"", "container", "", 401},
		{"session", "container", "container", 200},
	} {
		t.Run(fmt.Sprint(test), func(t *testing.T) {
			server := start()
			t.Cleanup(server.Close)
			start := standin.Prepare(t, server, New, variable, map[string]any{"secrets": []string{"db"}, "refreshSeconds": 300})
			t.Setenv("AWS_SESSION_TOKEN", test.session)
			t.Setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", test.container)
			if got := start(t).Get(get+"db", "X-Aws-Parameters-Secrets-Token", test.given); got.Status != test.status {
				t.Errorf("got %d", got.Status)
			}
		})
	}
}

func TestWhoHasAValueIsNotGivenItAgain(t *testing.T) {
	server, function := serve(t, 1)
	etag := function.Get(get + "db").Header.Get("ETag")
	for _, given := range []string{etag, `"other", ` + etag, "W/" + etag, "*"} {
		if got := function.Get(get+"db", "If-None-Match", given); got.Status != http.StatusNotModified || got.Body != "" || got.Header.Get("ETag") != etag {
			t.Errorf("%s: got %+v", given, got)
		}
	}
	server.PutSecret("db", second)
	standin.Until(t, func() bool { return function.Get(get+"db", "If-None-Match", etag).Status == http.StatusOK })
}

// Readers during a rotation get the old value or the new one; then what was current is at hand as the previous version.
func TestARotationWhileTheSecretIsRead(t *testing.T) {
	server, function := serve(t, 1)
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			moved := false
			for {
				select {
				case <-done:
					return
				default:
				}
				got := function.Get(get + "db")
				isSecond := strings.Contains(got.Body, second)
				if got.Status != http.StatusOK || !isSecond && !strings.Contains(got.Body, first) || moved && !isSecond {
					t.Errorf("got %d %s", got.Status, got.Body)
					return
				}
				moved = moved || isSecond
			}
		})
	}
	time.Sleep(200 * time.Millisecond)
	server.PutSecret("db", second)
	standin.Until(t, func() bool { return strings.Contains(function.Get(get+"db").Body, second) })
	close(done)
	readers.Wait()
	server.Misbehave(standin.Fault(http.StatusForbidden, "AccessDeniedException", ""))
	for _, path := range []string{get + "db&versionStage=AWSPREVIOUS", get + "db&versionId=db-version-1"} {
		got := function.Get(path)
		if got.Status != http.StatusOK || !strings.Contains(got.Body, first) || !strings.Contains(got.Body, `"VersionStages":["AWSPREVIOUS"]`) {
			t.Errorf("%s: got %d %s", path, got.Status, got.Body)
		}
	}
}

func TestThePreviousVersionIsFetchedForWhoAsksBeforeARotationWasSeen(t *testing.T) {
	server := start()
	t.Cleanup(server.Close)
	server.PutSecret("db", second)
	function := standin.Serve(t, server, New, variable, map[string]any{"secrets": []string{"db"}, "refreshSeconds": 300})
	for range 2 {
		if got := function.Get(get + "db&versionStage=AWSPREVIOUS"); !strings.Contains(got.Body, first) {
			t.Errorf("got %d %s", got.Status, got.Body)
		}
	}
	if calls := server.Calls("GetSecretValue"); calls != 2 {
		t.Errorf("%d calls", calls)
	}
}

func TestARefreshIsNoRotation(t *testing.T) {
	server := start()
	t.Cleanup(server.Close)
	server.PutSecret("db", second)
	function := standin.Serve(t, server, New, variable, map[string]any{"secrets": []string{"db"}, "refreshSeconds": 1})
	standin.Until(t, func() bool { return server.Calls("GetSecretValue") > 2 })
	if got := function.Get(get + "db&versionStage=AWSPREVIOUS"); !strings.Contains(got.Body, first) {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
}

// The start fails, and the one call that follows is answered when readers have come.
func TestColdReadersShareOneFetch(t *testing.T) {
	server := start()
	t.Cleanup(server.Close)
	server.Misbehave(standin.Fault(http.StatusForbidden, "AccessDeniedException", ""))
	function := standin.Serve(t, server, New, variable, map[string]any{"secrets": []string{"db"}, "refreshSeconds": 300})
	release := make(chan struct{})
	server.Misbehave(func(w http.ResponseWriter, r *http.Request) {
		<-release
		server.GetSecretValue(w, r)
	})
	time.AfterFunc(300*time.Millisecond, func() { close(release) })
	var readers sync.WaitGroup
	for range 2000 {
		readers.Go(func() {
			// On a slow machine some have waited for a second before the service answers.
			got := function.Get(get + "db")
			if waited := got.Code() == "Timeout" || got.Code() == "AccessDeniedException"; !strings.Contains(got.Body, first) && !waited {
				t.Errorf("got %d %s", got.Status, got.Body)
			}
		})
	}
	readers.Wait()
	if got := function.Get(get + "db"); got.Status != http.StatusOK || server.Calls("GetSecretValue") != 2 {
		t.Errorf("%d calls, then %d %s", server.Calls("GetSecretValue"), got.Status, got.Body)
	}
}

func TestTroubles(t *testing.T) {
	settings := map[string]any{"secrets": []string{"db"}, "refreshSeconds": 1}
	standin.CheckTroubles(t, start, New, variable, settings, get+"db")
}

func serve(t *testing.T, refreshSeconds int) (*standin.Server, *standin.Function) {
	t.Helper()
	server := start()
	t.Cleanup(server.Close)
	return server, standin.Serve(t, server, New, variable, map[string]any{"secrets": []string{"db"}, "refreshSeconds": refreshSeconds})
}

func start() *standin.Server {
	server := standin.Start()
	server.PutSecret("db", first)
	return server
}
