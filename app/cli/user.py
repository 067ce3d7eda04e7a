"""`safelight user`: the people of the studio."""

from typing import Annotated

import typer

from app.cli.common import Json, database, run, settings_or_fail, show
from app.core.access import ROLES, SYSTEM
from app.core.db import Database, Session
from app.core.errors import NotFound
from app.core.settings import Settings
from app.identity import service as identity
from app.identity.models import Staff
from app.identity.schemas import SKILLS

app = typer.Typer(no_args_is_help=True, help="Add, list and let in the people of the studio.")
Email = Annotated[str, typer.Argument(help="The person's e-mail.")]


async def _person(session: Session, email: str) -> Staff:
    if (staff := await identity.find_staff(session, email)) is None:
        raise NotFound("no_such_staff", email=email)
    return staff


def _link(settings: Settings, token: str) -> str:
    return f"{settings.base_url}/sign-in/link/{token}"


@app.command()
def add(
    email: Email,
    name: Annotated[str, typer.Option(help="How the person is called.")],
    role: Annotated[list[str], typer.Option(help=f"One of {', '.join(ROLES)}; may be given more than once.")],
    json: Json = False,
) -> None:
    """Add a person and print a sign-in link."""
    settings = settings_or_fail(json=json)

    async def work() -> str:
        async with database(settings) as db, db.write() as session:
            studio = await identity.find_studio(session)
            if studio is None:
                raise NotFound("no_studio")
            staff = await identity.add_staff(
                session, SYSTEM, studio_id=studio.id, name=name, email=email, roles=set(role)
            )
            return _link(settings, await identity.make_sign_in_link(session, SYSTEM, staff.id))

    link = run(work(), json=json)
    show({"email": email, "link": link}, link, json=json)


@app.command("list")
def list_(json: Json = False) -> None:
    """List everyone."""

    async def work() -> list[dict[str, object]]:
        async with database(settings_or_fail(json=json)) as db, db.read() as session:
            people = await identity.list_staff(session, SYSTEM)
        return [
            {
                "email": one.email,
                "name": one.name,
                "roles": one.roles,
                "skills": one.skills,
                "disabled": one.disabled_at is not None,
            }
            for one in people
        ]

    people = run(work(), json=json)
    lines = [f"{one['email']}\t{one['name']}\t{' '.join(one['roles'])}" for one in people]  # type: ignore[arg-type]
    show({"people": people}, "\n".join(lines), json=json)


@app.command()
def skills(
    email: Email,
    skill: Annotated[list[str] | None, typer.Argument(help=f"Any of {', '.join(SKILLS)}; none takes all away.")] = None,
    json: Json = False,
) -> None:
    """Say what a person is good at: jobs that need something else are not offered to them."""

    async def work() -> list[str]:
        async with database(settings_or_fail(json=json)) as db, db.write() as session:
            return await identity.set_skills(session, SYSTEM, (await _person(session, email)).id, skill or [])

    kept = run(work(), json=json)
    show({"email": email, "skills": kept}, f"{email}\t{' '.join(kept)}", json=json)


@app.command()
def link(email: Email, json: Json = False) -> None:
    """Print a link that lets a person in once, within 15 minutes."""
    settings = settings_or_fail(json=json)

    async def work() -> str:
        async with database(settings) as db, db.write() as session:
            staff = await _person(session, email)
            return _link(settings, await identity.make_sign_in_link(session, SYSTEM, staff.id))

    made = run(work(), json=json)
    show({"email": email, "link": made}, made, json=json)


@app.command()
def disable(email: Email, json: Json = False) -> None:
    """Let a person in no more; their sessions end at once."""

    async def work() -> None:
        async with database(settings_or_fail(json=json)) as db, db.write() as session:
            await identity.disable_staff(session, SYSTEM, (await _person(session, email)).id)

    run(work(), json=json)
    show({"email": email, "disabled": True}, email, json=json)


async def _set_password(db: Database, email: str, password: str) -> None:
    async with db.read() as session:
        staff = await _person(session, email)
    await identity.set_password(db, SYSTEM, staff.id, password)


@app.command()
def password(
    email: Email,
    password: Annotated[  # noqa: A002, RUF100 - the prompt names it
        str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True, envvar="SAFELIGHT_PASSWORD")
    ],
    json: Json = False,
) -> None:
    """Set a person's password (asked for, or from SAFELIGHT_PASSWORD); their sessions end."""

    async def work() -> None:
        async with database(settings_or_fail(json=json)) as db:
            await _set_password(db, email, password)

    run(work(), json=json)
    show({"email": email, "password": "set"}, email, json=json)
