#!/usr/bin/env bash
# Compiles the code in README.md, in docs/ and in doc comments, in a folder where the library's name leads here.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/node_modules"
ln -s "$root"/node_modules/* "$work/node_modules/"
ln -s "$root" "$work/node_modules/cdk-lambda-layers"

# jsii-rosetta reads no pages but the README of an assembly: each page gets an assembly that has nothing else.
assemblies=(.)
for page in docs/*.md; do
  folder=$work/$page
  mkdir -p "$folder"
  cp package.json "$folder/"
  ln -s "$root/rosetta" "$folder/rosetta"
  node -e '
    const fs = require("node:fs");
    const [, page, to] = process.argv;
    const assembly = JSON.parse(fs.readFileSync(".jsii", "utf8"));
    const name = page.replace(/\W+/g, "-");
    fs.writeFileSync(to, JSON.stringify({ ...assembly, name, readme: { markdown: fs.readFileSync(page, "utf8") }, types: {} }));
  ' "$page" "$folder/.jsii"
  assemblies+=("$folder")
done

node --env-file=scripts/jsii.env node_modules/jsii-rosetta/bin/jsii-rosetta extract --strict --directory "$work" "${assemblies[@]}"
