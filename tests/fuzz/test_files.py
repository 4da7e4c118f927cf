"""Files damaged at random (`make fuzz`): each is read whole, or refused by one sentence.

FUZZ_FILES says how many, FUZZ_SEED which: the same seed gives the same files, so CI does not fail by luck and a failure
can be had again. To look for new ones: `make fuzz FUZZ_FILES=1000000 FUZZ_SEED=$RANDOM`.
"""

import os
import re
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
import torch
from PIL import Image

from lutbridge.errors import ReadError, SetupError
from lutbridge.image.photo import Photo
from lutbridge.image.read import read
from lutbridge.image.target import name_for
from lutbridge.image.write import extension_for
from lutbridge.model.config import ModelConfig
from lutbridge.train.networks import checkpoint
from lutbridge.train.networks.build import build

from ..image import samples
from ..image.formats.test_associated_alpha import premultiplied_avif
from ..image.formats.test_heif import make_avif, make_heic
from ..image.formats.test_missing_data import dng_of_tiles, heic_of_tiles
from ..image.formats.test_raw import make_dng
from ..image.metadata.test_carriers import raw_profile

FILES = int(os.environ.get("FUZZ_FILES", "40000"))
_MARKS = re.compile(
    rb"ftyp|meta|iloc|iinf|iref|ipco|mdat|idat|hvcC|av1C|auxl|prem|VP8[ LX]|ALPH|EXIF|XMP "
    rb"|IDAT|zTXt|tEXt|iTXt|iCCP|eXIf"
    rb"|\xff[\xc0-\xef]|Exif\0\0|8BIM|II\*\0|MM\0\*"
)
SEED = int(os.environ.get("FUZZ_SEED", "1"))


def damaged(data, random):
    """The bytes with one to four hurts: flipped bytes, a cut, a hole, a piece twice, or a run of one value.

    Half of them where a box, a chunk, a segment or a tile begins.
    """
    out, marks = bytearray(data), [found.start() for found in _MARKS.finditer(data)]
    for _ in range(random.integers(1, 5)):
        at, length = int(random.integers(len(out) + 1)), int(random.integers(1, 64))
        if marks and random.integers(2):
            at = min(len(out), int(random.choice(marks)) + int(random.integers(-8, 9)))
            at = max(0, at)
        match random.integers(6):
            case 0:
                for i in random.integers(0, len(out), min(length, len(out))):
                    out[i] = random.integers(256)
            case 1:
                del out[max(1, at) :]
            case 2:
                del out[at : at + length]
            case 3:
                out[at:at] = out[at : at + length]
            case 4:  # a copy into a file of zeros that broke off
                out[at:] = bytes(len(out) - at)
            case _:
                out[at : at + length] = bytes([random.choice([0, 1, 127, 255])]) * min(length, len(out) - at)
        out = out or bytearray(b"\0")
    return bytes(out)


