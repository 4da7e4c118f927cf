"""The table of formats, and reading a file of any of them."""

import shutil

import numpy as np
import pytest

from lutbridge.errors import ReadError
from lutbridge.lut.formats import FORMATS, by_suffix, load, read, to_bytes

from .samples import look, shaper

WIDE = ((-0.5, 0, 0), (1, 1.5, 1))


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
    assert by_suffix("look.look") is None and by_suffix("look") is None
    suffixes = [suffix for format_ in FORMATS.values() for suffix in format_.suffixes]
    assert len(suffixes) == len(set(suffixes)) and all(suffix == suffix.lower() for suffix in suffixes)


@pytest.mark.parametrize(
    "name, M, expected",
    [
        ("cube", 33, 33),
        ("cube", 256, 256),
        ("xmp", 17, 17),
        ("xmp", 33, 32),
        ("hald", 2, 4),
        ("hald", 33, 36),
        ("hald", 256, 256),
        ("3dl", 2, 17),
        ("3dl", 33, 33),
        ("3dl", 34, 65),
        ("3dl", 256, 65),
        ("spi3d", 130, 129),
    ],
)
def test_a_lut_is_prepared_with_the_next_grid_size_that_fits(name, M, expected):
    assert FORMATS[name].grid_size_for(M) == expected
    if M < 100:
        assert FORMATS[name].prepare(look(M)).grid_size == expected


@pytest.mark.parametrize("name", FORMATS)
def test_what_a_format_cannot_hold_is_baked_and_nothing_else_touched(name):
    format_, plain, bent = FORMATS[name], look(17), look(17, domain=WIDE, shaper=shaper())
    held = format_.prepare(bent)
    assert (held is bent) is not format_.plain_only and (held.is_plain or not format_.plain_only)
    if format_.plain_only:
        with pytest.raises(ValueError, match="prepare it first"):
            format_.to_bytes(bent)
        colours = np.random.default_rng(0).random((1000, 3))
        assert np.abs(held.apply(colours) - bent.apply(colours)).max() < 0.02
    assert format_.grid_size_for(17) != 17 or format_.prepare(plain) is plain
    assert len(format_.to_bytes(held)) <= format_.most_bytes


def test_the_largest_cube_stays_below_the_limit():
    row, head = len(b"0.000000 0.000000 0.000000\n"), 300
    assert 256**3 * row + head <= FORMATS["cube"].most_bytes


@pytest.mark.parametrize(
    "data, message",
    [
        (b"Dear Ann,\n", "this text is no LUT that lutbridge knows"),
        (b"\x7fELF\x02\x01", "this is no LUT that lutbridge knows"),
        (b"\xff\xd8\xff\xe0", "this is a JPEG photo, not a LUT; a HaldCLUT has to be a PNG"),
        (b"<note>hello</note>", "this text is no LUT"),
        (b"\0" * 5000, "the file is empty"),
    ],
)
def test_other_files_are_named(data, message, tmp_path):
    path = tmp_path / "file.txt"
    path.write_bytes(data)
    with pytest.raises(ReadError, match=message):
        load(path)


def test_the_suffix_decides_where_the_content_leaves_it_open(tmp_path):
    for suffix, message in ((".cube", "before any LUT_3D_SIZE"), (".3dl", "its table"), (".csp", "CSPLUTV100")):
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
    shutil.rmtree(tmp_path, ignore_errors=True)
