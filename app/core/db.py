"""The database: engine, sessions and the only commit."""

import contextlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy import DateTime, Dialect, MetaData, Result, Select, String, TypeDecorator, Uuid, event
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, mapped_column
from sqlalchemy.orm import Session as PlainSession
from sqlalchemy.pool import ConnectionPoolEntry

from app.core import clock, hints
from app.core.ids import new_id
from app.core.settings import Settings

log = structlog.get_logger()

Session = AsyncSession
WRITE = "safelight_write"
HINT = "safelight_hint"
CONNECT_S = 10  # to a server; a request that waits longer is told so
ALWAYS = {"prebuffer_rows", "_result_disable_adapt_to_context"}  # options an asynchronous session gives every statement
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Naive values are refused; what comes back is in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive value, turn any zone into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read it as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {uuid.UUID: Uuid(), datetime: UtcDateTime(), str: String()}  # noqa: RUF012


class Row:
    """What every table has: an id, its studio, and when it was made."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    studio_id: Mapped[uuid.UUID] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get(WRITE, True)
    connection.exec_driver_sql(f"PRAGMA query_only={0 if write else 1}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN DEFERRED")


def _begin_postgres(connection: Connection) -> None:
    if not connection.get_execution_options().get(WRITE, True):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def _connect_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # BEGIN is ours to say
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _loosen_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.close()


def make_engine(url: str, *, migrating: bool = False) -> AsyncEngine:
    """Make an engine whose transactions begin the way this project needs them.

    While `migrating`, SQLite may rebuild a table that others point to.
    """
    if url.startswith("sqlite"):
        engine = create_async_engine(
            url, pool_size=8, max_overflow=8, hide_parameters=True, connect_args={"timeout": 15}
        )
        event.listen(engine.sync_engine, "connect", _connect_sqlite)
        if migrating:
            event.listen(engine.sync_engine, "connect", _loosen_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    else:
        patience = {"connect_timeout": CONNECT_S, "application_name": "safelight"}
        engine = create_async_engine(
            url, pool_size=8, max_overflow=8, hide_parameters=True, pool_pre_ping=True, connect_args=patience
        )
        event.listen(engine.sync_engine, "begin", _begin_postgres)
    return engine


class _Reading(PlainSession):
    """A session that sees one state to its end: the same question has the same answer, and is asked once."""


def _question(state: ORMExecuteState) -> tuple[Any, ...] | None:
    """Name what is asked: the statement and its values; None for what is not to be remembered."""
    plain = state.is_select and not (state.is_column_load or state.is_relationship_load or state.parameters)
    if not plain or set(state.local_execution_options) - ALWAYS or not isinstance(state.statement, Select):
        return None
    known = state.statement._generate_cache_key()  # noqa: SLF001 - as SQLAlchemy's own example of a cache does it
    if known is None:
        return None
    values = (bound.effective_value for bound in known.bindparams)
    found = (known.key, *(tuple(value) if isinstance(value, list | set | frozenset) else value for value in values))
    try:
        hash(found)
    except TypeError:
        return None
    return found


def _ask_once(state: ORMExecuteState) -> Result[Any] | None:
    question = _question(state)
    if question is None:
        return None
    answers = state.session.info.setdefault("answers", {})
    if question not in answers:
        answers[question] = state.invoke_statement().freeze()
    found: Result[Any] = answers[question]()
    return found


def _keep(session: PlainSession, row: object) -> None:
    """Hold a row to the end, so that it is not fetched again by its id; the session itself would let it go."""
    session.info.setdefault("kept", []).append(row)


event.listen(_Reading, "do_orm_execute", _ask_once)
event.listen(_Reading, "loaded_as_persistent", _keep)


class Database:
    """Opens sessions. One for each event loop."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.engine = make_engine(settings.database_url)
        self._reader = self.engine.execution_options(**{WRITE: False})
        self._writer = self.engine.execution_options(**{WRITE: True})

    @property
    def dialect(self) -> str:
        """Name the engine: "sqlite" or "postgresql"."""
        return self.engine.dialect.name

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[Session]:
        """Open a read-only transaction on one consistent state; what is asked twice is answered from memory."""
        async with AsyncSession(
            self._reader, expire_on_commit=False, autoflush=False, sync_session_class=_Reading
        ) as session:
            yield session

    @contextlib.asynccontextmanager
    async def write(self) -> AsyncIterator[Session]:
        """Open a transaction that is committed when the block ends and undone when it raises.

        What follows the commit never raises: the caller must not take a kept deed for an undone one.
        """
        async with AsyncSession(self._writer, expire_on_commit=False) as session:
            yield session
            for last in session.info.pop("before_commit", ()):
                await last(session)
            await session.commit()
            acts = list(session.info.pop("after_commit", ()))
            if session.info.pop(HINT, False):
                acts.append(partial(hints.send_hint, self.settings))
            for act in acts:
                try:
                    act()
                except Exception:
                    log.exception("after_commit_failed")

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


def before_commit(session: Session, act: Callable[[Session], Awaitable[None]]) -> None:
    """Do something last of all in this transaction, once, however often it is asked for."""
    session.info.setdefault("before_commit", {})[act] = None


def after_commit(session: Session, act: Callable[[], None]) -> None:
    """Run something short once the transaction is safe."""
    session.info.setdefault("after_commit", []).append(act)
