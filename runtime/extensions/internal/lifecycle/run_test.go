package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/lifecycle/lifecycletest"
)

// recorder is an extension that notes what happens to it.
type recorder struct {
	start    func(ctx context.Context) error
	invoked  []string
	stopped  int
	stopTime time.Duration
}

func (r *recorder) Events() []EventType { return []EventType{Invoke} }

func (r *recorder) Start(ctx context.Context, _ *Client) error {
	if r.start == nil {
		return nil
	}
	return r.start(ctx)
}

func (r *recorder) OnInvoke(_ context.Context, event Event) {
	r.invoked = append(r.invoked, event.RequestID)
}

func (r *recorder) Stop(ctx context.Context) {
	r.stopped++
	deadline, _ := ctx.Deadline()
	r.stopTime = time.Until(deadline)
}

// run starts Run as main does, and answers with its exit code.
func run(t *testing.T, api *lifecycletest.API, create func() (Extension, error)) <-chan int {
	t.Helper()
	t.Setenv("AWS_LAMBDA_RUNTIME_API", api.Address)
	code := make(chan int, 1)
	go func() { code <- Run("some-extension", create) }()
	return code
}

func (r *recorder) create() (Extension, error) { return r, nil }

func wait(t *testing.T, code <-chan int, want int) {
	t.Helper()
	select {
	case got := <-code:
		if got != want {
			t.Errorf("the exit code is %d, not %d", got, want)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it does not end")
	}
}

func TestALife(t *testing.T) {
	api, extension := lifecycletest.Start(t), &recorder{}
	code := run(t, api, extension.create)
	register := api.Expect(t, "register")
	if register.Header.Get("Lambda-Extension-Name") != "some-extension" || fmt.Sprint(register.Body["events"]) != "[INVOKE SHUTDOWN]" {
		t.Errorf("it registered as %v", register)
	}
	for _, id := range []string{"a", "b"} {
		api.ExpectWaiting(t)
		api.Send(`{"eventType":"INVOKE","requestId":"` + id + `","deadlineMs":1}`)
	}
	// An event of a later version of the API is none of ours.
	api.Send(`{"eventType":"LATER"}`)
	api.Shutdown()
	wait(t, code, 0)
	if !slices.Equal(extension.invoked, []string{"a", "b"}) || extension.stopped != 1 {
		t.Errorf("invoked %v, stopped %d times", extension.invoked, extension.stopped)
	}
	if extension.stopTime < time.Second || extension.stopTime > 2*time.Second-exitMargin {
		t.Errorf("it had %s to stop", extension.stopTime)
	}
}

func TestManagedInstancesHaveNoInvokeEvent(t *testing.T) {
	for variable, value := range map[string]string{"AWS_LAMBDA_INITIALIZATION_TYPE": "lambda-managed-instances", "AWS_LAMBDA_MAX_CONCURRENCY": "8"} {
		t.Run(variable, func(t *testing.T) {
			t.Setenv(variable, value)
			api := lifecycletest.Start(t)
			code := run(t, api, (&recorder{}).create)
			if events := fmt.Sprint(api.Expect(t, "register").Body["events"]); events != "[SHUTDOWN]" {
				t.Errorf("it registered for %s", events)
			}
			api.Shutdown()
			wait(t, code, 0)
		})
	}
}

func TestTheTimeToStopIsBounded(t *testing.T) {
	for name, deadline := range map[string]time.Time{"a clock that went back": time.Now().Add(time.Hour), "a clock that went ahead": time.Now().Add(-time.Hour), "no deadline": time.UnixMilli(0)} {
		t.Run(name, func(t *testing.T) {
			api, extension := lifecycletest.Start(t), &recorder{}
			code := run(t, api, extension.create)
			api.Send(fmt.Sprintf(`{"eventType":"SHUTDOWN","deadlineMs":%d}`, deadline.UnixMilli()))
			wait(t, code, 0)
			if extension.stopTime < 300*time.Millisecond || extension.stopTime > 2*time.Second {
				t.Errorf("it had %s to stop", extension.stopTime)
			}
		})
	}
}

func TestFailuresOfTheStartAreTold(t *testing.T) {
	cases := map[string]struct {
		create func() (Extension, error)
		kind   string
	}{
		"settings":      {func() (Extension, error) { return nil, errors.New("what is wrong") }, "Extension.ConfigInvalid"},
		"start":         {(&recorder{start: func(context.Context) error { return errors.New("what is wrong") }}).create, "Extension.StartFailed"},
		"a kind of its": {(&recorder{start: func(context.Context) error { return &StartError{"Extension.Own", errors.New("what is wrong")} }}).create, "Extension.Own"},
		"within an error": {(&recorder{start: func(context.Context) error {
			return fmt.Errorf("told: %w", &StartError{"Extension.Own", errors.New("what is wrong")})
		}}).create, "Extension.Own"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			api := lifecycletest.Start(t)
			code := run(t, api, c.create)
			api.Expect(t, "register")
			failure := api.Expect(t, "init/error")
			if failure.Body["errorType"] != c.kind || failure.Header.Get("Lambda-Extension-Function-Error-Type") != c.kind || !strings.Contains(fmt.Sprint(failure.Body["errorMessage"]), "what is wrong") {
				t.Errorf("told %v", failure)
			}
			wait(t, code, 1)
			if len(api.Waiting) > 0 {
				t.Error("it asked for an event all the same")
			}
		})
	}
}

