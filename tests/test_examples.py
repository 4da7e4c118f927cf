"""The demo's photos: all there, sourced, small, and what the table says was done to them."""

import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lutbridge.color.srgb import eotf_srgb
from lutbridge.image.read import read
from lutbridge.retouch import Retoucher

EXAMPLES = Path(__file__).parents[1] / "examples"
SHOOT = EXAMPLES / "shoot"
TABLE = tomllib.loads((EXAMPLES / "shoot.toml").read_text(encoding="utf-8"))
MOST_BYTES = 6_000_000


@pytest.fixture(scope="module")
def make_shoot():
    sys.path.insert(0, str(EXAMPLES))
    try:
        import make_shoot

        yield make_shoot
    finally:
        sys.path.remove(str(EXAMPLES))


def test_every_photo_has_its_source_and_the_other_way_round(make_shoot):
    photos = {path.relative_to(SHOOT).as_posix() for path in SHOOT.rglob("*.jpg")}
    assert photos == {photo["name"] for photo in TABLE["photos"]}
    assert (SHOOT / "SOURCES.md").read_text(encoding="utf-8") == make_shoot.sources(TABLE)
    assert {repository["licence"] for repository in TABLE["repositories"].values()} == {"CC0 1.0"}
    for photo in TABLE["photos"]:
        with Image.open(SHOOT / photo["name"]) as image:
            description = image.getexif()[270]
        assert photo["path"] in description and "CC0 1.0" in description


def test_the_photos_are_small_enough_for_a_repository():
    assert sum(path.stat().st_size for path in SHOOT.rglob("*")) < MOST_BYTES


def test_errors_are_what_the_table_says(make_shoot):
    finished = Image.new("RGB", (300, 200), (120, 120, 120))
    as_shot = make_shoot.with_error(finished, {"name": "x", "exposure": -1.0, "temperature": 0.25, "tint": 0.5})
    stops = np.log2(eotf_srgb(np.asarray(as_shot)[0, 0] / 255) / eotf_srgb(np.array(120 / 255)))
    assert stops == pytest.approx([-0.75, -0.5, -1.25], abs=0.02)
    person = make_shoot.with_error(finished, {"name": "against-the-light.jpg", "person": -1.0})
    codes = np.asarray(person)
    assert codes.max() == 120 and codes.min() == pytest.approx(86, abs=1)


def test_a_finished_photo_and_a_monochrome_one_stay_so():
    retoucher = Retoucher.load()
    finished = read(SHOOT / "portraits" / "finished.jpg")
    assert np.array_equal(retoucher.render(finished).pixels, finished.pixels)
    monochrome = retoucher.render(read(SHOOT / "portraits" / "monochrome.jpg")).pixels
    assert np.ptp(monochrome, axis=2).max() == 0
