"""How the server does: a large gallery against a small one, many phones against a bare page."""

import asyncio
import re
import statistics
import time
from collections.abc import Sequence

import httpx

from benchmarks.rows import Row, at_least, at_most
from benchmarks.studio import MANY, Studio
from tools.pages import Visit

PHONES, ROUNDS = 20, 5
BARE = "/studio/packages"  # signed in, one small list
PICTURE = re.compile(r'src="(/files/[0-9a-f-]{36}/grid)"')
FIRST = 24  # pictures a phone asks for with the page
HTML = {"accept": "text/html"}


def _client(studio: Studio, visit: Visit) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=2)
    return httpx.AsyncClient(base_url=studio.address, cookies=visit.cookies, headers=HTML, timeout=60, limits=limits)


async def _time(client: httpx.AsyncClient, path: str) -> float:
    began = time.perf_counter()
    answer = await client.get(path)
    took = time.perf_counter() - began
    answer.raise_for_status()
    return took


async def _galleries(studio: Studio) -> Row:
    """Ask for both galleries in turn and compare the medians."""
    times: dict[str, list[float]] = {"few": [], "many": []}
    async with _client(studio, studio.few) as few, _client(studio, studio.many) as many:
        for number in range(4 * ROUNDS + 2):
            pair = {"few": await _time(few, studio.few.path), "many": await _time(many, studio.many.path)}
            for name, took in pair.items():
                times[name] += [took] if number > 1 else []  # the first ones fill caches
    middle = {name: statistics.median(took) for name, took in times.items()}
    note = f"{middle['many'] * 1000:.0f} ms against {middle['few'] * 1000:.0f} ms"
    return at_most(f"gallery of {MANY:,} photos, server time", middle["many"] / middle["few"], 1.5, " ×", note=note)


async def _browse(client: httpx.AsyncClient, paths: Sequence[str], count: int) -> None:
    for number in range(count):
        answer = await client.get(paths[number % len(paths)])
        answer.raise_for_status()


async def _rate(studio: Studio, visit: Visit, paths: Sequence[str], count: int) -> float:
    """Let all phones ask for the paths; gives requests per second."""
    clients = [_client(studio, visit) for _ in range(PHONES)]
    began = time.perf_counter()
    await asyncio.gather(*(_browse(client, paths, count) for client in clients))
    took = time.perf_counter() - began
    for client in clients:
        await client.aclose()
    return PHONES * count / took


async def _phones(studio: Studio) -> Row:
    """Compare a page with its thumbnails to a bare signed-in page, in pairs."""
    bare = studio.visit(BARE)
    async with _client(studio, studio.few) as client:
        page = (await client.get(studio.few.path)).text
    paths = [studio.few.path, *PICTURE.findall(page)[:FIRST]]
    pairs = []
    for number in range(ROUNDS + 1):
        pair = (await _rate(studio, studio.few, paths, len(paths)), await _rate(studio, bare, [bare.path], 12))
        pairs += [pair] if number else []
    ratio = statistics.median(phones / plain for phones, plain in pairs)
    rates = [statistics.median(one) for one in zip(*pairs, strict=True)]
    note = f"{rates[0]:.0f} against {rates[1]:.0f} requests/s"
    return at_least(f"{PHONES} phones in a gallery against a bare page", ratio, 0.3, " ×", note=note)


async def measure(studio: Studio) -> list[Row]:
    """Measure the server."""
    return [await _galleries(studio), await _phones(studio)]
