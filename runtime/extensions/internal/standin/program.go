package standin

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Process is the program, running as one of the extensions.
type Process struct {
	t       testing.TB
	command *exec.Cmd
	output  bytes.Buffer
	ended   chan error
}

// Program runs an extension in a process of its own, in the way that Lambda does: by its name, without arguments. It gets the environment and
// nothing else, and is killed when the test ends.
func Program(t testing.TB, name string, environment map[string]string) *Process {
	t.Helper()
	process := &Process{t: t, ended: make(chan error, 1)}
	path := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(Build(t), path); err != nil {
		t.Fatal(err)
	}
	process.command = &exec.Cmd{Path: path, Args: []string{path}, Env: []string{}, Stdout: &process.output, Stderr: &process.output}
	for name, value := range environment {
		process.command.Env = append(process.command.Env, name+"="+value)
	}
	if err := process.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { process.ended <- process.command.Wait() }()
	t.Cleanup(func() { process.command.Process.Kill() })
	return process
}

// Terminate sends SIGTERM.
func (process *Process) Terminate() {
	process.command.Process.Signal(syscall.SIGTERM)
}

// PID of the process.
func (process *Process) PID() int { return process.command.Process.Pid }

// End waits for the process to end, within the two seconds that Lambda gives, and returns its exit code and what it wrote.
func (process *Process) End() (code int, output string) {
	process.t.Helper()
	select {
	case <-process.ended:
	case <-time.After(2 * time.Second):
		process.t.Error("the extension did not end within two seconds")
		process.command.Process.Kill()
		<-process.ended
	}
	return process.command.ProcessState.ExitCode(), process.output.String()
}

var built struct {
	sync.Once
	folder string
	output []byte
	err    error
}

// Build makes the program as it is shipped, once for a package's tests, and returns its path. CleanUp removes it.
func Build(t testing.TB) string {
	t.Helper()
	built.Do(func() {
		if built.folder, built.err = os.MkdirTemp("", "extensions-"); built.err != nil {
			return
		}
		command := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w -buildid=", "-o", built.folder+"/extensions",
			"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/cmd/extensions")
		command.Env = append(os.Environ(), "CGO_ENABLED=0")
		built.output, built.err = command.CombinedOutput()
	})
	if built.err != nil {
		t.Fatalf("%v: %s", built.err, built.output)
	}
	return built.folder + "/extensions"
}

// CleanUp is for the TestMain of a package whose tests start the program.
func CleanUp() {
	os.RemoveAll(built.folder)
}
