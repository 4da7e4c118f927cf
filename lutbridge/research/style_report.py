"""Whether pairs taught a style: how close it comes on held-out photos, and the controls it has to beat.

Every control is made of the same pairs in the same way, but for what it gets wrong on purpose; they are fitted and not
trained, which takes seconds. A figure is the PSNR to the photographer's own edit, the mean of two: of the photo as it
came, and, unless only a look was asked for, of degraded takes of it. One LUT is compared on the takes alone: on photos
that need no correction, a look is a LUT, and no style can beat it there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from lutbridge.color.codes import to_8_bit, to_codes, to_float
from lutbridge.lut.lattice import identity_lattice
from lutbridge.lut.lut3d import Lut3D
from lutbridge.model.network import Network
from lutbridge.research.bootstrap import mean_interval
from lutbridge.research.measure import System
from lutbridge.research.systems import in_memory, model, untouched
from lutbridge.retouch import Retoucher
from lutbridge.train import metrics
from lutbridge.train.data.pairs import Pair
from lutbridge.train.networks import checkpoint
from lutbridge.train.networks.network import RetouchingNetwork
from lutbridge.train.networks.regions import RegionLUT
from lutbridge.train.portrait_judge import USUAL
from lutbridge.train.style import Pictures, degraded, fit_smooth, fit_style, small_pictures

MOST_PHOTOS = 24  # measured held-out pairs; of more, a spread selection
FEWEST_SHOOTS = 3  # below that, intervals are over photos
FEWEST_PHOTOS = 3  # below that, there are no intervals, and nothing tells a gain from chance
LEAST_TAKES = 16  # degraded takes in all; of few photos, several each
SEED = 7  # of the takes
RESULT, START, UNTOUCHED = "result", "the start model", "untouched"
OTHER, EXCHANGED, SHUFFLED, ONE_LUT = (
    "another photographer's style", "your pairs with before and after exchanged",
    "your pairs shuffled, each photo with another's edit", "one LUT, the mean of your pairs",
)  # fmt: skip
WHY = {
    START: "its results are no nearer to your edits: they change the photos too little, or each in another way",
    OTHER: "a look that has nothing to do with your edits comes as near to them",
    EXCHANGED: "learned backwards it does as well: before and after may be exchanged, or hardly differ",
    SHUFFLED: "with other photos' edits it does as well: what it learned is an average of all",
    ONE_LUT: "one fixed LUT does as well: nothing that it learned depends on the photo",
}


@dataclass(frozen=True)
class Difference:
    """Mean difference of two systems, dB, and the ends of its 95 % interval."""

    mean: float
    low: float
    high: float

    @property
    def is_more_than_chance(self) -> bool:
        return self.low > 0

    @property
    def without_interval(self) -> str:
        return f"{self.mean:+.1f} dB".replace("-", "−")

    def __str__(self) -> str:
        return f"{self.without_interval} ({self.low:+.1f} to {self.high:+.1f})".replace("-", "−")


@dataclass(frozen=True)
class StyleReport:
    """A style on held-out photos.

    Attributes:
        photos, shoots: how many were measured.
        psnr, delta_e: mean PSNR, dB, and mean ΔE*ab of each system on the untouched photos.
        gains: the result's gain over each other system; by name.
        with_takes: whether degraded takes were measured as well.
    """

    photos: int
    shoots: int
    psnr: dict[str, float]
    delta_e: dict[str, float]
    gains: dict[str, Difference]
    with_takes: bool

    @property
    def failed(self) -> list[str]:
        """The controls that the result does not beat by more than chance."""
        return [name for name, gain in self.gains.items() if name in WHY and not gain.is_more_than_chance]

    def words(self, start: str) -> str:
        """What a photographer reads; `start` is the start model's name."""
        few = self.photos < FEWEST_PHOTOS
        over = "shoots" if self.shoots >= FEWEST_SHOOTS else "photos"
        lines = [
            f"Against your edits of {_photos(self.photos)} it did not learn from ({_shoots(self.shoots)}): "
            f"{self.psnr[RESULT]:.1f} dB, mean ΔE {self.delta_e[RESULT]:.1f}. "
            + ("Gain:" if few else f"Gain, and its 95 % interval over {over}:")
        ]
        for name, gain in self.gains.items():
            called = start if name == START else "the photos as they came" if name == UNTOUCHED else name
            called += ", where photos need correcting" * (name == ONE_LUT and self.with_takes)
            lines.append(f"  over {called}: {gain.without_interval if few else f'{gain}{_verdict(name, gain)}'}")
        if self.failed:
            lines.append("These pairs do not teach a style:")
            lines += [f"  against {start if name == START else name}: {WHY[name]}." for name in self.failed]
        elif few:
            lines.append(f"{_photos(self.photos).capitalize()} cannot tell whether these pairs teach a style.")
        else:
            lines.append("These pairs teach a style.")
        return "\n".join(lines)


