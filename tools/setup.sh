#!/bin/sh
# Make .venv from requirements.lock. Quick when nothing changed; a setup that was interrupted is begun anew.
# PYTHON=/path/to/python chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."
unset PYTHONHOME PYTHONPATH VIRTUAL_ENV
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_NO_INPUT=1

stamp=.venv/safelight-setup
wanted=$(pwd; { cat requirements.lock tools/setup.sh; sed '/^\[tool\.ruff/,$d' pyproject.toml; } | cksum)

works() { # a Python that this program runs on
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1
}

can_make_venv() {
    "$1" -c 'import venv, ensurepip' >/dev/null 2>&1
}

find_python() { # the first that can make an environment, else the first that works
    found=
    for name in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        command -v "$name" >/dev/null 2>&1 && works "$name" || continue
        found=${found:-$name}
        if can_make_venv "$name"; then
            found=$name
            return
        fi
    done
}

explain_python() {
    echo "Safelight needs Python 3.11, 3.12 or 3.13, and there is none in PATH." >&2
    if [ "$(uname)" = Darwin ]; then
        echo "Type:  brew install python@3.13   and then again:  make setup" >&2
    else
        echo "Install one (Debian 12, Ubuntu 24.04: apt-get install python3 python3-venv), or name it:" >&2
        echo "make setup PYTHON=/path/to/python3.11" >&2
    fi
    exit 1
}

install_venv() { # Debian keeps ensurepip in a package of its own
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    package="python$version-venv"
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "Python $version at $(command -v "$1") cannot make an environment: its modules venv or ensurepip are missing." >&2
        echo "Install them with your system's packages, or name another:  make setup PYTHON=/path/to/python3" >&2
        exit 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        echo "Debian keeps a part of Python in a package of its own, and it is missing. Type:" >&2
        echo "sudo apt-get install -y $package && make setup" >&2
        exit 1
    fi
    echo "Installing $package ..."
    DEBIAN_FRONTEND=noninteractive
    export DEBIAN_FRONTEND
    apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 || {
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends "$package" >/dev/null
    }
}

get_pango() { # receipts and packets as PDF need it; everything else runs without
    packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    if [ "$(uname)" = Darwin ]; then
        echo "For documents as PDF type:  brew install pango"
    elif ! command -v apt-get >/dev/null 2>&1; then
        echo "For documents as PDF install Pango with your system's packages (Debian's names: $packages)."
    elif [ "$(id -u)" -ne 0 ]; then
        echo "For documents as PDF type:  sudo apt-get install -y --no-install-recommends $packages"
    else
        DEBIAN_FRONTEND=noninteractive
        export DEBIAN_FRONTEND
        get="apt-get install -y -qq --no-install-recommends $packages"
        { $get >/dev/null 2>&1 || { apt-get update -qq && $get >/dev/null; }; } ||
            echo "Pango could not be installed: documents as PDF wait for it. Later type:  $get"
    fi
}

if [ -x .venv/bin/python ] && [ -x .venv/bin/safelight ] && [ -f "$stamp" ] &&
    [ "$(cat "$stamp")" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

find_python
[ -n "$found" ] || explain_python
can_make_venv "$found" || install_venv "$found"

echo "Setting up .venv with $("$found" -V) (a minute or two, once) ..."
rm -rf .venv
"$found" -m venv .venv
.venv/bin/python -m pip install -q --require-hashes -r requirements.lock
.venv/bin/python -m pip install -q --no-build-isolation --no-deps -e .
.venv/bin/python -c 'import weasyprint' >/dev/null 2>&1 || get_pango
printf '%s\n' "$wanted" >"$stamp.tmp"
mv "$stamp.tmp" "$stamp"
echo "Ready: .venv/bin/safelight"
