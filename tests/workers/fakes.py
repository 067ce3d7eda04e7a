"""Small kinds of jobs whose effects can be counted."""

import asyncio
import os
import signal
import uuid
from typing import ClassVar

import sqlalchemy as sa

from app.core.jobs import Lane, Task
from pipelines.errors import Refused, Strike
from workers.context import JobContext, Kind, kinds

tables = sa.MetaData()
effect = sa.Table(
    "effect", tables, sa.Column("job_id", sa.Uuid), sa.Column("fence", sa.Integer), sa.Column("pid", sa.Integer)
)
told = sa.Table("told", tables, sa.Column("name", sa.String), sa.Column("how", sa.String), sa.Column("code", sa.String))
run = sa.Table("run", tables, sa.Column("name", sa.String))


class Fake(Task, frozen=True):
    """Does what its fields say, then writes one row."""

    KIND: ClassVar[str] = "tests.fake"
    name: str = ""
    key: str | None = None
    seconds: float = 0.0
    until: str | None = None  # a file to wait for
    deed: str = ""

    def unique_key(self) -> str | None:
        return self.key


class Other(Task, frozen=True):
    """A kind this program does not know."""

    KIND: ClassVar[str] = "tests.other"


async def work(context: JobContext, task: Fake) -> None:
    async with context.db.write() as session:
        await session.execute(run.insert().values(name=task.name))
    if task.deed == "strike":
        raise Strike("decoder_crashed", {"signal": 11})
    if task.deed == "refuse":
        raise Refused("not_an_image", {})
    if task.deed == "fault":
        raise ConnectionError("the store is away")
    if task.deed == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    await asyncio.sleep(task.seconds)
    while task.until and not os.path.exists(task.until):  # noqa: PTH110 - one look
        await asyncio.sleep(0.02)
        if task.deed != "stubborn":
            context.stop_if_cancelled()
    async with context.settle(result={"pid": os.getpid()}) as session:
        await session.execute(
            effect.insert().values(job_id=context.claim.job_id, fence=context.claim.fence, pid=os.getpid())
        )


async def _refused(session, task, code, params):
    await session.execute(told.insert().values(name=task.name, how="refused", code=code))


async def _dead(session, task, code, params):
    await session.execute(told.insert().values(name=task.name, how="dead", code=code))


FAKES = kinds(Kind(task=Fake, run=work, refused=_refused, dead=_dead))
STUDIO = uuid.UUID(int=7)
INTERACTIVE, PROOFS, BULK = Lane.INTERACTIVE, Lane.PROOFS, Lane.BULK
