"""A supervisor over worker processes that serve the small kinds: `python -m tests.workers.tree COUNT [MODULE]`."""

import os
import sys

from app.core.logs import configure_logs
from app.core.settings import read_settings
from workers import runfile
from workers.supervisor import Supervisor

if __name__ == "__main__":
    configure_logs()
    settings = read_settings(os.environ)
    module = sys.argv[2] if len(sys.argv) > 2 else "tests.workers.process"
    web = (sys.executable, "-m", "workers.leash", "http.server", "--bind", "127.0.0.1", str(settings.port))
    worker = (sys.executable, "-m", module)
    commands = {"web": web} | {f"worker-{number}": worker for number in range(int(sys.argv[1]))}
    try:
        sys.exit(Supervisor(settings.data, commands, about={"port": settings.port}).run())
    except runfile.AlreadyRunning as other:
        print(other)
        sys.exit(3)
