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
	// Start prepares everything. The function waits for it. It must return soon after the context ends, which a signal does. An error ends the environment, so that only what the user asked to be fatal is one.
	Start(ctx context.Context, client *Client) error
	// OnInvoke is called when the function gets an event. Lambda does not end the invocation before it has returned.
	OnInvoke(ctx context.Context, event Event)
	// Stop is called once, whatever ended the extension but a Start that failed. A signal during Start is no failure.
	// The context has a deadline. What Stop does after it is lost.
	Stop(ctx context.Context)
}

// StartError is an error of Start with the type that Lambda is told.
type StartError struct {
	Kind string
	Err  error
}

func (e *StartError) Error() string { return e.Err.Error() }
func (e *StartError) Unwrap() error { return e.Err }

const (
	// What Lambda leaves an extension after a SIGTERM that no event announced.
	graceAfterSignal = 1500 * time.Millisecond
	// What Lambda leaves at most after SHUTDOWN.
	longestShutdown = 2 * time.Second
	// For the process to end by itself after Stop, and not by SIGKILL.
	exitMargin = 100 * time.Millisecond
)

// Run registers an extension by its name and takes it to its end. The result is the exit code of the process.
func Run(name string, create func() (Extension, error)) int {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	runtimeAPI := os.Getenv("AWS_LAMBDA_RUNTIME_API")
	if runtimeAPI == "" {
		return fail(name, errors.New("the environment has no AWS_LAMBDA_RUNTIME_API: Lambda starts this program, from /opt/extensions"))
	}
	client := NewClient(runtimeAPI)
	// Errors can be told after the registration only.
	extension, invalid := create()
	if err := client.Register(ctx, name, wanted(extension)); err != nil {
		return fail(name, err)
	}
	if invalid != nil {
		return failStart(ctx, name, client, &StartError{"Extension.ConfigInvalid", invalid})
	}
	if err := extension.Start(ctx, client); err != nil && ctx.Err() == nil {
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
			client.ExitError(ctx, "Extension.NextFailed", err.Error())
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
	remaining := min(max(time.Until(deadline), graceAfterSignal/3), longestShutdown)
	ctx, cancel := context.WithTimeout(context.Background(), remaining-exitMargin)
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