func TestARefusedRegistrationEndsIt(t *testing.T) {
	api, extension := lifecycletest.Start(t), &recorder{}
	api.Refuse["register"] = http.StatusForbidden
	code := run(t, api, extension.create)
	wait(t, code, 1)
	if len(api.Calls) != 1 || len(api.Waiting) > 0 || extension.stopped != 0 {
		t.Error("it went on")
	}
}

func TestANextThatFailsIsTold(t *testing.T) {
	cases := map[string]func(api *lifecycletest.API){
		"refused": func(api *lifecycletest.API) { api.Refuse["event/next"] = http.StatusInternalServerError },
		"no JSON": func(api *lifecycletest.API) { api.Send("<html>") },
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			api, extension := lifecycletest.Start(t), &recorder{}
			spoil(api)
			code := run(t, api, extension.create)
			api.Expect(t, "register")
			if failure := api.Expect(t, "exit/error"); failure.Body["errorType"] != "Extension.NextFailed" {
				t.Errorf("told %v", failure)
			}
			wait(t, code, 1)
			if extension.stopped != 1 {
				t.Errorf("stopped %d times", extension.stopped)
			}
		})
	}
}

func TestASignalStopsIt(t *testing.T) {
	signal := func(t *testing.T) {
		if err := syscall.Kill(syscall.Getpid(), syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("while it waits", func(t *testing.T) {
		api, extension := lifecycletest.Start(t), &recorder{}
		code := run(t, api, extension.create)
		api.Expect(t, "register")
		api.ExpectWaiting(t)
		signal(t)
		wait(t, code, 0)
		if extension.stopped != 1 || extension.stopTime > graceAfterSignal {
			t.Errorf("stopped %d times, with %s to stop", extension.stopped, extension.stopTime)
		}
	})
	t.Run("while it starts", func(t *testing.T) {
		api := lifecycletest.Start(t)
		started := make(chan struct{})
		extension := &recorder{start: func(ctx context.Context) error {
			close(started)
			<-ctx.Done()
			return ctx.Err()
		}}
		code := run(t, api, extension.create)
		api.Expect(t, "register")
		<-started
		signal(t)
		wait(t, code, 0)
		if extension.stopped != 1 || len(api.Calls) > 0 {
			t.Errorf("stopped %d times, and %d calls", extension.stopped, len(api.Calls))
		}
	})
}

// The API may be gone when there is something to tell.
func TestAnAPIThatDoesNotAnswerKeepsNothingUp(t *testing.T) {
	api := lifecycletest.Start(t)
	api.Hang["init/error"] = true
	code := run(t, api, func() (Extension, error) { return nil, errors.New("what is wrong") })
	api.Expect(t, "register")
	api.Expect(t, "init/error")
	wait(t, code, 1)
}

func TestItTellsThatLambdaStartsIt(t *testing.T) {
	t.Setenv("AWS_LAMBDA_RUNTIME_API", "")
	if code := Run("some-extension", (&recorder{}).create); code != 1 {
		t.Errorf("the exit code is %d", code)
	}
}

func TestARegistrationWithoutIdentifierIsRefused(t *testing.T) {
	api := lifecycletest.Start(t)
	api.Identifier = ""
	wait(t, run(t, api, (&recorder{}).create), 1)
	if len(api.Waiting) > 0 {
		t.Error("it went on")
	}
}

func TestATelemetrySubscriptionTellsItsStatus(t *testing.T) {
	api := lifecycletest.Start(t)
	client := NewClient(api.Address)
	if status, err := client.SubscribeTelemetry(t.Context(), map[string]any{}); status != http.StatusAccepted || err != nil {
		t.Errorf("got %d, %v", status, err)
	}
}
