"""Makes the before/after pictures of the docs: the demo's photos, and what `lutbridge render` makes of them.

python docs/make_pictures.py
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

DOCS = Path(__file__).parent
SHOOT = DOCS.parent / "examples" / "shoot"
PICTURES = DOCS / "pictures"
GAP = 6  # px between pictures
PAPER, INK = "white", "#1f1f1f"
PAIRS = {
    "against-the-light": "portraits/against-the-light.jpg",
    "too-warm": "portraits/too-warm.jpg",
    "too-dark": "portraits/too-dark.jpg",
    "person-still-dark": "portraits/against-the-light-2.jpg",
}


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        alone, matched = Path(name, "alone"), Path(name, "matched")
        retouch(alone)
        retouch(matched, "--group", "folder")
        for picture, photo in PAIRS.items():
            pair = {"": [SHOOT / photo, matched / photo]}
            save(picture, sheet(pair, height=420, labels=("before", "after")))
        heads = sorted(path.relative_to(SHOOT) for path in SHOOT.glob("headshots/*.jpg"))
        before, single, after = ([folder / head for head in heads] for folder in (SHOOT, alone, matched))
        save("set", sheet({"before": before, "after": after}, height=230))
        save("set-three-ways", sheet({"before": before, "each photo alone": single, "matched": after}, height=230))


def retouch(folder: Path, *options: str) -> None:
    command = [sys.executable, "-m", "lutbridge", "render", str(SHOOT), "-o", str(folder), *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def sheet(rows: dict[str, Sequence[Path]], height: int, labels: Sequence[str] = ()) -> Image.Image:
    """Rows of photos of one height, each row under its name; `labels` stand on the photos of a row."""
    lines = []
    for name, paths in rows.items():
        if name:
            lines.append(caption(name))
        photos = [fitted(path, height) for path in paths]
        for photo, label in zip(photos, labels, strict=False):
            tag(photo, label)
        lines.append(beside(photos))
    page = Image.new("RGB", (max(line.width for line in lines), sum(line.height + GAP for line in lines) - GAP), PAPER)
    top = 0
    for line in lines:
        page.paste(line, (0, top))
        top += line.height + GAP
    return page


def fitted(path: Path, height: int) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB").resize(
            (round(image.width * height / image.height), height), Image.Resampling.LANCZOS
        )


def beside(photos: Sequence[Image.Image]) -> Image.Image:
    line = Image.new("RGB", (sum(p.width + GAP for p in photos) - GAP, photos[0].height), PAPER)
    left = 0
    for photo in photos:
        line.paste(photo, (left, 0))
        left += photo.width + GAP
    return line


def caption(text: str) -> Image.Image:
    line = Image.new("RGB", (240, 26), PAPER)
    ImageDraw.Draw(line).text((2, 4), text, INK, ImageFont.load_default(16))
    return line


def tag(photo: Image.Image, text: str) -> None:
    """A label in the lower left corner."""
    draw, font = ImageDraw.Draw(photo), ImageFont.load_default(16)
    left, top, right, bottom = draw.textbbox((16, photo.height - 34), text, font)
    draw.rounded_rectangle((left - 8, top - 6, right + 8, bottom + 6), 5, "#1f1f1f")
    draw.text((16, photo.height - 34), text, "white", font)


def save(name: str, picture: Image.Image) -> None:
    picture.save(PICTURES / f"{name}.jpg", quality=86, optimize=True)


if __name__ == "__main__":
    main()
