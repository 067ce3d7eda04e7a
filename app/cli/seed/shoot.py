"""A small shoot, drawn and rendered once for a studio; its objects are shared by all the photos that show it."""

import io
import json
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from app.cli.render import Renderer, cores, open_renderer
from app.photos import rules
from pipelines.model import Result
from pipelines.recipes import Recipe
from pipelines.sample_shoot import Shot, draw_shoot, retouch, shot_list
from storage.keys import original_key, rendition_key
from storage.store import Store

LOOKS = ("warm", "airy", "film")
DETAILS = ("camera_make", "camera_model", "lens", "iso", "shutter", "aperture", "focal")
TINY = 0.1  # pictures that are drawn before another process has begun
_START = b"\xff\xd8"


class Lies(msgspec.Struct, frozen=True):
    """Bytes that lie in the store."""

    key: str
    size: int
    sha256: str
    crc32: int


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A rendition that lies in the store."""

    recipe: str
    recipe_hash: str
    key: str
    sha256: str
    size: int
    width: int
    height: int
    content_type: str


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """One drawn picture: as the camera wrote it and as a retoucher gave it back, with their renditions."""

    shot: Shot
    original: Path
    final: Path
    width: int
    height: int
    thumbhash: str
    details: dict[str, Any]
    of_original: dict[str, tuple[Made, ...]]  # by look
    of_final: tuple[Made, ...]
    final_thumbhash: str


def varied(data: bytes, mark: str) -> bytes:
    """Give the same JPEG with a remark in its head: other bytes, the same picture."""
    words = mark.encode()
    return _START + b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words + data[2:]


class Shoot:
    """The drawn pictures and what lies of them in the store."""

    def __init__(self, store: Store, studio_id: UUID, folder: Path, *, pictures: int, scale: float) -> None:
        self.store, self.studio_id, self.folder = store, studio_id, folder
        self.scale, self.count = scale, pictures
        self.pictures: list[Picture] = []
        self._bytes: dict[tuple[int, bool, int], Lies] = {}

    def prepare(self, watermark: str, on_step: Callable[[], None]) -> None:
        """Draw, retouch and render every picture; `on_step` is told twice for each."""
        draw_shoot(
            self.folder, photos=self.count, raws=0, scale=self.scale, on_done=lambda _shot, _done, _total: on_step(),
            workers=1 if self.scale < TINY else None,
        )  # fmt: skip
        shots = list(enumerate(shot_list(photos=self.count, raws=0)))
        with open_renderer() as renderer, ThreadPoolExecutor(cores()) as pool:

            def one(numbered: tuple[int, Shot]) -> Picture:
                picture = self._picture(renderer, *numbered, watermark)
                on_step()
                return picture

            self.pictures = list(pool.map(one, shots))

    def _picture(self, renderer: Renderer, number: int, shot: Shot, watermark: str) -> Picture:
        original, final = self.folder / shot.name, self.folder / f"{Path(shot.name).stem}-Edit.jpg"
        if not final.exists():
            retouch(original, final)
        of_original: dict[str, tuple[Made, ...]] = {}
        shared: tuple[Made, ...] = ()
        result: Result | None = None
        for look in LOOKS:
            recipes = rules.recipes_for(rules.ORIGINAL, watermark, look)
            wanted = recipes if result is None else [recipe for recipe in recipes if recipe.look]
            found, made = self._render(renderer, original, number, wanted)
            edited = {recipe.name for recipe in recipes if recipe.look}
            shared = shared or tuple(one for one in made if one.recipe not in edited)
            of_original[look] = (*shared, *(one for one in made if one.recipe in edited))
            result = result or found
        assert result is not None  # noqa: S101 - there are looks
        done, of_final = self._render(
            renderer, final, number, rules.recipes_for(rules.RETOUCHED, watermark, None), "final"
        )
        details = {name: value for name in DETAILS if (value := getattr(result.metadata, name)) not in {None, ""}}
        return Picture(
            shot=shot, original=original, final=final, width=result.width, height=result.height,
            thumbhash=result.thumbhash, details=details, of_original=of_original, of_final=of_final,
            final_thumbhash=done.thumbhash,
        )  # fmt: skip

    def _render(
        self, renderer: Renderer, source: Path, number: int, recipes: Sequence[Recipe], kind: str = "original"
    ) -> tuple[Result, tuple[Made, ...]]:
        out = self.folder / f"{source.stem}-{recipes[-1].look.name if recipes[-1].look else 'all'}"
        result = renderer.render(source, recipes, out)
        made = []
        for file in result.renditions:
            key = rendition_key(
                self.studio_id, self._album, f"picture-{number:03d}", kind, file.recipe, file.recipe_hash
            )
            self.store.put(key, Path(file.path), size=file.size, sha256=file.sha256, content_type=file.content_type)
            Path(file.path).unlink()
            made.append(
                Made(key=key, **{name: getattr(file, name) for name in Made.__struct_fields__ if name != "key"})
            )
        out.rmdir()
        return result, tuple(made)

    @property
    def _album(self) -> str:
        return f"seed-{round(self.scale * 1000)}"

    def lies(self, number: int, edition: int, *, final: bool = False) -> Lies:
        """Put an edition of a picture's file into the store, once."""
        known = self._bytes.get((number, final, edition))
        if known is None:
            picture = self.pictures[number]
            source = picture.final if final else picture.original
            data = varied(source.read_bytes(), json.dumps({"edition": edition, "final": final}))
            key = original_key(
                self.studio_id, self._album, f"picture-{number:03d}", "final" if final else "original", str(edition)
            )
            known = Lies(key, len(data), sha256(data).hexdigest(), zlib.crc32(data))
            self.store.put(key, io.BytesIO(data), size=known.size, sha256=known.sha256, content_type="image/jpeg")
            self._bytes[number, final, edition] = known
        return known

    def spread(self, copies: Sequence[tuple[str, str]]) -> None:
        """Lay files under the keys their rows name."""
        with ThreadPoolExecutor(4) as pool:
            for _ in pool.map(lambda pair: self.store.copy(*pair), copies):
                pass
