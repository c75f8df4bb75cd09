package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/lifecycle/lifecycletest"
)

// sandbox is a root of its own, with the program and what layers put into /opt.
type sandbox struct {
	root   string
	stdout bytes.Buffer
	stderr bytes.Buffer
}

var build = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "extensions")
	if err != nil {
		return "", err
	}
	program := filepath.Join(folder, "extensions")
	building := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w -buildid=", "-o", program, ".")
	building.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := building.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return program, err
})

func newSandbox(t *testing.T, opt map[string]string) *sandbox {
	t.Helper()
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	box := &sandbox{root: t.TempDir()}
	content, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	box.write(t, "opt/extensions/security-extension", content, 0o755)
	for name, content := range opt {
		box.write(t, "opt/"+name, []byte(content), 0o644)
	}
	return box
}

func (box *sandbox) write(t *testing.T, name string, content []byte, mode os.FileMode) {
	t.Helper()
	path := filepath.Join(box.root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, mode); err != nil {
		t.Fatal(err)
	}
}

func (box *sandbox) start(t *testing.T, api *lifecycletest.API, settings string) *exec.Cmd {
	t.Helper()
	program := exec.CommandContext(t.Context(), "/opt/extensions/security-extension")
	program.Dir = "/"
	program.Env = []string{"AWS_LAMBDA_RUNTIME_API=" + api.Address, "SECURITY_EXTENSION_CONFIG=" + settings}
	program.Stdout, program.Stderr = &box.stdout, &box.stderr
	program.SysProcAttr = &syscall.SysProcAttr{Chroot: box.root}
	if os.Geteuid() != 0 {
		program.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		program.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	return program
}

func (box *sandbox) end(t *testing.T, program *exec.Cmd, code int) []map[string]any {
	t.Helper()
	program.Wait()
	if got := program.ProcessState.ExitCode(); got != code {
		t.Errorf("the exit code is %d, not %d: %s", got, code, &box.stderr)
	}
	var lines []map[string]any
	for line := range strings.Lines(box.stdout.String()) {
		var one map[string]any
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("a line is no JSON: %s", line)
		}
		lines = append(lines, one)
	}
	return lines
}

func layer(files map[string]string) string {
	var entries []string
	for name, content := range files {
		entries = append(entries, fmt.Sprintf(`{"path":%q,"bytes":%d,"mode":"0644","sha256":"%x"}`, name, len(content), sha256.Sum256([]byte(content))))
	}
	return `{"name":"Libs","digest":"d","files":[` + strings.Join(entries, ",") + `]}`
}

func opt(change string) map[string]string {
	files := map[string]string{
		"python/app.py": "print()\n",
		"python/requests-2.0.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: requests\nVersion: 2.0.0\n",
	}
	manifest := layer(files)
	files["security-extension/manifests/0-d.json"] = manifest
	files["security-extension/advisories/a.json"] = `{"id":"PYSEC-1","affected":[{"package":{"ecosystem":"PyPI","name":"requests"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.0"}]}]}]}`
	switch change {
	case "changed":
		files["python/app.py"] = "hacked!\n"
	case "garbage":
		files["security-extension/advisories/a.json"] = "<html>"
	case "credential":
		files["python/.netrc"] = "machine a password hunter2hunter2\n"
	}
	return files
}

func settings(onFinding string) string {
	return `{"manifests":["0-d.json"],"advisories":["a.json"],"ignore":["extensions/security-extension","python/.netrc2"],"onFinding":"` + onFinding + `"}`
}

