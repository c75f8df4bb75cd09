package standin

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// Registration of an extension.
type Registration struct {
	Name   string
	Events []string
}

// Failure is what an extension tells when it cannot start.
type Failure struct{ Type, Message string }

// Registered are the registrations in their order.
func (server *Server) Registered() []Registration {
	server.mutex.Lock()
	defer server.mutex.Unlock()
	return slices.Clone(server.registered)
}

// InitErrors are what extensions told of their start.
func (server *Server) InitErrors() []Failure {
	server.mutex.Lock()
	defer server.mutex.Unlock()
	return slices.Clone(server.initErrors)
}

// Ready gets an item when an extension asks for an event.
func (server *Server) Ready() <-chan struct{} { return server.next }

// Shutdown is the next event.
func (server *Server) Shutdown(reason string) { server.shutdown <- reason }

func (server *Server) routeExtensions(mux *http.ServeMux) {
	const api = "/2020-01-01/extension/"
	mux.HandleFunc("POST "+api+"register", func(w http.ResponseWriter, r *http.Request) {
		var input struct{ Events []string }
		json.NewDecoder(r.Body).Decode(&input)
		server.mutex.Lock()
		defer server.mutex.Unlock()
		server.registered = append(server.registered, Registration{r.Header.Get("Lambda-Extension-Name"), input.Events})
		w.Header().Set("Lambda-Extension-Identifier", "an-extension")
		writeJSON(w, http.StatusOK, map[string]string{"functionName": "function", "functionVersion": "$LATEST", "handler": "index.handler"})
	})
	mux.HandleFunc("GET "+api+"event/next", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Lambda-Extension-Identifier") != "an-extension" {
			writeJSON(w, http.StatusForbidden, map[string]string{"errorType": "Extension.UnknownExtensionIdentifier"})
			return
		}
		select {
		case server.next <- struct{}{}:
		default:
		}
		select {
		case reason := <-server.shutdown:
			deadline := time.Now().Add(2 * time.Second).UnixMilli()
			writeJSON(w, http.StatusOK, map[string]any{"eventType": "SHUTDOWN", "shutdownReason": reason, "deadlineMs": deadline})
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("POST "+api+"init/error", func(w http.ResponseWriter, r *http.Request) {
		var input struct{ ErrorMessage string }
		json.NewDecoder(r.Body).Decode(&input)
		server.mutex.Lock()
		defer server.mutex.Unlock()
		server.initErrors = append(server.initErrors, Failure{r.Header.Get("Lambda-Extension-Function-Error-Type"), input.ErrorMessage})
		writeJSON(w, http.StatusAccepted, map[string]string{"status": "OK"})
	})
}
