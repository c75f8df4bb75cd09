# Sourced by the scripts that need several versions of Python.

# interpreter VERSION: on the path, or of pyenv, whose stand-ins on the path refuse a version that is not switched on.
interpreter() {
  local candidate
  for candidate in python3 "python$1" $(ls -rv "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1".*/bin/python3 2>/dev/null); do
    if [ "$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$1" ]; then
      echo "$candidate"
      return
    fi
  done
  return 1
}
