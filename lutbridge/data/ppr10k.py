"""PPR10K's layout on disk: <split>/source, target_a|b|c and masks, named <group>_<index>."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from lutbridge.errors import UsageError
from lutbridge.image.read import read


@dataclass(frozen=True)
class Pair:
    """One photo of a group with its retouched target; files are read when asked for.

    Attributes:
        name: "<group>_<index>".
        group: "<group>".
        source, target, mask: files.
    """

    name: str
    group: str
    source: Path
    target: Path
    mask: Path

    def load(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Source and target (H, W, 3), sRGB-encoded codes of their own depth; mask (H, W) bool, resized to them."""
        source, target = (read(path).pixels for path in (self.source, self.target))
        if source.shape != target.shape:
            raise UsageError(
                f"{self.target}: {target.shape[:2]} px, but its source has {source.shape[:2]}; they must line up"
            )
        mask = Image.open(self.mask).convert("L").resize(source.shape[1::-1], Image.Resampling.NEAREST)
        return source, target, np.asarray(mask) > 127


def find_pairs(root: Path, split: str, expert: str) -> list[Pair]:
    """The photos of one split and expert, in the order of their groups.

    Raises:
        UsageError: not PPR10K's layout, or a photo without its target or mask.
    """
    folder = Path(root) / split
    named = [path for path in (folder / "source").glob("*.tif") if re.fullmatch(r"\d+_\d+", path.stem)]
    sources = sorted(named, key=lambda path: tuple(map(int, path.stem.split("_"))))
    if not sources:
        raise UsageError(
            f"{folder / 'source'}: holds no <group>_<index>.tif; give the folder that holds {split}/, as PPR10K does"
        )
    pairs = []
    for source in sources:
        target = folder / f"target_{expert}" / source.name
        mask = folder / "masks" / f"{source.stem}.png"
        for path in (target, mask):
            if not path.is_file():
                raise UsageError(f"{path}: missing, though {source} is there")
        pairs.append(Pair(source.stem, source.stem.split("_")[0], source, target, mask))
    return pairs
