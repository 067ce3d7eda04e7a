#!/bin/sh
# Install what the tests need and this machine lacks: Redis, PostgreSQL, Chromium, a Chinese font, Pango.
# On Debian and Ubuntu as root by apt; elsewhere it says what is missing, and the tests that need it are skipped.
set -eu
cd "$(dirname "$0")/.."

has() {
    command -v "$1" >/dev/null 2>&1
}

has_postgres() {
    has initdb || ls /usr/lib/postgresql/*/bin/initdb /opt/homebrew/opt/postgresql@*/bin/initdb >/dev/null 2>&1
}

has_browser() {
    .venv/bin/python tools/find_chromium.py >/dev/null
}

has_font() {
    [ "$(uname)" = Darwin ] || find -L /usr/share/fonts /usr/local/share/fonts -iname '*cjk*' 2>/dev/null | grep -q .
}

has_pango() { # WeasyPrint's libraries: without them no document becomes a PDF
    .venv/bin/python -c 'import weasyprint' >/dev/null 2>&1
}

system=$(. /etc/os-release 2>/dev/null && echo "${ID:-}" || uname)
wanted=
has redis-server || wanted="$wanted redis-server"
has_postgres || wanted="$wanted postgresql"
has_font || wanted="$wanted fonts-noto-cjk"
has_pango || wanted="$wanted libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
browser=
has_browser || browser=wanted
if [ -n "$browser" ] && [ "$system" = debian ]; then
    wanted="$wanted chromium"
    browser=
fi
[ -n "$wanted$browser" ] || exit 0

if ! has apt-get || [ "$(id -u)" -ne 0 ]; then
    if has apt-get; then
        [ -z "$wanted" ] || echo "Missing for some tests:$wanted. Type: sudo apt-get install -y --no-install-recommends$wanted"
    elif [ "$system" = Darwin ]; then
        names=$(echo "$wanted" | sed 's/redis-server/redis/; s/postgresql/postgresql@17/; s/libpango-1.0-0.*/pango/')
        [ -z "$wanted" ] || echo "Missing for some tests:$names. Type: brew install$names"
    else
        [ -z "$wanted" ] || echo "Missing for some tests (Debian's names):$wanted. Install them with your system's packages."
    fi
    [ -z "$browser" ] || echo "Missing for some tests: Chromium. Type: .venv/bin/playwright install chromium"
    echo "Tests that need them are skipped by name (with CI=true they fail)."
    exit 0
fi

export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then # tests start their own servers: the system's stay off
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
    trap 'exit 130' INT TERM
fi

install() {
    # shellcheck disable=SC2086 - a list of words
    apt-get install -y -qq --no-install-recommends $wanted
}

if [ -n "$wanted" ]; then
    echo "Installing$wanted ..."
    install >/dev/null 2>&1 || { apt-get update -qq && install >/dev/null; }
fi
if [ -n "$browser" ]; then # Ubuntu's package is a stub for snap
    echo "Installing Chromium ..."
    .venv/bin/playwright install --with-deps chromium >/dev/null ||
        echo "Chromium could not be had: install Google Chrome, or set SAFELIGHT_CHROMIUM to a browser's path."
fi
