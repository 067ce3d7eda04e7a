"""What every command shares: settings, a database, one way to end."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Coroutine
from typing import Annotated, Any, NoReturn, TypeVar

import msgspec
import typer

from app.cli.servers import FAILED, exit_code, require_database
from app.core import i18n
from app.core.db import Database
from app.core.errors import SafelightError
from app.core.locales.sentences import sentence
from app.core.settings import Settings, SettingsError, read_settings

T = TypeVar("T")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def fail(text: str, *, code: str, json: bool, status: int = FAILED) -> NoReturn:
    """Say what went wrong and end."""
    typer.echo(msgspec.json.encode({"error": code, "detail": text}).decode() if json else text, err=not json)
    raise typer.Exit(status)


def show(data: Any, text: str, *, json: bool) -> None:
    """Print a result, as JSON or as words."""
    typer.echo(msgspec.json.encode(data).decode() if json else text)


def use_language() -> None:
    """Speak the language of this terminal (LANG)."""
    name = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "en"
    i18n.language.set(i18n.choose(name.partition(".")[0].replace("_", "-")))


def settings_or_fail(*, json: bool) -> Settings:
    """Read the settings of this shell."""
    try:
        return read_settings(os.environ)
    except SettingsError as wrong:
        use_language()
        fail(sentence(wrong.code, wrong.params), code=wrong.code, json=json, status=exit_code(wrong))


@contextlib.asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[Database]:
    """Open the database if it fits this program. Raises OldSchema, Away."""
    await require_database(settings)
    db = Database(settings)
    try:
        yield db
    finally:
        await db.close()


def run(work: Coroutine[Any, Any, T], *, json: bool) -> T:
    """Run a command's work; a fact that stops it becomes a sentence and status 1."""
    use_language()
    try:
        return asyncio.run(work)
    except SafelightError as wrong:
        fail(sentence(wrong.code, wrong.params), code=wrong.code, json=json, status=exit_code(wrong))
