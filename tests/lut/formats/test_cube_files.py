"""Every kind of .cube file that is met in the wild: read, read with a notice, or refused by a sentence."""

import gzip
import io
import os
import zipfile

import numpy as np
import pytest

from lutbridge.errors import ReadError
from lutbridge.lut.formats import load
from lutbridge.lut.lut3d import UNIT_DOMAIN, Lut3D

from .samples import ROWS, cube

SIZE = b"LUT_3D_SIZE 2\n"
DOMAIN = b"DOMAIN_MIN 0 0 0\nDOMAIN_MAX 1 1 1\n"


def row(at, text):
    """ROWS with another row `at`, counted from 0."""
    lines = ROWS.splitlines(keepends=True)
    lines[at : at + 1] = [text]
    return b"".join(lines)


def read(tmp_path, data):
    path = tmp_path / "look.cube"
    path.write_bytes(data)
    return load(path)


ACCEPTED = {
    "1 plain": cube(),
    "2 no final newline": cube().rstrip(),
    "3 CRLF": cube().replace(b"\n", b"\r\n"),
    "4 CR only": cube().replace(b"\n", b"\r"),
    "5 UTF-8 byte-order mark": b"\xef\xbb\xbf" + cube(),
    "9 UTF-8 title": 'TITLE "Zoë 婚礼"\n'.encode() + cube(),
    "12 comments and blank lines": b"# a\n\n" + SIZE + b"\n# b\n" + ROWS[:18] + b"\n  \n# c\n" + ROWS[18:] + b"# d\n",
    "14 leading blanks and tabs": b"  " + SIZE + b"\t" + ROWS.replace(b"\n", b"\n\t "),
    "37 exponents": cube(rows=ROWS.replace(b"0", b"0E-7").replace(b"1", b"1.0e+0")),
    "38 integers": cube(),
    "41 domain before the size": DOMAIN + cube(),
    "41 domain after the size": SIZE + DOMAIN + ROWS,
    "47 an input range and the same domain": DOMAIN + SIZE + b"LUT_3D_INPUT_RANGE 0 1\n" + ROWS,
    "47 Resolve's input range": SIZE + b"LUT_3D_INPUT_RANGE 0.0 1.0\n" + ROWS,
    "53 a comment of 100 kB": b"# " + b"x" * 100_000 + b"\n" + cube(),
}  # fmt: skip

NOTICED = {
    "7 title without quotes": (b"TITLE a look\n" + cube(), "line 1: the title is not in quotes"),
    "8 title with one quote": (b'TITLE "a look\n' + cube(), "line 1: the quotes around the title are not closed"),
    "10 Latin-1 title": (b'TITLE "Zo\xeb"\n' + cube(), "line 1: the title is not UTF-8"),
    "13 comments behind numbers": (cube(rows=row(3, b"1 1 0 # yellow\n")), "comments stand behind numbers"),
    "13 comment behind the size": (b"LUT_3D_SIZE 2 # two\n" + ROWS, "line 1: a comment stands behind LUT_3D_SIZE"),
    "15 lower-case keywords": (cube(SIZE.lower()), "line 1: LUT_3D_SIZE is not in capitals"),
    "47 a range of no 1D table": (b"LUT_1D_INPUT_RANGE 0 2\n" + cube(), "LUT_1D_INPUT_RANGE is left out"),
    "40 values outside 0 to 1": (cube(rows=row(7, b"1.5 1 1\n")), "reach from 0 to 1.5"),
    "53 trailing NUL": (cube() + b"\0\0", "padding"),
    "53 trailing Ctrl-Z": (cube() + b"\r\n\x1a", "padding"),
    "53 a title of 300 bytes": (b'TITLE "' + b"x" * 300 + b'"\n' + cube(), "line 1 is 308 bytes long"),
}

