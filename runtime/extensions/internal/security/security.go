// Package security is the security-extension: at the start of an environment it looks at what is really in /opt.
package security

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/lifecycle"
	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/settings"
)

const (
	name     = "security-extension"
	variable = "SECURITY_EXTENSION_CONFIG"
	opt      = "/opt"
	// ownFolder is where the construct puts manifests and advisories, below /opt.
	ownFolder = name
	// Lambda gives all extensions, the runtime and the function 10 s together.
	initLimit = 8 * time.Second
)

var errTooSlow = fmt.Errorf("it is not read after %s", initLimit)

// Extension checks /opt once.
type Extension struct {
	config  config
	root    string
	started time.Time
	cancel  context.CancelFunc
	ended   chan struct{}
}

// New takes the settings from the environment.
func New() (lifecycle.Extension, error) {
	config, err := settings.Read[config](variable)
	if err == nil {
		err = config.check()
	}
	if err != nil {
		return nil, err
	}
	return &Extension{config: config, root: opt, started: time.Now()}, nil
}

// Events are none: invocations are not our concern.
func (e *Extension) Events() []lifecycle.EventType { return nil }

// OnInvoke is never called.
func (e *Extension) OnInvoke(context.Context, lifecycle.Event) {}

// Start reads what to compare with. It waits for the check itself only if a finding must stop the start.
func (e *Extension) Start(ctx context.Context, _ *lifecycle.Client) error {
	bounded, cancel := context.WithDeadline(ctx, e.started.Add(initLimit))
	defer cancel()
	check, err := newCheck(bounded, e.root, &e.config)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return &lifecycle.StartError{Kind: "Extension.ConfigInvalid", Err: err}
	}
	if e.config.OnFinding == stop {
		check.run(bounded)
		return e.judge(ctx, check)
	}
	e.runBeside(context.WithoutCancel(ctx), check)
	return nil
}

func (e *Extension) judge(ctx context.Context, check *check) error {
	e.print(check)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if check.findings.total() == 0 {
		return nil
	}
	return &lifecycle.StartError{Kind: "Extension.SecurityFinding", Err: check.findings.err()}
}

// No time limit here: the environment may be frozen for hours in the middle of the check.
func (e *Extension) runBeside(ctx context.Context, check *check) {
	ctx, e.cancel = context.WithCancel(ctx)
	e.ended = make(chan struct{})
	go func() {
		defer close(e.ended)
		check.run(ctx)
		e.print(check)
		// The function has the same memory.
		check.free()
		debug.FreeOSMemory()
	}()
}

func (e *Extension) print(check *check) {
	if err := check.print(os.Stdout, time.Since(e.started)); err != nil {
		fmt.Fprintf(os.Stderr, "%s: findings cannot be written: %v\n", name, err)
	}
}

// Stop leaves a check that still runs half of the time, and then lets it tell what it has found until now.
func (e *Extension) Stop(ctx context.Context) {
	if e.cancel == nil {
		return
	}
	end, _ := ctx.Deadline()
	defer time.AfterFunc(time.Until(end)/2, e.cancel).Stop()
	select {
	case <-e.ended:
	case <-ctx.Done():
		fmt.Fprintf(os.Stderr, "%s: the check did not end in time: its findings are lost\n", name)
	}
}
