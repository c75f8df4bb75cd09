#!/usr/bin/env bash
# Fetches what the run tests start Python functions with, into .run-tools: AWS's Runtime Interface Emulator, out of the wheel of the
# AWS SAM CLI, and per version of Python a folder with `lang` (the interpreter of this machine) and `runtime` (AWS's runtime interface
# client and SDK), which stand for Lambda's /var/lang and /var/runtime. What is there already is left alone.
#
#   fetch-emulator.sh [VERSION…]    versions of Python; without any, that of `python3`. `all` stands for all that this machine has.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/run-tools/common.sh
. scripts/interpreter.sh

SUPPORTED=(3.11 3.12 3.13)

fetch_emulator() {
  local name=aws-lambda-rie-$MACHINE wanted
  wanted=$(stamp_of "$name" "$PINS/emulator.txt" "$PINS/emulator.sha256")
  is_fetched aws-lambda-rie "$wanted" && return
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
    --requirement "$PINS/emulator.txt" --dest "$work/wheel"
  python3 - "$work"/wheel/*.whl "$name" "$work/$name" <<'PYTHON'
import sys, zipfile
wheel, name, destination = sys.argv[1:]
with open(destination, "wb") as file:
    file.write(zipfile.ZipFile(wheel).read(f"samcli/local/rapid/{name}"))
PYTHON
  (cd "$work" && grep " $name\$" "$PINS/emulator.sha256" | sha256sum --check --strict --quiet)
  chmod 755 "$work/$name"
  publish "$work/$name" aws-lambda-rie "$wanted"
  say 'fetched the emulator'
}

# fetch_python VERSION INTERPRETER
fetch_python() {
  local wanted where folder=$work/python$1
  where=$("$2" -c 'import sys; print(sys.base_prefix, sys.version)')
  wanted=$(stamp_of "$where" "$PINS/python.txt" scripts/fetch-emulator.sh)
  is_fetched "python$1" "$wanted" && return
  "$2" -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --only-binary=:all: --require-hashes \
    --requirement "$PINS/python.txt" --target "$folder/runtime"
  rm -r "$folder/runtime/bin"
  touch "$folder/runtime/bootstrap.py" # Where the tests mount the one of test/run/support.
  ln -s "${where%% *}" "$folder/lang"
  publish "$folder" "python$1" "$wanted"
  say "fetched the runtime of Python $1"
}

fetch_emulator

versions=("$@")
if [ $# -eq 0 ]; then
  versions=("$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')")
elif [ "$*" = all ]; then
  versions=()
  for version in "${SUPPORTED[@]}"; do
    interpreter "$version" > /dev/null && versions+=("$version")
  done
fi
for version in "${versions[@]}"; do
  [[ " ${SUPPORTED[*]} " == *" $version "* ]] || { echo "fetch-emulator: only Python ${SUPPORTED[*]} is supported, not $version" >&2; exit 1; }
  found=$(interpreter "$version") || { echo "fetch-emulator: this machine has no Python $version" >&2; exit 1; }
  fetch_python "$version" "$found"
done
