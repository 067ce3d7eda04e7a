#!/bin/sh
# compose_sandbox.sh CMD...  Run CMD where a Docker engine with Compose v2 answers.
# If one answers already, CMD simply runs. Else, as root on Debian, an engine of its own is started in namespaces
# (mounts, network, processes) that end with CMD: no container, bridge, firewall rule or process outlives the call.
# What was downloaded stays in $SAFELIGHT_SANDBOX (~/.cache/safelight-sandbox) for the next time.
set -eu

explain() {
    echo "$1" >&2
    exit 75
}

if docker version >/dev/null 2>&1; then
    docker compose version >/dev/null 2>&1 ||
        explain "Docker answers, but Compose v2 is missing. Install it: https://docs.docker.com/compose/install/"
    exec "$@"
fi

system=$(. /etc/os-release 2>/dev/null && echo "${ID:-}" || uname)
[ "$system" = debian ] && [ "$(id -u)" -eq 0 ] ||
    explain "No Docker engine answers. Start Docker and try again (on Debian, root gets a throw-away engine)."

S=${SAFELIGHT_SANDBOX:-${XDG_CACHE_HOME:-$HOME/.cache}/safelight-sandbox}
mkdir -p "$S" && S=$(cd "$S" && pwd)
exec 9>"$S/lock"
flock -n 9 || explain "Another run uses $S. Wait for it, or set SAFELIGHT_SANDBOX to another folder."
export DEBIAN_FRONTEND=noninteractive

install_packages() { # dockerd is ours to start: the system's stays off
    policy=/usr/sbin/policy-rc.d
    made=
    [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made=$policy; }
    get="apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends"
    code=0
    # shellcheck disable=SC2086 - lists of words
    $get $1 >/dev/null 2>&1 || { apt-get update -qq && $get $1 >/dev/null; } || code=$?
    rm -f "$made"
    return "$code"
}

wanted=
for pair in dockerd:docker.io iptables:iptables slirp4netns:slirp4netns debootstrap:debootstrap; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || wanted="$wanted ${pair#*:}"
done
if [ -n "$wanted" ]; then
    echo "Installing$wanted ..." >&2
    install_packages "$wanted"
fi

sources=/etc/apt/sources.list.d/debian.sources
mirror=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' "$sources" 2>/dev/null | head -n 1)
mirror=${mirror:-$(sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\).*/\2/p' /etc/apt/sources.list 2>/dev/null | head -n 1)}
[ -n "$mirror" ] || explain "No Debian mirror is named in /etc/apt."

compose="$S/config/cli-plugins/docker-compose"
if [ ! -x "$compose" ]; then # bookworm has Compose v1 only: the next release's is unpacked, never installed
    echo "Fetching Compose v2 ..." >&2
    mkdir -p "$S/apt/lists" "$S/apt/cache" "$S/apt/none" "${compose%/*}"
    : >"$S/apt/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$S/apt/sources.list"
    own_apt() {
        apt-get -qq -o Dir::Etc::sourcelist="$S/apt/sources.list" -o Dir::Etc::sourceparts="$S/apt/none" \
            -o Dir::State::lists="$S/apt/lists" -o Dir::Cache="$S/apt/cache" -o Dir::State::status="$S/apt/status" \
            -o APT::Sandbox::User=root "$@"
    }
    own_apt update
    (cd "$S/apt" && own_apt download docker-compose && dpkg-deb -x docker-compose_*.deb unpacked)
    install -m 755 "$S/apt/unpacked/usr/libexec/docker/cli-plugins/docker-compose" "$compose"
    rm -rf "$S/apt"
fi

if [ ! -e "$S/base.tar" ]; then # debian:bookworm-slim without a registry; it knows this machine's apt sources and CAs
    echo "Making a Debian image ..." >&2
    rm -rf "$S/base"
    debootstrap --variant=minbase --include=ca-certificates bookworm "$S/base" "$mirror" >"$S/debootstrap.log" 2>&1
    for part in sources.list sources.list.d apt.conf.d; do
        [ -e "/etc/apt/$part" ] && cp -r "/etc/apt/$part" "$S/base/etc/apt/"
    done
    find "$S/base/etc/apt/sources.list.d" -type f ! -name 'debian*' -delete
    [ ! -e "$sources" ] || : >"$S/base/etc/apt/sources.list"
    cp /usr/local/share/ca-certificates/*.crt "$S/base/usr/local/share/ca-certificates/" 2>/dev/null || :
    chroot "$S/base" update-ca-certificates >/dev/null 2>&1
    rm -rf "$S/base/var/cache/apt/archives/"*.deb "$S/base/var/lib/apt/lists/"*
    tar -C "$S/base" -cf "$S/base.tar.tmp" . && mv "$S/base.tar.tmp" "$S/base.tar"
    rm -rf "$S/base"
fi

mkdir -p "$S/data"
rm -f "$S/inside" "$S/online"
export S DOCKER_CONFIG="$S/config" DOCKER_HOST=unix:///run/docker.sock
# shellcheck disable=SC2016 - expanded inside
setpriv --pdeathsig KILL unshare --mount --net --pid --fork --kill-child --propagation private sh -c '
    set -eu
    mount -t proc proc /proc
    umount -R /sys/fs/cgroup 2>/dev/null || :
    mount -t cgroup2 none /sys/fs/cgroup
    mount -t tmpfs tmpfs /run
    ip link set lo up 2>/dev/null || :
    touch "$S/inside"
    until [ -e "$S/online" ]; do sleep 0.1; done
    dockerd --data-root "$S/data" --exec-root /run/docker-run -H "$DOCKER_HOST" --pidfile /run/dockerd.pid \
        --exec-opt native.cgroupdriver=cgroupfs --log-level warn >"$S/dockerd.log" 2>&1 9>&- &
    tries=0
    until docker version >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 300 ] || { tail -n 5 "$S/dockerd.log" >&2; exit 70; }
        sleep 0.1
    done
    docker image inspect debian:bookworm-slim >/dev/null 2>&1 || docker import -c "CMD [\"/bin/sh\"]" \
        -c "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" "$S/base.tar" debian:bookworm-slim >/dev/null
    code=0
    "$@" || code=$?
    kill "$(cat /run/dockerd.pid)" && wait || :
    find /sys/fs/cgroup/docker -depth -type d -exec rmdir {} + 2>/dev/null || :
    exit "$code"' sandbox "$@" 9>&- &
outer=$!
until [ -e "$S/inside" ]; do
    kill -0 "$outer" 2>/dev/null || explain "This machine does not let root make namespaces: Docker cannot run here."
    sleep 0.1
done
inner=$(cut -d' ' -f1 "/proc/$outer/task/$outer/children")
setpriv --pdeathsig KILL slirp4netns --configure --mtu=1500 --disable-host-loopback "$inner" tap0 >"$S/network.log" 2>&1 9>&- &
network=$!
trap 'kill "$outer" 2>/dev/null || :' INT TERM
tries=0
until grep -q tap0 "/proc/$inner/net/dev"; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { kill "$outer"; explain "The sandbox has no network: $(tail -n 1 "$S/network.log")"; }
    sleep 0.1
done
sleep 0.3
touch "$S/online"
code=0
wait "$outer" || code=$?
kill "$network" 2>/dev/null || :
wait "$network" 2>/dev/null || :
exit "$code"
