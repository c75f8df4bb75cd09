package main

import (
	"os"
	"testing"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/standin"
)

func TestMain(m *testing.M) {
	code := m.Run()
	standin.CleanUp()
	os.Exit(code)
}
