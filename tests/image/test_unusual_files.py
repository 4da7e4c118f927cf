"""What happens to each unusual, damaged or hostile file, as docs/formats.md lists it."""

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


@pytest.fixture(scope="module")
def page():
    """The outcome that docs/formats.md gives for each file."""
    table = PAGE.read_text(encoding="utf-8").partition("| what happens | files |\n|---|---|\n")[2]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()]
    return {name: happens for happens, names in rows for name in names.split(" · ")}


@pytest.mark.parametrize("name", FILES)
def test_what_happens_to(tmp_path, name, page, capfd):
    make, expected = FILES[name]
    assert page.get(name) == outcome(make(tmp_path / "a"), expected), "as docs/formats.md says"
    capfd.readouterr()


def test_the_page_lists_no_other_files(page):
    assert set(page) == set(FILES)


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
