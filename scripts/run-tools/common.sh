# Sourced by the scripts that fetch what the run tests need, from the project's root: where it goes, and what is there already.

TOOLS=$PWD/.run-tools
PINS=$PWD/scripts/run-tools

case $(uname -s)-$(uname -m) in
  Linux-x86_64) MACHINE=x86_64 NODE_MACHINE=x64 ;;
  Linux-aarch64) MACHINE=arm64 NODE_MACHINE=arm64 ;;
  *) echo "$0: what it fetches is for Linux on x86_64 or arm64" >&2; exit 1 ;;
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

# fetch_packages NAME: the Python packages that NAME.txt pins by digests, for the machine's own Python. Without looking at dependencies: the file
# names all of them, and pip takes a pinned one with extras for an unpinned one.
fetch_packages() {
  local wanted
  wanted=$(stamp_of "$(python3 -c 'import sys; print(sys.version)')" "$PINS/$1.txt" "$PINS/common.sh")
  is_fetched "$1" "$wanted" && return
  timeout 300 python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --only-binary=:all: --require-hashes \
    --requirement "$PINS/$1.txt" --target "$work/$1"
  publish "$work/$1" "$1" "$wanted"
  say "fetched $1"
}

mkdir -p "$TOOLS"
# One shell at a time: what is there already may be in use, and is fetched once.
exec {lock}> "$TOOLS/lock"
flock --timeout 600 "$lock" || { echo "$0: another shell still fetches, after 10 minutes" >&2; exit 1; }
work=$(mktemp -d -p "$TOOLS")
trap 'rm -rf "$work"' EXIT
