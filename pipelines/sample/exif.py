"""What the camera writes beside the pixels."""

from datetime import datetime
from fractions import Fraction

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from pipelines.sample.plan import OFFSET, Frame

MAKE, MODEL, LENS = "Safelight", "SL-1", "SL 20-135mm F1.4"


def moment(frame: Frame) -> tuple[str, str]:
    """Give the capture time as EXIF writes it: date and time, and thousandths of a second."""
    taken = datetime.fromisoformat(frame.shot.captured_at)
    return taken.strftime("%Y:%m:%d %H:%M:%S"), f"{taken.microsecond // 1000:03d}"


def for_jpeg(frame: Frame, orientation: int) -> Image.Exif:
    """Fill the EXIF block of a JPEG."""
    scene = frame.scene
    stamp, fraction = moment(frame)
    exif = Image.Exif()
    exif.update({0x010F: MAKE, 0x0110: MODEL, 0x0112: orientation, 0x0131: "SL-1 1.00", 0x0132: stamp})
    inner = exif.get_ifd(0x8769)
    aperture = Fraction(scene.aperture).limit_denominator(10)
    inner.update(
        {
            0x829A: IFDRational(1, scene.shutter),
            0x829D: IFDRational(aperture.numerator, aperture.denominator),
            0x8822: 3,
            0x8827: scene.iso,
            0x9000: b"0232",
            0x9003: stamp,
            0x9004: stamp,
            0x9010: OFFSET,
            0x9011: OFFSET,
            0x9012: OFFSET,
            0x9290: fraction,
            0x9291: fraction,
            0x9292: fraction,
            0x9209: 16,
            0x920A: IFDRational(scene.focal, 1),
            0xA001: 1,
            0xA405: scene.focal,
            0xA433: MAKE,
            0xA434: LENS,
        }
    )
    return exif
