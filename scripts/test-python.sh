#!/usr/bin/env bash
# Builds the Python wheel and lets a real Python CDK app use it: its template must be TypeScript's byte for byte, and so its error messages.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
. scripts/counts.sh
set -a
. scripts/jsii.env
set +a

# jsii's Python consumers need Python 3.10 or newer.
python=${PYTHON:-python3}
floor_of() { node -p "require('./package.json').devDependencies['$1']"; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

rm -rf dist/python
node node_modules/jsii-pacmak/bin/jsii-pacmak --targets python

packages=(dist/python/*.whl "aws-cdk-lib==$(floor_of aws-cdk-lib)" "constructs==$(floor_of constructs)")
if command -v uv > /dev/null; then
  uv venv --quiet --python "$python" "$work/venv"
  uv pip install --quiet --python "$work/venv/bin/python" "${packages[@]}"
else
  "$python" -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet "${packages[@]}"
fi

# synth LANGUAGE CASE FOLDER: the assembly goes to $work/CASE.LANGUAGE, what the app prints to $work/CASE.LANGUAGE.out.
# Each language has a cache of its own, so that both build.
synth() {
  local run=(node "$root/node_modules/tsx/dist/cli.mjs" app.ts)
  [ "$1" = python ] && run=("$work/venv/bin/python" app.py)
  (cd test/python-consumer && CDK_LAMBDA_LAYERS_CACHE=$work/cache.$1 "${run[@]}" "$work/$2.$1" "$3") > "$work/$2.$1.out"
}

same_file() { cmp "$work/$1.python/Consumer.template.json" "$work/$1.typescript/Consumer.template.json"; }
same_output() { diff "$work/$1.typescript.out" "$work/$1.python.out"; }
says() { grep -qF -- "$2" "$work/$1.python.out" || { cat "$work/$1.python.out"; return 1; }; }
fails() { ! "$@"; }

check 'a Python app synthesises a layer' synth python good layers/good
check 'the same app in TypeScript synthesises' synth typescript good layers/good
check 'both templates are the same byte for byte' same_file good
check 'the template holds the layer' grep -q AWS::Lambda::LayerVersion "$work/good.python/Consumer.template.json"
check 'the manifest reads the same in both languages' same_output good
check 'the manifest names the package' says good idna

for case in missing-folder unknown-package; do
  check "$case fails the synth in Python" fails synth python "$case" "layers/$case"
  check "$case fails the synth in TypeScript" fails synth typescript "$case" "layers/$case"
  check "$case shows the whole message in Python" same_output "$case"
  check "$case: the message starts with the construct path" grep -q '^Consumer/Libs: ' "$work/$case.python.out"
  check "$case: the message says what to do" says "$case" '  do: '
done
check 'missing-folder: the message names the absolute path' says missing-folder "$root/test/python-consumer/layers/missing-folder"
check 'unknown-package: the message names the package' says unknown-package cdk-lambda-layers-package-that-does-not-exist

counts
