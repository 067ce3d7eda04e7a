"""What children of the sandbox are asked to do in the tests."""

import contextlib
import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from pipelines.errors import Refused


def echo(payload):
    return {"said": payload["say"], "pid": os.getpid()}


def segfault(payload):
    ctypes.string_at(0)
    return {}


def kill_self(payload):
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def leave(payload):
    os._exit(7)


def spin(payload):
    while True:
        pass


def sleep(payload):
    Path(payload["mark"]).write_text(str(os.getpid()))
    time.sleep(payload["s"])
    return {"slept": True}


def swallow(payload):
    held = []
    for _ in range(payload["bytes"] // (1 << 26)):
        block = bytearray(1 << 26)
        held.append(block)
    return {"held": len(held)}


def swallow_at_once(payload):
    import numpy as np

    return {"held": int(np.ones(payload["bytes"], dtype=np.uint8)[-1])}


def swallow_shared(payload):
    import mmap

    block = mmap.mmap(-1, payload["bytes"])
    for at in range(0, payload["bytes"], 1 << 20):
        block[at : at + (1 << 20)] = b"x" * (1 << 20)
    time.sleep(20)
    return {}


def write_big(payload):
    with (Path(payload["out"]) / "big").open("wb") as file:
        file.writelines(bytes(1 << 20) for _ in range(payload["bytes"] >> 20))
    return {}


def refuse(payload):
    raise Refused("too_many_pixels", {"megapixels": 400, "limit": 220})


def fail(payload):
    raise ValueError("not a picture")


def disk_full(payload):
    raise OSError(errno.ENOSPC, "No space left on device")


def _tried(deed):
    try:
        deed()
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error.errno))
    return "done"


def trespass(payload):
    """Try everything a decoder has no business with; tell how each ended."""
    libc = ctypes.CDLL(None, use_errno=True)

    def call(name, *arguments):
        if getattr(libc, name)(*arguments) < 0:
            raise OSError(ctypes.get_errno(), name)

    out = Path(payload["out"])
    (out / "kept").write_text("kept")
    deeds = {
        "socket": lambda: socket.socket().close(),
        "socketpair": socket.socketpair,
        "fork": os.fork,
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "spawn": lambda: subprocess.run(["/bin/true"], check=True),
        "kill_parent": lambda: os.kill(os.getppid(), 0),
        "kill_all": lambda: os.kill(-1, 0),
        "ptrace": lambda: call("ptrace", 16, os.getppid(), 0, 0),
        "limit_parent": lambda: __import__("resource").prlimit(os.getppid(), 7),
        "read_outside": lambda: Path(payload["secret"]).read_text(),
        "list_outside": lambda: list(Path(payload["secret"]).parent.iterdir()),
        "write_outside": lambda: (Path(payload["secret"]).parent / "planted").write_text("x"),
        "chmod_outside": lambda: Path(payload["secret"]).chmod(0o777),
        "parents_environment": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
        "symlink": lambda: (out / "link").symlink_to(payload["secret"]),
        "io_uring": lambda: call("syscall", 425, 1, 0),
        "unshare": lambda: call("unshare", 0x10000000),
        "read_source": lambda: Path(payload["source"]).read_bytes(),
        "write_source": lambda: Path(payload["source"]).write_bytes(b""),
    }
    return {name: _tried(deed) for name, deed in deeds.items()} | {
        "fds": len(list(Path("/proc/self/fd").iterdir())) - 1
    }


def environment(payload):
    started_with = Path("/proc/self/environ").read_bytes().decode()
    return {"now": dict(os.environ), "start": started_with, "oom": Path("/proc/self/oom_score_adj").read_text().strip()}


def chatter(payload):
    for _ in range(5000):
        with contextlib.suppress(BlockingIOError):
            os.write(2, b"a decoder that talks too much " * 10)
    return {"done": True}


def forge(payload):
    """A child taken over writes what it likes where its answer should stand."""
    os.write(3, payload["bytes"].encode("latin-1"))
    os._exit(0)


def long_answer(payload):
    return {"text": "x" * payload["bytes"]}


def threads(payload):
    import threading

    done = []
    workers = [threading.Thread(target=done.append, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return {"done": sorted(done)}


def decode(payload):
    """Decode with each library, write a picture with each that writes."""
    import io

    import numpy as np
    import pillow_heif
    import pyvips
    import rawpy
    import simplejpeg
    from PIL import Image, ImageCms, ImageDraw, ImageFont

    source, out = Path(payload["source"]), Path(payload["out"])
    made = {}
    if payload["kind"] == "raw":
        with rawpy.imread(str(source)) as raw:
            made["rawpy"] = list(raw.postprocess(half_size=True, use_camera_wb=True).shape[:2])
        return made
    if payload["kind"] == "heic":
        picture = pillow_heif.open_heif(source, convert_hdr_to_8bit=True).to_pillow()
        made["pillow_heif"] = list(picture.size)
        small = pyvips.Image.new_from_array(np.asarray(picture)).thumbnail_image(512).copy_memory()
    else:
        made["simplejpeg"] = list(simplejpeg.decode_jpeg(source.read_bytes()).shape[:2])
        with Image.open(source) as picture:
            picture.load()
            made["pillow"] = list(picture.size)
        small = pyvips.Image.thumbnail(str(source), 512).copy_memory()
    small.jpegsave(str(out / "vips.jpg"))
    pixels = np.ascontiguousarray(small.numpy()[..., :3])
    with Image.fromarray(pixels) as picture:
        ImageDraw.Draw(picture).text((10, 10), "样片", font=ImageFont.load_default())
        ImageCms.profileToProfile(picture, ImageCms.createProfile("sRGB"), ImageCms.createProfile("sRGB"))
        for kind in ("JPEG", "PNG", "WEBP", "AVIF", "TIFF"):
            picture.save(out / f"pillow.{kind.lower()}", kind)
        picture.save(io.BytesIO(), "JPEG")
    (out / "simple.jpg").write_bytes(simplejpeg.encode_jpeg(pixels))
    made["files"] = sorted(file.name for file in out.iterdir() if file.stat().st_size)
    made["modules"] = len(sys.modules)
    return made


def lie(payload):
    """Answer as a decoder taken over would: with a file it was never given."""
    from pipelines.render_job import render_job

    (recipe,) = payload["recipes"]
    answer = render_job(payload | {"recipes": [recipe | {"name": "grid"}]})
    answer["renditions"][0]["path"] = recipe["name"]
    return answer