REFUSED = {
    "6 UTF-16": (cube().decode().encode("utf-16"), "UTF-16 text; save it as UTF-8"),
    "11 title inside the table": (cube() + b'TITLE "late"\n', "line 10 has “TITLE” where a number was expected"),
    "16 no size": (ROWS, "line 1 begins a table before any LUT_3D_SIZE"),
    "17 size 0": (cube(b"LUT_3D_SIZE 0\n"), "line 1: LUT_3D_SIZE is “0”, a whole number from 2 to 256 was expected"),
    "18 size 1": (cube(b"LUT_3D_SIZE 1\n"), "LUT_3D_SIZE is “1”"),
    "19 size -2": (cube(b"LUT_3D_SIZE -2\n"), "LUT_3D_SIZE is “-2”"),
    "20 size 257": (cube(b"LUT_3D_SIZE 257\n"), "LUT_3D_SIZE is “257”"),
    "21 size two thousand million": (cube(b"LUT_3D_SIZE 2000000000\n"), "LUT_3D_SIZE is “2000000000”"),
    "22 size 1626": (cube(b"LUT_3D_SIZE 1626\n"), "LUT_3D_SIZE is “1626”"),
    "23 size 2.0": (cube(b"LUT_3D_SIZE 2.0\n"), "LUT_3D_SIZE is “2.0”"),
    "24 size two": (cube(b"LUT_3D_SIZE two\n"), "LUT_3D_SIZE is “two”"),
    "25 size 0x2": (cube(b"LUT_3D_SIZE 0x2\n"), "LUT_3D_SIZE is “0x2”"),
    "26 two sizes": (SIZE + cube(), "line 2 repeats LUT_3D_SIZE"),
    "27 too few rows": (cube(rows=ROWS[:-6]), "its table has 7 rows, 8 were expected"),
    "28 too many rows": (cube() + b"1 1 1\n", "line 10 is a row more than the 8 that were expected"),
    "29 two columns": (cube(rows=row(2, b"0 1\n")), "line 4 has 2 numbers, 3 were expected"),
    "30 four columns": (cube(rows=row(2, b"0 1 0 1\n")), "line 4 has 4 numbers, 3 were expected"),
    "30 four columns throughout": (cube(rows=ROWS.replace(b"\n", b" 1\n")), "line 2 has 4 numbers"),
    "31 nan": (cube(rows=row(2, b"nan 1 0\n")), "line 4 has “nan” where a finite number was expected"),
    "32 inf": (cube(rows=row(2, b"0 -inf 0\n")), "line 4 has “-inf” where a finite number was expected"),
    "33 1e999": (cube(rows=row(2, b"0 1e999 0\n")), "line 4 has a number too large"),
    "34 decimal commas": (cube(rows=row(2, b"0,5 1,0 0,0\n")), "line 4 has decimal commas (“0,5”)"),
    "34 decimal commas throughout": (cube(rows=ROWS.replace(b"0", b"0,0").replace(b"1", b"1,0")), "decimal commas"),
    "34 one decimal comma": (cube(rows=row(2, b"0,5 1 0\n")), "line 4 has decimal commas"),
    "35 comma separators": (cube(rows=row(2, b"0.5, 0.5, 0.5\n")), "line 4 separates its numbers by commas"),
    "36 words in a row": (cube(rows=row(2, b"0 one 0\n")), "line 4 has “one” where a number was expected"),
    "36 a no-break space": (
        cube(rows=row(2, b"0 1\xa00\n")),
        "line 4 has “1\N{REPLACEMENT CHARACTER}0” where a number",
    ),
    "36 a no-break space in UTF-8": (cube(rows=row(2, "0 1\u00a00\n".encode())), "line 4 has “1·0” where a number"),
    "36 separators that only NumPy knows": (
        cube(rows=ROWS.replace(b" ", b"\x1f")),
        "line 2 has “0·0·0” where a number",
    ),
    "36 vertical tabs": (cube(rows=row(2, b"0\v1 0\n")), "line 4 has “0·1” where a number was expected"),
    "39 8-bit codes": (cube(rows=ROWS.replace(b"1", b"255")), "look like 8-bit codes"),
    "39 12-bit codes": (cube(rows=ROWS.replace(b"1", b"4095")), "look like 12-bit codes"),
    "43 reversed domain": (b"DOMAIN_MIN 1 1 1\nDOMAIN_MAX 0 0 0\n" + cube(), "DOMAIN_MIN 1 1 1 is not below"),
    "44 empty domain": (b"DOMAIN_MIN 0 1 0\n" + cube(), "DOMAIN_MIN 0 1 0 is not below DOMAIN_MAX 1 1 1"),
    "45 domain of two numbers": (b"DOMAIN_MAX 1 1\n" + cube(), "line 1: DOMAIN_MAX is “1 1”, 3 finite numbers"),
    "46 nan in the domain": (b"DOMAIN_MAX 1 nan 1\n" + cube(), "line 1: DOMAIN_MAX is “1 nan 1”, 3 finite numbers"),
    "47 a range and another domain": (b"DOMAIN_MAX 2 2 2\nLUT_3D_INPUT_RANGE 0 1\n" + cube(), "contradict each other"),
    "48 video range in": (b"LUT_IN_VIDEO_RANGE\n" + cube(), "line 1: LUT_IN_VIDEO_RANGE wants video-range colours"),
    "48 video range out": (b"LUT_OUT_VIDEO_RANGE\n" + cube(), "line 1: LUT_OUT_VIDEO_RANGE"),
    "49 unknown keyword": (b"LUT_4D_SIZE 2\n" + cube(), "line 1 begins with “LUT_4D_SIZE”"),
    "51 shaper and domain": (
        b"LUT_1D_SIZE 2\nDOMAIN_MAX 2 2 2\n" + cube(rows=ROWS[:12] + ROWS),
        "contradict each other",
    ),
    "52 empty": (b"", "the file is empty"),
    "52 blank": (b"\n \n", "the file is empty"),
    "52 web page": (b"<!DOCTYPE html><html><head><title>404</title>", "this is a web page, not a LUT"),
    "52 binary": (bytes(range(256)) * 20, "binary data"),
    "52 comments only": (b"# a LUT\n", "nothing but comments"),
    "52 no table": (b'TITLE "a"\n' + SIZE, "it ends before its table"),
    "53 a line of 5 kB": (b"x" * 5000 + b"\n" + cube(), "line 1 is 5000 bytes long"),
    "53 a row of 5 kB": (cube(rows=row(2, b"0 1" + b" " * 5000 + b"x\n")), "line 4 is 5004 bytes long"),
    "55 gzip": (gzip.compress(cube())[:-9], "a gzip archive, not a LUT; unpack it first"),
}


