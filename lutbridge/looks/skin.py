"""What a LUT does to skin: hue, chroma and lightness by tone, and a look that holds skin.

The LUT is taken as sRGB in and out. Skin is the ten tones of the Monk scale (Ellis Monk, 2023), each in light from
half to one and a quarter of its own; hue, chroma and lightness are CIELAB's, D65.
"""

import io
from dataclasses import dataclass, replace

import numpy as np

from lutbridge import extras
from lutbridge.color.delta_e import delta_e_2000
from lutbridge.color.lab import srgb_to_lab
from lutbridge.color.srgb import eotf_srgb, inverse_eotf_srgb
from lutbridge.lut.lut3d import Lut3D

# sRGB, light to dark.
MONK = ("f6ede4", "f3e7db", "f7ead0", "eadaba", "d7bd96", "a07e56", "825c43", "604134", "3a312a", "292420")
GROUPS = {"light": slice(0, 4), "medium": slice(4, 7), "dark": slice(7, 10)}
LIGHTS = np.linspace(0.5, 1.25, 7)  # of a tone's own light, as it falls on a face
PARTED = 8.0  # degrees between the hue shifts of light and dark skin that are worth a warning
NEUTRAL = 4.0  # chroma below which hue means nothing


@dataclass(frozen=True)
class Shift:
    """How one group of skin tones changes, on average.

    Attributes:
        hue: degrees, positive towards yellow; lightness, chroma: after less before, in L* and C*; delta_e: ΔE2000.
    """

    group: str
    hue: float
    chroma: float
    lightness: float
    delta_e: float


def tones() -> np.ndarray:
    """(10, 3) float64, [0, 1]: the Monk scale in sRGB, light to dark."""
    return np.array([list(bytes.fromhex(tone)) for tone in MONK]) / 255


def _lit():
    """(10, 7, 3): every tone in every light."""
    linear = eotf_srgb(tones())[:, None] * LIGHTS[:, None]
    return inverse_eotf_srgb(linear.clip(0, 1))


def shifts(lut: Lut3D) -> tuple[Shift, ...]:
    """For light, medium and dark skin.

    >>> [round(shift.delta_e, 3) for shift in shifts(Lut3D.identity(17))]
    [0.0, 0.0, 0.0]
    """
    before, after = _lch(_lit()), _lch(np.clip(lut.apply(_lit()), 0, 1))
    delta_e = delta_e_2000(_lab(_lit()), _lab(np.clip(lut.apply(_lit()), 0, 1)))
    turned = _turned(before, after)
    found = []
    for group, part in GROUPS.items():
        change = (after - before)[part]
        coloured = (before[part][..., 1] > NEUTRAL) & (after[part][..., 1] > NEUTRAL)
        hue = float(turned[part][coloured].mean()) if coloured.any() else 0.0
        found.append(
            Shift(group, hue, float(change[..., 1].mean()), float(change[..., 0].mean()), float(delta_e[part].mean()))
        )
    return tuple(found)


def parting(found: tuple[Shift, ...]) -> float:
    """How far apart the hue shifts of light and dark skin are, in degrees."""
    by_group = {shift.group: shift for shift in found}
    return abs(by_group["light"].hue - by_group["dark"].hue)


def _lab(rgb):
    return srgb_to_lab(np.asarray(rgb, np.float64))


def _lch(rgb):
    lab = _lab(rgb)
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1]))
    return np.stack([lab[..., 0], np.hypot(lab[..., 1], lab[..., 2]), hue], -1)


def _turned(before, after):
    return (after[..., 2] - before[..., 2] + 180) % 360 - 180


