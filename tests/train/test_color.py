"""Tensors and arrays are given the same colours; gradients are finite where a photo is black."""

import numpy as np
import pytest
import torch

from lutbridge.color import lab, srgb
from lutbridge.train import color

VALUES = np.random.default_rng(1).random((400, 3))
VALUES[:4] = [[0, 0, 0], [1, 1, 1], [0.04045, 0.0031308, 0.5], [0, 0, 1]]


@pytest.mark.parametrize(
    ("of_tensors", "of_arrays"),
    [
        (color.eotf_srgb, srgb.eotf_srgb),
        (color.inverse_eotf_srgb, srgb.inverse_eotf_srgb),
        (color.srgb_to_lab, lab.srgb_to_lab),
    ],
)
def test_tensors_get_what_arrays_get(of_tensors, of_arrays):
    found = of_tensors(torch.from_numpy(VALUES))
    assert found.dtype == torch.float64 and np.abs(found.numpy() - of_arrays(VALUES)).max() < 1e-9


@pytest.mark.parametrize("function", [color.eotf_srgb, color.inverse_eotf_srgb, color.srgb_to_lab])
def test_gradients_are_finite_everywhere(function):
    rgb = torch.from_numpy(VALUES).requires_grad_()
    function(rgb).sum().backward()
    assert torch.isfinite(rgb.grad).all()
