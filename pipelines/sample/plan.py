"""Which pictures a sample shoot has, in which order, at what size and with which camera settings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import numpy as np

from pipelines.sample import indoors, night, old_town, seaside
from pipelines.sample.canvas import Canvas
from pipelines.sample.finish import Film

START = datetime(2026, 5, 18, 17, 12, 4)  # noqa: DTZ001  a camera keeps wall time; its offset stands beside it
OFFSET = "+08:00"
FIRST_NUMBER = 412


class Shot(msgspec.Struct, frozen=True):
    """One picture of the shoot: file name, part of the day, scene, wall time with offset, jpeg or dng."""

    name: str
    section: str
    scene: str
    captured_at: str
    kind: str


_PLAIN = Film()


@dataclass(frozen=True)
class Scene:
    """How a scene is drawn and photographed; `turn` is the EXIF orientation it is stored with."""

    section: str
    draw: Callable[[Canvas], None]
    width: int = 4256
    height: int = 2848
    turn: int = 1
    iso: int = 200
    shutter: int = 500
    aperture: float = 4.0
    focal: int = 50
    raw: bool = False
    film: Film = _PLAIN


def _upright(section: str, draw: Callable[[Canvas], None], turn: int, settings: tuple[int, int, float, int]) -> Scene:
    """Describe a picture taken with the camera held upright."""
    iso, shutter, aperture, focal = settings
    return Scene(section, draw, 2848, 4256, turn, iso, shutter, aperture, focal)


_DUSK = Film(vignette=0.34, bloom=0.5, fade=0.02, grain=4.6)
SCENES: tuple[Scene, ...] = (
    Scene("seaside", seaside.dunes, iso=100, shutter=640, aperture=5.6, focal=85),
    _upright("seaside", seaside.waves_above, 1, (100, 1250, 4.0, 24)),
    Scene("seaside", seaside.sails, iso=100, shutter=1000, aperture=7.1, focal=135, raw=True),
    Scene("seaside", seaside.dawn_sea, iso=160, shutter=800, aperture=2.8, focal=50),
    _upright("seaside", seaside.long_shadows, 6, (200, 640, 2.8, 85)),
    Scene("seaside", seaside.misty_mountains, 4800, 2700, iso=100, shutter=320, aperture=8.0, focal=105),
    _upright("seaside", seaside.lighthouse, 8, (400, 160, 4.0, 70)),
    Scene("old_town", old_town.wall_shadows, iso=200, shutter=400, aperture=4.0, focal=50),
    _upright("old_town", old_town.arches, 6, (640, 200, 2.0, 35)),
    Scene("old_town", old_town.canal, iso=200, shutter=250, aperture=5.6, focal=35),
    _upright("old_town", old_town.balloons, 1, (200, 500, 4.0, 50)),
    Scene("old_town", old_town.roofs, iso=800, shutter=100, aperture=4.0, focal=105),
    _upright("old_town", old_town.lane, 8, (1250, 100, 1.8, 50)),
    Scene("indoors", indoors.window_chair, iso=400, shutter=160, aperture=2.8, focal=35),
    _upright("indoors", indoors.dress_hanging, 6, (500, 125, 2.2, 50)),
    Scene("indoors", indoors.rings, 4000, 3000, iso=640, shutter=160, aperture=3.5, focal=100),
    _upright("indoors", indoors.peonies, 8, (500, 160, 2.0, 85)),
    Scene("indoors", indoors.candles, iso=1600, shutter=100, aperture=1.8, focal=85),
    Scene("indoors", indoors.veil_window, 2848, 4256, 6, 400, 200, 2.0, 50, raw=True),
    Scene("night", night.harbour, iso=1600, shutter=60, aperture=2.0, focal=50, film=_DUSK),
    Scene("night", night.rainy_square, iso=2000, shutter=125, aperture=1.4, focal=85, film=_DUSK),
    Scene("night", night.string_lights, iso=2500, shutter=125, aperture=1.4, focal=50, film=_DUSK),
    _upright("night", night.lanterns, 8, (3200, 80, 1.8, 35)),
    Scene("night", night.fireworks, iso=1600, shutter=30, aperture=2.8, focal=35, film=_DUSK),
    Scene("night", night.moonrise, iso=2500, shutter=60, aperture=2.0, focal=85, film=_DUSK),
    _upright("night", night.star_sea, 6, (6400, 8, 1.8, 20)),
)
_JPEGS = tuple(s for s in SCENES if not s.raw)
_RAWS = tuple(s for s in SCENES if s.raw)


@dataclass(frozen=True)
class Frame:
    """A shot with all that is needed to draw it: `seed` makes it the picture it is."""

    shot: Shot
    scene: Scene
    seed: int
    flip: bool


def frames(photos: int, raws: int, seed: int) -> tuple[Frame, ...]:
    """Plan a shoot: scenes of the day in order, then the same day again with other light and other hands."""
    chosen = [(i // len(_JPEGS), _JPEGS[i % len(_JPEGS)]) for i in range(photos)]
    chosen += [(i // len(_RAWS), _RAWS[i % len(_RAWS)]) for i in range(raws)]
    chosen.sort(key=lambda pick: (SCENES.index(pick[1]), pick[0]))
    rng = np.random.default_rng(seed)
    gaps = rng.uniform(0.55, 1.45, max(1, len(chosen)))
    seconds = np.cumsum(gaps / gaps.sum() * 7100)
    out = []
    for i, (again, scene) in enumerate(chosen):
        moment = START + timedelta(milliseconds=int(seconds[i] * 1000))
        kind = "dng" if scene.raw else "jpeg"
        name = f"SLT_{FIRST_NUMBER + i:04d}.{'DNG' if scene.raw else 'JPG'}"
        taken = moment.isoformat(timespec="milliseconds") + OFFSET
        shot = Shot(name, scene.section, scene.draw.__name__, taken, kind)
        out.append(Frame(shot, scene, seed + 1000 * again + SCENES.index(scene) * 17, again % 2 == 1))
    return tuple(out)
