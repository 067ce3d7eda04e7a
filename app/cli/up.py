"""`safelight up`, `worker` and `web`: the processes of a studio."""

import os
import runpy
import socket
import sys
from collections.abc import Sequence
from typing import Annotated

import segno
import typer

from app.cli.common import fail, run, settings_or_fail, use_language
from app.cli.servers import require_servers
from app.core import schema
from app.core.i18n import gettext_ as _
from app.core.logs import configure_logs
from app.core.settings import Settings
from workers import runfile
from workers.supervisor import WORKER, Supervisor, web_command

EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound
GRACE_S = 15  # of a web process on a server; a page that listens for events never hangs up by itself
Port = Annotated[int | None, typer.Option(help="The port of the web server (PORT, 8000).")]
Host = Annotated[str | None, typer.Option(help="Where to listen (HOST, 127.0.0.1); 0.0.0.0 lets phones in.")]


def up(
    port: Port = None,
    host: Host = None,
    workers: Annotated[int | None, typer.Option(min=1, help="How many worker processes (one a core).")] = None,
    no_web: Annotated[bool, typer.Option("--no-web", help="Only the workers.")] = False,
) -> None:
    """Run the whole studio: one web process and its workers, kept alive until Ctrl-C."""
    settings = _settings(port, host, workers)
    if settings.embedded:
        run(schema.migrate(settings), json=False)
    run(require_servers(settings, broker=True), json=False)
    configure_logs()
    commands: dict[str, Sequence[str]] = {} if no_web else {"web": web_command(settings.host, settings.port)}
    commands |= {f"worker-{number}": WORKER for number in range(1, settings.workers + 1)}
    about: dict[str, str | int] = {"port": settings.port, "host": settings.host, "base_url": settings.base_url}
    try:
        code = Supervisor(settings.data, commands, about=about).run(lambda: _say_where(settings, no_web=no_web))
    except runfile.AlreadyRunning as other:
        where, pid = other.found.get("base_url", settings.base_url), other.found.get("pid", "?")
        fail(
            _("Safelight runs already: %(where)s (process %(pid)s).", where=where, pid=pid), code="running", json=False
        )
    raise typer.Exit(code)


def web(port: Port = None, host: Host = None) -> None:
    """Run one web process until SIGTERM; requests that run may end. Several may stand side by side.

    Ends with 78 when the settings or the schema do not fit, with 69 when a server does not answer at the start.
    """
    settings = _settings(port, host, None)
    run(require_servers(settings, broker=False), json=False)
    sys.argv = list(web_command(settings.host, settings.port, grace_s=GRACE_S)[3:])
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def worker() -> None:
    """Run one worker process until SIGTERM; what it works on is given back. Several may run, on any machine.

    Ends with 78 when the settings or the schema do not fit, with 69 when a server does not answer at the start.
    """
    settings = settings_or_fail(json=False)
    run(require_servers(settings, broker=True), json=False)
    from workers.run import main as serve_jobs  # noqa: PLC0415 - no other command needs a broker

    raise typer.Exit(serve_jobs())


def _settings(port: int | None, host: str | None, workers: int | None) -> Settings:
    """Read the settings, options first; the children read the same."""
    for name, value in (("PORT", port), ("HOST", host), ("SAFELIGHT_WORKERS", workers)):
        if value is not None:
            os.environ[name] = str(value)
    return settings_or_fail(json=False)


def _say_where(settings: Settings, *, no_web: bool) -> None:
    """Print the address, as a QR code too when phones may come."""
    use_language()
    if no_web:
        typer.echo(_("Safelight 影坊: %(count)s workers run.", count=settings.workers))
        return
    if settings.host not in EVERYWHERE:
        typer.echo(f"Safelight 影坊  {settings.base_url}")
        return
    address = shown_address(settings)
    segno.make(address, error="l").terminal(compact=True, border=2)
    typer.echo(f"Safelight 影坊  {address}")


def shown_address(settings: Settings) -> str:
    """Give the address people type: this machine's own in the network when the studio listens everywhere."""
    if settings.host not in EVERYWHERE or "SAFELIGHT_BASE_URL" in os.environ:
        return settings.base_url
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # names the way out; nothing is sent (RFC 5737 address)
        except OSError:
            return settings.base_url
        return f"http://{probe.getsockname()[0]}:{settings.port}"
