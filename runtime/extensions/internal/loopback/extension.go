package loopback

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/lifecycle"
	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/values"
)

// Settings are those that every extension of values has.
type Settings struct {
	RefreshSeconds int `json:"refreshSeconds"`
	Port           int `json:"port"`
}

// Extension serves kept values on loopback. It does nothing for an invocation.
type Extension struct {
	Routes *http.ServeMux
	Keeper *values.Keeper
	port   int
	server *Server
}

// NewExtension fails when the settings are out of range. The name is for the log.
func NewExtension(name string, settings Settings) (*Extension, error) {
	if settings.RefreshSeconds < 1 {
		return nil, fmt.Errorf("refreshSeconds is %d, but must be at least 1", settings.RefreshSeconds)
	}
	if settings.Port < 1024 || settings.Port > 65535 {
		return nil, fmt.Errorf("port is %d, but must be one of 1024 to 65535", settings.Port)
	}
	keeper := values.NewKeeper(time.Duration(settings.RefreshSeconds)*time.Second, log.New(os.Stderr, name+": ", 0))
	return &Extension{Routes: http.NewServeMux(), Keeper: keeper, port: settings.Port}, nil
}

// Events has none besides SHUTDOWN.
func (extension *Extension) Events() []lifecycle.EventType { return nil }

// Start serves from now on, and returns when the values are there, at the latest after two seconds.
func (extension *Extension) Start(ctx context.Context, _ *lifecycle.Client) error {
	server, err := Listen(extension.port, extension.Routes)
	if err != nil {
		return err
	}
	extension.server = server
	extension.Keeper.Start(ctx)
	return nil
}

// OnInvoke is never called.
func (extension *Extension) OnInvoke(context.Context, lifecycle.Event) {}

// Stop ends fetches and answers that are under way.
func (extension *Extension) Stop(context.Context) {
	extension.Keeper.Close()
	extension.server.Close()
}
