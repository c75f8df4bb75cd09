#!/usr/bin/env bash
# Fetches moto, a server that speaks the protocols of AWS, into .run-tools/moto, for run tests whose functions read secrets:
# PYTHONPATH=.run-tools/moto python3 -m moto.server. Its packages are pinned by digests. What is there already is left alone.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/run-tools/common.sh

fetch_packages moto
