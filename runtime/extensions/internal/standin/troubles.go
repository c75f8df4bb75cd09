package standin

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// Trouble is a way for a service to fail, and what readers of a value hear of it.
type Trouble struct {
	Name    string
	Handler http.HandlerFunc
	Status  int
	Code    string
}

// Troubles are alike for all services. Each of their answers that could hold a value does.
func Troubles() []Trouble {
	denied := "User is not authorized to perform this because no identity-based policy allows it"
	return []Trouble{
		{"down", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 503, "Unreachable"},
		{"throttled", Fault(400, "ThrottlingException", "Rate exceeded"), 429, "ThrottlingException"},
		{"throttled, says until when", Fault(429, "TooManyRequestsException", "", "Retry-After", "1"), 429, "TooManyRequestsException"},
		{"no permission", Fault(400, "AccessDeniedException", denied), 403, "AccessDeniedException"},
		{"access denied", Fault(403, "AccessDeniedException", denied), 403, "AccessDeniedException"},
		{"expired credentials", Fault(400, "ExpiredTokenException", "The security token included in the request is expired"), 403, "ExpiredTokenException"},
		{"wrong region", Fault(400, "ResourceNotFoundException", "Can't find the specified one."), 404, "ResourceNotFoundException"},
		{"fails", Fault(500, "InternalServiceError", ""), 503, "InternalServiceError"},
		{"hangs", Hang, 503, "Timeout"},
		{"drips", Drip, 503, "Timeout"},
		{"10 MB", Text(`{"SecretString":"` + strings.Repeat(Secret, 10<<20/len(Secret)) + `"}`), 503, "AnswerTooLarge"},
		{"garbage", Text(`{"SecretString":"` + Secret), 503, "InvalidAnswer"},
		{"a page", Text("<html>" + Secret + "</html>"), 503, "InvalidAnswer"},
		{"a page with an error", func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, "<html>"+Secret+"</html>", http.StatusBadGateway)
		}, 503, ""},
		{"wrong types", Text(`{"SecretString":{"` + Secret + `":1},"Parameter":["` + Secret + `"],"InitialConfigurationToken":["` + Secret + `"]}`), 503, "InvalidAnswer"},
		{"nothing", Text(`{}`), 503, "InvalidAnswer"},
	}
}

// CheckTroubles starts an extension for each trouble, at its start and after a good one, and reads a value by its path. The settings must
// refresh each second.
func CheckTroubles(t *testing.T, start func() *Server, create Create, variable string, settings map[string]any, path string) {
	for _, trouble := range Troubles() {
		prepare := func() (*Server, func(t testing.TB) *Function) {
			server := start()
			t.Cleanup(server.Close)
			return server, Prepare(t, server, create, variable, settings)
		}
		server, serve := prepare()
		t.Run("at the start, "+trouble.Name, func(t *testing.T) {
			t.Parallel()
			server.Misbehave(trouble.Handler)
			before := time.Now()
			function := serve(t)
			if took := time.Since(before); took > 2500*time.Millisecond {
				t.Errorf("the start took %v", took)
			}
			before = time.Now()
			got := function.Get(path)
			if got.Status != trouble.Status || got.Code() != trouble.Code && trouble.Code != "" || got.Code() == "" || strings.Contains(got.Body, Secret) {
				t.Errorf("got %d %s", got.Status, got.Body)
			}
			if took := time.Since(before); took > 1500*time.Millisecond {
				t.Errorf("the read took %v", took)
			}
			server.Misbehave(nil)
			Until(t, func() bool { return function.Get(path).Status == http.StatusOK })
		})
		later, serveLater := prepare()
		t.Run("later, "+trouble.Name, func(t *testing.T) {
			t.Parallel()
			function := serveLater(t)
			good := function.Get(path)
			later.Misbehave(trouble.Handler)
			Until(t, func() bool {
				got := function.Get(path)
				if got.Status != http.StatusOK || got.Header.Get("ETag") != good.Header.Get("ETag") {
					t.Fatalf("got %d %s", got.Status, got.Body)
				}
				return got.Header.Get("X-Extension-Stale") != ""
			})
			later.Misbehave(nil)
			Until(t, func() bool { return function.Get(path).Header.Get("X-Extension-Stale") == "" })
		})
	}
}
