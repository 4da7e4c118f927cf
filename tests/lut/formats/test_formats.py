"""The table of formats, and reading a file of any of them."""

import numpy as np
import pytest

from lutbridge.errors import ReadError
from lutbridge.lut.formats import FORMATS, by_suffix, load, read, to_bytes

from .samples import look


@pytest.mark.parametrize("name", FORMATS)
def test_content_comes_before_the_suffix(name, tmp_path):
    lut = FORMATS[name].prepare(look(33))
    data = to_bytes(lut, name)
    for other in ("look" + FORMATS[name].suffixes[0], "look.cube", "look.png", "look"):
        path = tmp_path / other
        path.write_bytes(data)
        file = load(path)
        assert file.format is FORMATS[name] and file.path == path and file.notices == ()
        assert np.abs(file.lut.lattice - lut.lattice).max() < 2e-4
    assert np.array_equal(read(path).lattice, file.lut.lattice)


def test_suffixes_are_known_in_any_case():
    assert by_suffix("Look.CUBE").name == "cube" and by_suffix("a.b.3dl").name == "3dl"
    assert by_suffix("look.txt") is None and by_suffix("look") is None
    suffixes = [suffix for format_ in FORMATS.values() for suffix in format_.suffixes]
    assert len(suffixes) == len(set(suffixes)) and all(suffix == suffix.lower() for suffix in suffixes)


def test_the_largest_cube_stays_below_the_limit():
    row, head = len(b"0.000000 0.000000 0.000000\n"), 300
    assert 256**3 * row + head <= FORMATS["cube"].most_bytes


def test_the_suffix_decides_where_the_content_leaves_it_open(tmp_path):
    for suffix, message in ((".cube", "before any LUT_3D_SIZE"), (".3dl", "unreasonably low"), (".csp", "CSPLUTV100")):
        path = tmp_path / f"look{suffix}"
        path.write_bytes(b"0 0 0\n1 1 1\n")
        with pytest.raises(ReadError, match=message):
            load(path)


def test_too_little_memory_is_said(tmp_path, monkeypatch):
    path = tmp_path / "look.cube"
    path.write_bytes(to_bytes(look(2), "cube"))

    def none_left(*arguments, **options):
        raise MemoryError

    monkeypatch.setattr(np, "loadtxt", none_left)
    with pytest.raises(ReadError, match="there is not enough memory for it"):
        load(path)