def plot(lut: Lut3D) -> bytes:
    """Hue, chroma and lightness of the ten tones before and after, as a PNG.

    Raises:
        SetupError: matplotlib is not installed.
    """
    extras.require("plot", "lutbridge lut check --skin FILE")
    from matplotlib.figure import Figure

    before, after = _lch(tones()), _lch(np.clip(lut.apply(tones()), 0, 1))
    after[:, 2] = before[:, 2] + _turned(before, after)
    figure = Figure((15, 5.2), 100, layout="constrained", facecolor="white")
    number = np.arange(1, 11)
    for axes, name, unit, column in zip(
        figure.subplots(1, 3), ("Hue", "Chroma", "Lightness"), ("h, degrees", "C*", "L*"), (2, 1, 0), strict=True
    ):
        axes.plot(number, before[:, column], "--", color="#888888", linewidth=1.4, label="before")
        axes.plot(number, after[:, column], color="#222222", linewidth=1.8, label="after")
        axes.scatter(
            number, after[:, column], c=np.clip(lut.apply(tones()), 0, 1), s=140, edgecolors="#222222", zorder=3
        )
        axes.set(xticks=number, xlabel="Monk skin tone, light to dark", ylabel=unit)
        axes.grid(color="#eeeeee")
        axes.set_title(name, fontsize=12)
        axes.legend(frameon=False)
        for edge in (4.5, 7.5):
            axes.axvline(edge, color="#cccccc", linewidth=0.8, zorder=0)
    figure.suptitle(f"{lut.title or 'untitled'}: effect on skin", fontsize=13, parse_math=False)
    png = io.BytesIO()
    figure.savefig(png, format="png", metadata={"Software": None})
    return png.getvalue()


@dataclass(frozen=True)
class Protected:
    """A LUT that holds skin.

    Attributes:
        lut: plain, a grid of 33 at least.
        skin: mean ΔE2000 of skin's shift; most: the largest.
        spared: share of the colour cube, [0, 1], that is moved by less than half of what the LUT would.
    """

    lut: Lut3D
    skin: float
    most: float
    spared: float


def protect(lut: Lut3D, limit: float) -> Protected:
    """Has a LUT move no skin tone by more than a limit, and fades back to it around skin.

    Each tone in each light has a strength that keeps it within the limit (ΔE2000, found by halving); a lattice point is
    mixed with the identity by the strength of the skin that is nearest to it in Lab, within RADIUS of that and fading
    over another.

    Args:
        limit: ΔE2000, above 0.
    """
    M = max(33, lut.baked_size)
    made, identity = lut.bake(M), Lut3D.identity(M).lattice
    skin = _lit().reshape(-1, 3)
    strength = _strengths(made, skin, limit)
    nearest, away = _nearest(_lab(identity.reshape(-1, 3)), _lab(skin))
    fade = np.clip((away - RADIUS) / RADIUS, 0, 1)
    fade = fade * fade * (3 - 2 * fade)
    for _ in range(ROUNDS):  # what lies between lattice points has neighbours that were mixed less
        share = (strength[nearest] + (1 - strength[nearest]) * fade).reshape(M, M, M, 1).astype(np.float32)
        held = replace(made, lattice=identity + share * (made.lattice - identity))
        off = delta_e_2000(_lab(skin), _lab(np.clip(held.apply(skin), 0, 1)))
        if off.max() <= limit:
            break
        strength = strength * np.minimum(1, 0.9 * limit / np.maximum(off, 1e-9))
    return Protected(held, float(off.mean()), float(off.max()), float((share < 0.5).mean()))


RADIUS = 8.0  # ΔE*ab around skin that counts as skin; it fades over the same distance
ROUNDS = 12


def _strengths(lut, skin, limit):
    """(P,) the largest strength at which each colour is moved by the limit at most."""
    low, high = np.zeros(len(skin)), np.ones(len(skin))
    moved = np.clip(lut.apply(skin), 0, 1) - skin
    lab = _lab(skin)
    whole = delta_e_2000(lab, _lab(skin + moved)) <= limit
    for _ in range(20):
        middle = (low + high) / 2
        inside = delta_e_2000(lab, _lab(skin + middle[:, None] * moved)) <= limit
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return np.where(whole, 1.0, low)


def _nearest(lab, skin):
    """For each colour (P, 3) the index of the nearest skin (S, 3) and how far it is, in ΔE*ab."""
    index, away = np.empty(len(lab), np.intp), np.empty(len(lab))
    for start in range(0, len(lab), 2**14):
        part = slice(start, start + 2**14)
        distance = ((lab[part, None] - skin) ** 2).sum(-1)
        index[part] = distance.argmin(1)
        away[part] = np.sqrt(distance.min(1))
    return index, away
