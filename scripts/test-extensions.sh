#!/usr/bin/env bash
# Tests the ready-made extensions where they are written: Go with its race detector, and the clients in Python and Node.js against the program.
# A test that is skipped proves nothing, so it counts as failed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/counts.sh
. scripts/go.sh

root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd runtime/extensions

check 'the Go code is formatted' test -z "$(gofmt -l .)"
check 'go vet finds nothing' go vet ./...
check 'go.mod and go.sum are tidy' go mod tidy -diff

# number WORD: of the tests, with those in tests, that ended so.
number() { grep -c "\"Action\":\"$1\".*\"Test\":" "$work/report" || true; }

status=0
go test -race -json -timeout 8m ./... > "$work/report" || status=$?
passed=$(number pass) failed=$(number fail) skipped=$(number skip)
[ "$status" -eq 0 ] || grep -E '"Action":"output"' "$work/report" | grep -E -- '--- FAIL|panic|_test.go|DATA RACE' | head -n 60
[ "$status" -eq 0 ] || [ $((failed + skipped)) -gt 0 ] || failed=1
PASSED=$((PASSED + passed))
FAILED=$((FAILED + failed + skipped))
echo "go test: $passed passed, $failed failed, $skipped skipped"

cd "$root"
counts
