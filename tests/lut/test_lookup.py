import numpy as np
import pytest
import torch

from lutbridge.lut.lookup import INTERPOLATIONS, look_up, pad
from lutbridge.train.lookup import interpolate_in_torch


def lattice(M, seed=0):
    return np.random.default_rng(seed).random((M, M, M, 3), np.float32)


def reference(points, colours, interpolation):
    tensor = torch.from_numpy(points).movedim(-1, 0)
    return interpolate_in_torch(tensor, torch.from_numpy(colours), interpolation).numpy()


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("M", [2, 3, 33])
def test_floats_are_what_the_reference_says(M, interpolation):
    colours = np.random.default_rng(1).uniform(-0.2, 1.2, (1000, 3)).astype(np.float32)
    colours[:4] = [[0, 0, 0], [1, 1, 1], [0.5, 0.5, 0.5], [1, 0, 1]]
    out, clipped = look_up(pad(lattice(M)), M, colours, interpolation)
    assert np.abs(out - reference(lattice(M), colours, interpolation)).max() < 2e-6
    assert out.dtype == np.float32 and clipped == 0


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_codes_are_the_reference_rounded_once(dtype):
    top = np.iinfo(dtype).max
    photo = np.random.default_rng(2).integers(0, top, (37, 53, 3), dtype, endpoint=True)
    points = lattice(17) * 1.2 - 0.1
    out, clipped = look_up(pad(points), 17, photo)
    exact = reference(points, (photo / np.float32(top)).astype(np.float32).reshape(-1, 3), "tetrahedral")
    exact = exact.reshape(photo.shape).astype(float).clip(0, 1) * top
    assert out.dtype == dtype and np.abs(out - exact).max() <= 0.5 + 0.05
    newly = ((out == 0) & (photo != 0)) | ((out == top) & (photo != top))
    assert clipped == newly.any(-1).sum() > 0


def test_strips_threads_and_strides_change_nothing():
    photo = np.random.default_rng(3).integers(0, 256, (400, 300, 3), np.uint8)
    points = pad(lattice(9))
    whole, clipped = look_up(points, 9, photo)
    assert np.array_equal(look_up(points, 9, photo.transpose(1, 0, 2))[0], whole.transpose(1, 0, 2))
    halves = [look_up(points, 9, half) for half in (photo[:123], photo[123:])]
    assert np.array_equal(np.concatenate([half for half, _ in halves]), whole)
    assert sum(count for _, count in halves) == clipped


@pytest.mark.parametrize("turned", [False, True])
def test_the_result_can_take_the_place_of_the_photo(turned):
    photo = np.random.default_rng(4).integers(0, 256, (90, 700, 3), np.uint8)
    photo = photo.transpose(1, 0, 2) if turned else photo
    expected, clipped = look_up(pad(lattice(9)), 9, photo)
    found, count = look_up(pad(lattice(9)), 9, photo, out=photo)
    assert found is photo and count == clipped and np.array_equal(photo, expected)


def test_nothing_in_gives_nothing_out():
    assert look_up(pad(lattice(2)), 2, np.empty((0, 3), np.float32))[0].shape == (0, 3)


def test_what_is_no_number_reads_inside_the_lattice():
    out, _ = look_up(pad(lattice(3)), 3, np.full((5, 3), np.nan, np.float32))
    assert out.shape == (5, 3)


def test_an_interpolation_that_is_none_is_refused():
    with pytest.raises(ValueError, match="'cubic'"):
        look_up(pad(lattice(2)), 2, np.zeros((1, 3), np.float32), "cubic")
