package security

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	maxWorkers = 4
	// Each worker has one buffer, which is also all of a file that is searched for credentials and metadata.
	bufferBytes = 1 << 20
	// Lower than the function's, which starts at the same time.
	nicenessBeside = 10
)

// check is one look at everything in /opt.
type check struct {
	root       string
	config     *config
	expected   map[string]*expected
	advisories *advisoryIndex
	patterns   []credentialPattern
	findings   findings
	files      atomic.Int64
	bytes      atomic.Int64
	// cut is whether something was left out because there was no time left.
	cut atomic.Bool
}

// task is a file for a worker.
type task struct {
	path string
	want *expected
}

// newCheck reads manifests and advisories side by side. What is wrong with them is told before anything is compared.
func newCheck(ctx context.Context, root string, config *config) (*check, error) {
	c := &check{root: root, config: config, advisories: &advisoryIndex{}, findings: findings{counts: map[kind]int{}}}
	var manifestsErr, advisoriesErr error
	var reading sync.WaitGroup
	if config.detects(changes) {
		reading.Go(func() {
			c.expected, manifestsErr = readManifests(ctx, path.Join(root, ownFolder, "manifests"), config.Manifests)
		})
	}
	if config.detects(advisories) {
		reading.Go(func() {
			c.advisories, advisoriesErr = indexAdvisories(ctx, path.Join(root, ownFolder, "advisories"), config.Advisories)
		})
	}
	if config.detects(credentials) {
		c.patterns = credentialPatterns()
	}
	reading.Wait()
	return c, errors.Join(manifestsErr, advisoriesErr)
}

func (c *check) run(ctx context.Context) {
	tasks := make(chan task, 64)
	var workers sync.WaitGroup
	for range min(max(runtime.NumCPU(), 2), maxWorkers) {
		workers.Go(func() { c.work(ctx, tasks) })
	}
	walker := walker{root: c.root, visit: func(path string, kind fs.FileMode) { c.visit(ctx, path, kind, tasks) }, broken: c.broken}
	err := walker.walk(ctx, "", 0)
	close(tasks)
	workers.Wait()
	switch {
	case c.cut.Load() || err != nil && ctx.Err() != nil:
		c.incomplete("", fmt.Sprintf("the check ended after %d files, before it had seen all of /opt", c.files.Load()))
	case err != nil:
		c.incomplete("", fmt.Sprintf("the check ended early: %v", err))
	default:
		c.findMissing()
	}
}

// visit is called by the walker alone, so that expected needs no lock.
func (c *check) visit(ctx context.Context, file string, kind fs.FileMode, tasks chan<- task) {
	want := c.expected[file]
	if want != nil {
		want.found = true
	}
	switch {
	case c.config.ignores(file) || !c.concerns(file) || kind.IsDir() && want == nil:
	case kind.IsRegular():
		select {
		case tasks <- task{file, want}:
		case <-ctx.Done():
			c.cut.Store(true)
		}
	case kind&fs.ModeSymlink != 0:
		c.files.Add(1)
		got, err := readLink(c.root, file)
		if err != nil {
			c.broken(file, err)
			return
		}
		c.compare(file, want, got)
	default:
		c.compare(file, want, actual{other: describeKind(kind)})
	}
}

// concerns is whether anything is looked for in a file.
func (c *check) concerns(file string) bool {
	return c.config.detects(changes) || c.config.detects(credentials) || isMetadata(file)
}

func (c *check) compare(file string, want *expected, got actual) {
	if !c.config.detects(changes) {
		return
	}
	if found := compare(file, want, got); found != nil {
		c.findings.add(*found)
	}
}

func (c *check) work(ctx context.Context, tasks <-chan task) {
	if c.config.OnFinding == report {
		// The thread ends with this goroutine, since it stays locked. A niceness that is refused changes no finding.
		runtime.LockOSThread()
		syscall.Setpriority(syscall.PRIO_PROCESS, 0, nicenessBeside)
	}
	buffer := make([]byte, bufferBytes)
	for task := range tasks {
		c.files.Add(1)
		err := c.examine(ctx, task, buffer)
		switch {
		case err == nil:
		case errors.Is(err, ctx.Err()):
			c.cut.Store(true)
		default:
			c.broken(task.path, err)
		}
	}
}

func (c *check) broken(file string, err error) {
	if file != "" && c.config.ignores(file) {
		return
	}
	c.findings.add(finding{Kind: unreadable, Path: file, Message: fmt.Sprintf("%s cannot be checked: %v", path.Join(opt, printable(file)), err)})
}

func (c *check) incomplete(file, message string) {
	c.findings.add(finding{Kind: incomplete, Path: file, Message: message})
}

func (c *check) findMissing() {
	for file, want := range c.expected {
		if !want.found && !c.config.ignores(file) {
			c.findings.add(finding{
				Kind: missing, Path: file, Layer: want.layer.name,
				Message: fmt.Sprintf("%s of the layer %s is not there", printable(file), want.layer.name),
			})
		}
	}
}

func (c *check) print(out io.Writer, duration time.Duration) error {
	return c.findings.print(out, int(c.files.Load()), c.bytes.Load(), duration)
}

// free lets go of all that the check alone needed.
func (c *check) free() {
	*c = check{}
}
