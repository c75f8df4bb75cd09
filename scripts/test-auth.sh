#!/usr/bin/env bash
# Runs the tests of the code in AuthUtilsLayer, each in its own language: Python on every version that the layer serves and this machine has,
# Node.js on the one that runs npm. Libraries come by their locks. A test that is skipped proves nothing, so it counts as failed.
#
#   test-auth.sh [VERSION…]    versions of Python instead of all
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/counts.sh
. scripts/interpreter.sh

python=$PWD/runtime/auth-utils/python
nodejs=$PWD/runtime/auth-utils/nodejs

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# add NAME STATUS PASSED FAILED SKIPPED: where nothing ran, or what ran ended badly without saying why, something is wrong, too.
add() {
  local bad=$(($4 + $5))
  [ "$bad" -gt 0 ] || [ "$2-$(($3 > 0))" = 0-1 ] || bad=1
  PASSED=$((PASSED + $3))
  FAILED=$((FAILED + bad))
  echo "$1: $3 passed, $4 failed, $5 skipped"
}

# python_tests VERSION INTERPRETER
python_tests() {
  local status=0 passed failed skipped
  local venv=$work/venv$1 requirements=(--require-hashes -r "$python/libraries/native/requirements.txt" -r "$python/tests/requirements.txt")
  if command -v uv > /dev/null; then
    uv venv --quiet --python "$2" "$venv"
    uv pip install --quiet --python "$venv/bin/python" "${requirements[@]}"
  else
    "$2" -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "${requirements[@]}"
  fi
  PYTHONPATH=$python PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" "$python/tests/run.py" "$work/counts$1" || status=$?
  read -r passed failed skipped < "$work/counts$1" || true
  add "Python $1" "$status" "${passed:-0}" "${failed:-0}" "${skipped:-0}"
}

# install FOLDER NAME: what a lock says, without running anything of it.
install() {
  mkdir "$work/$2"
  cp "$1/package.json" "$1/package-lock.json" "$work/$2/"
  (cd "$work/$2" && npm ci --ignore-scripts --no-audit --no-fund --silent)
}

# counted WORD: from the last lines of Node's report.
counted() {
  local count
  count=$(sed -n "s/^# $1 \([0-9]*\)\$/\1/p" "$work/report" | tail -n 1)
  echo "${count:-0}"
}

nodejs_tests() {
  local status=0
  install "$nodejs/libraries" libraries
  install "$nodejs/tests" tests
  mv "$work/tests/node_modules/"* "$work/libraries/node_modules/"
  NODE_PATH=$work/libraries/node_modules node --test --test-reporter=tap "$nodejs"/tests/*.test.mjs | tee "$work/report" || status=$?
  add "Node.js $(node --version)" "$status" "$(counted pass)" "$(($(counted fail) + $(counted cancelled)))" "$(($(counted skipped) + $(counted todo)))"
}

versions=("$@")
[ $# -gt 0 ] || versions=(3.11 3.12 3.13 3.14)
found=0
for version in "${versions[@]}"; do
  if interpreter=$(interpreter "$version"); then
    python_tests "$version" "$interpreter"
    found=$((found + 1))
  fi
done
[ "$found" -gt 0 ] || check "this machine has Python ${versions[*]}" false
nodejs_tests

counts
