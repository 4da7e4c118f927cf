"""How well scenes are found: shoots with known scenes and plausible times, grouped by folder, by time and by looks.

    python benchmarks/groups.py --portraits FOLDER [--takes FOLDER] [--shoots 20] [--fit]

Scenes are made of the finished portraits of FOLDER (manifest.csv, photos, masks): one photo taken several times, with
an error of exposure and colour that the scene shares and a small one of each take's own; several people at one place,
as benchmarks/groups.txt lists them, likewise; and of the groups of --takes (PPR10K's layout), as they are. Times are
drawn for each shoot and read back from EXIF. A shoot counts pairs of takes of one scene that end up together, and pairs
of scenes that end up, in part or whole, in one group. --fit prints the constants of lutbridge/group/likeness.py that
suit these scenes.
"""

import argparse
import io
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import torch
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational
from scipy.optimize import minimize

from lutbridge.color.srgb import eotf_srgb, inverse_eotf_srgb
from lutbridge.group import likeness as looks
from lutbridge.group.capture import read_facts
from lutbridge.group.features import Features
from lutbridge.group.find import find_groups
from lutbridge.group.match import match
from lutbridge.image.read import read_bytes
from lutbridge.retouch import Retoucher
from lutbridge.shoot import Matcher, observe
from lutbridge.train.data.degrade import DegradeConfig, degrade
from lutbridge.train.data.portraits import load_portraits

LICENCES = ("CC0-1.0", "Unsplash", "CC-BY-SA-4.0")
TAKES_EACH = 9  # of a photo that is a scene
DRIFT = 0.25  # of the errors of a scene, those of a take
SAME_PHOTO = 0.3  # support above which two photos of the data are one photo twice
LONG_SIDE = 320  # px


@dataclass(frozen=True)
class Take:
    look: looks.Appearance
    brackets: tuple[looks.Appearance, ...] = ()  # 2 EV darker and brighter


@dataclass(frozen=True)
class Setting:
    """How times are drawn; seconds."""

    name: str
    interval: tuple[float, float] = (2.0, 15.0)  # median between two takes, drawn for each scene
    pause: tuple[float, float, float] = (0.06, 60.0, 300.0)  # share of the intervals, from, to
    changes: tuple[tuple[float, float, float], ...] = ((0.25, 3, 10), (0.45, 20, 120), (0.3, 120, 1800))
    second_camera: float = 0.0  # share of the takes, with a clock up to two hours off
    untimed: float = 0.0  # share of the takes without a time
    bracketed: float = 0.0  # share of the scenes
    folders: int = 0  # takes a folder; 0: one folder for each scene


SETTINGS = (
    Setting("one camera"),
    Setting("every change within 10 s", changes=((1.0, 3, 10),)),
    Setting("pauses of 2 to 15 min inside scenes", pause=(0.15, 120, 900)),
    Setting("two cameras, clocks set apart", second_camera=0.4),
    Setting("30 % of the takes without a time", untimed=0.3),
    Setting("no times at all", untimed=1.0),
    Setting("brackets of 3 frames", bracketed=0.4),
    Setting("a new folder every 40 takes", folders=40),
)

SCENES, SERIES = 12, 3  # in a shoot, and how many of them are of several people
HEADING = """\
| times | by | pairs together | of one photo | of several people | scenes | merged |
|---|---|---:|---:|---:|---:|---:|"""


