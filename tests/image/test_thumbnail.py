import numpy as np
import pytest
import torch
from PIL import Image

from lutbridge.image.thumbnail import area_thumbnail, bilinear_thumbnail


def photo(height=300, width=420, dtype=np.uint8):
    """Smooth colours with some texture."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [np.sin(x / 37 + c) * np.cos(y / 23 - c) + 0.3 * np.sin(x * (1 + c)) for c in range(3)]
    top = np.iinfo(dtype).max
    return (np.clip(np.stack(waves, -1) * 0.35 + 0.5, 0, 1) * top).round().astype(dtype)


def test_whole_cells_are_plain_means():
    pixels = photo(64, 96)
    expected = pixels.reshape(32, 2, 32, 3, 3).mean((1, 3)) / 255
    assert np.abs(area_thumbnail(pixels, 32) - expected).max() < 1e-6


@pytest.mark.parametrize("shape", [(97, 131), (1, 1), (1, 500), (31, 64)])
def test_the_mean_colour_is_kept_at_any_size(shape):
    pixels = photo(*shape)
    thumbnail = area_thumbnail(pixels, 32)
    assert thumbnail.shape == (32, 32, 3) and thumbnail.dtype == np.float32
    assert np.abs(thumbnail.mean((0, 1)) - pixels.mean((0, 1)) / 255).max() < 1e-4


def test_cells_that_cut_pixels_take_their_exact_share():
    """Against plain means after every pixel is split into 32 × 32 equal parts, which no cell cuts."""
    pixels = photo(45, 70)
    split = pixels.repeat(32, 0).repeat(32, 1).reshape(32, 45, 32, 70, 3)
    assert np.abs(area_thumbnail(pixels, 32) - split.mean((1, 3)) / 255).max() < 1e-6


def test_16_bit_codes_and_views_of_turned_photos_are_taken_as_they_are():
    pixels = photo(dtype=np.uint16)
    turned = pixels.swapaxes(0, 1)
    assert np.allclose(area_thumbnail(turned, 32), area_thumbnail(pixels, 32).swapaxes(0, 1), atol=1e-6)


def test_an_export_at_another_size_gives_nearly_the_same_thumbnail():
    pixels = photo(600, 900)
    export = np.asarray(Image.fromarray(pixels).resize((410, 273), Image.Resampling.LANCZOS))
    assert np.abs(area_thumbnail(export, 32) - area_thumbnail(pixels, 32)).max() < 0.01


@pytest.mark.parametrize("shape, size", [((37, 53), 16), ((16, 16), 16), ((5, 300), 32), ((900, 7), 8)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_bilinear_thumbnail_is_torchs_without_antialiasing(shape, size, dtype):
    pixels = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, (*shape, 3), dtype, endpoint=True)
    values = torch.from_numpy(pixels / np.float32(np.iinfo(dtype).max)).movedim(2, 0)[None]
    expected = torch.nn.functional.interpolate(values, (size, size), mode="bilinear")[0].movedim(0, 2).numpy()
    taken = bilinear_thumbnail(pixels, size)
    assert taken.dtype == np.float32 and np.abs(taken - expected).max() < 1e-6
