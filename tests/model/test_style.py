"""The LUT of a style, which every photo goes through once it is corrected."""

from dataclasses import replace

import numpy as np
import pytest

from lutbridge.lut.lattice import identity_lattice, interpolate
from lutbridge.model.checkpoint import load_network
from lutbridge.model.config import ModelConfig
from lutbridge.render.cpu import Renderer
from lutbridge.render.reference import render


@pytest.fixture(scope="module")
def plain(parts_model):
    return load_network(parts_model)


@pytest.fixture(scope="module")
def photo():
    return np.random.default_rng(0).random((32, 32, 3), np.float32)


def curve(lattice):
    return (0.1 + 0.8 * lattice**1.3).astype(np.float32)


def test_the_identity_as_a_style_changes_nothing(plain, photo):
    styled = replace(plain, style=identity_lattice(5))
    look = plain.look(photo)
    assert np.allclose(render(styled, look, photo), render(plain, look, photo), atol=1e-6)


def test_each_region_s_lut_goes_through_the_style(plain, photo):
    style = curve(identity_lattice(5))
    styled, look = replace(plain, style=style), plain.look(photo)
    person = look.mask.rows(photo, 0, 32)[..., None]
    background, own = (
        interpolate(interpolate(style, plain.fused(weights)), photo) for weights in np.split(look.w_image, 2)
    )
    expected = (background + person * (own - background)).clip(0, 1)
    assert np.allclose(render(styled, look, photo), expected, atol=1e-5)
    assert np.allclose(Renderer(styled, look).strip(photo, 0, 32, 0, 32), expected, atol=1e-5)
    assert np.array_equal(render(styled.correction, look, photo), render(plain, look, photo))


def test_a_photo_that_is_left_uncorrected_still_gets_the_style(plain, photo):
    style = curve(identity_lattice(5))
    luts = plain.luts.copy()
    luts[0] = identity_lattice(5)
    restrained = replace(plain, luts=luts, restraint=20.0, style=style)
    look = restrained.look(photo)
    assert np.array_equal(look.w_image, [1, 0, 1, 0]), "so large a restraint leaves the photo as it is"
    assert np.allclose(render(restrained, look, photo), interpolate(style, photo), atol=1e-5)


def test_monochrome_photos_stay_monochrome(plain, photo):
    style = curve(identity_lattice(5)) * np.float32([1, 0.9, 0.7])
    grey = np.repeat(photo[..., :1], 3, -1)
    styled = replace(plain, style=style).monochrome
    result = render(styled, styled.look(grey), grey)
    assert np.array_equal(result[..., 0], result[..., 1]) and np.array_equal(result[..., 0], result[..., 2])


def test_only_a_model_with_regions_can_have_a_style():
    with pytest.raises(ValueError, match="style = True cannot be built"):
        ModelConfig(style=True)
