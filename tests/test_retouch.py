from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from lutbridge.color.codes import to_float
from lutbridge.color.delta_e import delta_e_2000
from lutbridge.color.gamut import Srgb, space_of
from lutbridge.color.icc import matrix_profile
from lutbridge.color.lab import srgb_to_lab
from lutbridge.errors import SetupError
from lutbridge.image.photo import Container, Photo
from lutbridge.model.build import build as numpy_build
from lutbridge.model.config import HDRNetConfig, ModelConfig
from lutbridge.retouch import STRIP_PIXELS, VIEWS, Retoucher
from lutbridge.train.networks import checkpoint
from lutbridge.train.networks.build import build
from lutbridge.train.networks.checkpoint import Checkpoint, to_bytes


def network():
    """A network with a look of its own: warm, brighter, and different from pixel to pixel."""
    torch.manual_seed(0)
    net = build(ModelConfig(n_luts=3, grid_size=9, thumbnail_size=32, predictor="histogram-cnn"))
    with torch.no_grad():
        identity = net.luts[0].clone()
        net.luts[1] = identity * torch.tensor([0.12, 0.05, -0.08]).view(3, 1, 1, 1)
        net.luts[2] = 0.1 * identity * (1 - identity)
        net.predictor.head.bias[1:] = 1
        net.local_context.weights.weight.mul_(3)
    return net


def in_numpy(net):
    return numpy_build(net.config, checkpoint.arrays(net))


@pytest.fixture(scope="module")
def retoucher():
    return Retoucher(in_numpy(network()), "toy")


def photo(height=90, width=120, dtype=np.uint8, seed=0):
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    smooth = np.stack([x / width, y / height, (x + y) / (width + height)], -1)
    values = np.clip(0.05 + 0.8 * smooth + 0.05 * random.standard_normal(smooth.shape), 0, 1)
    return Photo(Path("wedding.jpg"), (values * np.iinfo(dtype).max).round().astype(dtype), None, Container("png"))


def in_wide_gamut(shot, name="Wide"):
    """The same 16-bit photo as codes of a profile with ProPhoto's primaries."""
    space = space_of(prophoto(), name)
    codes = np.full_like(shot.pixels, 32768)
    for _ in range(4):  # every grey is inside; from there to the photo's colours
        codes = space.from_model(to_float(shot.pixels), space.to_model(codes), codes)
    return Photo(shot.path, codes, None, Container("tiff", icc=prophoto()), color=space)


def prophoto():
    curve = b"curv\0\0\0\0\0\0\0\1\1\xcd\0\0"  # gamma 1.8
    primaries = np.array([[0.79767, 0.13519, 0.03134], [0.28804, 0.71188, 0.00009], [0, 0, 0.82490]])
    return matrix_profile("Wide", primaries, curve)


def difference(a, b):
    return delta_e_2000(srgb_to_lab(to_float(a)), srgb_to_lab(to_float(b)))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_render_is_the_networks_forward_pass(retoucher, dtype):
    pixels = photo(dtype=dtype).pixels
    result = retoucher.render(photo(dtype=dtype))
    rgb = torch.from_numpy(to_float(pixels)).movedim(2, 0)[None]
    with torch.no_grad():
        w_image, net = torch.tensor(result.image_weights)[None], network()
        w_pixel, _ = net.local_context(rgb)
        expected = net.mix(w_image, w_pixel, rgb)[0].movedim(0, 2).clamp(0, 1).numpy()
    top = np.iinfo(dtype).max
    assert result.pixels.dtype == dtype and result.pixels.shape == pixels.shape
    assert np.abs(result.pixels / top - expected).max() < 0.51 / top + 1e-6


@pytest.mark.parametrize("strip", [120 * 7, STRIP_PIXELS])
def test_strips_through_a_colour_space_leave_no_seam(retoucher, strip):
    """Only a photo in the model's own space is rendered as a whole; another space that means the same is not it."""
    whole = retoucher.render(photo(dtype=np.uint16), 0.7)
    by_strips = Retoucher(retoucher.network, "toy", strip_pixels=strip)
    strips = by_strips.render(replace(photo(dtype=np.uint16), color=Srgb()), 0.7)
    assert np.abs(strips.pixels.astype(int) - whole.pixels).max() <= 1
    assert strips.clipped == whole.clipped


