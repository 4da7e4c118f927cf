"""Weights for every take of a group, chosen so that shared content looks the same in all of them.

Each take's render is linear in its image-adaptive weights up to the clamp, so the sum of

- the distance to each take's own prediction, measured in the picture: the mean squared ΔE*ab that the change of its
  weights makes over the take (Λ, the Gram matrix of its modulated basis renders in CIELAB), and
- the disagreement: the mean squared ΔE*ab between two renders at the points that the takes share (the paper's GAM, but
  on shared points instead of whole photos, so that a red coat in one take may change that take's mean)

is minimised by a few Gauss–Newton steps. Greying all takes would also lower the disagreement, so the changes of linked
takes sum to zero: the set keeps the average look that the model chose. With a reference, it is fixed instead, and the
others move to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lutbridge.color.delta_e import delta_e_76
from lutbridge.color.lab import srgb_to_lab
from lutbridge.group.features import points, smoothed
from lutbridge.group.match import Match
from lutbridge.model.network import Look, Network
from lutbridge.render.reference import modulate

AGREEMENT = 10.0  # weight of the disagreement; from 3 to 300 the results are alike
RIDGE = 1e-3  # of Λ's mean diagonal: keeps weights that do not affect the picture
DIFFERENCE = 0.002  # sRGB-encoded, step for CIELAB's slopes
STEPS = 2  # Gauss–Newton steps
TOLERANCE = 1e-5  # of the residual's norm, at which the conjugate gradients stop


@dataclass(frozen=True)
class Member:
    """A take as the solver sees it.

    Attributes:
        basis: (P, K, 3) float32: the take's points through each basis LUT, modulated by w_pixel. For a reference that
            is not retouched, its own colours, K = 1.
        start: (K,) float32, the predicted weights.
        fixed: a reference, which does not change.
    """

    basis: np.ndarray
    start: np.ndarray
    fixed: bool = False

    @cached_property
    def stiffness(self) -> np.ndarray:
        """Λ (K, K): the mean squared ΔE*ab over the take that a change of its weights makes is δᵀ Λ δ."""
        _, slopes = _view(self, self.start)
        gram = _rows(slopes).T @ _rows(slopes) / len(slopes)
        least = 1e-9  # for a take that is clipped everywhere: its weights change nothing
        return gram + (RIDGE * np.trace(gram) / len(gram) + least) * np.eye(len(gram))


@dataclass(frozen=True)
class Link:
    """What members i and j share."""

    i: int
    j: int
    match: Match


def look_up(network: Network, pictures: Sequence[np.ndarray], looks: Sequence[Look]) -> list[Member]:
    """Look the points of all takes up in every basis LUT.

    Args:
        pictures: each (h, w, 3) float32, sRGB-encoded, [0, 1].
        looks: what each photo needs, as the model finds it.
    """
    return [_member(network, smoothed(picture), look) for picture, look in zip(pictures, looks, strict=True)]


def _member(network, picture, look):
    edge = network.edge
    around = np.pad(picture, [(edge, edge), (edge, edge), (0, 0)], mode="edge")
    at = points(picture)
    w_pixel = network.pixel_weights(look, around, 0, len(picture))[at]  # (P, K)
    return Member(modulate(network, w_pixel, np.ascontiguousarray(picture[at])), look.w_image)


def still(picture: np.ndarray) -> Member:
    """A reference that is not retouched: picture (h, w, 3) float32, sRGB-encoded, [0, 1]."""
    return Member(smoothed(picture)[points(picture)][:, None], np.ones(1, np.float32), fixed=True)


def solve(members: Sequence[Member], links: Sequence[Link], start: np.ndarray, forgiven: float) -> np.ndarray:
    """Let the members agree on the content that their links share.

    Args:
        members: T of them; K weights each, except for fixed ones.
        links: between them.
        start: (T, K) float64, the first guess: the predictions, or the result of an earlier round.
        forgiven: ΔE*ab of disagreement at which a shared point counts a quarter: beyond that it is more likely a wrong
            match, or in another light.
    Returns:
        (T, K) float64; rows of fixed members are as in `start`, those of members without links are the predictions.
    """
    weights = start.copy()
    free = np.array([not m.fixed for m in members])
    sets = _components(range(len(members)), links, free)
    for together in sets:  # links of an earlier round may be gone: what hangs together keeps its own mean, one its own
        weights[together] -= (weights[together] - [members[t].start for t in together]).mean(0)
    linked = sorted({index for link in links for index in (link.i, link.j)})
    if not linked:
        return weights
    for _ in range(STEPS):
        views = {t: _view(members[t], weights[t]) for t in linked}
        system = _System(len(members), weights.shape[1], sets)
        for t in linked:
            if free[t]:
                system.add(t, t, members[t].stiffness)
                system.pull(t, -members[t].stiffness @ (weights[t] - members[t].start))
        for link in links:
            _add_link(system, link, views, free, forgiven)
        weights += system.solve()
    return weights


def disagreement(members: Sequence[Member], links: Sequence[Link], weights: np.ndarray) -> float:
    """Mean ΔE*ab between the members' renders of what their links share; nan without links."""
    labs = {t: srgb_to_lab(_render(members[t], weights[t])) for link in links for t in (link.i, link.j)}
    distances = [
        np.average(delta_e_76(labs[link.i][link.match.a], labs[link.j][link.match.b]), weights=link.match.confidence)
        for link in links
    ]
    return float(np.mean(distances)) if distances else float("nan")