def zipped():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("look.cube", cube())
    return archive.getvalue()


REFUSED["55 zip"] = zipped(), "a ZIP archive, not a LUT; unpack it first"


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(name, tmp_path):
    file = read(tmp_path, ACCEPTED[name])
    assert np.array_equal(file.lut.lattice, Lut3D.identity(2).lattice)
    assert file.notices == () and file.format.name == "cube" and file.lut.domain == UNIT_DOMAIN
    assert file.lut.title == ("Zoë 婚礼" if "title" in name else "")


@pytest.mark.parametrize("name", NOTICED)
def test_accepted_with_a_notice(name, tmp_path):
    data, notice = NOTICED[name]
    file = read(tmp_path, data)
    assert file.lut.grid_size == 2 and len(file.notices) == 1 and notice in file.notices[0]


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name, tmp_path):
    data, message = REFUSED[name]
    with pytest.raises(ReadError) as refusal:
        read(tmp_path, data)
    sentence = str(refusal.value)
    assert sentence.startswith(f"{tmp_path / 'look.cube'}: ") and message in sentence
    assert "\n" not in sentence and len(sentence) < len(str(tmp_path)) + 250


def test_42_a_wider_domain(tmp_path):
    lut = read(tmp_path, b"DOMAIN_MAX 2 2 2\n" + cube()).lut
    assert lut.domain == ((0, 0, 0), (2, 2, 2))
    assert np.allclose(lut.apply([1, 2, 0.5]), [0.5, 1, 0.25])


def test_47_a_wider_input_range(tmp_path):
    lut = read(tmp_path, SIZE + b"LUT_3D_INPUT_RANGE -1 1\n" + ROWS).lut
    assert np.allclose(lut.apply([0, 1, -1]), [0.5, 1, 0])


