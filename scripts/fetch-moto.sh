#!/usr/bin/env bash
# Fetches moto, a server that speaks the protocols of AWS, into .run-tools/moto, for run tests whose functions read secrets:
# PYTHONPATH=.run-tools/moto python3 -m moto.server. Its packages are pinned by digests. What is there already is left alone.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/run-tools/common.sh

wanted=$(stamp_of "$(python3 -c 'import sys; print(sys.version)')" "$PINS/moto.txt" scripts/fetch-moto.sh)
if ! is_fetched moto "$wanted"; then
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --only-binary=:all: --require-hashes \
    --requirement "$PINS/moto.txt" --target "$work/moto"
  publish "$work/moto" moto "$wanted"
  say 'fetched moto'
fi
