#!/usr/bin/env bash
# Builds the Python wheel and lets a real Python CDK app use it: its template must be TypeScript's byte for byte, and so its error messages.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
. scripts/counts.sh
. scripts/consumer.sh
set -a
. scripts/jsii.env
set +a

# jsii's Python consumers need Python 3.10 or newer.
python=${PYTHON:-python3}

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

language=python
app=("$work/venv/bin/python" app.py)

check 'a Python app synthesises a layer' synth python good layers/good 0
check 'the same app in TypeScript synthesises' synth typescript good layers/good 0
check 'both templates are the same byte for byte' same_file good
check 'the template holds the layer' grep -q AWS::Lambda::LayerVersion "$work/good.python/Consumer.template.json"
check 'the manifest reads the same in both languages' same_output good
check 'the manifest names the package' says good idna

for case in missing-folder unknown-package; do
  same_failure "$case" "layers/$case" 0
  check "$case: the message starts with the construct path" grep -q '^Consumer/Libs: ' "$work/$case.python.out"
done
check 'missing-folder: the message names the absolute path' says missing-folder "$root/test/python-consumer/layers/missing-folder"
check 'unknown-package: the message names the package' says unknown-package cdk-lambda-layers-package-that-does-not-exist

same_failure six-layers layers/good 5
check 'six-layers: the message names function and rule' says six-layers 'Consumer/Encode: the function has too many layers [LayerCount]'
check 'six-layers: the message says what is allowed' says six-layers 'allowed: at most 5'

check 'six layers are acknowledged in Python' synth python acknowledged layers/good 5 'it is never deployed'
check 'six layers are acknowledged in TypeScript' synth typescript acknowledged layers/good 5 'it is never deployed'
check 'both templates with six layers are the same byte for byte' same_file acknowledged

app=("$work/venv/bin/python" auth.py)
twin=auth.ts
auth

app=("$work/venv/bin/python" extensions.py)
twin=extensions.ts
extensions

counts