def test_strength_runs_from_the_input_to_the_full_result(retoucher):
    shot = photo(dtype=np.uint16)
    full = retoucher.render(shot).pixels.astype(float)
    assert np.array_equal(retoucher.render(shot, 0).pixels, shot.pixels)
    half = retoucher.render(shot, 0.5).pixels
    assert np.abs(half - (shot.pixels + full) / 2).max() <= 1
    nearly_none = retoucher.render(shot, 1e-6).pixels.astype(int)
    assert np.abs(nearly_none - shot.pixels).max() <= 1


def test_a_photo_gets_the_same_look_in_every_profile(retoucher):
    shot = photo(dtype=np.uint16)
    wide = in_wide_gamut(shot)
    assert np.abs(wide.color.to_model(wide.pixels) - to_float(shot.pixels)).max() < 5e-4, "one code of such a gamut"
    plain, result = retoucher.render(shot), retoucher.render(wide)
    assert np.allclose(result.image_weights, plain.image_weights, atol=1e-5)
    error = np.abs(wide.color.to_model(result.pixels) - to_float(plain.pixels))
    assert error.max() < 1e-3 and error.mean() < 2e-5
    for view in VIEWS:
        assert np.allclose(retoucher.lut(wide, view, 9).lattice, retoucher.lut(shot, view, 9).lattice, atol=2e-3)
    assert retoucher.lut(wide, grid_size=5).title.endswith("sRGB in and out (the photo is Wide)")


def test_strength_in_another_profile(retoucher):
    wide = in_wide_gamut(photo(dtype=np.uint16))
    wide.pixels[::7] = np.random.default_rng(0).integers(0, 65536, wide.pixels[::7].shape)  # far outside sRGB as well
    assert np.array_equal(retoucher.render(wide, 0).pixels, wide.pixels)
    changes = [np.abs(retoucher.render(wide, s).pixels.astype(int) - wide.pixels) for s in (1, 1e-2, 1e-4, 1e-7)]
    means = [each.mean() for each in changes]
    assert sorted(means, reverse=True) == means and means[-1] < 0.1


def test_16_bit_does_not_pass_through_8(retoucher):
    steps = len(np.unique(retoucher.render(photo(300, 400, np.uint16)).pixels))
    assert steps > 10_000


def test_each_rung_takes_smaller_strips_and_gives_the_same(retoucher):
    shot = replace(photo(dtype=np.uint16), color=Srgb())
    rungs = list(Retoucher(retoucher.network, "toy", strip_pixels=120 * 16).rungs())
    assert [rung.strip_pixels for rung in rungs] == [120 * 16, 120 * 8, 120 * 4]
    whole, *parts = [rung.render(shot).pixels.astype(int) for rung in rungs]
    assert all(np.abs(part - whole).max() <= 1 for part in parts)


@pytest.mark.parametrize("shape", [(1, 1), (1, 200), (200, 1), (2, 3)])
def test_tiny_and_narrow_photos(retoucher, shape):
    shot = photo(*shape)
    assert retoucher.render(shot).pixels.shape == (*shape, 3)
    for view in VIEWS:
        assert retoucher.lut(shot, view, 5).grid_size == 5


def test_the_input_is_not_changed(retoucher):
    shot = photo()
    before = shot.pixels.copy()
    retoucher.render(shot)
    retoucher.render(shot, 0).pixels[:] = 0
    assert np.array_equal(shot.pixels, before)


def test_newly_clipped_pixels_are_counted(retoucher):
    bright = photo()
    bright.pixels[:45] = (252, 128, 90)
    bright.pixels[45:] = 255
    assert retoucher.render(bright).clipped == pytest.approx(0.5, abs=0.02), "what was white before does not count"


def test_the_fitted_lut_comes_nearest_to_the_render(retoucher):
    shot = photo(dtype=np.uint16)
    full = retoucher.render(shot).pixels
    errors = {v: difference_to(retoucher.lut(shot, v), shot, full) for v in VIEWS}
    assert errors["fitted"] <= errors["fused"] + 1e-3 < errors["image-weights"]
    assert errors["fitted"] < 0.3


def difference_to(lut, shot, full):
    single = lut.apply(to_float(shot.pixels)).clip(0, 1)
    return delta_e_2000(srgb_to_lab(to_float(full)), srgb_to_lab(single)).mean()


