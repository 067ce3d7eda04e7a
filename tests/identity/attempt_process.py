"""A process of its own that tries a secret a number of times; prints how often it was let through."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from app.core.db import Database
from app.core.errors import TooMany
from app.identity import service as identity
from tests.conftest import settings_in


async def main(folder: str, url: str, tries: int) -> None:
    db = Database(settings_in(Path(folder), SAFELIGHT_DATABASE_URL=url))

    async def one() -> int:
        try:
            await identity.count_attempt(db, "link:raced", limit=5, window=timedelta(minutes=15))
        except TooMany:
            return 0
        return 1

    passed = await asyncio.gather(*(one() for _ in range(tries)))
    await db.close()
    sys.stdout.write(str(sum(passed)))


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
