#!/usr/bin/env bash
# Runs the tests against the newest aws-cdk-lib and constructs of the peer range, in a copy of the project.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar --create --exclude=./node_modules --exclude=./.git --exclude=./dist --exclude='./.run-tools/nodejs*' --exclude=./.run-tools/sam --exclude='./lib/*.js' --exclude='./lib/*.d.ts' . | tar --extract --directory "$work"
cd "$work"

range_of() { node -p "require('./package.json').peerDependencies['$1']"; }
installed() { node -p "require('$1/package.json').version"; }

# The pins in package.json stay at the floor, as jsii demands.
npm install --no-audit --no-fund --no-save "aws-cdk-lib@$(range_of aws-cdk-lib)" "constructs@$(range_of constructs)"
echo "aws-cdk-lib $(installed aws-cdk-lib), constructs $(installed constructs)"

npm run build
npm run build:extensions
# Those that know CDK: the others would only do again what they did, as would those whose trouble is the cache's or a tool's.
npx jest test/cli test/examples test/layers test/oracle test/pipeline/warm-synth test/run/extension.test test/run/url-shortener test/validation \
  --testPathIgnorePatterns bad-cache bad-content bad-requirements bad-tools killed-synths
