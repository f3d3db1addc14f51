# shellcheck shell=bash disable=SC2034
# Shared by the scripts beside it. Sourced, never run.

unset CDPATH # with it set, cd prints the folder
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
venv=$root/.venv

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$@"
  exit 1
}

# A temporary or home folder that cannot be written to would stop pip, uv and Maven half-way.
usable() { [[ -n $1 && -d $1 && -w $1 ]]; }

if ! usable "${TMPDIR:-/tmp}"; then
  export TMPDIR=$root/.cache/tmp
  mkdir -p -- "$TMPDIR"
fi
if ! usable "${HOME:-}"; then
  export XDG_CACHE_HOME=${XDG_CACHE_HOME:-$root/.cache/home}
  mkdir -p -- "$XDG_CACHE_HOME"
fi

# A Python's own variables must not reach into the environment of the project.
unset PYTHONHOME PYTHONPATH

is_good_python() {
  "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# Prints the first Python >= 3.11 that can make environments; PYTHON=/path/to/python overrides.
find_python() {
  local candidate
  if [[ -n ${PYTHON:-} ]]; then
    is_good_python "$PYTHON" || fail "PYTHON=$PYTHON is not a Python 3.11 or newer with venv."
    command -v -- "$PYTHON"
    return
  fi
  for candidate in python3 python python3.13 python3.12 python3.11 python3.14; do
    if is_good_python "$candidate"; then
      command -v -- "$candidate"
      return
    fi
  done
  fail "Tastegraph needs Python 3.11 or newer with its venv module, and found none." \
    $'\n'"Install one (on Debian and Ubuntu: python3 and python3-venv)," \
    $'\n'"or name it: PYTHON=/path/to/python3.11 $0"
}
