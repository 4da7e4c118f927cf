from dataclasses import replace

import numpy as np
import pytest
import torch

from lutbridge.train import basis
from lutbridge.train.data.degrade import DegradeConfig
from lutbridge.train.data.portraits import Portrait
from lutbridge.train.lattice import identity_lattice
from lutbridge.train.lookup import interpolate


def test_the_components_span_what_undoes_an_error(monkeypatch):
    """Exposure alone: one component beside the identity explains nearly all of an unseen draw."""
    monkeypatch.setattr(basis, "SAMPLES", 12)
    monkeypatch.setattr(basis, "COLOURS", 3000)
    random = np.random.default_rng(0)
    portraits = [Portrait("p", random.integers(0, 256, (40, 40, 3), np.uint8), np.zeros((40, 40), bool))]
    nothing = DegradeConfig(*[0.0] * 10)
    exposure = replace(nothing, exposure=0.4)
    luts = basis.principal_luts(portraits, exposure, 3, 9, seed=1)
    assert luts.shape == (3, 3, 9, 9, 9)
    assert torch.equal(luts[0], identity_lattice(9))

    colours = 0.1 + 0.6 * torch.rand(2000, 3, generator=torch.Generator().manual_seed(2))
    darker = basis.degrade(
        colours.T[None, :, None], torch.zeros(1, 1, 1, 2000), exposure, torch.Generator().manual_seed(5)
    )[0, :, 0].T
    looked_up = interpolate(luts.flatten(0, 1), darker).view(-1, 3, 3)
    design = looked_up.movedim(1, 2).reshape(-1, 3)
    weights = torch.linalg.lstsq(design, colours.reshape(-1, 1)).solution
    left = (design @ weights)[:, 0] - colours.reshape(-1)
    assert left.abs().mean() < 0.2 * (darker - colours).abs().mean()

    still = basis.principal_luts(portraits, nothing, 2, 9, seed=1)
    assert still[1].abs().max() < 0.02, "nothing to undo, so nothing beside the identity"


def test_a_components_weights_have_unit_variance_over_the_draws(monkeypatch):
    monkeypatch.setattr(basis, "SAMPLES", 40)
    monkeypatch.setattr(basis, "COLOURS", 3000)
    draws, undo_one = [], basis._undo_one
    monkeypatch.setattr(basis, "_undo_one", lambda *given: draws.append(undo_one(*given)) or draws[-1])
    random = np.random.default_rng(0)
    portraits = [Portrait("p", random.integers(0, 256, (40, 40, 3), np.uint8), np.zeros((40, 40), bool))]
    exposure = DegradeConfig(*[0.4] + [0.0] * 9)
    component = basis.principal_luts(portraits, exposure, 2, basis.FITTED_SIZE, seed=1)[1].flatten()
    weights = torch.stack(draws).flatten(1) @ component / component.square().sum()
    assert len(draws) == 40 and weights.square().mean().item() == pytest.approx(1, rel=0.1)
