"""Prove compose.yaml: build, start, wait for health, play a small story, restart every part, take all away.

`make compose-test` runs it where an engine answers (tools/compose_sandbox.sh). The servers are built from Debian's
packages (deploy/compose.test.yaml), so that no registry is needed.
"""

import contextlib
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.plain_browser import Browser

ROOT = Path(__file__).parents[1]
FILES = ("-f", "compose.yaml", "-f", "deploy/compose.test.yaml")
HEALTHY_S = 240.0
PATIENCE_S = 120.0
PHOTOS = 3
CA = Path("/etc/ssl/certs/ca-certificates.crt")
DRAW = f"""
from pathlib import Path
from pipelines.sample_shoot import draw_shoot
draw_shoot(Path("/data/shoot"), photos={PHOTOS}, raws=0, workers=1, scale=0.12)
"""


class Failed(Exception):
    """The proof did not hold."""


def expect(holds: object, what: str) -> None:
    """Stop unless something holds."""
    if not holds:
        raise Failed(what)


class Stack:
    """The services of one trial, under a name of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://localhost:{port}"
        self.name = f"safelight-test-{os.getpid()}"
        pip = folder / "pip.conf"
        pip.write_text(pip_conf())
        self._env = {
            **os.environ,
            "DOCKER_BUILDKIT": "1",
            "SAFELIGHT_SECRET": secrets.token_urlsafe(32),
            "POSTGRES_PASSWORD": secrets.token_urlsafe(16),
            "STORE_SECRET": secrets.token_urlsafe(16),
            "SAFELIGHT_BASE_URL": self.address,
            "SAFELIGHT_TEST_PORT": str(port),
            "SAFELIGHT_PIP_CONF": str(pip),
            **({"SAFELIGHT_CA": str(CA)} if CA.exists() else {}),
        }

    def compose(self, *words: str, quiet: bool = True, check: bool = True) -> str:
        """Run `docker compose`; its output."""
        command = ["docker", "compose", "-p", self.name, *FILES, *words]
        done = subprocess.run(
            command, cwd=ROOT, env=self._env, text=True, check=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if quiet else None, stderr=subprocess.PIPE if quiet else None,
        )  # fmt: skip
        if check and done.returncode:
            raise Failed(f"docker compose {' '.join(words[:3])}: {(done.stderr or '')[-2000:]} {done.stdout or ''}")
        return done.stdout or ""

    def inside(self, service: str, *words: str) -> str:
        """Run a command in a running service; its output."""
        return self.compose("exec", "-T", service, *words)

    def states(self) -> dict[str, str]:
        """Tell each service's health (or state, where nothing watches it)."""
        listed = [json.loads(line) for line in self.compose("ps", "--all", "--format", "json").splitlines() if line]
        return {one["Service"]: one["Health"] or f"{one['State']} {one['ExitCode']}" for one in listed}


def pip_conf() -> str:
    """Give what this machine's pip knows of indexes, without what only this machine can reach."""
    told = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False, timeout=60
    ).stdout
    lines = ["[global]"]
    for key, value in re.findall(r"^[a-z:]+\.([a-z-]+)='(.*)'$", told, re.MULTILINE):
        kept = [word for word in value.replace("\\n", " ").split() if not word.startswith(("file:", "/"))]
        if key in {"index-url", "extra-index-url", "trusted-host", "timeout", "retries"} and kept:
            lines.append(f"{key} = {' '.join(kept)}")
    return "\n".join([*lines, ""])


