"""Whether pairs teach a style: a look does, and edits that have nothing in common do not."""

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.data import astronaut

from lutbridge.model.config import ModelConfig
from lutbridge.research.style_report import (
    EXCHANGED,
    ONE_LUT,
    OTHER,
    RESULT,
    SHUFFLED,
    START,
    UNTOUCHED,
    Difference,
    StyleReport,
    report,
)
from lutbridge.train.data.pairs import Pair
from lutbridge.train.networks.build import build
from lutbridge.train.style import fit_style, small_pictures, with_style


@pytest.fixture(scope="module")
def start():
    """Leaves photos as they are."""
    regions = {"predictor": "regions", "pixel_weights": "regions", "interpolation": "tetrahedral"}
    torch.manual_seed(0)
    return build(ModelConfig(n_luts=2, grid_size=9, thumbnail_size=32, restraint=2.0, **regions)).eval()


def pairs(folder, edit):
    made = []
    for i in range(10):
        before = astronaut()[30 * i : 30 * i + 64, 40 * i : 40 * i + 64]
        files = [folder / f"{i}-{kind}.png" for kind in ("before", "after")]
        for file, pixels in zip(files, (before, edit(before / 255, i) * 255), strict=True):
            Image.fromarray(np.rint(pixels.clip(0, 255)).astype(np.uint8)).save(file)
        made.append(Pair(str(i), f"shoot {i // 2}", (files[0],), files[1], None, exact=False))
    return made[:6], made[6:]


def of(start, folder, edit):
    learned, held = pairs(folder, edit)
    style = fit_style(start, small_pictures(learned, start.thumbnail_size))
    return report(with_style(start, style), start, learned, held, look_only=False)


def test_a_look_beats_its_controls_and_one_lut_is_as_good_where_nothing_is_corrected(start, tmp_path):
    found = of(start, tmp_path, lambda rgb, i: (0.05 + 0.8 * rgb) * [1.0, 0.8, 0.9])
    assert set(found.gains) == {UNTOUCHED, START, OTHER, EXCHANGED, SHUFFLED, ONE_LUT}
    assert found.psnr["result"] > 35 > found.psnr[UNTOUCHED]
    assert found.failed == [ONE_LUT], "the start corrects nothing, so a LUT is all there is"
    words = found.words("portrait-v2")
    assert "over portrait-v2: +" in words and "NOT beaten" in words and "one fixed LUT does as well" in words
    assert "4 photos it did not learn from (2 shoots)" in words and "interval over photos" in words


def test_edits_without_anything_in_common_teach_nothing(start, tmp_path):
    exponents = np.random.default_rng(3).uniform(-1, 1, (10, 3))
    found = of(start, tmp_path, lambda rgb, i: rgb ** (2 ** exponents[i]))
    assert START in found.failed
    assert "These pairs do not teach a style" in found.words("portrait-v2")


def test_a_gain_within_chance_is_none():
    assert not Difference(0.4, -0.1, 0.9).is_more_than_chance
    assert str(Difference(0.4, -0.1, 0.9)) == "+0.4 dB (−0.1 to +0.9)"


@pytest.mark.parametrize(("photos", "said"), [(1, "One photo cannot tell"), (2, "2 photos cannot tell")])
def test_too_few_photos_give_figures_and_no_verdict(photos, said):
    gains = {UNTOUCHED: Difference(3.0, 3.0, 3.0), START: Difference(0.8, 0.8, 0.8)}
    words = StyleReport(photos, photos, {RESULT: 30.0}, {RESULT: 2.0}, gains, with_takes=True).words("portrait-v2")
    assert f"{said} whether these pairs teach a style." in words and "These pairs teach" not in words
    assert "over portrait-v2: +0.8 dB\n" in words and "interval" not in words and "beaten" not in words
    worse = StyleReport(photos, photos, {RESULT: 30.0}, {RESULT: 2.0}, {START: Difference(-0.1, -0.1, -0.1)}, True)
    assert "These pairs do not teach a style:" in worse.words("portrait-v2")
