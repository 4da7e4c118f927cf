"""A start for the basis LUTs: the principal components of the LUTs that undo random errors.

The paper starts the first LUT at the identity and the rest at zero, and lets training find them. Undoing one draw of
global errors is nearly one LUT; a few hundred such LUTs, fitted and decomposed, span most of what a photo can ask for
before training begins (docs/training-log.md has what that gained).
"""

import torch

from lutbridge.lut import lattice
from lutbridge.lut.fit import fit_lattice
from lutbridge.render.torch_footprints import tetrahedral_footprint
from lutbridge.train.data.degrade import DegradeConfig, degrade
from lutbridge.train.data.portraits import Portrait
from lutbridge.train.lattice import identity_lattice

FITTED_SIZE = 17  # grid size at which the sample LUTs are fitted
SAMPLES = 400  # draws of errors
COLOURS = 12_000  # colours of finished photos a LUT is fitted to, and a third as many from all over the cube


def principal_luts(portraits: list[Portrait], errors: DegradeConfig, N: int, M: int, seed: int) -> torch.Tensor:
    """The identity and the N − 1 strongest components of what undoing the errors adds to it.

    Components are scaled so that their weights have unit variance over the draws.

    Args:
        portraits: finished photos, whose colours say which parts of the lattice matter.
        errors: the distribution to undo; its regional terms play no part.
    Returns:
        (N, 3, M, M, M) float32.
    """
    random = torch.Generator().manual_seed(seed)
    colours = _finished_colours(portraits, random)
    undone = torch.stack([_undo_one(colours, errors, random) for _ in range(SAMPLES)])
    density = _density(colours)
    _, strength, components = torch.linalg.svd((undone * density).flatten(1), full_matrices=False)
    scale = strength[: N - 1] / SAMPLES**0.5
    components = components[: N - 1].view(-1, *undone.shape[1:]) / density * scale.view(-1, 1, 1, 1, 1)
    resized = [lattice.resize_lattice(c.movedim(0, -1).numpy(), M) for c in components]
    return torch.stack([identity_lattice(M), *(torch.from_numpy(component).movedim(-1, 0) for component in resized)])


def _finished_colours(portraits, random, each=200):
    """(P, 3) float: as many random pixels from every photo."""
    photos = [torch.tensor(p.rgb).view(-1, 3) for p in portraits]
    return torch.cat([p[torch.randint(len(p), (each,), generator=random)] for p in photos]).float() / 255


def _undo_one(colours, errors, random):
    """(3, m, m, m): the LUT that undoes one draw of errors, less the identity."""
    seen = colours[torch.randint(len(colours), (COLOURS,), generator=random)]
    finished = torch.cat([seen, torch.rand(COLOURS // 3, 3, generator=random)])
    nobody = torch.zeros(1, 1, 1, len(finished))
    degraded = degrade(finished.T[None, :, None], nobody, errors, random)[0, :, 0].T
    identity = lattice.identity_lattice(FITTED_SIZE)
    return torch.from_numpy(fit_lattice(degraded.numpy(), finished.numpy(), identity) - identity).movedim(-1, 0)


def _density(colours):
    """(m, m, m): root of each lattice point's share of the colours, with a floor for those that never occur."""
    indices, weights = tetrahedral_footprint(colours, FITTED_SIZE)
    points = FITTED_SIZE**3
    share = torch.zeros(points).scatter_add_(0, indices.flatten(), weights.flatten()) / len(colours)
    return (share + 0.1 / points).sqrt().view(FITTED_SIZE, FITTED_SIZE, FITTED_SIZE)
