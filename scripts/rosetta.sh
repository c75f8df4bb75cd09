#!/usr/bin/env bash
# Compiles the code in README.md and in doc comments, in a folder where the library's name leads here.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/node_modules"
ln -s "$root"/node_modules/* "$work/node_modules/"
ln -s "$root" "$work/node_modules/cdk-lambda-layers"

node --env-file=scripts/jsii.env node_modules/jsii-rosetta/bin/jsii-rosetta extract --strict --directory "$work" .
