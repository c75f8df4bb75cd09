# Sourced from the project's root: puts a Go that can compile runtime/extensions on the path, fetching a pinned one where the machine has none.

has_go() {
  local wanted have
  wanted=$(sed -n 's/^go \([0-9.]*\)$/\1/p' runtime/extensions/go.mod)
  have=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null | sed 's/^go//') || return 1
  [ -n "$have" ] && [ "$(printf '%s\n' "$wanted" "$have" | sort --version-sort | head -n 1)" = "$wanted" ]
}

if ! has_go; then
  bash scripts/fetch-go.sh
  export PATH=$PWD/.run-tools/go/go/bin:$PATH
fi
