# What scripts/demo and scripts/test have in common; to be sourced, with the project's folder as working folder.
# Every step is safe to repeat, and quick when there is nothing to do.
# shellcheck shell=bash

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
stop() { printf 'candour: %s\n' "$*" >&2; exit 1; }

# Install system packages: as root, or with sudo for a person at a terminal; else say how.
install_packages() {
  local line="apt-get install --no-install-recommends $*"
  if [ "$(id -u)" = 0 ]; then
    say "Installing system packages: $line"
    # shellcheck disable=SC2086  # each word of the line is an argument
    { apt-get -q update && DEBIAN_FRONTEND=noninteractive $line --yes -q; } >&2 ||
      stop "apt-get failed; mend what it says above and run this again."
  elif [ -t 0 ] && command -v sudo >/dev/null; then
    say "Installing system packages: sudo $line"
    # shellcheck disable=SC2086
    { sudo apt-get -q update && sudo $line --yes -q; } >&2 ||
      stop "apt-get failed; mend what it says above and run this again."
  else
    stop "These system packages are missing, and only an administrator may install them. Run: sudo $line"
  fi
}

# The newest Python that is asked for or stands in the way of nobody: 3.11 or later.
find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  stop "Python 3.11 or later is needed and was not found. On Debian 12 or 13 run: sudo apt-get install python3"
}

has_header() { echo "#include <$1>" | gcc -E "${@:2}" - >/dev/null 2>&1; }

# What pip needs to build PyAudio, which has no wheels.
need_build_packages() {
  local python=$1 include missing=()
  command -v gcc >/dev/null || missing+=(gcc libc6-dev)
  include=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')
  [ -e "$include/Python.h" ] || missing+=(python3-dev)
  [ -e /usr/include/portaudio.h ] || has_header portaudio.h || missing+=(portaudio19-dev)
  "$python" -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
  [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
}

# make_venv PYTHON FOLDER run|dev: a virtual environment with exactly the locked packages, hashes checked.
make_venv() {
  local python=$1 venv=$2 set=$3 lock="requirements/$3.txt" stamp wanted
  stamp="$venv/.has-$set"
  wanted=$(cat requirements/build.txt "$lock" pyproject.toml | sha256sum)
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return
  need_build_packages "$python"
  [ -x "$venv/bin/python" ] || { say "Making the virtual environment $venv"; "$python" -m venv "$venv"; }
  say "Installing the locked Python packages of $lock (a few minutes the first time)"
  pip_shown "$venv" --require-hashes -r requirements/build.txt
  pip_shown "$venv" --no-build-isolation --no-deps --require-hashes -r "$lock" # which names every one of them
  pip_shown "$venv" --no-build-isolation --no-deps --editable .
  echo "$wanted" >"$stamp"
}

# pip with its progress in few lines and its errors whole.
pip_shown() {
  local venv=$1 log
  shift
  log=$(mktemp)
  if ! "$venv/bin/python" -m pip install --disable-pip-version-check "$@" 2>"$log" |
    { grep --line-buffered -E '^(Collecting|  Building wheel|Building wheel|Successfully)' || true; } | cut -c1-100 >&2; then
    cat "$log" >&2
    stop "The Python packages could not be installed; the reason is above. A second try goes on where this one ended."
  fi
  rm -f "$log"
}

MODELS=.cache/models
need_model() {
  say "Looking after the speech model (145 MB, known by its SHA-256)"
  .venv/bin/candour model install base --models "$MODELS" >&2
}
