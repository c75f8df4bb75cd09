#!/usr/bin/env bash
# Fetches the AWS SAM CLI into .run-tools/sam, for the Docker test of `sam local invoke`: PYTHONPATH=.run-tools/sam python3 -m samcli.
# Its packages are pinned by digests. What is there already is left alone.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/run-tools/common.sh

wanted=$(stamp_of "$(python3 -c 'import sys; print(sys.version)')" "$PINS/sam.txt" scripts/fetch-sam.sh)
if ! is_fetched sam "$wanted"; then
  # Without looking at dependencies: the file names all of them, and pip takes a pinned one with extras for an unpinned one.
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --only-binary=:all: --require-hashes \
    --requirement "$PINS/sam.txt" --target "$work/sam"
  publish "$work/sam" sam "$wanted"
  say 'fetched the AWS SAM CLI'
fi
