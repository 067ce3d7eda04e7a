"""Run every check of the source, each by its name; exit 1 if any fails. `--fast` leaves out the slow ones."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
FAST = (
    ("format (ruff format)", [BIN / "ruff", "format", "--check", "--diff", "-q", "."]),
    ("lint (ruff check)", [BIN / "ruff", "check", "-q", "."]),
    ("messages (every sentence in Chinese)", [sys.executable, "tools/messages.py"]),
    ("templates and dangerous calls", [sys.executable, "tools/lint_templates.py"]),
    ("size (400 lines a file)", [sys.executable, "tools/check_size.py"]),
    ("lock (fits pyproject.toml)", [sys.executable, "tools/check_lock.py"]),
)
SLOW = (
    ("types (mypy)", [BIN / "mypy", "--no-error-summary"]),
    ("layers (import-linter)", [BIN / "lint-imports"]),
)
Check = tuple[str, list[str | Path]]


def run(check: Check) -> bool:
    """Run one check and print its line, and what it said if it failed."""
    name, command = check
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    mark = "ok  " if done.returncode == 0 else "FAIL"
    lines = [f"{mark} {name}  {time.monotonic() - began:.1f} s"]
    if done.returncode:
        lines += [f"     {line}" for line in (done.stdout + done.stderr).splitlines()]
    print("\n".join(lines), flush=True)
    return done.returncode == 0


def main() -> int:
    """Run them, two at a time."""
    checks = FAST if "--fast" in sys.argv[1:] else SLOW + FAST
    with ThreadPoolExecutor(2) as pool:
        return 0 if all(list(pool.map(run, checks))) else 1


if __name__ == "__main__":
    sys.exit(main())
