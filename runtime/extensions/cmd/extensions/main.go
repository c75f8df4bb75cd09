// Command extensions is all ready-made extensions in one program: the name that it is started by says which one it is.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/config"
	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/lifecycle"
	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/secrets"
	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/security"
	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/telemetry"
)

// The constructor of each extension, by the name of its file in /opt/extensions.
var extensions = map[string]func() (lifecycle.Extension, error){
	"config-extension":    config.New,
	"secrets-extension":   secrets.New,
	"security-extension":  security.New,
	"telemetry-extension": telemetry.New,
}

// The function and its extensions share one memory, which Lambda charges for. The collector keeps near this, at the cost of time only.
const memoryLimit = 16 << 20

func main() {
	debug.SetGCPercent(50)
	debug.SetMemoryLimit(memoryLimit)
	name := filepath.Base(os.Args[0])
	// For launchers, which start the program by its own name.
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	create, known := extensions[name]
	if !known {
		fmt.Fprintf(os.Stderr, "there is no extension %q in this program\n", name)
		os.Exit(1)
	}
	os.Exit(lifecycle.Run(name, create))
}
