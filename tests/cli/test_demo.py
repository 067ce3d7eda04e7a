"""`safelight demo` from the first start to the second, as a person at a terminal meets it."""

import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.sample_shoot import draw_shoot
from tests import leftovers
from tests.cli.test_doctor import begin_studio
from tests.flows.studio_process import PATIENCE_S, answers, clean_env, safelight, wait_until
from tests.servers.process import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ROLES = 7


class Terminal:
    """A `safelight demo` in the foreground, and what it says."""

    def __init__(self, *words: str, env: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "demo", *words], env=env, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.said = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line

    def wait_ready(self) -> None:
        wait_until(lambda: "Ctrl-C" in self.said or self.process.poll() is not None, "the demo is not ready")
        assert self.process.poll() is None, self.said

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE_S)
        self._reader.join()
        assert self.process.stdout
        self.process.stdout.close()
        return code


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three photos of one's own, and a text that says it is one."""
    place = tmp_path / "mine"
    draw_shoot(place, photos=3, raws=0, workers=1, scale=0.05)
    (place / "text.jpg").write_text("I am no photo")
    return place


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    """Every terminal that was opened is closed at last."""
    opened: list[Terminal] = []
    yield opened
    for one in opened:
        one.stop()


def ways_in(said: str, address: str) -> tuple[set[str], set[str]]:
    """Find the customer's link and the sign-in links in what was said; the PIN stands there too."""
    flat = said.replace("│", "").replace("\n", " ")
    assert re.search(r"PIN\s+\d{6}", flat)
    found = set(re.findall(re.escape(address) + r"/\S+", flat))
    return {one for one in found if "/g/" in one}, {one for one in found if "/sign-in/link/" in one}


def tree_of(data: Path) -> dict[int, str]:
    """Find the living processes that were started for a data folder. Linux only, elsewhere none."""
    return leftovers.carrying(f"SAFELIGHT_DATA={data}")


def test_the_demo_starts_tells_the_ways_in_stops_and_goes_on(
    folder: Path, tmp_path: Path, terminals: list[Terminal]
) -> None:
    data, port = tmp_path / "var", free_port()
    env = clean_env(data, port)
    address = f"http://127.0.0.1:{port}"
    first = Terminal("--photos", str(folder), env=env)
    terminals.append(first)
    first.wait_ready()
    customer, staff = ways_in(first.said, address)
    assert (len(customer), len(staff)) == (1, ROLES)
    assert all(map(answers, customer | staff))
    assert "Files that need a look: 1." in first.said

    while_running = safelight("demo", env=env)
    assert while_running.returncode == 0, while_running.stderr
    again = ways_in(while_running.stdout, address)
    assert (len(again[0]), len(again[1])) == (1, ROLES)
    assert again[0] != customer  # keys are kept nowhere, so they are new ones
    assert answers(next(iter(again[0])))

    assert first.stop() == 0
    assert not answers(f"{address}/healthz")
    wait_until(lambda: not tree_of(data), "a process stayed")

    second = Terminal("--photos", str(folder), env=env)
    terminals.append(second)
    second.wait_ready()
    link = next(iter(ways_in(second.said, address)[0]))
    assert answers(link)
    told = safelight("ingest", str(folder), "--order", number_of(second.said), "--json", env=env)
    assert '"safe":0,"known":4' in told.stdout
    assert second.stop() == 0


def number_of(said: str) -> str:
    """Read the order's number."""
    found = re.search(r"order (\S+?)[.,]", said)
    assert found, said
    return found.group(1)


def test_a_demo_does_not_begin_in_a_real_studios_folder(tmp_path: Path, sqlite_url: str) -> None:
    env = clean_env(tmp_path / "var", free_port(), SAFELIGHT_DATABASE_URL=sqlite_url)
    begin_studio(env)
    done = safelight("demo", env=env)
    assert done.returncode == 1
    assert str(tmp_path / "var") in done.stderr


def test_a_taken_port_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = safelight("demo", env=clean_env(tmp_path / "var", port))
    assert done.returncode == 1
    assert str(port) in done.stderr
    assert not (tmp_path / "var" / "safelight.db").exists()
