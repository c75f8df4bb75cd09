package secrets

import (
	"net/http"
	"testing"

	"github.com/cdk-lambda-layers/cdk-lambda-layers/runtime/extensions/internal/standin"
)

// A secret that is kept, over loopback and one connection.
func BenchmarkCachedRead(b *testing.B) {
	server := start()
	b.Cleanup(server.Close)
	function := standin.Serve(b, server, New, variable, map[string]any{"secrets": []string{"db"}, "refreshSeconds": 300})
	etag := function.Get(get + "db").Header.Get("ETag")
	b.Run("whole", func(b *testing.B) {
		for b.Loop() {
			if function.Get(get+"db").Status != http.StatusOK {
				b.Fatal()
			}
		}
	})
	b.Run("not modified", func(b *testing.B) {
		for b.Loop() {
			if function.Get(get+"db", "If-None-Match", etag).Status != http.StatusNotModified {
				b.Fatal()
			}
		}
	})
}
