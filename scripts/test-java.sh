#!/usr/bin/env bash
# Builds the jar and lets a real Java CDK app use it: its template must be TypeScript's byte for byte, and so its error messages.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
. scripts/counts.sh
. scripts/consumer.sh
set -a
. scripts/jsii.env
set +a

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Into a repository of this run alone, where Maven finds no jar of an earlier one.
node node_modules/jsii-pacmak/bin/jsii-pacmak --targets java --outdir "$work/dist" --maven-local-repository "$work/repository"

mvn --quiet --batch-mode --file test/java-consumer -Dmaven.repo.local="$work/repository" -Dtarget="$work/target" \
  -Dlibrary.version="$(node -p "require('./package.json').version")" \
  -Dcdk.version="$(floor_of aws-cdk-lib)" -Dconstructs.version="$(floor_of constructs)" \
  compile dependency:build-classpath -Dmdep.outputFile="$work/classpath"

language=java
app=(java -cp "$work/target/classes:$(< "$work/classpath")" App)

no_archive() { [ -z "$(find "$work/$1.java" -name '*.zip')" ]; }

check 'a Java app synthesises a layer' synth java good settings 1
check 'the same app in TypeScript synthesises' synth typescript good settings 1
check 'both templates are the same byte for byte' same_file good
check 'the template holds the layer' grep -q AWS::Lambda::LayerVersion "$work/good.java/Consumer.template.json"
check 'the report of the rules reads the same in both languages' same_output good
check 'the report knows the size of an imported layer' says good 'imported-0:1) 1048576'

check 'a Java app makes stubs' synth java stub settings 1 stub
check 'the same app in TypeScript makes stubs' synth typescript stub settings 1 stub
check 'both templates with a stub are the same byte for byte' same_file stub
check 'the size of a stub is not known' says stub 'Consumer/Libs unknown'
check 'a stub has no archive' no_archive stub
check 'a layer that is no stub has one' fails no_archive good

same_failure missing-folder missing-folder 0
check 'missing-folder: the message starts with the construct path' grep -q '^Consumer/Libs: ' "$work/missing-folder.java.out"
check 'missing-folder: the message names the absolute path' says missing-folder "$root/test/java-consumer/missing-folder"

same_failure six-layers settings 5
check 'six-layers: the message names function and rule' says six-layers 'Consumer/Read: the function has too many layers [LayerCount]'
check 'six-layers: the message says what is allowed' says six-layers 'allowed: at most 5'

app=(java -cp "$work/target/classes:$(< "$work/classpath")" Auth)
twin=../python-consumer/auth.ts
auth

app=(java -cp "$work/target/classes:$(< "$work/classpath")" Extensions)
twin=../python-consumer/extensions.ts
extensions

counts
