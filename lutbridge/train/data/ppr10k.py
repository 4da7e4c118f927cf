"""PPR10K's layout on disk: <split>/source or source_aug, target_a|b|c and masks, named <group>_<index>."""

import re
from collections import defaultdict
from pathlib import Path

from lutbridge.errors import UsageError
from lutbridge.train.data.pairs import Pair

_NAME = re.compile(r"(\d+)_(\d+)(?:_(\d+))?")


def find_pairs(root: Path, split: str, expert: str) -> list[Pair]:
    """The photos of one split and expert, in the order of their groups.

    Where the split has a folder source_aug, a photo's versions <group>_<index>_<version>.tif are sources too.

    Raises:
        UsageError: not PPR10K's layout, or a photo without its target, its mask or one of its versions.
    """
    folder = Path(root) / split
    sources = folder / "source_aug" if (folder / "source_aug").is_dir() else folder / "source"
    found = _versions(sources)
    if not found:
        raise UsageError(
            f"{sources}: holds no <group>_<index>.tif; give the folder that holds {split}/, as PPR10K does. Expected:\n"
            + expected_tree(Path(root), split, expert)
        )
    expected = set().union(*found.values())
    pairs = []
    for (group, index), versions in sorted(found.items()):
        name = f"{group}_{index}"
        for version in sorted(expected - versions.keys()):
            missing = name if version < 0 else f"{name}_{version}"
            raise UsageError(f"{sources / missing}.tif: missing, though other photos have it")
        files = tuple(versions[version] for version in sorted(versions))
        target, mask = folder / f"target_{expert}" / f"{name}.tif", folder / "masks" / f"{name}.png"
        for path in (target, mask):
            if not path.is_file():
                raise UsageError(f"{path}: missing, though {files[0]} is there")
        pairs.append(Pair(name, str(group), files, target, mask))
    return pairs


def expected_tree(root: Path, split: str, expert: str) -> str:
    """What `find_pairs` looks for, for people."""
    return "\n".join(
        f"    {root / split / below}"
        for below in (
            "source/0_0.tif (or source_aug/0_0.tif, 0_0_1.tif …)",
            f"target_{expert}/0_0.tif",
            "masks/0_0.png",
        )
    )


def _versions(folder):
    """(group, index) → version → file; the photo as it was is version -1."""
    found = defaultdict(dict)
    for path in folder.glob("*.tif"):
        if match := _NAME.fullmatch(path.stem):
            group, index, version = match.groups()
            found[int(group), int(index)][-1 if version is None else int(version)] = path
    return found
