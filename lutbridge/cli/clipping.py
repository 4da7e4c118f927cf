"""What a LUT file cannot hold of a look: said as a line of its own, and not written unless that is allowed."""

from dataclasses import asdict, dataclass

from lutbridge.cli.output import say
from lutbridge.errors import ClippedError

CODES = 255  # differences are told in 8-bit code values
KEEPING_THEM = "write a .clf, .csp or .spi3d, which keep them, or add --shaper auto (for a .cube) or --allow-clipping"


@dataclass(frozen=True)
class Clipped:
    """What is cut off.

    Attributes:
        share: of the entries, [0, 1].
        largest: by how much a value is cut at most; white is 1.
    """

    share: float = 0.0
    largest: float = 0.0

    def __str__(self) -> str:
        return f"{max(self.share, 1e-4):.2%} of its entries, by up to {CODES * self.largest:.1f} of 255"

    def to_dict(self) -> dict[str, float]:
        return asdict(self)


def beyond(values, domain) -> Clipped:
    """What of a LUT's values (..., 3) lies outside a domain."""
    from lutbridge.lut.check import ROUNDING

    excess = abs(values - values.clip(*domain)).max(-1)
    return Clipped(float((excess > ROUNDING).mean()), float(excess.max()))


def refuse_or_say(name: str, clipped: Clipped, is_allowed: bool, cause: str, remedy: str = KEEPING_THEM) -> None:
    """Says what is cut off, where anything is.

    Args:
        name: of the result.
        cause: what would cut, such as "xmp would clip".
    Raises:
        ClippedError: it is not allowed.
    """
    if not clipped.share:
        return
    if not is_allowed:
        raise ClippedError(name, f"{cause} {clipped}", remedy)
    say(f"{name}: clipped {clipped}")
