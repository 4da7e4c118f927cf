"""Coverage-guided fuzzing of the parsers of our own, of photos, LUTs and requests, and of the writers of metadata.

atheris does it (`make fuzz`). Models are read by safetensors and options by Flask; test_files.py and test_server.py
hurt those.

FUZZ_RUNS says how many inputs a target gets, FUZZ_SEED which. A run starts from small sound files. An input that raises
something else than a refusal, or that takes more than five seconds or 2 GB, fails it and is kept as crash-*.
"""

import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lutbridge.lut.formats import FORMATS

from ..image import profiles, samples
from ..image.formats.test_raw import make_dng
from .test_luts import seeds as lut_files

RUNS = int(os.environ.get("FUZZ_RUNS", "20000"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
PROGRAM = Path(__file__).with_name("coverage_guided.py")
REQUEST = "request"
PHOTOS = ("jpeg", "png", "tiff", "webp", "exif", "photoshop", "icc", "head", "raw", "boxes", "xmp")
TARGETS = (*PHOTOS, REQUEST, "lut_head", *FORMATS)


def corpus(target, folder):
    """Small sound inputs."""
    if target == REQUEST:
        return list(requests())
    if target not in PHOTOS:
        return [data for suffix, data in lut_files() if target == "lut_head" or suffix in FORMATS[target].suffixes]
    small = samples.smooth((9, 12))
    samples.rich_jpeg(folder / "a.jpg")
    samples.rich_png(folder / "a.png", small)
    samples.rich_tiff(folder / "a.tif", small, compression="lzw")
    samples.rich_tiff(folder / "b.tif", small.astype(np.uint16), byteorder=">")
    samples.rich_webp(folder / "a.webp", small)
    make_dng(folder / "a.dng")
    data = {path.name: path.read_bytes() for path in folder.iterdir()}
    for path in folder.iterdir():
        path.unlink()
    return {
        "jpeg": [data["a.jpg"][2:]],
        "png": [data["a.png"][8:]],
        "tiff": [data["a.tif"], data["b.tif"]],
        "webp": [data["a.webp"][4:]],
        "exif": [samples.exif_block(6), samples.exif_block(1, ">")],
        "photoshop": [samples.resources()],
        "icc": [samples.srgb_profile(), profiles.tabulated_p3(), profiles.display_p3()],
        "head": [b"II*\0\x08\0\0\0", b"\0\0\0\x18ftypheic"],
        "raw": [data["a.dng"][:65536], b"FUJIFILMCCD-RAW " + data["a.jpg"], crx(samples.exif_block(6))],
        "xmp": [samples.XMP, b"<a hdrgm:b='1'   dcterms:provenance=\"x\"><hdrgm:c>1</hdrgm:c> <tiff:Orientation>6<"],
        "boxes": [b"\0\0\0\x13colrnclx\0\1\0\r\0\0\x80", b"\0\0\0\x0cav1C\x81\0\x0c\0"],
    }[target]


def requests():
    """Heads and bodies as clients send them, after a byte that says in what pieces."""
    about = b"Host: 127.0.0.1:80\r\nAuthorization: Bearer token\r\nLutbridge-Protocol: 1\r\n"
    photo = b"Content-Type: application/octet-stream\r\n"
    yield b"\x10GET /healthz HTTP/1.1\r\nHost: localhost:80\r\nLutbridge-Nonce: " + 32 * b"0" + b"\r\n\r\n"
    yield b"\x10POST /v1/lut?size=5 HTTP/1.1\r\n" + about + photo + b"Content-Length: 5\r\n\r\nphoto"
    yield (
        b"\x10POST /v1/lut HTTP/1.1\r\n"
        + about
        + photo
        + b"Transfer-Encoding: chunked\r\n\r\n3;a=b\r\npho\r\n0\r\n\r\n"
    )
    yield b"\x03GET / HTTP/1.1\r\nHost: localhost:80\r\nCookie: a=b; lutbridge-0123456789abcdef=cookie\r\n\r\n"
    yield b"\x10GET a://b HTTP/1.1\r\nX:" + 40 * b" " + b"y\r\n\r\n"
    yield b"\x10GET /v1/info HTTP/1.1\r\n" + about + b"Expect: 100-continue\r\nX: y\r\n z\r\n\r\n"


def crx(tiff):
    """A file of Canon's, its EXIF in boxes."""
    boxes = (struct.pack(">I", 8 + len(tiff)) + name + tiff for name in (b"CMT1", b"CMT2"))
    return b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + b"".join(boxes)


@pytest.mark.parametrize("target", TARGETS)
def test_no_input_gets_through(tmp_path, target):
    seeds = tmp_path / "corpus"
    seeds.mkdir()
    for i, data in enumerate(corpus(target, seeds)):
        (seeds / str(i)).write_bytes(data)
    limits = [f"-runs={RUNS}", f"-seed={SEED}", "-timeout=5", "-rss_limit_mb=2048", "-max_len=65536"]
    command = [sys.executable, str(PROGRAM), target, *limits, f"-artifact_prefix={tmp_path}/", str(seeds)]
    root = Path(__file__).parents[2]
    run = subprocess.run(
        command,
        cwd=root,
        env=os.environ | {"PYTHONPATH": f"{root}{os.pathsep}{root / 'server'}"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, f"{sorted(p.name for p in tmp_path.glob('crash-*'))}\n{run.stderr[-3000:]}"
    assert f"Done {RUNS} runs" in run.stderr
