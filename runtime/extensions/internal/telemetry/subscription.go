package telemetry

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/lifecycle"
)

// What the Telemetry API takes, see https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api-reference.html.
type subscription struct {
	SchemaVersion string                  `json:"schemaVersion"`
	Types         []string                `json:"types"`
	Destination   subscriptionDestination `json:"destination"`
	Buffering     buffering               `json:"buffering"`
}

type subscriptionDestination struct {
	Protocol string `json:"protocol"`
	URI      string `json:"URI"`
}

type buffering struct {
	MaxBytes  int   `json:"maxBytes"`
	MaxItems  int   `json:"maxItems"`
	TimeoutMs int64 `json:"timeoutMs"`
}

// How long Lambda keeps an event back for others. It is short, so that little is on its way when the environment is frozen.
const lambdaKeeps = 100 * time.Millisecond

// subscribe asks for events at a listener that is listening already. The result says whether any will come.
func subscribe(ctx context.Context, client *lifecycle.Client, listener net.Listener, types []string) (bool, error) {
	status, err := client.SubscribeTelemetry(ctx, subscription{
		// The only version that managed instances take; the others take it, too.
		SchemaVersion: "2025-01-29",
		Types:         types,
		Destination: subscriptionDestination{
			Protocol: "HTTP",
			URI:      fmt.Sprintf("http://%s:%d", lambdaHost, listener.Addr().(*net.TCPAddr).Port),
		},
		Buffering: buffering{MaxBytes: 256 << 10, MaxItems: 1000, TimeoutMs: lambdaKeeps.Milliseconds()},
	})
	// The emulator accepts the request and says in this way that it has no telemetry.
	return err == nil && status != http.StatusAccepted, err
}
