"""What becomes of every unusual, damaged or hostile file; docs/formats.md has a line for each, held by these tests."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from lutbridge.errors import ReadError
from lutbridge.image.read import read

from . import samples
from .unusual import FILES, RGB8

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"
NAMES = [
    "ä é 写真 🎞️.png",
    "a name that ends with a dot.",
    " spaces at both ends ",
    "new\nline.png",
    "-o.png",
    "x" * 250,
]


def outcome(path, expected):
    try:
        photo = read(path)
    except ReadError as error:
        assert str(error).startswith(f"{path}: ") and "\n" not in str(error)
        return f"refused: {str(error).removeprefix(f'{path}: ')}"
    assert photo.pixels.dtype in (np.uint8, np.uint16) and photo.pixels.ndim == 3
    if expected is not None:
        assert photo.pixels.dtype == expected.dtype and np.array_equal(photo.pixels, expected)
    return "; ".join(["read", *photo.notices])


def line_for(name, path):
    make, expected = FILES[name]
    return f"| {name} | {outcome(make(path), expected)} |\n"


@pytest.mark.parametrize("name", FILES)
def test_what_becomes_of(tmp_path, name, capfd):
    line = line_for(name, tmp_path / "a")
    assert line in PAGE.read_text(encoding="utf-8"), f"docs/formats.md should hold\n{line}"
    capfd.readouterr()


CLAIMS = [name for name in FILES if "claims" in name or "500 MB" in name]


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_allocates_nothing(tmp_path, name):
    """numpy tells tracemalloc what it allocates."""
    path = FILES[name][0](tmp_path / "a")
    tracemalloc.start()
    try:
        outcome(path, None)
        assert tracemalloc.get_traced_memory()[1] < 160 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "name",
    ["ä é 写真 🎞️.png", "a name that ends with a dot.", " spaces at both ends ", "new\nline.png", "-o.png", "x" * 250],
)
def test_any_name_is_a_name(tmp_path, name):
    path = samples.write_png(tmp_path / name, RGB8)
    assert np.array_equal(read(path).pixels, RGB8)


def test_a_path_longer_than_260_characters(tmp_path):
    deep = tmp_path.joinpath(*["a folder of a long name, as they come about"] * 8)
    deep.mkdir(parents=True)
    path = samples.write_png(deep / "a.png", RGB8)
    assert len(str(path)) > 300 and np.array_equal(read(path).pixels, RGB8)