def photos(folder):
    random = np.random.default_rng(0)
    pixels = random.integers(0, 65536, (24, 32, 3), np.uint16)
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera"
    small = Image.fromarray((pixels >> 8).astype(np.uint8))
    small.save(folder / "a.jpg", exif=exif, quality=90)
    small.save(folder / "progressive.jpg", progressive=True)
    small.save(folder / "wide.jpg", icc_profile=imagecodecs.cms_profile("adobergb"))
    small.save(folder / "a.png", exif=exif)
    small.save(folder / "a.webp", lossless=True)
    make_dng(folder / "a.dng")
    make_heic(folder / "a.heic")
    make_avif(folder / "a.avif")
    heic_of_tiles(folder / "tiles.heic")
    dng_of_tiles(folder / "tiles.dng")
    texts = raw_profile(b"exif", samples.exif_block(6)), raw_profile(b"xmp", samples.XMP, b"tEXt")
    samples.write_png(folder / "texts.png", samples.ramp(), *texts, raw_profile(b"iptc", samples.resources()))
    for number, kind in enumerate(("grey", "rgb")):
        colours = pixels if number else pixels[..., :1]
        stored = np.dstack([np.minimum(colours, pixels[..., 1:2]), pixels[..., 1]])
        photometric = "rgb" if number else "minisblack"
        tifffile.imwrite(folder / f"alpha-{kind}.tif", stored, photometric=photometric, extrasamples=[1])
    straight = np.dstack([pixels[..., :3] >> 8, np.full((24, 32), 99)]).astype(np.uint8)
    (folder / "alpha.avif").write_bytes(premultiplied_avif(straight))
    Image.fromarray(straight).save(folder / "alpha.webp", quality=80)
    tifffile.imwrite(folder / "lab.tif", pixels, photometric="cielab")
    tifffile.imwrite(folder / "deep.tif", pixels.astype(np.uint32), photometric="rgb")
    for name, options in {
        "plain": {},
        "lzw": {"compression": "lzw"},
        "deflate": {"compression": "zlib", "tile": (16, 16)},
    }.items():
        tifffile.imwrite(folder / f"{name}.tif", pixels, photometric="rgb", **options)
    return [(path.suffix, path.read_bytes()) for path in sorted(folder.iterdir())]


def test_photos(tmp_path):
    (tmp_path / "seeds").mkdir()
    seeds, random = photos(tmp_path / "seeds"), np.random.default_rng(SEED)
    path, whole = tmp_path / "photo", 0
    for tried in range(FILES):
        suffix, data = seeds[tried % len(seeds)]
        path.write_bytes(damaged(data, random))
        try:
            photo = read(path)
        except ReadError as error:
            assert str(error).startswith(f"{path}: ") and "\n" not in str(error)
        except Exception as error:
            kept = path.rename(path.with_name(f"crash-{tried}{suffix}"))
            pytest.fail(f"seed {SEED}: {kept} raised {type(error).__name__}: {error}")
        else:
            assert isinstance(photo, Photo) and photo.pixels.ndim == 3
            whole += 1
    assert 0 < whole < FILES


NAMES = ("a.jpg", "a.NEF", "a.heic", "a.tif.", "é 写真 🩵.png", "-o", "a\nb.webp", "\udcff.dng", "x" * 250, "a")


def test_a_name_changes_nothing_but_the_words(tmp_path):
    """Whatever a photo is called, it is read to the same pixels, and its result's name has no folder in it."""
    (tmp_path / "seeds").mkdir()
    for number, (_, data) in enumerate(photos(tmp_path / "seeds")):
        plain = tmp_path / "photo"
        plain.write_bytes(data)
        expected = read(plain).pixels
        for name in NAMES:
            path = tmp_path / str(number) / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            assert np.array_equal(read(path).pixels, expected)
            result = name_for(path, None)
            assert result and Path(result).name == result
            if path.suffix.lower() in (".nef", ".heic", ".dng"):
                assert result.endswith(extension_for(read(path)))


def test_models(tmp_path):
    config = ModelConfig(n_luts=1, grid_size=2, context_channels=1, voxel_channels=1, thumbnail_size=32)
    data = checkpoint.to_bytes(checkpoint.Checkpoint(build(config).eval(), config, {"command": "none"}))
    random, path = np.random.default_rng(SEED), tmp_path / "m.safetensors"
    head = 8 + int.from_bytes(data[:8], "little")
    for tried in range(FILES // 5):
        # Half of the hurts in the header, which is small beside the tensors.
        hurt = damaged(data[:head], random) + data[head:] if tried % 2 else damaged(data, random)
        path.write_bytes(hurt)
        try:
            read_back = checkpoint.read(path)
        except SetupError as error:
            assert str(error).startswith(f"{path}: ")
        except Exception as error:
            pytest.fail(f"seed {SEED}, file {tried}: {type(error).__name__}: {error}")
        else:
            assert all(torch.isfinite(t).all() for t in read_back.network.state_dict().values())
