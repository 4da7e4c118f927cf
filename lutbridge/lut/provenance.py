"""Where a LUT comes from, as lines of text that its file carries: model, photo, settings, and what the LUT loses.

With it `lutbridge lut verify` makes the LUT again. The lines are ASCII and shorter than 200 characters, so that every
host takes them for comments (`tests/hosts/test_lut_provenance.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from lutbridge.lut.formats.title import ascii_line

PREFIX = "lutbridge "
_WEIGHTS_A_LINE = 8


@dataclass(frozen=True)
class Provenance:
    """What has to be known to make a LUT again.

    Attributes:
        version: of lutbridge.
        model, model_sha256: its name, and the digest of its file, hexadecimal.
        photo, photo_sha256: its file name, and the digest of the file.
        view, grid_size: as of `Retoucher.lut`; the grid size of the fit.
        person, background: strength on either, [0, 1].
        encoding: "srgb" or "linear" if it was given for a floating-point photo, else "".
        is_reduced: whether a JPEG was decoded at the scale that does.
        weights: the image-adaptive weights that a group agreed on; none if the model found its own.
        loss: mean and 95th percentile of the ΔE2000 between the photo through the LUT and its full render, or None.
    """

    version: str
    model: str
    model_sha256: str
    photo: str
    photo_sha256: str
    view: str
    grid_size: int
    person: float
    background: float
    encoding: str = ""
    is_reduced: bool = True
    weights: tuple[float, ...] = ()
    loss: tuple[float, float] | None = None

    def lines(self) -> list[str]:
        """The text, which `parse` turns back into this.

        >>> made = Provenance("0.1", "portrait-v2", "ab", "a.jpg", "cd", "fitted", 33, 1.0, 0.5, loss=(0.25, 1.0))
        >>> made.lines()[3]
        'lutbridge settings: view=fitted size=33 person=1.0 background=0.5 decoded=reduced'
        >>> parse(made.lines()) == made
        True
        """
        settings = f"view={self.view} size={self.grid_size} person={self.person!r} background={self.background!r}"
        settings += f" decoded={'reduced' if self.is_reduced else 'full'}"
        settings += f" encoding={self.encoding}" if self.encoding else ""
        facts = [
            f"version: {self.version}",
            f"model: {self.model_sha256} {ascii_line(self.model)[:80]}",
            f"photo: {self.photo_sha256} {ascii_line(self.photo)[:80]}",
            f"settings: {settings}",
        ]
        for start in range(0, len(self.weights), _WEIGHTS_A_LINE):
            part = self.weights[start : start + _WEIGHTS_A_LINE]
            facts.append("weights: " + " ".join(f"{weight:.9g}" for weight in part))
        if self.loss is not None:
            facts.append(f"loss: dE2000 mean {self.loss[0]:.3f}, 95th percentile {self.loss[1]:.3f}")
        return [PREFIX + fact for fact in facts]


def parse(lines: Iterable[str]) -> Provenance | None:
    """Provenance from comments; None if anything is missing."""
    facts: dict[str, str] = {}
    for line in lines:
        if line.startswith(PREFIX):
            name, _, value = line.removeprefix(PREFIX).partition(": ")
            facts[name] = f"{facts[name]} {value}" if name in facts else value
    try:
        settings = dict(item.split("=", 1) for item in facts["settings"].split())
        (model_sha256, _, model), (photo_sha256, _, photo) = (facts[key].partition(" ") for key in ("model", "photo"))
        return Provenance(
            facts["version"],
            model,
            model_sha256,
            photo,
            photo_sha256,
            settings["view"],
            int(settings["size"]),
            float(settings["person"]),
            float(settings["background"]),
            settings.get("encoding", ""),
            settings["decoded"] == "reduced",
            tuple(map(float, facts.get("weights", "").split())),
            _loss(facts.get("loss")),
        )
    except (KeyError, ValueError):
        return None


def _loss(text):
    if text is None:
        return None
    words = text.replace(",", "").split()
    return float(words[2]), float(words[-1])
