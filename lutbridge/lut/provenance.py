"""Where a LUT comes from, as lines of text that its file carries: model, photos, settings, and what the LUT loses.

With it `lutbridge lut verify` makes the LUT again. The lines are ASCII and shorter than 200 characters, so that every
host takes them for comments (`tests/hosts/test_lut_provenance.py`).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from lutbridge.lut.formats.title import ascii_line

PREFIX = "lutbridge "
SHARED = "shared"  # the view of a LUT for a whole group
MOST_PHOTOS = 1000  # that are named; readers, ours among them, have limits on the lines above a table
_WEIGHTS_A_LINE = 8


@dataclass(frozen=True)
class Source:
    """A file that a LUT was made from: its name, and its SHA-256, hexadecimal."""

    name: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.sha256} {ascii_line(self.name)[:80]}"


@dataclass(frozen=True)
class Matching:
    """How the photos of a group were matched.

    Attributes:
        consistency: 0 (each photo alone) to 1.
        reference: the photo that the others were to look like, or None.
        is_retouched: whether that is meant as retouched alone, not as it stands in its file.
    """

    consistency: float
    reference: Source | None = None
    is_retouched: bool = False


@dataclass(frozen=True)
class Provenance:
    """What has to be known to make a LUT again.

    Attributes:
        version: of lutbridge.
        model: its file.
        photos: the photo; of a group all of them, in its order.
        view, grid_size: as of `Retoucher.lut`; "shared" of a group; the grid size that was asked of the fit.
        person, background: strength on either, [0, 1].
        encoding: "srgb" or "linear" where it was said of floating-point photos, else "".
        is_reduced: whether JPEGs were decoded at the scale that does.
        weights: of one photo, the image-adaptive weights that its group agreed on; none where the model found its own.
        matching: of a group, else None.
        loss: mean and 95th percentile of the ΔE2000 between the photo through the LUT and its full render; of a group
            the mean of its photos, and that of the photo it fits least. None where it is not known.
        photo_count: how many photos there are, of which `photos` has the first 1000.
    """

    version: str
    model: Source
    photos: tuple[Source, ...]
    view: str
    grid_size: int
    person: float
    background: float
    encoding: str = ""
    is_reduced: bool = True
    weights: tuple[float, ...] = ()
    matching: Matching | None = None
    loss: tuple[float, float] | None = None
    photo_count: int = 1

    def lines(self) -> list[str]:
        """The text, which `parse` turns back into this.

        >>> photo, model = Source("a.jpg", "cd"), Source("portrait-v2", "ab")
        >>> made = Provenance("0.1", model, (photo,), "fitted", 33, 1.0, 0.5, loss=(0.25, 1.0))
        >>> made.lines()[3]
        'lutbridge settings: view=fitted size=33 person=1.0 background=0.5 decoded=reduced'
        >>> parse(made.lines()) == made
        True
        """
        facts = [f"version: {self.version}", f"model: {self.model}"]
        if self.matching:
            facts.append(f"group: {self.photo_count} photos")
            facts += [f"reference: {self.matching.reference}"] if self.matching.reference else []
        facts += [f"photo: {photo}" for photo in self.photos[:MOST_PHOTOS]]
        facts.append(f"settings: {' '.join(self._settings())}")
        for start in range(0, len(self.weights), _WEIGHTS_A_LINE):
            part = self.weights[start : start + _WEIGHTS_A_LINE]
            facts.append("weights: " + " ".join(f"{weight:.9g}" for weight in part))
        if self.loss is not None:
            second = "worst photo" if self.matching else "95th percentile"
            facts.append(f"loss: dE2000 mean {self.loss[0]:.3f}, {second} {self.loss[1]:.3f}")
        return [PREFIX + fact for fact in facts]

    def _settings(self):
        yield f"view={self.view} size={self.grid_size} person={self.person!r} background={self.background!r}"
        yield f"decoded={'reduced' if self.is_reduced else 'full'}"
        if self.encoding:
            yield f"encoding={self.encoding}"
        if self.matching:
            yield f"consistency={self.matching.consistency!r}"
            if self.matching.is_retouched:
                yield "reference=retouched"


def parse(lines: Iterable[str]) -> Provenance | None:
    """What comments say, or None where they do not say it all."""
    facts: defaultdict[str, list[str]] = defaultdict(list)
    for line in lines:
        if line.startswith(PREFIX):
            name, _, value = line.removeprefix(PREFIX).partition(": ")
            facts[name].append(value)
    try:
        (version,), (model,), (settings,) = facts["version"], facts["model"], facts["settings"]
        said = dict(item.split("=", 1) for item in settings.split())
        photos = facts["photo"]
        matching = _matching(said, facts["reference"])
        count = int(facts["group"][0].split()[0]) if matching else 1
        if not photos:
            return None
        return Provenance(
            version,
            _source(model),
            tuple(map(_source, photos)),
            said["view"],
            int(said["size"]),
            float(said["person"]),
            float(said["background"]),
            said.get("encoding", ""),
            said["decoded"] == "reduced",
            tuple(float(word) for line in facts["weights"] for word in line.split()),
            matching,
            _loss(facts["loss"]),
            count,
        )
    except (KeyError, ValueError, IndexError):
        return None


def _source(text):
    sha256, _, name = text.partition(" ")
    return Source(name, sha256)


def _matching(said, references):
    if said["view"] != SHARED:
        return None
    reference = _source(references[0]) if references else None
    return Matching(float(said["consistency"]), reference, said.get("reference") == "retouched")


def _loss(texts):
    if not texts:
        return None
    words = texts[0].replace(",", "").split()
    return float(words[2]), float(words[-1])
