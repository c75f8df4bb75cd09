# Sourced by the scripts that make checks of their own: `check NAME COMMAND…` runs one, `counts` prints the totals and says whether all passed.

PASSED=0
FAILED=0

check() {
  local name=$1
  shift
  if "$@"; then
    PASSED=$((PASSED + 1))
    echo "ok      $name"
  else
    FAILED=$((FAILED + 1))
    echo "not ok  $name"
  fi
}

counts() {
  echo "$PASSED passed, $FAILED failed, 0 skipped"
  [ "$FAILED" -eq 0 ]
}
