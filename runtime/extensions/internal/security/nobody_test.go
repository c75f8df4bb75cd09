package security

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// asNobody lets the test go on without root's rights, as functions do. The process gets them back at the test's end.
func asNobody(t *testing.T, root string) {
	t.Helper()
	for folder := root; folder != "/"; folder = filepath.Dir(folder) {
		if info, err := os.Stat(folder); err == nil && info.Mode().Perm()&0o005 != 0o005 {
			must(t, os.Chmod(folder, info.Mode().Perm()|0o055))
		}
		if folder == os.TempDir() {
			break
		}
	}
	must(t, syscall.Setreuid(-1, 65534))
	t.Cleanup(func() {
		must(t, syscall.Setreuid(-1, 0))
	})
}
