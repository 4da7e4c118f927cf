"""Measures how a retouch changed exposure and white balance, on a small copy of the photo, and describes it."""

from dataclasses import dataclass

import numpy as np

from lutbridge.color.srgb import LUMINANCE, RGB_TO_XYZ, eotf_srgb

CLIPPED = 254 / 255  # a channel this high, before or after, says nothing about gain
BLACK = 0.002  # linear; below it, ratios of channels are noise
LEAST_SHARE = 0.03  # of the picture; a smaller person or background is not mentioned
EV_STEP = 0.1  # smallest change of exposure worth mentioning
APART = 0.2  # EV by which person and background must differ to be described separately
KELVIN_STEP = 50
LEAST_KELVIN = 100
LEAST_TINT = 0.1  # EV of green relative to red and blue
UNCHANGED, HARDLY = 0.05, 0.5  # mean ΔE2000


@dataclass(frozen=True)
class Change:
    """The change from before to after.

    Attributes:
        exposure: mean change of luminance, EV.
        person, background: the same for each; None if the photo does not show both, or no mask was computed.
        kelvin: shift of white balance, K; positive is cooler. The difference between two daylights that are as far
            apart on the red-blue axis as grey moved.
        tint: rise of green relative to red and blue, for grey, EV.
        delta_e: mean ΔE2000.
    """

    exposure: float
    person: float | None
    background: float | None
    kelvin: float
    tint: float
    delta_e: float


def measure(before: np.ndarray, after: np.ndarray, delta_e: float, person: np.ndarray | None = None) -> Change:
    """The change between two small pictures.

    Args:
        before, after: (h, w, 3) floating point, sRGB-encoded, [0, 1].
        person: (h, w), [0, 1], 1 on the person; None if not computed.
    """
    telling = (np.maximum(before, after).max(-1) < CLIPPED) & (eotf_srgb(before).min(-1) > BLACK)
    if not telling.any():
        telling[:] = True
    linear_before, linear_after = (np.maximum(eotf_srgb(picture[telling]), BLACK / 4) for picture in (before, after))
    stops = np.log2((linear_after @ LUMINANCE) / (linear_before @ LUMINANCE))
    parts = (None, None)
    if person is not None and LEAST_SHARE < person.mean() < 1 - LEAST_SHARE:
        weights = person[telling]
        if min(weights.sum(), (1 - weights).sum()) > LEAST_SHARE * weights.size:
            parts = tuple(float(np.average(stops, weights=share)) for share in (weights, 1 - weights))
    channels = np.log2(linear_before), np.log2(linear_after)
    warmth = _shift_of_grey(*(c[:, 0] - c[:, 2] for c in channels))
    tint = _shift_of_grey(*(c[:, 1] - (c[:, 0] + c[:, 2]) / 2 for c in channels))
    kelvin = _temperature(warmth / 2) - _temperature(-warmth / 2)
    return Change(float(stops.mean()), *parts, kelvin, tint, delta_e)


def _shift_of_grey(before: np.ndarray, after: np.ndarray) -> float:
    """How far the ratio of two channels moved for grey, in EV, from 0.

    Fits a line to all pixels, so that a change of saturation is not mistaken for a change of white balance.
    """
    spread = before.var()
    slope = ((before - before.mean()) * (after - after.mean())).mean() / spread if spread > 1e-4 else 1.0
    grey = np.clip(0.0, *np.percentile(before, (5, 95)))  # or the closest to grey in the picture
    return float(after.mean() + slope * (grey - before.mean()) - grey)


def _temperature(warmth: float) -> float:
    """Correlated colour temperature in K of D65 with the ratio of red to blue raised by `warmth` EV (McCamy 1992)."""
    x, y, z = RGB_TO_XYZ @ (2.0 ** (np.array([warmth, 0, -warmth]) / 2))
    n = (x - 0.3320 * (x + y + z)) / (0.1858 * (x + y + z) - y)
    return float(449 * n**3 + 3525 * n**2 + 6823.3 * n + 5520.33)


def in_words(change: Change) -> str:
    """A description such as "Brightened the person by 1.2 EV, background unchanged, cooler by 400 K"."""
    if change.delta_e < UNCHANGED:
        return "Unchanged"
    if change.delta_e < HARDLY:
        return "Hardly changed"
    said = [*_light(change), *_white_balance(change)]
    sentence = ", ".join(said) or "small changes of colour and contrast"
    return sentence[0].upper() + sentence[1:]


def _light(change: Change) -> list[str]:
    person, background = change.person, change.background
    if person is None or abs(person - background) < APART:
        return [f"{_verb(change.exposure)} by {_ev(change.exposure)}"] if _counts(change.exposure) else []
    if not _counts(person):
        return [f"{_verb(background)} the background by {_ev(background)}", "person unchanged"]
    first = f"{_verb(person)} the person by {_ev(person)}"
    if not _counts(background):
        return [first, "background unchanged"]
    if _verb(person) == _verb(background):
        return [f"{first} and the background by {_ev(background)}"]
    return [first, f"{_verb(background)} the background by {_ev(background)}"]


def _white_balance(change: Change) -> list[str]:
    said = []
    if abs(change.kelvin) >= LEAST_KELVIN:
        step = KELVIN_STEP if abs(change.kelvin) < 1000 else 2 * KELVIN_STEP
        kelvin = step * round(abs(change.kelvin) / step)
        said.append(f"{'cooler' if change.kelvin > 0 else 'warmer'} by {kelvin} K")
    if abs(change.tint) >= LEAST_TINT:
        said.append("greener" if change.tint > 0 else "less green")
    return said


def _counts(ev: float) -> bool:
    return round(abs(ev), 1) >= EV_STEP


def _verb(ev: float) -> str:
    return "brightened" if ev > 0 else "darkened"


def _ev(ev: float) -> str:
    return f"{abs(ev):.1f} EV"
