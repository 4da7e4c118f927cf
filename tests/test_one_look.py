"""One photo, one look: however a photo arrives, the shipped models retouch it alike."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from lutbridge.color.codes import to_float
from lutbridge.color.delta_e import delta_e_2000
from lutbridge.color.lab import srgb_to_lab
from lutbridge.image.photo import Container, Photo
from lutbridge.image.read import LOOK_SIDE, read
from lutbridge.render.cpu import Renderer
from lutbridge.retouch import Retoucher

WIDTH, HEIGHT = 5120, 4720  # 24 MP
EXPORT = (1024, 944)


def rendered(retoucher, picture):
    """(H, W, 3) float32: at 16 bit, so that rounding to 8 bit does not count as a difference."""
    codes = np.asarray(picture.convert("RGB")).astype(np.uint16) * 257
    return to_float(retoucher.render(Photo(Path("photo"), codes, None, Container("png"))).pixels)


def exported(rgb):
    """(944, 1024, 3) float32: reduced to the smallest of the three, as an editor exports, without rounding."""
    channels = [
        Image.fromarray(np.ascontiguousarray(c)).resize(EXPORT, Image.Resampling.LANCZOS)
        for c in rgb.transpose(2, 0, 1)
    ]
    return np.stack(channels, -1).clip(0, 1)


def delta(a, b):
    return delta_e_2000(srgb_to_lab(a), srgb_to_lab(b)).mean()


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A 24 MP JPEG: the astronaut enlarged, too dark and too warm, with the grain of a camera."""
    picture = Image.fromarray(astronaut()).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    grain = np.random.default_rng(0).normal(0, 3, (HEIGHT, WIDTH, 1)).astype(np.float32)
    pixels = np.clip(np.asarray(picture) * np.float32([0.65, 0.58, 0.48]) + grain, 0, 255).astype(np.uint8)
    path = tmp_path_factory.mktemp("photos") / "original.jpg"
    Image.fromarray(pixels).save(path, quality=95)
    return path


def test_the_original_its_export_and_a_reduced_decode_get_one_look(original):
    """What each arrival asks for, on the same pixels."""
    retoucher = Retoucher.load(device="cpu")
    with Image.open(original) as full, Image.open(original) as draft:
        export = full.resize(EXPORT, Image.Resampling.LANCZOS)
        draft.draft("RGB", (WIDTH // 2, HEIGHT // 2))
        arrivals = [np.asarray(picture.convert("RGB")) for picture in (full, export, draft)]
    looks = [retoucher.look(Photo(Path("photo"), pixels, None, Container("png"))) for pixels in arrivals]
    pixels = to_float(arrivals[1])
    renders = [Renderer(retoucher.network, look).strip(pixels, 0, 944, 0, 944) for look in looks]
    assert delta(renders[1], pixels) > 2
    for one, other in combinations(renders, 2):
        assert delta(one, other) < 0.1


def test_the_original_its_export_and_a_reduced_decode_look_alike(original):
    """Rendered each for itself and then reduced: grain is brightened before or after it is averaged, which shows."""
    retoucher = Retoucher.load("portrait-v1", device="cpu")  # a weaker edit than the default's, for which 0.3 was set
    with Image.open(original) as full, Image.open(original) as draft:
        export = full.resize(EXPORT, Image.Resampling.LANCZOS)
        draft.draft("RGB", (WIDTH // 2, HEIGHT // 2))
        assert draft.size == (WIDTH // 2, HEIGHT // 2), "decoded at half the scale"
        looks = [exported(rendered(retoucher, full)), rendered(retoucher, export), exported(rendered(retoucher, draft))]
    assert delta(looks[1], to_float(np.asarray(export))) > 2, (
        "the photo asks for work, so the comparison means something"
    )
    for one, other in combinations(looks, 2):
        assert delta(one, other) < 0.3


def test_a_lut_from_a_reduced_decode_is_that_of_the_whole_photo(original):
    retoucher = Retoucher.load(device="cpu")
    whole, reduced = read(original), read(original, long_side=LOOK_SIDE)
    assert reduced.pixels.shape == (HEIGHT // 4, WIDTH // 4, 3)
    colours = to_float(whole.pixels[::16, ::16])
    looks = [retoucher.lut(photo).apply(colours) for photo in (whole, reduced)]
    assert delta(looks[0], colours) > 1
    assert delta(*looks) < 0.1
