package main

import (
	"fmt"
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

// Twenty secrets of the size that a secret may have, read a thousand times a second while they rotate.
func TestMemoryUnderLoad(t *testing.T) {
	const secrets, seconds = 20, 5
	server := startServices(t)
	names := []string{}
	rotate := func() {
		for i := range secrets {
			server.PutSecret(fmt.Sprint("large", i), strings.Repeat(`"`, 64<<10))
		}
	}
	for i := range secrets {
		names = append(names, strconv.Quote(fmt.Sprint("large", i)))
	}
	rotate()
	settings := `{"secrets":[` + strings.Join(names, ",") + `],"refreshSeconds":1,"port":%d}`
	process, function := startExtension(t, server, "secrets-extension", "SECRETS_EXTENSION_CONFIG", settings, nil)
	waitReady(t, server)
	var readers sync.WaitGroup
	for range 10 {
		readers.Go(func() {
			ticker := time.NewTicker(10 * time.Millisecond)
			defer ticker.Stop()
			for i := range 100 * seconds {
				<-ticker.C
				function.Get(fmt.Sprint("/secretsmanager/get?secretId=large", i%secrets))
			}
		})
	}
	for range seconds {
		time.Sleep(time.Second)
		rotate()
	}
	readers.Wait()
	expectMemory(t, process)
	server.Shutdown("SPINDOWN")
	expectEnd(t, process, 0, "")
}

// Twenty answers of 10 MB at once.
func TestMemoryWhenAServiceAnswersTooMuch(t *testing.T) {
	server := startServices(t)
	server.Misbehave(standin.Text(`{"SecretString":"` + strings.Repeat("x", 10<<20)))
	names := []string{}
	for i := range 20 {
		names = append(names, strconv.Quote(fmt.Sprint("large", i)))
	}
	settings := `{"secrets":[` + strings.Join(names, ",") + `],"refreshSeconds":1,"port":%d}`
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
