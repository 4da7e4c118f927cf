"""What is left alone, and that photos never are."""

import numpy as np
import pytest
from PIL import Image, ImageDraw
from skimage.data import astronaut

from lutbridge.image.inspect import left_alone, nothing_to_retouch

PORTRAIT = astronaut()


def window():
    """A program's window: a bar, a column at the side, a table with text."""
    image = Image.new("RGB", (800, 600), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 799, 39), fill=(60, 60, 70))
    draw.rectangle((0, 40, 159, 599), fill=(235, 235, 240))
    for row in range(12):
        draw.line((170, 80 + 40 * row, 790, 80 + 40 * row), fill=(200, 200, 200))
        draw.text((180, 55 + 40 * row), f"IMG_{row}.JPG   4000 x 6000   14 MB", fill="black")
    return np.asarray(image)


def even(code, spread=0, dtype=np.uint8):
    step = 257 if dtype == np.uint16 else 1
    noise = np.random.default_rng(0).integers(0, spread + 1, (200, 300, 3))
    return ((code + noise) * step).astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize(
    ("code", "spread", "reason"),
    [(0, 0, "black"), (0, 8, "black"), (255, 0, "one colour only"), (120, 4, "one colour only"), (120, 5, None)],
)
def test_one_colour_and_black(dtype, code, spread, reason):
    assert nothing_to_retouch(even(code, spread, dtype)) == reason


def test_a_small_thing_on_one_colour_is_a_photo():
    """Wherever it lies: also between the pixels that are looked at first."""
    pixels = even(120)
    pixels[101, 151] = 200
    assert nothing_to_retouch(pixels) is None


def test_a_screenshot():
    assert nothing_to_retouch(window()) == "a screenshot or a drawing"
    assert nothing_to_retouch(window().astype(np.uint16) * 257) == "a screenshot or a drawing"
    assert left_alone(window()) == ("left as it is: a screenshot or a drawing",)


def test_a_screenshot_of_a_portrait_is_retouched():
    pixels = window().copy()
    pixels[60:572, 200:712] = PORTRAIT
    assert nothing_to_retouch(pixels) is None


def posterised(colours):
    image = Image.fromarray(PORTRAIT).quantize(colours, dither=Image.Dither.NONE)
    return np.asarray(image.convert("RGB"))


def high_key():
    """A portrait before a studio's white, most of which is clipped."""
    pixels = np.full((1024, 1024, 3), 255, np.uint8)
    pixels[512:, 256:768] = PORTRAIT
    return pixels


@pytest.mark.parametrize(
    "pixels",
    [
        PORTRAIT,
        np.repeat(PORTRAIT[..., 1:2], 3, 2),
        high_key(),
        PORTRAIT // 16,
        np.minimum(255, PORTRAIT.astype(int) * 3).astype(np.uint8),
        *map(posterised, (4, 16, 64, 256)),
        PORTRAIT[:1],
        PORTRAIT[:, :1],
        PORTRAIT[:40, :40],
    ],
    ids=["portrait", "grey", "high key", "dark", "clipped", "4", "16", "64", "256", "row", "column", "tiny"],
)
def test_photos_are_retouched(pixels):
    assert left_alone(pixels) == ()
