"""Makes the demo's photos from finished ones under open licences, and SOURCES.md.

    python examples/make_shoot.py ORIGINALS

ORIGINALS holds a checkout of each repository that shoot.toml names. The photos are reduced to 1200 px and, where the
table says so, given an error of exposure or white balance, computed in linear light. Nothing here is random.
"""

import sys
import tomllib
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageFilter

from lutbridge.color.lab import RGB_TO_XYZ
from lutbridge.color.srgb import eotf_srgb, inverse_eotf_srgb

HERE = Path(__file__).parent
SHOOT = HERE / "shoot"
LONG_SIDE = 1200  # px
EDGE = 150  # a mask's edge is softened by a Gaussian blur of 1/150 of the long side
HEAD = """# Sources of the demo photos

All of these are works of the US government: public domain in the USA, CC0 1.0 everywhere else. The people in them have
not endorsed lutbridge; please do not suggest that they have.

The published photos are finished, so `make_shoot.py` gave most of them an error of exposure or white balance. White
balance +0.3 EV means red up and blue down by 0.3 EV. portrait-v2 was not trained on any of these photos. We picked them
by eye to show typical cases; the figures in the [model card](../../lutbridge/weights/portrait-v2.md) were measured on
whole data sets.

| photo | from | licence | what was done to it |
|---|---|---|---|
"""
UNITS = {"exposure": "exposure", "temperature": "white balance", "tint": "tint", "person": "the person"}


def main(originals: Path) -> None:
    table = tomllib.loads((HERE / "shoot.toml").read_text(encoding="utf-8"))
    for photo in table["photos"]:
        repository = table["repositories"][photo["repository"]]
        path = SHOOT / photo["name"]
        path.parent.mkdir(parents=True, exist_ok=True)
        finished = load(originals / photo["repository"] / photo["path"], photo.get("crop"))
        exif = Image.Exif()
        exif[ExifTags.Base.ImageDescription] = (
            f"{repository['url']} {photo['path']}, {repository['licence']}; {changes(photo)}"
        )
        with_error(finished, photo).save(path, quality=88, optimize=True, exif=exif)
    (SHOOT / "SOURCES.md").write_text(sources(table), encoding="utf-8")


def load(path: Path, crop: list[int] | None) -> Image.Image:
    image = Image.open(path).convert("RGB")
    image = image.crop(crop) if crop else image
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    return image


def with_error(finished: Image.Image, photo: dict) -> Image.Image:
    """The photo as it might have come out of the camera; both sRGB."""
    temperature, tint = photo.get("temperature", 0.0), photo.get("tint", 0.0)
    linear = eotf_srgb(np.asarray(finished, np.float64) / 255)
    stops = photo.get("exposure", 0.0) + np.array([temperature, tint, -temperature])
    if "person" in photo:
        stops = stops + photo["person"] * soft_mask(photo["name"], finished.size)
    linear = linear * 2.0**stops
    if photo.get("monochrome"):
        linear = np.repeat((linear @ RGB_TO_XYZ[1])[..., None], 3, axis=2)
    return Image.fromarray(np.round(255 * inverse_eotf_srgb(np.clip(linear, 0, 1))).astype(np.uint8))


def soft_mask(name: str, size: tuple[int, int]) -> np.ndarray:
    """(H, W, 1) float, 1 on the person."""
    mask = Image.open(HERE / "masks" / f"{Path(name).stem}.png").convert("L")
    mask = mask.resize(size, Image.Resampling.BILINEAR).filter(ImageFilter.GaussianBlur(max(size) / EDGE))
    return np.asarray(mask, np.float64)[..., None] / 255


def changes(photo: dict) -> str:
    """What was changed, in words."""
    said = [f"{word} {photo[name]:+g} EV".replace("-", "−") for name, word in UNITS.items() if photo.get(name)]
    if photo.get("monochrome"):
        said.insert(0, "made monochrome")
    return f"reduced; {', '.join(said)}" if said else "reduced, otherwise as it was published"


def sources(table: dict) -> str:
    lines = [HEAD]
    for photo in table["photos"]:
        repository = table["repositories"][photo["repository"]]
        link = f"{repository['url']}/blob/{repository['commit']}/{photo['path']}"
        origin = f"[{photo['repository']}/{photo['path']}]({link})"
        lines.append(f"| {photo['name']} | {origin} | {repository['licence']} | {changes(photo)} |\n")
    lines += ["\n| repository | made by |\n|---|---|\n"]
    lines += [f"| [{name}]({row['url']}) | {row['maker']} |\n" for name, row in table["repositories"].items()]
    return "".join(lines)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
