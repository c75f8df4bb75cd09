# Sourced by the scripts that fetch what the run tests need, from the project's root: where it goes, and what is there already.

TOOLS=$PWD/.run-tools
PINS=$PWD/scripts/run-tools

case $(uname -s)-$(uname -m) in
  Linux-x86_64) MACHINE=x86_64 NODE_MACHINE=x64 ;;
  Linux-aarch64) MACHINE=arm64 NODE_MACHINE=arm64 ;;
  *) echo "$0: run tests need Linux on x86_64 or arm64" >&2; exit 1 ;;
esac

say() { echo "$(basename "$0" .sh): $* (${SECONDS} s)"; }

# stamp_of TEXT FILE…: changes when the text or one of the files does.
stamp_of() {
  local text=$1
  shift
  { echo "$text"; cat "$@"; } | sha256sum | cut -d ' ' -f 1
}

# is_fetched NAME STAMP
is_fetched() { [ -e "$TOOLS/$1" ] && [ "$(cat "$TOOLS/$1.stamp" 2>/dev/null)" = "$2" ]; }

# publish PATH NAME STAMP: puts a file or folder that is whole in its place.
publish() {
  rm -rf "${TOOLS:?}/$2" "$TOOLS/$2.stamp"
  mv "$1" "$TOOLS/$2"
  echo "$3" > "$TOOLS/$2.stamp"
}

mkdir -p "$TOOLS"
work=$(mktemp -d -p "$TOOLS")
trap 'rm -rf "$work"' EXIT
