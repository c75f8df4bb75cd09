package loopback

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/values"
)

// StaleHeader tells the age in seconds of a value that should have been refreshed, but whose service does not answer.
const StaleHeader = "X-Extension-Stale"

// Content is ready to be served. NewContent makes it.
type Content struct {
	Body []byte
	kind string
	etag string
}

// NewContent takes a Content-Type.
func NewContent(kind string, body []byte) Content {
	digest := sha256.Sum256(body)
	return Content{Body: body, kind: kind, etag: `"` + hex.EncodeToString(digest[:16]) + `"`}
}

// NewJSON takes what encoding/json can marshal.
func NewJSON(body any) (Content, error) {
	text, err := json.Marshal(body)
	return NewContent("application/json", text), err
}

// Serve answers what was read of a kept value: the content, 304 to who has it, or the fault.
func Serve(w http.ResponseWriter, r *http.Request, content Content, stale time.Duration, err error) {
	if err != nil {
		fault := values.FaultOf(err)
		if fault.RetryAfter > 0 {
			w.Header().Set("Retry-After", seconds(fault.RetryAfter))
		}
		Fail(w, fault.Status, fault.Code, fault.Message)
		return
	}
	header := w.Header()
	header.Set("ETag", content.etag)
	// Nothing in between may keep a secret.
	header.Set("Cache-Control", "no-store")
	if stale > 0 {
		header.Set(StaleHeader, seconds(stale))
	}
	if matches(r.Header.Values("If-None-Match"), content.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Type", content.kind)
	header.Set("Content-Length", strconv.Itoa(len(content.Body)))
	w.Write(content.Body)
}

// Fail answers an error as JSON.
func Fail(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"code": code, "message": message}})
}

// Refuses tells whether a request has a query that is not looked at, and answers it: a client that asks for a version must not get another one.
func Refuses(w http.ResponseWriter, r *http.Request, looked ...string) bool {
	for name := range r.URL.Query() {
		if !slices.Contains(looked, name) {
			Fail(w, http.StatusBadRequest, "NotSupported", fmt.Sprintf("the query %q is not supported; those that are: %s", name, strings.Join(looked, ", ")))
			return true
		}
	}
	return false
}

func matches(header []string, etag string) bool {
	for _, one := range strings.Split(strings.Join(header, ","), ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == etag {
			return true
		}
	}
	return false
}

func seconds(duration time.Duration) string {
	return strconv.Itoa(int(duration.Round(time.Second).Seconds()))
}
