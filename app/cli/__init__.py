"""The `safelight` command."""

import typer
from sqlalchemy.exc import OperationalError

from app.cli import user
from app.cli.common import Json, run, settings_or_fail, show
from app.cli.demo import demo
from app.cli.doctor import doctor
from app.cli.ingest import ingest
from app.cli.render import render
from app.cli.seed import seed
from app.cli.servers import Away, place_of
from app.cli.studio import studio
from app.cli.up import up, web, worker
from app.core import schema

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Safelight 影坊: one system for a photo studio.")
app.add_typer(user.app, name="user")
for command in (up, web, worker, demo, studio, seed, ingest, render, doctor):
    app.command()(command)


@app.command()
def migrate(json: Json = False) -> None:
    """Bring the database to this program's version; an embedded one is copied first."""
    settings = settings_or_fail(json=json)

    async def work() -> tuple[str | None, str | None]:
        try:
            return await schema.migrate(settings)
        except OperationalError as wrong:
            raise Away("database_away", place=place_of(settings.database_url)) from wrong

    before, after = run(work(), json=json)
    show({"before": before, "after": after}, f"{before or '-'} → {after}", json=json)


def main() -> None:
    """Run the command line."""
    app()