def _render(m: Member, weights):
    """A member's points, (P, 3) sRGB-encoded."""
    return np.clip(np.einsum("pnc,n->pc", m.basis, weights[: m.basis.shape[1]]), 0, 1)


def _view(m: Member, weights):
    """A member's rendered points: CIELAB (P, 3), and the derivative by the weights (P, 3, K)."""
    rgb = np.einsum("pnc,n->pc", m.basis, weights[: m.basis.shape[1]])
    steps = np.concatenate([np.zeros((1, 3)), np.eye(3), -np.eye(3)]) * DIFFERENCE
    lab, *moved = srgb_to_lab(np.clip(rgb + steps[:, None], 0, 1))  # each (P, 3)
    slopes = (np.stack(moved[:3], -1) - np.stack(moved[3:], -1)) / (2 * DIFFERENCE)  # (P, 3 of Lab, 3 of RGB)
    return lab, np.einsum("plc,pnc->pln", slopes, m.basis, optimize=True)


def _add_link(system, link, views, free, forgiven):
    (lab_i, slopes_i), (lab_j, slopes_j) = views[link.i], views[link.j]
    rows_i, rows_j, confidence = link.match.a, link.match.b, link.match.confidence
    residual = lab_i[rows_i] - lab_j[rows_j]
    pull = confidence * (1 + (residual**2).sum(-1) / forgiven**2) ** -2.0
    pull *= AGREEMENT * link.match.trust / confidence.sum()
    ends = ((link.i, slopes_i[rows_i], 1), (link.j, slopes_j[rows_j], -1))
    # A point's three values are three rows of one matrix, (3 P, K), so that BLAS does the sums.
    ends = [(t, _rows(slopes), _rows(slopes * pull[:, None, None]), sign) for t, slopes, sign in ends if free[t]]
    for s, _, pulled, sign in ends:
        system.pull(s, -sign * (residual.reshape(-1) @ pulled))
        for t, slopes, _, other_sign in ends:
            system.add(s, t, sign * other_sign * (pulled.T @ slopes))


def _rows(slopes):
    """(P, 3, K) to (3 P, K)."""
    return slopes.reshape(-1, slopes.shape[-1])


def _components(all_members, links, free):
    """The sets of free members that hang together, without those that hang on a fixed one: their sum may change."""
    label = {t: t for t in all_members}

    def root(t):
        while label[t] != t:
            label[t] = t = label[label[t]]
        return t

    for link in links:
        label[root(link.i)] = root(link.j)
    anchored = {root(t) for t in all_members if not free[t]}
    sets = {}
    for t in all_members:
        if root(t) not in anchored:
            sets.setdefault(root(t), []).append(t)
    return list(sets.values())


class _System:
    """Symmetric equations in blocks of K × K, solved for changes that sum to zero in each set."""

    def __init__(self, T, K, sets):
        self.blocks, self.right = {}, np.zeros((T, K))
        self.sets = sets

    def add(self, i, j, block):
        self.blocks[i, j] = self.blocks.get((i, j), 0) + block

    def pull(self, i, force):
        self.right[i] += force

    def solve(self):
        """(T, K), by preconditioned conjugate gradients."""
        pairs = np.array(list(self.blocks))
        blocks = np.stack(list(self.blocks.values()))
        inverse = np.zeros((*self.right.shape, self.right.shape[1]))
        diagonal = pairs[:, 0] == pairs[:, 1]
        inverse[pairs[diagonal, 0]] = np.linalg.inv(blocks[diagonal])

        def left_side(x):
            out = np.zeros_like(x)
            np.add.at(out, pairs[:, 0], np.einsum("bij,bj->bi", blocks, x[pairs[:, 1]]))
            return self._zero_sum(out)

        def precondition(r):
            return self._zero_sum(np.einsum("tij,tj->ti", inverse, r))

        x, residual = np.zeros_like(self.right), self._zero_sum(self.right)
        goal = TOLERANCE * np.linalg.norm(residual)
        direction = preconditioned = precondition(residual)
        energy = (residual * preconditioned).sum()
        for _ in range(20 * len(self.right)):
            if np.linalg.norm(residual) <= goal:
                break
            product = left_side(direction)
            step = energy / (direction * product).sum()
            x = x + step * direction
            residual = residual - step * product
            preconditioned = precondition(residual)
            energy, before = (residual * preconditioned).sum(), energy
            direction = preconditioned + energy / before * direction
        return x

    def _zero_sum(self, x):
        x = x.copy()
        for members in self.sets:
            x[members] -= x[members].mean(0)
        return x
