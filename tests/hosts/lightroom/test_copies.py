"""Rendered copies: the pixels, the files, and what stays as it was."""

from pathlib import Path

import numpy as np
import pytest
import tifffile

from lutbridge.image.read import read


def rendered(helper, photo, kind="plain_full", query=""):
    """What the helper makes of a photo's export, asked directly."""
    target = Path(photo["renders"][kind]).with_suffix(".direct")
    target.write_bytes(helper.ask(f"/v1/render?name=direct{query}", Path(photo["renders"][kind]).read_bytes()))
    return read(target).pixels


def test_a_copy_has_the_pixels_of_the_full_render(lightroom, helper):
    photo = lightroom.photo()
    answer = lightroom.run(photo)
    assert answer["said"] == [["Rendered copies: 1 of 1 photos."]]
    copy = lightroom.photos / "anna-retouched.tif"
    assert answer["stacks"] == [{"original": photo["path"], "copy": str(copy), "position": "above", "rating": 3}]
    pixels = tifffile.imread(copy)
    assert pixels.dtype == np.uint16 and pixels.shape == (320, 320, 3)
    assert np.array_equal(pixels, rendered(helper, photo))
    assert not np.array_equal(pixels, tifffile.imread(photo["renders"]["plain_full"]))


def test_a_copy_is_of_the_photo_with_its_profile(lightroom, helper):
    photo = lightroom.photo(look={"Name": "Adobe Color"})
    lightroom.run(photo)
    pixels = tifffile.imread(lightroom.photos / "anna-retouched.tif")
    assert np.array_equal(pixels, rendered(helper, photo, "look_full"))


def test_strength_and_format_are_those_of_the_settings(lightroom, helper):
    photo = lightroom.photo("anna's ü 👩\u200d🎤 10\u202fAM.nef")
    lightroom.run(photo, prefs={"strength": 40, "copy_format": "jpeg"})
    found = read(lightroom.photos / "anna's ü 👩\u200d🎤 10\u202fAM-retouched.jpg")
    assert np.array_equal(found.pixels, rendered(helper, photo, query="&strength=0.4&format=jpeg"))
    assert found.container.format == "jpeg"


def test_the_export_preset_makes_the_same_copy(lightroom, helper):
    photo = lightroom.photo()
    assert lightroom.run(photo, presses=["export"], prefs={"mode": "look"})["said"] == [
        ["Rendered copies: 1 of 1 photos."]
    ]
    assert np.array_equal(tifffile.imread(lightroom.photos / "anna-retouched.tif"), rendered(helper, photo))


@pytest.fixture
def shoot(lightroom):
    """Takes of one portrait, lighter and darker, warmer and colder."""
    changes = [(-0.6, -0.2), (0.0, 0.0), (0.5, 0.3)]
    return [
        lightroom.photo(f"take-{number}.nef", exposure=exposure, warmth=warmth)
        for number, (exposure, warmth) in enumerate(changes)
    ]


def spread(lightroom):
    """How far the copies of a shoot are apart: standard deviation of their mean colours, of 65535."""
    copies = sorted(lightroom.photos.glob("*-retouched.tif"))
    spread = np.std([tifffile.imread(path).mean((0, 1)) for path in copies], axis=0).mean()
    for path in copies:
        path.unlink()
    return spread


def test_a_shoot_that_matches_is_nearer_together_than_its_takes_alone(lightroom, shoot):
    lightroom.run(*shoot)
    alone = spread(lightroom)
    answer = lightroom.run(*shoot, prefs={"group": "match"})
    assert answer["said"] == [["Rendered copies: 3 of 3 photos."]]
    assert spread(lightroom) < 0.7 * alone


def test_a_cancelled_run_leaves_no_half_copy(lightroom, shoot):
    answer = lightroom.run(*shoot, cancel_after=6)
    said = answer["said"][0]
    done = len(answer["stacks"])
    assert said == [f"Rendered copies: {done} of 3 photos.", "Cancelled."]
    assert done < 3
    assert len(lightroom.beside()) == 3 + done
