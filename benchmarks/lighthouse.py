"""Lighthouse on a phone's pages, in a folder of its own."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from benchmarks.rows import Row, failed
from benchmarks.studio import Studio
from tests.browser import FLAGS
from tools.find_chromium import find_chromium
from tools.pages import GALLERY, Visit

HERE = Path(__file__).parent
BARS = {"performance": 95, "accessibility": 100, "best-practices": 100}
BAR = " / ".join(f"≥ {bar}" if bar < 100 else str(bar) for bar in BARS.values())
PAGES = {"gallery": GALLERY, "photo": f"{GALLERY}/photos/{{photo_id}}"}
ROUNDS = 3
ATTEMPTS = 3
PATIENCE_S = 300


class Missing(Exception):
    """What Lighthouse needs is not here."""


def install(folder: Path) -> Path:
    """Install what the lock names; gives the program. Raises Missing."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise Missing("Node and npm are missing: nodejs.org, or your system's package nodejs")
    if find_chromium() is None:
        raise Missing("Chromium is missing")
    program = folder / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder / name)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Missing(f"npm ci failed: {done.stderr.strip()[-160:]}")
    return program


def score(program: Path, studio: Studio, visit: Visit, folder: Path) -> dict[str, int]:
    """Let Lighthouse look once, as on a phone; gives its scores."""
    report, cookies = folder / "report.json", "; ".join(f"{name}={value}" for name, value in visit.cookies.items())
    headers = folder / "headers.json"
    headers.write_text(json.dumps({"Cookie": cookies}))
    command = [
        str(program), studio.address + visit.path, "--quiet", "--output=json", f"--output-path={report}",
        f"--extra-headers={headers}", f"--only-categories={','.join(BARS)}",
        f"--chrome-flags=--headless=new {' '.join(FLAGS)}",
    ]  # fmt: skip
    env = {**os.environ, "CHROME_PATH": str(find_chromium())}
    for _ in range(ATTEMPTS):  # now and then it loses its own recording, says so, and asks to be run again
        report.unlink(missing_ok=True)
        done = subprocess.run(command, env=env, check=False, capture_output=True, text=True, timeout=PATIENCE_S)
        found = json.loads(report.read_text()) if report.exists() else {"runtimeError": done.stderr[-200:]}
        if "runtimeError" not in found:
            break
    else:
        raise RuntimeError(f"Lighthouse found nothing: {found['runtimeError']}")
    for category in ("accessibility", "best-practices"):
        for part in found["categories"][category]["auditRefs"]:
            audit = found["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 1:
                print(f"  {visit.name}: {audit['title']}")
    return {name: round(100 * found["categories"][name]["score"]) for name in BARS}


def measure(studio: Studio, folder: Path) -> list[Row]:
    """Measure the customer's pages; of several looks the middle one counts, accessibility the worst."""
    rows = []
    cache = Path(os.environ.get("SAFELIGHT_BENCH_NODE") or folder / "lighthouse")
    for name, route in PAGES.items():
        title = f"Lighthouse mobile, {name}: performance / accessibility / best practices"
        try:
            program = install(cache)
        except Missing as why:
            rows.append(failed(title, str(why), BAR))
            continue
        looks = [score(program, studio, studio.visit(route), folder) for _ in range(ROUNDS)]
        found = {one: sorted(look[one] for look in looks) for one in BARS}
        kept = {one: values[ROUNDS // 2] if one == "performance" else values[0] for one, values in found.items()}
        figure = " / ".join(str(value) for value in kept.values())
        rows.append(Row(name=title, figure=figure, bar=BAR, holds=all(kept[one] >= bar for one, bar in BARS.items())))
    return rows