def test_50_a_1d_lut_becomes_curves_before_eight_corners(tmp_path):
    lut = read(tmp_path, b"LUT_1D_SIZE 3\n0 0 -1\n0.25 0.5 0\n1 1 3\n").lut
    assert lut.grid_size == 2
    assert np.allclose(
        lut.apply([[0, 0.5, 0.5], [0.5, 1, 1], [0.75, 0.25, 0.25]]), [[0, 0.5, 0], [0.25, 1, 3], [0.625, 0.25, -0.5]]
    )


def test_51_resolve_s_shaper_and_its_ranges(tmp_path):
    head = b"LUT_1D_SIZE 3\nLUT_1D_INPUT_RANGE 0 2\nLUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE 0 4\n"
    lut = read(tmp_path, head + b"0 0 0\n1 2 3\n4 4 4\n" + ROWS).lut
    assert lut.domain == ((0, 0, 0), (2, 2, 2)) and lut.grid_size == 2
    assert np.allclose(lut.apply([1, 1, 1]), [0.25, 0.5, 0.75])


def test_51_resolve_s_own_example(tmp_path):
    """The shaper inverts, the lattice inverts again."""
    curve = b"".join(b"%.1f %.1f %.1f\n" % (v, v, v) for v in (1, 0.8, 0.6, 0.4, 0.2, 0))
    steps = (b"1.0", b"0.5", b"0.0")
    table = b"".join(b"%s %s %s\n" % (r, g, b) for b in steps for g in steps for r in steps)
    head = b"# a sample\nLUT_1D_SIZE 6\nLUT_1D_INPUT_RANGE 0.0 1.0\nLUT_3D_SIZE 3\nLUT_3D_INPUT_RANGE 0.0 1.0\n"
    colours = np.random.default_rng(0).random((50, 3))
    assert np.allclose(read(tmp_path, head + curve + table).lut.apply(colours), colours, atol=1e-6)


def test_51_a_shaper_with_too_few_rows(tmp_path):
    with pytest.raises(ReadError, match="its table has 10 rows, 11 were expected"):
        read(tmp_path, b"LUT_1D_SIZE 3\n" + SIZE + b"0 0 0\n1 1 1\n" + ROWS)


def test_54_a_file_of_600_mb_is_refused_unread(tmp_path):
    path = tmp_path / "look.cube"
    with open(path, "wb") as file:
        file.write(cube())
        file.truncate(600 << 20)
    with pytest.raises(ReadError, match="it has 600 MB, a cube file may have 512 MB"):
        load(path)


def test_56_blue_changing_fastest(tmp_path):
    rows = b"".join(b"%d %d %d\n" % (r, g, b) for r in (0, 1) for g in (0, 1) for b in (0, 1))
    assert "red and blue seem to be exchanged" in read(tmp_path, cube(rows=rows)).notices[0]


def test_57_what_is_no_file(tmp_path):
    with pytest.raises(ReadError, match="this is a folder, not a LUT"):
        load(tmp_path)
    with pytest.raises(ReadError, match="there is no such file"):
        load(tmp_path / "none.cube")
    os.mkfifo(tmp_path / "pipe.cube")
    with pytest.raises(ReadError, match="no ordinary file"):
        load(tmp_path / "pipe.cube")
    loop = tmp_path / "loop.cube"
    loop.symlink_to(loop)
    with pytest.raises(ReadError, match="it cannot be read"):
        load(loop)
    good = tmp_path / "good.cube"
    good.write_bytes(cube())
    link = tmp_path / "link.cube"
    link.symlink_to(good)
    assert load(link).lut.grid_size == 2


def test_57_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "look.cube"
    path.write_bytes(cube())

    def refuse(*arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(ReadError, match=r"look\.cube: it cannot be read \(Permission denied\)"):
        load(path)


def test_a_size_far_beyond_the_rows_costs_no_memory(tmp_path):
    import tracemalloc

    tracemalloc.start()
    with pytest.raises(ReadError, match="8 rows, 16777216 were expected"):
        read(tmp_path, cube(b"LUT_3D_SIZE 256\n"))
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


def test_42_a_domain_next_to_nothing_is_a_step(tmp_path):
    lut = read(tmp_path, b"DOMAIN_MAX 1e-300 1 1\n" + cube()).lut
    assert lut.apply([[0, 0, 0], [0.5, 0.5, 0.5]]).tolist() == [[0, 0, 0], [1, 0.5, 0.5]]