def main() -> None:
    options = arguments()
    torch.set_num_threads(1)
    pool = make_pool(options)
    say(f"{len(pool)} scenes, {sum(map(len, pool.values()))} takes")
    if options.fit:
        print(fit(pool))
        return
    print(HEADING)
    likeness = Likenesses()
    for setting in SETTINGS:
        for by in ("folder", "time", "auto"):
            score = Score(likeness)
            for number in range(options.shoots):
                random = np.random.default_rng([options.seed, number])
                score.add(*shoot(pool, setting, random), by)
            print(f"| {setting.name} | {by} | {score.row()} |", flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--portraits", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--takes", type=Path, metavar="FOLDER")
    parser.add_argument("--shoots", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fit", action="store_true")
    return parser.parse_args()


# Scenes


def make_pool(options: argparse.Namespace) -> dict[str, list[Take]]:
    """All scenes: name to takes; scenes of several people have names that begin with "series"."""
    retoucher, random = Retoucher.load(device="cpu"), np.random.default_rng(options.seed)
    portraits = {portrait.name: portrait for portrait in load_portraits(options.portraits, "train", LICENCES, 512)}
    pool, used = {}, set()
    for name, ids in series().items():
        people = [portraits[one] for one in ids if one in portraits]
        used.update(ids)
        error = int(random.integers(2**31))
        pool[f"series {name}"] = [take for person in people for take in takes_of(person, 2, error, retoucher, random)]
    if options.takes:
        for source in sorted(options.takes.glob("*/source/*.tif")):
            group = f"group {source.stem.split('_')[0]}"
            pool.setdefault(group, []).append(Take(look_at(source.read_bytes(), retoucher)))
    kept = [takes[0].look for takes in pool.values()]
    for portrait in portraits.values():
        if portrait.name in used or not portrait.mask.any() or random.random() < 0.5:
            continue
        takes = takes_of(portrait, TAKES_EACH, int(random.integers(2**31)), retoucher, random)
        if not any(is_same_photo(takes[0].look.features, other.features) for other in kept):
            pool[portrait.name] = takes
            kept.append(takes[0].look)
    return pool


def series() -> dict[str, list[str]]:
    """Ids of photos by scene, as benchmarks/groups.txt lists them."""
    found, text = {}, Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            ids = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            ids.append(line)
    return found


def is_same_photo(a: Features, b: Features) -> bool:
    found = match(a, b)
    return found is not None and found.support > SAME_PHOTO


def takes_of(portrait, count: int, error: int, retoucher, random) -> list[Take]:
    """Framings of one photo with the error of their scene, which a seed stands for, and small ones of their own."""
    generator = torch.Generator().manual_seed(error)
    rgb = torch.from_numpy(portrait.rgb.copy()).movedim(2, 0)[None] / 255
    mask = torch.from_numpy(portrait.mask.copy())[None, None].float()
    shared = degrade(rgb, mask, DegradeConfig(undegraded=0), generator)
    generator.manual_seed(int(random.integers(2**31)))
    errors = DegradeConfig()
    small = {name: DRIFT * value for name, value in vars(errors).items() if name not in ("undegraded", "exposure_mean")}
    drift = replace(errors, **small, exposure_mean=0.0, undegraded=0.0)
    takes = []
    for _ in range(count):
        picture = degrade(shared, mask, drift, generator)[0].movedim(0, 2).numpy()
        picture = framed(picture, random)
        brackets = tuple(look_at(jpeg(exposed(picture, ev)), retoucher) for ev in (-2.0, 2.0))
        takes.append(Take(look_at(jpeg(picture), retoucher), brackets))
    return takes


def framed(picture: np.ndarray, random) -> np.ndarray:
    """A part of the picture with at least 70 % of its sides."""
    height, width = picture.shape[:2]
    share = random.uniform(0.7, 1.0)
    h, w = int(height * share), int(width * share)
    top, left = random.integers(height - h + 1), random.integers(width - w + 1)
    return picture[top : top + h, left : left + w]


def exposed(picture: np.ndarray, ev: float) -> np.ndarray:
    return inverse_eotf_srgb(np.clip(eotf_srgb(picture.astype(np.float64)) * 2**ev, 0, 1))


def jpeg(picture: np.ndarray) -> bytes:
    image = Image.fromarray(np.round(picture * 255).astype(np.uint8))
    image.thumbnail((LONG_SIDE, LONG_SIDE))
    image.save(buffer := io.BytesIO(), "JPEG", quality=90)
    return buffer.getvalue()


def look_at(data: bytes, retoucher) -> looks.Appearance:
    return Matcher(retoucher).appearance(observe(retoucher, read_bytes(data, "photo")))


def fit(pool: dict[str, list[Take]]) -> str:
    """Logistic regression; scenes of one photo, of several people, and pairs of scenes (twice) count alike."""
    same = {True: [], False: []}
    for name, takes in pool.items():
        pairs = combinations([take.look for take in takes[:TAKES_EACH]], 2)
        same[name.startswith("series")] += [evidence(a, b) for a, b in pairs]
    firsts = [takes[0].look for takes in pool.values()]
    different = np.array([evidence(a, b) for a, b in combinations(firsts, 2)])

    def loss(weights):
        missed = sum(np.logaddexp(0, -np.array(pairs) @ weights).mean() for pairs in same.values())
        return missed + 2 * np.logaddexp(0, different @ weights).mean()

    weights = minimize(loss, np.zeros(3)).x
    return "OF_SUPPORT, OF_BACKGROUND, OFFSET = " + ", ".join(f"{weight:.2f}" for weight in weights)


def evidence(a: looks.Appearance, b: looks.Appearance) -> tuple[float, float, float]:
    found = match(a.features, b.features)
    support = min(found.support, looks.MOST_SUPPORT) if found else 0.0
    return support, float(a.background @ b.background), 1.0


# Shoots


class Likenesses:
    """`likeness` of looks, each pair once for all shoots."""

    def __init__(self):
        self._known: dict[tuple[int, int], float] = {}

    def among(self, pictures):
        def likeness(i: int, j: int) -> float:
            a, b = sorted((pictures[i], pictures[j]), key=id)
            if (id(a), id(b)) not in self._known:
                self._known[id(a), id(b)] = looks.likeness(a, b)
            return self._known[id(a), id(b)]

        return likeness


def shoot(pool, setting: Setting, random) -> tuple[list, list[str], list[looks.Appearance]]:
    """A shoot: facts as read from files, the true scene of each photo, and its look."""
    names = random.permutation([name for name in pool if not name.startswith("series")])[: SCENES - SERIES]
    names = [*names, *random.permutation([name for name in pool if name.startswith("series")])[:SERIES]]
    clock, offset = datetime(2026, 5, 1, 9), timedelta(seconds=float(random.uniform(-7200, 7200)))
    frames = []  # scene, look, time, camera, ev
    for name in random.permutation(names):
        median = random.uniform(*setting.interval)
        bracketed = random.random() < setting.bracketed
        for take in pool[name]:
            camera = int(random.random() < setting.second_camera)
            for ev, look in ((0, take.look), *(zip((-2, 2), take.brackets, strict=False) if bracketed else ())):
                frames.append((name, look, clock + camera * offset, camera, ev))
                clock += timedelta(seconds=0.3)
            clock += timedelta(seconds=float(np.clip(median * random.lognormal(0, 0.7), 0.3, 45)))
            share, low, high = setting.pause
            clock += timedelta(seconds=float(random.uniform(low, high) * (random.random() < share)))
        odds, low, high = zip(*setting.changes, strict=True)
        kind = random.choice(len(odds), p=odds)
        clock += timedelta(seconds=float(random.uniform(low[kind], high[kind])))
    timed = random.random(len(frames)) >= setting.untimed
    with tempfile.TemporaryDirectory() as folder:
        facts = [facts_of(Path(folder), setting, *one) for one in zip(range(len(frames)), frames, timed, strict=True)]
    return facts, [frame[0] for frame in frames], [frame[1] for frame in frames]


def facts_of(folder: Path, setting: Setting, number: int, frame, timed: bool):
    """Facts by way of a file's EXIF."""
    scene, _, time, camera, ev = frame
    path = folder / (str(number // setting.folders) if setting.folders else scene) / f"{number}.jpg"
    path.parent.mkdir(exist_ok=True)
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Maker", f"Maker {'AB'[camera]}"
    tags = exif.get_ifd(ExifTags.IFD.Exif)
    if timed:
        tags[ExifTags.Base.DateTimeOriginal] = f"{time:%Y:%m:%d %H:%M:%S}"
        tags[ExifTags.Base.SubsecTimeOriginal] = f"{time:%f}"[:2]
    tags[ExifTags.Base.ExposureTime], tags[ExifTags.Base.FNumber] = (
        IFDRational(round(8 * 2**ev), 1000),
        IFDRational(28, 10),
    )
    tags[ExifTags.Base.ISOSpeedRatings] = 200
    Image.new("RGB", (8, 8)).save(path, exif=exif)
    return read_facts(path)


@dataclass
class Score:
    """Pairs of takes and of scenes, counted over shoots; True stands for scenes of several people."""

    likeness: Likenesses
    pairs: Counter = field(default_factory=Counter)
    together: Counter = field(default_factory=Counter)
    scenes: int = 0
    merged: int = 0

    def add(self, facts, truth, pictures, by: str) -> None:
        groups = find_groups(facts, by, self.likeness.among(pictures) if by == "auto" else None)
        group_of = {member: group.name for group in groups for member in group.members}
        merged = set()
        for i, j in combinations(range(len(facts)), 2):
            same, together = truth[i] == truth[j], group_of[i] == group_of[j]
            if same:
                self.pairs[truth[i].startswith("series")] += 1
                self.together[truth[i].startswith("series")] += together
            elif together:
                merged.add(tuple(sorted((truth[i], truth[j]))))
        self.scenes += len(set(truth))
        self.merged += len(merged)

    def row(self) -> str:
        shares = [self.together.total() / self.pairs.total()]
        shares += [self.together[kind] / self.pairs[kind] for kind in (False, True)]
        return f"{' | '.join(f'{share:.1%}' for share in shares)} | {self.scenes} | {self.merged}"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
