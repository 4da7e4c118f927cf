"""What matching does to real series, and to photos that have nothing in common.

    python benchmarks/series.py --portraits FOLDER

FOLDER holds manifest.csv, photos and masks. The series are several people before one door, gate or wall (SERIES, by
photo id): printed are the links, and the spread over the series of the mean CIELAB colour of the picture's two upper
corners, which show the place. Then photos of different scenes are put in groups of six, and what moves is measured.
"""

import argparse
from pathlib import Path

import numba
import numpy as np

from lutbridge.color.delta_e import delta_e_76
from lutbridge.color.lab import srgb_to_lab
from lutbridge.research.systems import in_memory
from lutbridge.retouch import Retoucher
from lutbridge.shoot import Matcher, observe
from lutbridge.train.data.portraits import load_portraits

SERIES = {
    "door": "004 007 070 089",
    "gate": "027 069 079 099",
    "hall": "021 054 137 152",
    "green glass": "011 110 112 134",
    "white house": "013 102 120",
    "trees": "034 060 081",
    "gold wall": "057 096",
    "roof": "009 074",
}
UNRELATED_GROUPS, UNRELATED_TAKES = 12, 6
LICENCES = ("CC0-1.0", "Unsplash")


def matched(retoucher, photos):
    """Pictures alone and matched, and the agreement."""
    takes = [observe(retoucher, in_memory(photo)) for photo in photos]
    matcher = Matcher(retoucher)
    agreement = matcher.agree(takes)
    alone, agreed = (matcher.pictures(takes, weights) for weights in (agreement.alone, agreement.agreed))
    return alone, agreed, agreement


def corner_spread(pictures):
    """Standard deviation over the pictures of their corners' mean colours, ΔE*ab."""
    corners = []
    for picture in pictures:
        height, width = picture.shape[0] // 4, picture.shape[1] // 5
        corners.append([srgb_to_lab(p).mean((0, 1)) for p in (picture[:height, :width], picture[:height, -width:])])
    return float(np.sqrt(np.var(corners, axis=0).sum(-1).mean()))


def chroma(pictures):
    return float(np.mean([np.hypot(*srgb_to_lab(p)[..., 1:].reshape(-1, 2).T).mean() for p in pictures]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--portraits", type=Path, required=True)
    folder = parser.parse_args().portraits
    numba.config.NUMBA_NUM_THREADS = 1
    retoucher = Retoucher.load(device="cpu")
    portraits = [p for split in ("train", "val") for p in load_portraits(folder, split, LICENCES, 384)]
    photos = {portrait.name: portrait.rgb for portrait in portraits}

    print("series | links (support) | corner spread alone → matched | chroma alone → matched")
    spreads = []
    for name, ids in SERIES.items():
        alone, agreed, agreement = matched(retoucher, [photos[f"team-{number}"] for number in ids.split()])
        links = ", ".join(f"{i}–{j} {support:.2f}" for i, j, support in agreement.links)
        spreads.append((corner_spread(alone), corner_spread(agreed)))
        before, after = spreads[-1]
        chromas = f"{chroma(alone):.1f} → {chroma(agreed):.1f}"
        print(f"{name} | {links} | {before:.2f} → {after:.2f} | {chromas}")
    print("mean | | {:.2f} → {:.2f} |".format(*np.mean(spreads, 0)))

    in_series = {f"team-{number}" for ids in SERIES.values() for number in ids.split()}
    others = [photo for name, photo in photos.items() if name not in in_series]
    random, moved = np.random.default_rng(0), []
    for _ in range(UNRELATED_GROUPS):
        chosen = random.choice(len(others), UNRELATED_TAKES, replace=False)
        alone, agreed, _ = matched(retoucher, [others[i] for i in chosen])
        moved += [delta_e_76(srgb_to_lab(a), srgb_to_lab(b)).mean() for a, b in zip(alone, agreed, strict=True)]
    print(
        f"unrelated | mean ΔE {np.mean(moved):.2f}, 95 % below {np.percentile(moved, 95):.2f}, at most {max(moved):.2f}"
    )


if __name__ == "__main__":
    main()
