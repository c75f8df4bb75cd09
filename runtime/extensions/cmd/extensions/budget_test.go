package main

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/standin"
)

const memoryBudget = 25 << 20

// Values of the sizes that they may have, read a thousand times a second while they change.
func TestMemoryUnderLoad(t *testing.T) {
	const count, seconds = 20, 5
	// What JSON makes longer.
	large := func(bytes int) string { return strings.Repeat(`"`, bytes) }
	for _, test := range []struct {
		name, variable, settings, path string
		change                         func(server *standin.Server)
	}{
		{"secrets-extension", "SECRETS_EXTENSION_CONFIG", `{"secrets":[` + quoted(count) + `],"refreshSeconds":1,"port":%d}`,
			"/secretsmanager/get?secretId=value", func(server *standin.Server) {
				for i := range count {
					server.PutSecret(fmt.Sprint("value", i), large(64<<10))
				}
			}},
		{"config-extension", "CONFIG_EXTENSION_CONFIG", `{"parameters":[` + quoted(count) +
			`],"appConfig":[{"application":"a","environment":"e","profile":"c"}],"refreshSeconds":1,"port":%d}`,
			"/systemsmanager/parameters/get?name=value", func(server *standin.Server) {
				for i := range count {
					server.PutParameter(fmt.Sprint("value", i), "String", large(8<<10))
				}
				server.PutConfiguration("a", "e", "c", "text/plain", large(1<<20))
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := startServices(t)
			test.change(server)
			process, function := startExtension(t, server, test.name, test.variable, test.settings, nil)
			waitReady(t, server)
			var readers sync.WaitGroup
			for range 10 {
				readers.Go(func() {
					ticker := time.NewTicker(10 * time.Millisecond)
					defer ticker.Stop()
					for i := range 100 * seconds {
						<-ticker.C
						if got := function.Get(fmt.Sprint(test.path, i%count)); got.Status != http.StatusOK {
							t.Errorf("got %d", got.Status)
						}
					}
				})
			}
			for range seconds {
				time.Sleep(time.Second)
				test.change(server)
			}
			readers.Wait()
			expectMemory(t, process)
			server.Shutdown("SPINDOWN")
			expectEnd(t, process, 0, "")
		})
	}
}

// A list of names, in JSON.
func quoted(count int) string {
	names := []string{}
	for i := range count {
		names = append(names, strconv.Quote(fmt.Sprint("value", i)))
	}
	return strings.Join(names, ",")
}

// Twenty answers of 10 MB at once.
func TestMemoryWhenAServiceAnswersTooMuch(t *testing.T) {
	server := startServices(t)
	server.Misbehave(standin.Text(`{"SecretString":"` + strings.Repeat("x", 10<<20)))
	settings := `{"secrets":[` + quoted(20) + `],"refreshSeconds":1,"port":%d}`
	process, _ := startExtension(t, server, "secrets-extension", "SECRETS_EXTENSION_CONFIG", settings, nil)
	waitReady(t, server)
	time.Sleep(3 * time.Second)
	expectMemory(t, process)
	server.Shutdown("SPINDOWN")
	expectEnd(t, process, 0, "AnswerTooLarge")
}

// The highest that the process ever had.
func expectMemory(t *testing.T, process *standin.Process) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", process.PID()))
	if err != nil {
		t.Skipf("memory is known on Linux only: %v", err)
	}
	found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	kilobytes, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%.1f MB", float64(kilobytes)/1024)
	if kilobytes<<10 > memoryBudget {
		t.Errorf("%d kB are more than %d MB", kilobytes, memoryBudget>>20)
	}
}

// From the start of the process until it asks for its first event, its value fetched.
func BenchmarkStart(b *testing.B) {
	for _, extension := range serving {
		b.Run(extension.name, func(b *testing.B) {
			server := startServices(b)
			standin.Build(b)
			for b.Loop() {
				process, _ := startExtension(b, server, extension.name, extension.variable, extension.settings, nil)
				<-server.Ready()
				b.StopTimer()
				server.Shutdown("SPINDOWN")
				process.End()
				b.StartTimer()
			}
		})
	}
}
