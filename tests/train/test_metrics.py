import statistics

import colour
import numpy as np
import pytest
import skimage.metrics

from lutbridge.train import metrics


def images(seed=0):
    random = np.random.default_rng(seed)
    target = random.integers(0, 256, (20, 30, 3), np.uint8)
    output = np.clip(target + random.integers(-20, 20, target.shape), 0, 255).astype(np.uint8)
    return output, target, random.random((20, 30)) > 0.5


def test_psnr_agrees_with_scikit_image_and_is_infinite_for_equals():
    output, target, _ = images()
    assert metrics.psnr(output, target) == pytest.approx(skimage.metrics.peak_signal_noise_ratio(target, output))
    assert metrics.psnr(target, target) == np.inf


def labs_by_colour_science(*pictures):
    srgb = colour.RGB_COLOURSPACES["sRGB"].copy()
    srgb.use_derived_transformation_matrices(True)
    return [
        colour.XYZ_to_Lab(colour.RGB_to_XYZ(picture / 255, srgb, apply_cctf_decoding=True), srgb.whitepoint)
        for picture in pictures
    ]


def test_delta_e_agrees_with_colour_science():
    output, target, mask = images()
    labs = labs_by_colour_science(output, target)
    expected = colour.difference.delta_E_CIE1976(*labs).mean()
    assert metrics.delta_e_mean(output, target) == pytest.approx(expected, abs=1e-3)
    weight = np.where(mask, 1.0, 0.5)[..., None]
    human = colour.difference.delta_E_CIE1976(*(lab * weight for lab in labs)).mean()
    assert metrics.delta_e_mean(output, target, mask) == pytest.approx(human, abs=1e-3)


def test_human_psnr_agrees_with_scikit_image_on_weighted_pictures():
    output, target, mask = images()
    weight = np.where(mask, 1.0, 0.5)[..., None]
    weighted = [picture / 255 * weight for picture in (target, output)]
    expected = skimage.metrics.peak_signal_noise_ratio(*weighted, data_range=1)
    assert metrics.psnr_human(output, target, mask) == pytest.approx(expected)


def test_m_glc_agrees_with_colour_science_and_the_standard_library():
    pictures = [images(seed)[0] for seed in range(5)]
    groups = ["x", "x", "y", "x", "y"]
    means = [lab[..., 1:].mean((0, 1)) for lab in labs_by_colour_science(*pictures)]
    each = [
        statistics.variance(mean[axis] for mean, group in zip(means, groups, strict=True) if group == name)
        for name in "xy"
        for axis in (0, 1)
    ]
    found = metrics.group_variance([metrics.mean_ab(picture) for picture in pictures], groups)
    assert found == pytest.approx(statistics.mean(each), rel=1e-3)


def test_an_images_lab_stands_for_it():
    output, target, mask = images()
    lab, goal = metrics.lab(output), metrics.lab(target)
    assert metrics.delta_e_mean(lab, goal, mask) == metrics.delta_e_mean(output, target, mask)
    assert np.array_equal(metrics.mean_ab(lab), metrics.mean_ab(output))


def test_human_centred_metrics_weigh_the_person_one_and_the_rest_half():
    output, target, mask = images()
    weight = np.where(mask, 1.0, 0.5)[..., None]
    error = (((output / 255 - target / 255) * weight) ** 2).mean()
    assert metrics.psnr_human(output, target, mask) == pytest.approx(-10 * np.log10(error))
    everybody, nobody = np.ones_like(mask), np.zeros_like(mask)
    assert metrics.psnr_human(output, target, everybody) == pytest.approx(metrics.psnr(output, target))
    assert metrics.psnr_human(output, target, nobody) == pytest.approx(metrics.psnr(output, target) + 20 * np.log10(2))
    assert metrics.delta_e_mean(output, target, nobody) == pytest.approx(metrics.delta_e_mean(output, target) / 2)


def test_group_variance_by_hand():
    means = [np.array([0.0, 1.0]), np.array([2.0, 1.0]), np.array([5.0, 5.0])]
    # Group x: variance 2 of a*, 0 of b*, mean 1. Group y, alone: 0.
    assert metrics.group_variance(means, ["x", "x", "y"]) == pytest.approx(0.5)


@pytest.mark.parametrize(
    "rgb, expected",
    [((255, 224, 196), "very light"), ((224, 172, 135), "light"), ((198, 134, 96), "tan"),
     ((141, 85, 56), "brown"), ((60, 36, 24), "dark")],
)  # fmt: skip
def test_skin_is_found_and_grouped_by_tone(rgb, expected):
    image = np.full((10, 10, 3), rgb, np.uint8)
    image[:5] = (30, 90, 200)
    skin = metrics.skin_pixels(image, np.ones((10, 10), bool))
    assert skin[5:].all() and not skin[:5].any()
    assert metrics.skin_group(image, skin) == expected


@pytest.mark.parametrize("axis, low, high", [("hue", 20, 75), ("chroma", 8, 48), ("L", 15, 92)])
def test_the_window_of_skin(axis, low, high):
    def is_skin(value):
        at = {"hue": 45, "chroma": 25, "L": 60} | {axis: value}
        hue = np.radians(at["hue"])
        lab = np.float32([at["L"], at["chroma"] * np.cos(hue), at["chroma"] * np.sin(hue)])
        return metrics.skin_pixels(lab[None, None], np.ones((1, 1)))[0, 0]

    assert [is_skin(value) for value in (low - 1, low + 1, high - 1, high + 1)] == [False, True, True, False]


def test_skin_error_is_of_skin_alone():
    target = np.full((4, 4, 3), (198, 134, 96), np.uint8)
    output = target.copy()
    output[:2] = 0
    skin = np.zeros((4, 4), bool)
    skin[2:] = True
    assert metrics.skin_error(output, target, skin) == (0, 0)
    redder = np.full((4, 4, 3), (210, 125, 96), np.uint8)
    delta_e, hue = metrics.skin_error(redder, target, skin)
    assert 5 < delta_e < 15 and 5 < hue < 15
