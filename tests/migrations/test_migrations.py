"""The schema goes up from nothing and with data, on both engines, and comes out as the models say."""

import asyncio
import uuid

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import column, inspect, table, text

from app.core import schema
from app.core.clock import now
from app.core.db import make_engine
from app.core.tables import all_tables
from tests.conftest import settings_in

STUDIO = uuid.UUID(int=1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request, tmp_path):
    """Settings whose database has no table yet."""
    if request.param == "sqlite":
        yield settings_in(tmp_path)
        return
    server = request.getfixturevalue("postgres_server")
    url = server.new_database()
    yield settings_in(tmp_path, SAFELIGHT_DATABASE_URL=url)
    server.drop_database(url)


def revisions():
    config = Config()
    config.set_main_option("script_location", str(schema.Path(schema.__file__).parents[1] / "migrations"))
    config.set_main_option("path_separator", "os")
    return [script.revision for script in reversed(list(ScriptDirectory.from_config(config).walk_revisions()))]


async def connected(wanted, act):
    engine = make_engine(wanted.database_url)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(act)
    finally:
        await engine.dispose()


async def test_from_nothing_to_the_newest(empty):
    before, after = await schema.migrate(empty)

    assert (before, after) == (None, revisions()[-1])
    assert await connected(empty, lambda c: set(all_tables().tables) - set(inspect(c).get_table_names())) == set()


async def test_a_second_call_changes_nothing(empty):
    await schema.migrate(empty)

    before, after = await schema.migrate(empty)

    assert before == after


async def test_the_tables_come_out_as_the_models_say(empty):
    await schema.migrate(empty)

    def differences(connection):
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), all_tables())

    assert await connected(empty, differences) == []


@pytest.mark.parametrize("revision", revisions())
async def test_rows_written_at_each_version_survive_to_the_newest(empty, revision, monkeypatch):
    wanted = all_tables().tables["studio"]

    def up_to(connection):
        schema.command.upgrade(schema._config(connection), revision)

    def write(connection):
        known = {one["name"] for one in inspect(connection).get_columns("studio")}
        row = {"id": STUDIO, "created_at": now()}
        for one in wanted.columns:
            if one.name in known and one.name not in row and not one.nullable:
                row[one.name] = "x" if one.type.python_type is str else one.type.python_type()
        plain = table("studio", *(column(name, wanted.columns[name].type) for name in row))  # no defaults of today
        connection.execute(plain.insert().values(row))

    await connected(empty, up_to)
    await connected(empty, write)
    await schema.migrate(empty)

    assert await connected(empty, lambda c: c.execute(text("select count(*) from studio")).scalar()) == 1


async def test_an_embedded_database_is_copied_before_it_is_changed(tmp_path, monkeypatch):
    wanted = settings_in(tmp_path)
    await schema.migrate(wanted)
    await connected(wanted, lambda c: c.execute(text("update alembic_version set version_num = '0000'")))
    monkeypatch.setattr(schema, "_upgrade", lambda connection: None)

    async def have(engine):
        return "0000", "0001"

    monkeypatch.setattr(schema, "versions", have)
    await schema.migrate(wanted)

    copies = await asyncio.to_thread(lambda: list(tmp_path.glob("safelight.before-*.db")))
    assert len(copies) == 1


async def test_a_program_refuses_an_older_schema(empty):
    await connected(empty, lambda c: None)
    engine = make_engine(empty.database_url)

    with pytest.raises(schema.OldSchema, match="safelight migrate"):
        await schema.require_current(engine)

    await engine.dispose()
