#!/usr/bin/env bash
# Fetches what the run tests start Node.js functions with, into .run-tools/nodejs22.x: `lang` (Node.js itself) and `runtime` (AWS's
# runtime interface client, and clients of the AWS SDK), which stand for Lambda's /var/lang and /var/runtime. All come from the npm
# registry, pinned by lock files. The client is compiled, which takes half a minute or more; Debian packages that it needs and the
# machine lacks are installed, as root. What is there already is left alone. Needs scripts/fetch-emulator.sh besides.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/run-tools/common.sh

name=nodejs22.x
client=$PINS/nodejs/client
sdk=$PINS/nodejs/sdk

install_missing() {
  local missing=()
  for tool in autoconf automake cmake g++ make python3 xz; do
    command -v "$tool" > /dev/null || missing+=("${tool/#xz/xz-utils}")
  done
  command -v libtoolize > /dev/null || missing+=(libtool)
  if [ ${#missing[@]} -gt 0 ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "${missing[@]}" > "$work/apt.log" 2>&1 \
      || { tail -n 20 "$work/apt.log" >&2; return 1; }
    say "installed ${missing[*]}"
  fi
}

# install FOLDER NAME: the packages of a lock file, without running anything of theirs.
install() {
  mkdir "$work/$2"
  cp "$1/package.json" "$1/package-lock.json" "$work/$2/"
  (cd "$work/$2" && npm ci --ignore-scripts --no-audit --no-fund --silent)
}

# compile NODE: with the headers that come with Node.js itself, so that none are downloaded.
compile() {
  (cd "$work/client" && PATH="$1/bin:$PATH" npm_config_nodedir="$1" npm rebuild aws-lambda-ric --foreground-scripts > "$work/compile.log" 2>&1) \
    || { tail -n 30 "$work/compile.log" >&2; return 1; }
}

wanted=$(stamp_of "$MACHINE" "$client/package-lock.json" "$sdk/package-lock.json" scripts/fetch-node-runtime.sh)
if ! is_fetched "$name" "$wanted"; then
  install_missing
  install "$client" client
  install "$sdk" sdk
  say 'installed the packages'
  node=$work/client/node_modules/node-linux-$NODE_MACHINE
  compile "$node"
  say 'compiled the runtime interface client'

  mkdir -p "$work/$name/lang/bin" "$work/$name/runtime"
  cp "$node/bin/node" "$work/$name/lang/bin/"
  cp "$work"/client/node_modules/aws-lambda-ric/{index.mjs,rapid-client.node} "$work/$name/runtime/"
  mv "$work/sdk/node_modules" "$work/$name/runtime/"
  publish "$work/$name" "$name" "$wanted"
  say "fetched the runtime $name"
fi
