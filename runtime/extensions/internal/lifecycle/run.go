package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Extension is what one of the programs does.
type Extension interface {
	// Events that it wants besides SHUTDOWN. On managed instances INVOKE is left out.
	Events() []EventType
	// Start prepares everything. The function waits for it. An error ends the environment, so that only what the user asked to be fatal is one.
	Start(ctx context.Context, client *Client) error
	// OnInvoke is called when the function gets an event. Lambda does not end the invocation before it has returned.
	OnInvoke(ctx context.Context, event Event)
	// Stop is called once, whatever ended the extension. What it does after the context's deadline is lost.
	Stop(ctx context.Context)
}

// StartError is an error of Start with the type that Lambda is told.
type StartError struct {
	Kind string
	Err  error
}

func (e *StartError) Error() string { return e.Err.Error() }
func (e *StartError) Unwrap() error { return e.Err }

// What Lambda leaves an extension after a SIGTERM that no event announced.
const graceAfterSignal = 1500 * time.Millisecond

// Run registers an extension by its name and takes it to its end. The result is the exit code of the process.
func Run(name string, create func() (Extension, error)) int {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	client := NewClient(os.Getenv("AWS_LAMBDA_RUNTIME_API"))
	// Errors can be told after the registration only.
	extension, invalid := create()
	if err := client.Register(ctx, name, wanted(extension)); err != nil {
		return fail(name, err)
	}
	if invalid != nil {
		return failStart(ctx, name, client, &StartError{"Extension.ConfigInvalid", invalid})
	}
	if err := extension.Start(ctx, client); err != nil {
		return failStart(ctx, name, client, err)
	}
	return loop(ctx, name, client, extension)
}

func loop(ctx context.Context, name string, client *Client, extension Extension) int {
	for {
		event, err := client.Next(ctx)
		switch {
		case ctx.Err() != nil:
			stop(extension, time.Now().Add(graceAfterSignal))
			return 0
		case err != nil:
			stop(extension, time.Now().Add(graceAfterSignal))
			client.ExitError(context.WithoutCancel(ctx), "Extension.NextFailed", err.Error())
			return fail(name, err)
		case event.Type == Shutdown:
			stop(extension, event.Deadline())
			return 0
		case event.Type == Invoke:
			extension.OnInvoke(ctx, event)
		}
	}
}

// A clock that jumped must not take the time to end away.
func stop(extension Extension, deadline time.Time) {
	remaining := min(max(time.Until(deadline), graceAfterSignal/3), 2*time.Second)
	ctx, cancel := context.WithTimeout(context.Background(), remaining)
	defer cancel()
	extension.Stop(ctx)
}

func wanted(extension Extension) []EventType {
	if extension == nil || ManagedInstances() {
		return []EventType{Shutdown}
	}
	return append(extension.Events(), Shutdown)
}

func failStart(ctx context.Context, name string, client *Client, err error) int {
	kind := "Extension.StartFailed"
	if start := (*StartError)(nil); errors.As(err, &start) {
		kind = start.Kind
	}
	client.InitError(ctx, kind, err.Error())
	return fail(name, err)
}

func fail(name string, err error) int {
	fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
	return 1
}
