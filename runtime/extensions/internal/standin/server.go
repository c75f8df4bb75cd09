// Package standin is a server on loopback that answers tests as Secrets Manager, Systems Manager, AppConfig and the Extensions API would.
package standin

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// Server counts what it is asked for. Start makes one.
type Server struct {
	URL string

	http    *httptest.Server
	mutex   sync.Mutex
	trouble http.HandlerFunc
	calls   map[string]int

	secrets        map[string][]secretVersion
	parameters     map[string]parameter
	configurations map[string]configuration
	tokens         map[string]bool
	issued         int

	registered []Registration
	initErrors []Failure
	next       chan struct{}
	shutdown   chan string
}

// Start listens on 127.0.0.1.
func Start() *Server {
	server := &Server{
		calls:          map[string]int{},
		secrets:        map[string][]secretVersion{},
		parameters:     map[string]parameter{},
		configurations: map[string]configuration{},
		tokens:         map[string]bool{},
		next:           make(chan struct{}, 1),
		shutdown:       make(chan string, 1),
	}
	mux := http.NewServeMux()
	server.routeAWS(mux)
	server.routeExtensions(mux)
	server.http = httptest.NewServer(mux)
	server.URL = server.http.URL
	return server
}

// Close does not wait for calls that hang.
func (server *Server) Close() {
	server.http.CloseClientConnections()
	go server.http.Close()
}

// Misbehave answers calls of AWS's services in their place. With nil they answer again.
func (server *Server) Misbehave(handler http.HandlerFunc) {
	server.mutex.Lock()
	defer server.mutex.Unlock()
	server.trouble = handler
}

// Calls of an action of AWS's services, those that were misbehaved included.
func (server *Server) Calls(action string) int {
	server.mutex.Lock()
	defer server.mutex.Unlock()
	return server.calls[action]
}

// The signature must be for the service by the name that it is signed for.
func (server *Server) aws(service, action string, handler http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		server.mutex.Lock()
		server.calls[action]++
		answer := handler
		if server.trouble != nil {
			answer = server.trouble
		} else if !strings.Contains(r.Header.Get("Authorization"), "/us-east-1/"+service+"/aws4_request") {
			answer = Fault(http.StatusForbidden, "InvalidSignatureException", "Credential should be scoped to another service")
		}
		server.mutex.Unlock()
		answer(w, r)
	}
}

// Hang answers nothing until the client goes away.
func Hang(_ http.ResponseWriter, r *http.Request) {
	// Before, the server does not look at whether the client is still there.
	io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// Drip sends a byte from time to time.
func Drip(w http.ResponseWriter, r *http.Request) {
	for tick := time.NewTicker(100 * time.Millisecond); ; <-tick.C {
		if _, err := w.Write([]byte(" ")); err != nil || r.Context().Err() != nil {
			tick.Stop()
			return
		}
		w.(http.Flusher).Flush()
	}
}

// Fault answers an error as AWS's services do, both those of JSON and those of REST.
func Fault(status int, code, message string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.Header().Set("X-Amzn-ErrorType", code)
		writeJSON(w, status, map[string]string{"__type": code, "message": message, "Message": message})
	}
}

// Text answers anything with status 200.
func Text(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte(text))
	}
}
