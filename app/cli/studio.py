"""`safelight studio`: a real studio begins with its name and its owner."""

from typing import Annotated

import typer

from app.cli.common import Json, database, run, settings_or_fail, show
from app.core import schema
from app.core.access import SYSTEM
from app.core.errors import Conflict
from app.identity import service as identity


def studio(
    name: Annotated[str, typer.Argument(help="The studio's name; it stands on its pages and its proofs.")],
    email: Annotated[str, typer.Option(help="The owner's e-mail.")],
    owner: Annotated[str, typer.Option(help="How the owner is called.")],
    code: Annotated[str, typer.Option(help="Begins the order numbers.")] = "S",
    currency: Annotated[str, typer.Option(help="Of its prices.")] = "CNY",
    json: Json = False,
) -> None:
    """Found a studio in an empty installation and print the owner's sign-in link."""
    settings = settings_or_fail(json=json)

    async def work() -> str:
        if settings.embedded:
            await schema.migrate(settings)
        async with database(settings) as db, db.write() as session:
            if await identity.find_studio(session) is not None:
                raise Conflict("data_folder_in_use", folder=str(settings.data))
            made = await identity.create_studio(
                session, name=name, code=code, timezone=settings.timezone, currency=currency
            )
            person = await identity.add_staff(
                session, SYSTEM, studio_id=made.id, name=owner, email=email, roles=["owner"]
            )
            return f"{settings.base_url}/sign-in/link/{await identity.make_sign_in_link(session, SYSTEM, person.id)}"

    link = run(work(), json=json)
    show({"studio": name, "link": link}, link, json=json)
