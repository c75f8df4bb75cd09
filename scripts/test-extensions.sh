#!/usr/bin/env bash
# Tests the ready-made extensions where they are written: Go with its race detector, the clients in Python and Node.js against the program, and the
# program as it ships.
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
go test -race -json -parallel 16 -timeout 8m ./... > "$work/report" || status=$?
passed=$(number pass) failed=$(number fail) skipped=$(number skip)
[ "$status" -eq 0 ] || grep -E '"Action":"output"' "$work/report" | grep -E -- '--- FAIL|panic|_test.go|DATA RACE' | head -n 60
[ "$status" -eq 0 ] || [ $((failed + skipped)) -gt 0 ] || failed=1
PASSED=$((PASSED + passed))
FAILED=$((FAILED + failed + skipped))
echo "go test: $passed passed, $failed failed, $skipped skipped"

# The clients, each in its language, against the program. Both say what was skipped or failed at their end.
python_client() { python3 -m unittest discover -s clients/python/tests 2>&1 | tee "$work/python" | tail -n 4 && grep -q '^OK$' "$work/python"; }
nodejs_client() { node --test --test-reporter=tap clients/nodejs/tests/*.test.mjs > "$work/nodejs" && grep -q '^# skipped 0$' "$work/nodejs"; }
check 'the client in Python' python_client
check 'the client in Node.js' nodejs_client

cd "$root"
# Where nothing but the sources is at hand.
mkdir -p "$work/copy/runtime/extensions"
cp -r scripts "$work/copy/"
cp -r runtime/extensions/{cmd,internal,go.mod,go.sum} "$work/copy/runtime/extensions/"

shipped=runtime/extensions/dist
unpack() { node -e 'fs.writeFileSync(process.argv[2], zlib.brotliDecompressSync(fs.readFileSync(process.argv[1])))' "$shipped/$1.br" "$work/$1"; }
is_static() { [ -z "$(readelf --program-headers --wide "$work/$1" | grep -E 'INTERP|DYNAMIC')" ]; }
is_for() { readelf --file-header "$work/$1" | grep -q "Machine: *$2\$"; }
is_small() { [ "$(wc -c < "$work/$1")" -lt 12000000 ]; }

check 'the programs are there, or are compiled' bash scripts/build-extensions.sh
check 'they are compiled in another folder' bash "$work/copy/scripts/build-extensions.sh"
while read -r machine name; do
  check "$machine: both folders give the same bytes" cmp "$shipped/$machine.br" "$work/copy/$shipped/$machine.br"
  check "$machine: the program can be unpacked" unpack "$machine"
  check "$machine: the program needs no library of the system" is_static "$machine"
  check "$machine: the program is for that machine" is_for "$machine" "$name"
  check "$machine: the program has $(wc -c < "$work/$machine") bytes, less than 12,000,000" is_small "$machine"
done <<'MACHINES'
x86_64 Advanced Micro Devices X86-64
arm64 AArch64
MACHINES

counts
