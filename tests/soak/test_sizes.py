"""Photos of up to 400 megapixels (`make soak`): memory stays near the decoded photo, and larger ones are refused."""

import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile

from lutbridge.errors import ReadError
from lutbridge.image.read import read

MORE_THAN_THE_PHOTO = 600e6  # bytes; the program, torch and the model take 400 of them
SIZES = {101: (11_600, 8_708), 151: (14_204, 10_652), 200: (16_384, 12_288), 400: (23_200, 17_400)}


def deep_tiff(path, width, height):
    """A 16-bit TIFF of smooth colours, written strip by strip."""
    row = (np.arange(width, dtype=np.uint32) * 65535 // width).astype(np.uint16)

    def strips():
        for top in range(0, height, 256):
            y = np.arange(top, min(height, top + 256), dtype=np.uint32) * 65535 // height
            strip = np.empty((256, width, 3), np.uint16)
            strip[: len(y)] = np.stack(np.broadcast_arrays(row, y[:, None].astype(np.uint16), row // 2), axis=-1)
            yield strip[: len(y)]

    with tifffile.TiffWriter(path, bigtiff=True) as tiff:
        options = {"photometric": "rgb", "rowsperstrip": 256, "metadata": None}
        tiff.write(strips(), shape=(height, width, 3), dtype=np.uint16, **options)
    return path


def peak(path, out):
    """Bytes that `lutbridge render` holds at most."""
    code = (
        "import resource, sys, lutbridge.cli.main as m\n"
        "try: m.main()\n"
        "except SystemExit as e: print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, e.code)\n"
    )
    command = [sys.executable, "-c", code, "render", str(path), "-o", str(out), "--device", "cpu"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    word, kilobytes, code = run.stdout.split()[-3:]
    assert (word, code) == ("peak", "0"), run.stderr
    return int(kilobytes) * 1024


@pytest.mark.parametrize("megapixels", [101, int(os.environ.get("SOAK_MEGAPIXELS", "200"))])
def test_a_large_tiff_is_held_once(tmp_path, megapixels):
    width, height = SIZES[megapixels]
    path = deep_tiff(tmp_path / "large.tif", width, height)
    decoded = width * height * 6
    most = peak(path, tmp_path / "out")
    print(f"\n{megapixels} MP: {decoded / 1e6:.0f} MB decoded, peak {most / 1e6:.0f} MB")
    assert most < decoded + MORE_THAN_THE_PHOTO
    (tmp_path / "out" / "large.tif").unlink()
    path.unlink()


def test_a_flat_png_of_16000_by_16000_is_read(tmp_path):
    path = tmp_path / "flat.png"
    path.write_bytes(imagecodecs.png_encode(np.full((16_000, 16_000, 3), 9, np.uint8), 9))
    assert path.stat().st_size < 2e6
    photo = read(path)
    assert photo.pixels.shape == (16_000, 16_000, 3) and (photo.pixels[::4000] == 9).all()


def test_more_than_500_megapixels_are_refused(tmp_path):
    """With all the bytes that the header claims, so that nothing but the size speaks against it."""

    def rows():
        packer = zlib.compressobj(1)
        for _ in range(25_000):
            yield packer.compress(bytes(1 + 3 * 20_100))
        yield packer.flush()

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 20_100, 25_000, 8, 2, 0, 0, 0))
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", b"".join(rows())) + chunk(b"IEND", b""))
    with pytest.raises(ReadError, match="20100 × 25000 pixels are more than the 500 megapixels"):
        read(path)
