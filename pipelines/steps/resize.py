"""Makes a picture smaller, by libvips with a Lanczos kernel; never larger."""

import numpy as np
import pyvips
from PIL import Image

from pipelines.picture import Pixels

pyvips.cache_set_max(0)  # every picture is seen once: a cache only holds memory
_MOST_PADDING = 16


def _padding(have: int, shrink: float, want: int) -> int:
    """Choose how many columns to add so that libvips, which centres what is left over, shifts the picture least.

    A scale of n/8 leaves a last column that is only partly picture: 1263 px at 3/8 are 473.6 px in 474 columns.
    Taking the 474 for the picture would shift and stretch it by a fraction of a pixel.
    """

    def left_over(padding: int) -> float:
        columns = int((have + padding) / shrink + 0.5)
        return abs(columns * shrink - have - padding) if columns >= want else float("inf")

    return min(range(_MOST_PADDING), key=left_over)


def shrink(pixels: Pixels, size: tuple[int, int], covered: tuple[float, float] | None = None) -> Pixels:
    """Resize to (width, height); `covered` is how much of the pixels is picture, if the last ones are only partly."""
    rows, columns = pixels.shape[:2]
    bands = 1 if pixels.ndim == 2 else pixels.shape[2]
    width, height = size
    across, down = covered or (float(columns), float(rows))
    if (columns, rows) == size:
        return pixels
    image = pyvips.Image.new_from_memory(np.ascontiguousarray(pixels), columns, rows, bands, "uchar")
    if (across, down) == (columns, rows):
        image = image.resize(width / columns, vscale=height / rows, kernel="lanczos3")
    else:
        x, y = max(1.0, across / width), max(1.0, down / height)  # a side of a pixel may be there in part only
        right, below = _padding(columns, x, width), _padding(rows, y, height)
        image = image.embed(0, 0, columns + right, rows + below, extend="copy")
        image = image.reducev(y, kernel="lanczos3").reduceh(x, kernel="lanczos3")
    if (image.width, image.height) != size:
        image = image.crop(0, 0, width, height)
    out: Pixels = np.frombuffer(image.write_to_memory(), dtype=np.uint8)
    return out.reshape((height, width) if bands == 1 else (height, width, bands))


def shrink_image(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Resize an RGB image."""
    return image if image.size == size else Image.fromarray(shrink(np.asarray(image), size))


def sharpen(image: Image.Image, amount: float) -> Image.Image:
    """Give back the crispness that shrinking took; `amount` 0 … 1."""
    if amount <= 0:
        return image
    pixels = np.asarray(image)
    edge = round(amount * 8)
    kernel = pyvips.Image.new_from_array(
        [[-edge, -edge, -edge], [-edge, 64 + 8 * edge, -edge], [-edge, -edge, -edge]], 64
    )
    picture = pyvips.Image.new_from_memory(np.ascontiguousarray(pixels), image.width, image.height, 3, "uchar")
    out: Pixels = np.frombuffer(picture.conv(kernel, precision="integer").write_to_memory(), dtype=np.uint8)
    return Image.fromarray(out.reshape(pixels.shape))
