#!/usr/bin/env bash
# Compiles the ready-made extensions for both machines into runtime/extensions/dist, compressed as the package ships them: dist/x86_64.br and
# dist/arm64.br. Nothing is done when sources and compiler are those of the last time.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/go.sh

root=$PWD
cd runtime/extensions
sources() { find . -name '*.go' ! -name '*_test.go' -o -name 'go.mod' -o -name 'go.sum'; }
wanted=$({ go env GOVERSION; cat "$root/scripts/build-extensions.sh"; sources | LC_ALL=C sort | xargs sha256sum; } | sha256sum)
if [ -f dist/arm64.br ] && [ -f dist/x86_64.br ] && [ "$(cat dist/stamp 2>/dev/null)" = "$wanted" ]; then
  exit 0
fi

# In the same file system, so that files appear whole, for whoever reads them or builds meanwhile.
mkdir -p dist
work=$(mktemp -d -p dist)
trap 'rm -rf "$work"' EXIT

# build MACHINE GOARCH: whatever the user's settings of Go are, for every processor that Lambda has.
build() {
  CGO_ENABLED=0 GOOS=linux GOARCH=$2 GOAMD64=v1 GOARM64=v8.0 GOEXPERIMENT= GOFLAGS=-mod=readonly GOWORK=off \
    go build -trimpath -buildvcs=false -ldflags '-s -w -buildid=' -o "$work/$1" ./cmd/extensions
  node -e '
    const { brotliCompressSync, constants } = require("node:zlib");
    const [, from, to] = process.argv;
    const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 };
    const fs = require("node:fs");
    fs.writeFileSync(to, brotliCompressSync(fs.readFileSync(from), { params }));
  ' "$work/$1" "$work/$1.br"
  echo "build-extensions: $1: $(wc -c < "$work/$1") bytes, $(wc -c < "$work/$1.br") compressed" >&2
}

build x86_64 amd64
build arm64 arm64
echo "$wanted" > "$work/stamp"
rm -f dist/stamp
mv "$work/x86_64.br" "$work/arm64.br" dist/
mv "$work/stamp" dist/