func TestSecurityExtension(t *testing.T) {
	for _, mode := range []string{"report", "stop"} {
		t.Run("without findings, "+mode, func(t *testing.T) {
			api, box := lifecycletest.Start(t), newSandbox(t, opt(""))
			program := box.start(t, api, settings(mode))
			register := api.Expect(t, "register")
			if register.Header.Get("Lambda-Extension-Name") != "security-extension" || fmt.Sprint(register.Body["events"]) != "[SHUTDOWN]" {
				t.Errorf("it registered as %v", register)
			}
			api.ExpectWaiting(t)
			api.Shutdown()
			lines := box.end(t, program, 0)
			if len(lines) != 1 || lines[0]["summary"] != "no findings in /opt" || lines[0]["complete"] != true || lines[0]["files"] != 2.0 {
				t.Errorf("told %v", lines)
			}
		})
	}
	t.Run("report", func(t *testing.T) {
		api, box := lifecycletest.Start(t), newSandbox(t, opt("changed"))
		program := box.start(t, api, settings("report"))
		api.Expect(t, "register")
		api.ExpectWaiting(t)
		api.Shutdown()
		lines := box.end(t, program, 0)
		if len(lines) != 2 || lines[0]["finding"] != "changed" || lines[0]["path"] != "python/app.py" || lines[0]["layer"] != "Libs" || lines[1]["findings"] != 1.0 {
			t.Errorf("told %v", lines)
		}
	})
	t.Run("stop", func(t *testing.T) {
		api, box := lifecycletest.Start(t), newSandbox(t, opt("credential"))
		program := box.start(t, api, settings("stop"))
		api.Expect(t, "register")
		failure := api.Expect(t, "init/error")
		message := fmt.Sprint(failure.Body["errorMessage"])
		if failure.Header.Get("Lambda-Extension-Function-Error-Type") != "Extension.SecurityFinding" {
			t.Errorf("told %v", failure)
		}
		for _, want := range []string{"2 findings in /opt: 1 added, 1 credential", "python/.netrc", "ignore"} {
			if !strings.Contains(message, want) {
				t.Errorf("%q has no %q", message, want)
			}
		}
		if lines := box.end(t, program, 1); len(lines) != 3 {
			t.Errorf("told %v", lines)
		}
		if strings.Contains(message+box.stdout.String()+box.stderr.String(), "hunter2") {
			t.Error("the password is told")
		}
	})
	t.Run("garbage", func(t *testing.T) {
		api, box := lifecycletest.Start(t), newSandbox(t, opt("garbage"))
		program := box.start(t, api, settings("report"))
		api.Expect(t, "register")
		failure := api.Expect(t, "init/error")
		if failure.Body["errorType"] != "Extension.ConfigInvalid" || !strings.Contains(fmt.Sprint(failure.Body["errorMessage"]), "/opt/security-extension/advisories/a.json") {
			t.Errorf("told %v", failure)
		}
		box.end(t, program, 1)
	})
	t.Run("unknown settings", func(t *testing.T) {
		api, box := lifecycletest.Start(t), newSandbox(t, nil)
		program := box.start(t, api, `{"onFinding":"stop","other":1}`)
		api.Expect(t, "register")
		failure := api.Expect(t, "init/error")
		if failure.Body["errorType"] != "Extension.ConfigInvalid" || !strings.Contains(fmt.Sprint(failure.Body["errorMessage"]), "other") {
			t.Errorf("told %v", failure)
		}
		box.end(t, program, 1)
	})
}

// A file of 1 TB that takes no room, and that must be read since its size is as the manifest has it.
func fill(t *testing.T, box *sandbox) {
	t.Helper()
	box.write(t, "opt/huge", nil, 0o644)
	if err := os.Truncate(filepath.Join(box.root, "opt/huge"), 1<<40); err != nil {
		t.Fatal(err)
	}
	manifest := fmt.Sprintf(`{"name":"Huge","files":[{"path":"huge","bytes":%d,"mode":"0644","sha256":"%064d"}]}`, 1<<40, 0)
	box.write(t, "opt/security-extension/manifests/1-d.json", []byte(manifest), 0o644)
}

func TestSecurityExtensionEndsDuringItsCheck(t *testing.T) {
	cases := map[string]struct {
		mode string
		end  func(t *testing.T, api *lifecycletest.API, program *exec.Cmd)
	}{
		"SHUTDOWN, report": {"report", func(t *testing.T, api *lifecycletest.API, _ *exec.Cmd) { api.ExpectWaiting(t); api.Shutdown() }},
		"SIGTERM, report": {"report", func(t *testing.T, api *lifecycletest.API, program *exec.Cmd) {
			api.ExpectWaiting(t)
			program.Process.Signal(syscall.SIGTERM)
		}},
		"SIGTERM, stop": {"stop", func(t *testing.T, api *lifecycletest.API, program *exec.Cmd) {
			time.Sleep(20 * time.Millisecond)
			program.Process.Signal(syscall.SIGTERM)
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			api, box := lifecycletest.Start(t), newSandbox(t, opt("changed"))
			fill(t, box)
			program := box.start(t, api, strings.Replace(settings(c.mode), `"0-d.json"`, `"0-d.json","1-d.json"`, 1))
			api.Expect(t, "register")
			c.end(t, api, program)
			begun := time.Now()
			lines := box.end(t, program, 0)
			if took := time.Since(begun); took > 2*time.Second {
				t.Errorf("it took %s to end", took)
			}
			if len(lines) == 0 || lines[len(lines)-1]["complete"] != false {
				t.Errorf("the summary does not say that the check is incomplete: %v %s", lines, &box.stderr)
			}
			if len(api.Calls) > 0 {
				t.Errorf("it called %v", <-api.Calls)
			}
		})
	}
}
