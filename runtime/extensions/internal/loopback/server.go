// Package loopback serves values to the function over HTTP on 127.0.0.1, to who holds the function's session token.
package loopback

import (
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/lifecycle"
)

// TokenHeader is that of AWS's own extension for parameters and secrets.
const TokenHeader = "X-Aws-Parameters-Secrets-Token"

// Server is listening from the time it is made.
type Server struct {
	http *http.Server
}

// Listen serves the routes on a port of 127.0.0.1. That the port is taken is an error of the kind Extension.PortTaken.
func Listen(port int, routes *http.ServeMux) (*Server, error) {
	listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, &lifecycle.StartError{Kind: "Extension.PortTaken", Err: fmt.Errorf(
			"cannot listen on 127.0.0.1:%d, give the extension another port by its property `port`: %w", port, err)}
	}
	routes.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		Fail(w, http.StatusNotFound, "NotFound", fmt.Sprintf("%s %s is nothing that this extension serves", r.Method, r.URL.Path))
	})
	// No timeout of idle connections: the function's environment may be frozen for longer, and its client would write to a closed one.
	server := &Server{&http.Server{Handler: guard(routes), ReadHeaderTimeout: 5 * time.Second, MaxHeaderBytes: 16 << 10}}
	go server.http.Serve(listener)
	return server, nil
}

// Close ends connections at once: the function, whose reads they are for, has ended before its extensions do.
func (server *Server) Close() {
	server.http.Close()
}

func guard(routes http.Handler) http.Handler {
	tokens := sessionTokens()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !oneOf(tokens, r.Header.Get(TokenHeader)) {
			Fail(w, http.StatusUnauthorized, "Unauthorized", "the header "+TokenHeader+
				" must be the value of AWS_SESSION_TOKEN, with SnapStart of AWS_CONTAINER_AUTHORIZATION_TOKEN")
			return
		}
		routes.ServeHTTP(w, r)
	})
}

// Without any, nothing is served.
func sessionTokens() (tokens []string) {
	for _, variable := range []string{"AWS_SESSION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN"} {
		if token := os.Getenv(variable); token != "" {
			tokens = append(tokens, token)
		}
	}
	return tokens
}

func oneOf(tokens []string, given string) bool {
	found := 0
	for _, token := range tokens {
		found |= subtle.ConstantTimeCompare([]byte(token), []byte(given))
	}
	return found == 1
}