def wait(true: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Wait until something holds."""
    until = time.monotonic() + patience_s
    while not true():
        expect(time.monotonic() < until, f"waited in vain: {what}")
        time.sleep(1)


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Say what is done and how long it took."""
    began = time.monotonic()
    print(f"  {name} ...", flush=True)
    yield
    print(f"ok {name}  {time.monotonic() - began:.0f} s", flush=True)


def all_healthy(stack: Stack) -> None:
    """Wait until everything is healthy."""

    def healthy() -> bool:
        states = stack.states()
        expect("unhealthy" not in states.values(), f"unhealthy: {states}")
        watched = {name: state for name, state in states.items() if name != "migrate"}
        return len(watched) == 5 and set(watched.values()) == {"healthy"}

    wait(healthy, "every service is healthy", HEALTHY_S)


class Studio:
    """The small story, told through HTTP."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.owner = Browser(stack.address)
        self.customer = Browser(stack.address)

    def begin(self) -> None:
        """Found a studio, sign in, sell a package, write an order down."""
        told = self.stack.inside(
            "web", "safelight", "studio", "Harbour", "--email", "o@example.com", "--owner", "Ida", "--json"
        )
        link = json.loads(told)["link"]
        expect(link.startswith(self.stack.address), link)
        page = self.owner.go(link)
        inside = self.owner.send(page, "/sign-in/link/")
        expect(inside.status == 200 and "/studio" in inside.url, f"not signed in: {inside.status} {inside.url}")
        page = self.owner.go("/studio/packages")
        sold = self.owner.send(
            page, "/studio/packages", name="Classic", price="3999", included="2", extra="80", most="4"
        )
        expect(sold.status == 200, f"the package is not taken: {sold.status}")
        page = self.owner.go("/studio/orders/new")
        order = self.owner.send(
            page, "/studio/orders", name="Lin & Chen", people="Lin, Chen", title="Seaside",
            shoot_on=f"{datetime.now(UTC):%Y-%m-%d}",
        )  # fmt: skip
        found = re.search(r"/studio/orders/[0-9a-f-]{36}$", order.url)
        expect(found, f"no order: {order.status} {order.url}")
        self.order = order.url
        number = re.search(r"<title>([^<]*)</title>", order.text)
        expect(number, "the order's page has no title")
        self.number = json.loads(self.owner.go("/api/v1/orders").body)["items"][0]["number"]

    def shoot(self) -> None:
        """Bring photos in and wait until every proof is ready."""
        self.stack.inside("web", "python", "-c", DRAW)
        told = json.loads(
            self.stack.inside("web", "safelight", "ingest", "/data/shoot", "--order", self.number, "--wait", "--json")
        )
        expect(told["safe"] == PHOTOS and told["health"]["ready"] == PHOTOS, f"not all are ready: {told}")

    def look(self) -> None:
        """Open the gallery by its link and PIN, and fetch a picture."""
        page = self.owner.send(self.owner.go(self.order), "/links")
        found = re.search(r'value="[^"]*(/g/[^"]+)".*?<dd class="big">(\d+)</dd>', page.text, re.DOTALL)
        if found is None:
            raise Failed(f"no link was made: {page.status}")
        gallery = self.customer.send(self.customer.go(found[1]), "/pin", pin=found[2])
        self.gallery = gallery.url
        self.picture()

    def picture(self) -> None:
        """Fetch the first picture of the gallery."""
        page = self.customer.go(self.gallery)
        files = sorted(set(re.findall(r'src="(/files/[^"]+)"', page.text)))
        expect(len(files) >= PHOTOS, f"the gallery shows {len(files)} pictures ({page.status})")
        came = self.customer.go(files[0])
        expect(came.status == 200 and len(came.body) > 1000, f"a picture does not come: {came.status}")
        head = came.body[:12]
        expect(head[:2] == b"\xff\xd8" or head[:4] == b"RIFF" or head[4:8] == b"ftyp", "what came is no picture")

    def again(self) -> None:
        """Everything still works: the same picture, and one more photo."""
        wait(lambda: self.customer.go("/readyz").status == 200, "the studio is ready again")
        self.picture()
        one_more = DRAW.replace("/data/shoot", "/data/more").replace(
            "scale=0.12", f"scale=0.1, seed={os.urandom(1)[0]}"
        )
        self.stack.inside("web", "python", "-c", one_more)
        told = json.loads(
            self.stack.inside("web", "safelight", "ingest", "/data/more", "--order", self.number, "--wait", "--json")
        )
        expect(told["health"]["waiting"] == 0 and not told["health"]["failed"], f"not all are ready: {told}")


def told_by_doctor(stack: Stack) -> dict[str, Any]:
    """Ask the doctor within the web service; nothing may be broken."""
    told: dict[str, Any] = json.loads(stack.inside("web", "safelight", "doctor", "--json"))
    bad = [one for one in told["findings"] if one["state"] == "bad"]
    expect(not bad, f"the doctor says: {bad}")
    return told


def prove(stack: Stack) -> None:
    """Do it all."""
    with step("compose.yaml is valid"):
        stack.compose("config", "--quiet")
    with step("the images are built"):
        stack.compose("build", "--quiet")
    with step("every service starts and is healthy; the schema was made once"):
        stack.compose("up", "--detach", "--no-build")
        all_healthy(stack)
        expect(stack.states()["migrate"] == "exited 0", "migrate ended well")
    with step("the doctor is content"):
        told_by_doctor(stack)
    studio = Studio(stack)
    with step("a studio, an order, photos, proofs, a gallery by link and PIN"):
        studio.begin()
        studio.shoot()
        studio.look()
    for part in ("worker", "redis", "postgres", "store"):
        with step(f"{part} is restarted"):
            stack.compose("restart", part)
            studio.again()
    with step("two workers, and SIGTERM ends each part in good order"):
        stack.compose("up", "--detach", "--no-build", "--scale", "worker=2")
        studio.again()
        stack.compose("stop", "web", "worker")
        codes = {state for name, state in stack.states().items() if name in {"web", "worker"}}
        expect(codes <= {"exited 0", "exited 143"}, f"they ended with {codes}")


def main() -> int:
    """Prove it and clean up, whatever happens."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="safelight-compose-") as folder:
        stack = Stack(Path(folder))
        try:
            prove(stack)
        except (Failed, LookupError, OSError, ValueError) as wrong:
            print(f"FAIL {type(wrong).__name__}: {wrong}", flush=True)
            print(stack.compose("logs", "--tail", "30", check=False)[-8000:], flush=True)
            return 1
        finally:
            with step("everything is taken away"):
                stack.compose("down", "--volumes", "--remove-orphans", "--timeout", "20", check=False)
    print(f"compose.yaml holds ({time.monotonic() - began:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