def report(
    result: RetouchingNetwork, start: RetouchingNetwork, learned: Sequence[Pair], held: Sequence[Pair], look_only: bool
) -> StyleReport:
    """Measure a trained style and its controls.

    Args:
        result: the trained style.
        start: its start model.
        learned, held: the pairs for training, and those held out; one or more of each.
        look_only: no degraded takes are measured.
    """
    systems = {RESULT: model(result), UNTOUCHED: untouched, START: model(start)}
    if isinstance(start, RegionLUT):
        systems |= controls(start, learned)
    if len(held) > MOST_PHOTOS:
        held = [held[i] for i in np.linspace(0, len(held) - 1, MOST_PHOTOS).astype(int)]
    taker = start if isinstance(start, RegionLUT) and not look_only else None
    rounds = -(-LEAST_TAKES // len(held)) if taker else 0
    measured = [_measure(systems, pair, taker, rounds, index) for index, pair in enumerate(held)]
    score, psnr, delta_e, on_takes = (
        {name: np.array([m[name][i] for m in measured]) for name in systems} for i in range(4)
    )
    shoots = len({pair.group for pair in held})
    groups = [pair.group if shoots >= FEWEST_SHOOTS else pair.name for pair in held]
    gains = {
        name: Difference(*mean_interval(of[RESULT] - of[name], groups))
        for name, of in ((name, on_takes if name == ONE_LUT else score) for name in systems)
        if name != RESULT
    }
    means = ({name: float(values.mean()) for name, values in of.items()} for of in (psnr, delta_e))
    return StyleReport(len(held), shoots, *means, gains, rounds > 0)


def controls(start: RegionLUT, learned: Sequence[Pair]) -> dict[str, System]:
    """What a style has to beat besides its start: by name, each from codes to codes.

    The other photographer's style is one of two made ones, that which is less like the style of these pairs.
    """
    pictures, network = small_pictures(learned, start.thumbnail_size), checkpoint.in_numpy(start)
    M = len(network.luts[0])
    exchanged = Pictures(pictures.after, pictures.before)
    shuffled = Pictures(pictures.before, pictures.after.roll(max(1, len(learned) // 2), 0))
    made = {EXCHANGED: exchanged, SHUFFLED: shuffled}
    systems = {name: _styled(network, _lattice(fit_style(start, pairs))) for name, pairs in made.items()}
    own = _lattice(fit_style(start, pictures))
    looks = [look(identity_lattice(M)) for look in (soft_and_warm, crisp_and_cool)]
    other = max(looks, key=lambda look: np.abs(look - own).mean())
    lut = Lut3D(fit_smooth(pictures.before, pictures.after, M))
    return {OTHER: _styled(network, other), **systems, ONE_LUT: lambda pixels: lut.apply_to_codes(pixels.copy())[0]}


def soft_and_warm(rgb: np.ndarray) -> np.ndarray:
    """A made look: faded blacks, low contrast, warm; (..., 3) float32, sRGB-encoded, [0, 1], to the same."""
    return ((0.08 + 0.84 * rgb) * np.float32([1.04, 1.0, 0.88])).clip(0, 1).astype(np.float32)


def crisp_and_cool(rgb: np.ndarray) -> np.ndarray:
    """A made look: strong contrast, cool shadows; as `soft_and_warm`."""
    curve = rgb + 0.35 * rgb * (1 - rgb) * (2 * rgb - 1)
    return (curve * np.float32([0.95, 1.0, 1.0]) + np.float32([0, 0, 0.04]) * (1 - rgb)).clip(0, 1).astype(np.float32)


def _measure(systems, pair, taker, rounds, index):
    """Name → score, PSNR, ΔE, and PSNR on takes."""
    source, target, _ = pair.load()
    target = to_8_bit(target)
    takes = [_take(taker, source, SEED + 1000 * index + n) for n in range(rounds)]
    return {name: _score(system, source, takes, target) for name, system in systems.items()}


def _score(system, source, takes, target):
    output = to_8_bit(system(source))
    psnr, delta_e = _psnr(output, target), metrics.delta_e_mean(output, target)
    if not takes:
        return psnr, psnr, delta_e, psnr
    on_takes = np.mean([_psnr(to_8_bit(system(take)), target) for take in takes])
    return (psnr + on_takes) / 2, psnr, delta_e, on_takes


def _psnr(output, target):
    """dB; no better than rounding to 8 bit leaves, so that one perfect photo does not outweigh all others."""
    return min(metrics.psnr(output, target), 58.9)


def _take(start, source, seed):
    picture = torch.from_numpy(to_float(source)).movedim(2, 0)[None]
    take = degraded(start, picture, torch.Generator().manual_seed(seed), USUAL)
    return to_codes(take[0].movedim(0, 2).numpy(), source.dtype)


def _styled(network: Network, lattice: np.ndarray) -> System:
    retoucher = Retoucher(replace(network, style=lattice), "")
    return lambda pixels: retoucher.render(in_memory(pixels)).pixels


def _lattice(style):
    return np.ascontiguousarray(style.movedim(0, -1).numpy())


def _verdict(name, gain):
    return "" if name == UNTOUCHED else "  beaten" if gain.is_more_than_chance else "  NOT beaten"


def _photos(count):
    return "one photo" if count == 1 else f"{count} photos"


def _shoots(count):
    return "one shoot" if count == 1 else f"{count} shoots"
