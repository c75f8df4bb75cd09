#!/usr/bin/env bash
# Packs the library as it would be published, looks into the tarball, and uses it in an empty CDK app.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
. scripts/counts.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tarball=$work/$(npm pack --silent --pack-destination "$work")
tar --list --gzip --file "$tarball" | sed 's,^package/,,' | sort > "$work/all"
grep -v '^node_modules/' "$work/all" > "$work/own"
bytes=$(wc -c < "$tarball")
echo "$(wc -l < "$work/own") files, $bytes bytes"

find lib -name '*.ts' ! -name '*.d.ts' | sed 's/\.ts$//' | sort > "$work/modules"
sed 's/$/.js/' "$work/modules" > "$work/wanted"
sed 's/$/.d.ts/' "$work/modules" >> "$work/wanted"
find lib -name '*.txt' >> "$work/wanted"
# Of the code that goes into layers all that git has, but its tests and what locks are made from; extensions in Go come compiled.
git ls-files runtime/auth-utils runtime/extensions/clients | grep -vE '/tests/|/requirements\.in$' >> "$work/wanted"
printf 'runtime/extensions/dist/%s.br\n' arm64 x86_64 >> "$work/wanted"
printf '%s\n' .jsii API.md ARCHITECTURE.md CHANGELOG.md LICENSE README.md docs/extensions.md docs/rules.md package.json >> "$work/wanted"
sort --output "$work/wanted" "$work/wanted"

bundled() { node -p "require('./package.json').bundledDependencies.join('\n')"; }
holds() { grep -q "^node_modules/$1/package.json\$" "$work/all"; }

check 'the tarball holds each module, the assembly and the documents, and nothing else' diff "$work/wanted" "$work/own"
check 'the tarball has less than 8 MB' test "$bytes" -lt 8000000
for name in $(bundled); do
  check "the tarball bundles $name" holds "$name"
done

mkdir "$work/app"
cp test/package/*.js "$work/app/"
cp -r integ/content/packages "$work/app/layer"
cd "$work/app"
npm init --yes > /dev/null
# The usual project: what is installed is below a folder that git ignores.
git init --quiet .
echo node_modules > .gitignore
version_of() { node -p "require('$root/package.json').devDependencies['$1']"; }
check 'it installs into an empty project' npm install --no-audit --no-fund --silent "$tarball" "aws-cdk-lib@$(version_of aws-cdk-lib)" "constructs@$(version_of constructs)"
check 'an app that uses it synthesises' node app.js "$work/out"
check 'the template holds the layer' grep -q AWS::Lambda::LayerVersion "$work/out/Packed.template.json"
check 'its command runs' npx --no-install cdk-lambda-layers --help

# build LIBRARY OUT APP: each in a cache of its own, so that both build.
build() { CDK_LAMBDA_LAYERS_CACHE=$work/cache.$2 node "$3" "$1" "$work/$2" > "$work/$2.out"; }
holds_all() { grep -q "^both .* python/auth_utils/ python/jwt/ nodejs/node_modules/auth-utils/ nodejs/node_modules/jose/\$" "$work/auth-installed.out"; }
check 'the installed library builds auth layers, in a project that ignores node_modules' build cdk-lambda-layers auth-installed auth.js
check 'they hold the code of both languages and its libraries' holds_all
check 'the library builds them from its sources' build "$root" auth-sources "$root/test/package/auth.js"
check 'both are the same by digest' diff "$work/auth-sources.out" "$work/auth-installed.out"

mkdir "$work/bin"
ln -s "$(command -v node)" "$work/bin/node"
# Node.js and nothing else on the path: no Go, no Docker.
alone() { PATH=$work/bin "$@"; }
holds_extensions() { [ "$(grep -cE "^(x86_64|arm64) all .* bytes extensions/ 4 python/extension_client/ [1-9] nodejs/node_modules/extension-client/ [1-9]" "$work/extensions-installed.out")" -eq 2 ]; }
is_small() { [ -z "$(awk '$4 >= 12000000' "$work/extensions-installed.out")" ]; }
check 'the installed library builds the ready-made extensions where there is no Go' alone build cdk-lambda-layers extensions-installed extensions.js
check 'one layer has all four, with clients in both languages, for each machine' holds_extensions
check 'each layer has less than 12,000,000 bytes' is_small
check 'the library builds them from its sources' build "$root" extensions-sources "$root/test/package/extensions.js"
check 'both are the same by digest' diff "$work/extensions-sources.out" "$work/extensions-installed.out"
cat "$work/extensions-installed.out"

counts