def test_only_the_product_of_both_weights_shows(retoucher):
    """Scale w_image up and w_pixel down: render, fitted and fused stay; eq. 2 read literally does not."""
    net = network()
    with torch.no_grad():
        for layer, factor in ((net.predictor.head, 2), (net.local_context.weights, 0.5)):
            layer.weight.mul_(factor)
            layer.bias.mul_(factor)
    scaled = Retoucher(in_numpy(net), "scaled")
    shot = photo()
    assert np.array_equal(scaled.render(shot).pixels, retoucher.render(shot).pixels)
    for view in ("fitted", "fused"):
        assert np.allclose(scaled.lut(shot, view).lattice, retoucher.lut(shot, view).lattice, atol=1e-4)
    assert not np.allclose(
        scaled.lut(shot, "image-weights").lattice, retoucher.lut(shot, "image-weights").lattice, atol=0.05
    )


def test_lut_strength_size_and_title(retoucher):
    shot = photo()
    none, half, full = (retoucher.lut(shot, grid_size=17, strength=s) for s in (0, 0.5, 1))
    assert full.grid_size == 17
    assert np.allclose(half.lattice, (none.lattice + full.lattice) / 2, atol=1e-6)
    axis = np.linspace(0, 1, 17)
    assert np.allclose(none.lattice[:, 0, 0, 0], axis, atol=1e-6)
    assert full.title == "wedding.jpg - toy fitted LUT, sRGB in and out"
    assert "50%" in half.title


def test_one_photo_one_look(retoucher):
    """The original and its export: nearly the same weights, so nearly the same look."""
    from PIL import Image

    original = photo(600, 800)
    export = np.asarray(Image.fromarray(original.pixels).resize((410, 307), Image.Resampling.LANCZOS))
    small = Photo(Path("export.jpg"), export, None, Container("png"))
    weights = [retoucher.render(p).image_weights for p in (original, small)]
    assert np.allclose(*weights, atol=2e-3)


def test_a_model_file_that_is_not_there(tmp_path):
    with pytest.raises(SetupError, match="cannot be read"):
        Retoucher.load(str(tmp_path / "none.safetensors"))


def test_asking_for_a_gpu_that_is_not_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SetupError, match="no CUDA device"):
        Retoucher.load(device="cuda")


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("strength", [0, 0.5, 1])
@pytest.mark.parametrize("wide", [False, True])
def test_in_place_gives_the_same_pixels(monkeypatch, dtype, strength, wide):
    """In strips of one row, whose neighbours above have been replaced by then; upright and turned."""
    monkeypatch.setattr("lutbridge.retouch.CODE_STRIP_PIXELS", 130)
    retoucher = Retoucher(in_numpy(network()), "toy", strip_pixels=130)
    shot = photo(23, 31, dtype)
    shot = replace(shot, color=space_of(prophoto(), "Wide")) if wide else shot
    for pixels in (shot.pixels, shot.pixels.swapaxes(0, 1)):
        same = replace(shot, pixels=pixels.copy(order="K"))
        whole = retoucher.render(same, strength)
        assert whole.pixels is not same.pixels and np.array_equal(same.pixels, pixels)
        replaced = retoucher.render(same, strength, in_place=True)
        assert replaced.pixels is same.pixels and np.array_equal(same.pixels, whole.pixels)
        assert replaced.clipped == whole.clipped and (strength == 0 or not np.array_equal(same.pixels, pixels))


def test_strips_give_what_the_whole_photo_gives(monkeypatch, retoucher):
    shot = photo()
    whole = retoucher.render(shot).pixels
    for pixels in (1, 120 * 7, 120 * 50):
        monkeypatch.setattr("lutbridge.retouch.CODE_STRIP_PIXELS", pixels)
        assert np.array_equal(retoucher.render(shot).pixels, whole)


def test_a_model_without_luts_is_told_in_a_sentence(tmp_path):
    path = tmp_path / "compared.safetensors"
    path.write_bytes(to_bytes(Checkpoint(build(HDRNetConfig()), HDRNetConfig(), {})))
    with pytest.raises(SetupError, match=r"compared\.safetensors: this model can only be measured"):
        Retoucher.load(str(path), "cpu").render(photo())
