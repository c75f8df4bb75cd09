#!/usr/bin/env bash
# Fetches the AWS SAM CLI into .run-tools/sam, for the Docker test of `sam local invoke`: PYTHONPATH=.run-tools/sam python3 -m samcli.
# Its packages are pinned by digests. What is there already is left alone.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/run-tools/common.sh

fetch_packages sam
