"""Finished portraits with person masks, listed by a manifest (`shared/data/portraits` and folders like it)."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from lutbridge.errors import UsageError

# Of the photos that models are trained on. The last three ask for credit: lutbridge/weights/ATTRIBUTION.md gives it.
LICENCES = ("CC0-1.0", "PD", "PD-USGov", "CC-BY-4.0", "CC-BY-3.0-DE", "etalab-2.0")


@dataclass(frozen=True)
class Portrait:
    """One finished photo.

    Attributes:
        name: the manifest's id, <source>-<number>.
        licence: the manifest's name of it.
        origin: the repository it was published in, as the manifest has it.
        rgb: (H, W, 3) uint8, sRGB-encoded.
        mask: (H, W) bool, True on the person; all False if nobody is in the photo.
    """

    name: str
    rgb: np.ndarray
    mask: np.ndarray
    licence: str = ""
    origin: str = ""

    @property
    def source(self) -> str:
        """The collection it comes from: one shoot, or one photographer's site."""
        return self.name.rpartition("-")[0]


def load_portraits(folder: Path, split: str, licences: tuple[str, ...], long_side: int) -> list[Portrait]:
    """Read the photos of one split into memory, reduced to a longest side.

    Args:
        folder: holds manifest.csv, photos/<id>.jpg and masks/<id>.png.
        split: "train" or "val".
        licences: the manifest's licence names to take.
        long_side: px; larger photos are reduced (area-averaged), smaller ones kept.
    Raises:
        UsageError: the manifest, or a photo it lists, is not there; or none is of these licences.
    """
    manifest = Path(folder) / "manifest.csv"
    if not manifest.is_file():
        raise UsageError(f"{manifest}: no such file; give the folder that holds manifest.csv, photos and masks")
    with manifest.open(newline="", encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["split"] == split and r["licence"] in licences]
    if not rows:
        raise UsageError(f"{manifest}: lists no {split} photo licensed {', '.join(licences)}")
    return [_load(Path(folder), row, long_side) for row in rows]


def _load(folder: Path, row: dict, long_side: int) -> Portrait:
    photo = folder / "photos" / f"{row['id']}.jpg"
    mask = folder / "masks" / f"{row['id']}.png"
    if not photo.is_file() or (row["person"] == "1" and not mask.is_file()):
        raise UsageError(f"{photo}: listed in the manifest, but it or its mask is not there")
    rgb = Image.open(photo).convert("RGB")
    scale = min(1, long_side / max(rgb.size))
    size = tuple(round(side * scale) for side in rgb.size)
    rgb = np.asarray(rgb.resize(size, Image.Resampling.BOX))
    if row["person"] == "1":
        person = np.asarray(Image.open(mask).convert("L").resize(size, Image.Resampling.BOX)) > 127
    else:
        person = np.zeros(rgb.shape[:2], bool)
    return Portrait(row["id"], rgb, person, row["licence"], row["source"].partition(" ")[0])
