import tracemalloc

import numpy as np
import pytest

from lutbridge.errors import RefusedError
from lutbridge.lut.formats import clf, csp, cube, spi3d, three_dl
from lutbridge.lut.formats.rows import lines, numbers, parse, shown, text_of, whole_number

SIZE = b"LUT_3D_SIZE 2\n"


@pytest.mark.parametrize("data", [b"a\nb\n", b"a\nb", b"a\r\nb\r\n", b"a\rb\r", b"\xef\xbb\xbfa\nb\n", b"a\nb \n\n"])
def test_text_ends_its_lines_alike(data):
    assert text_of(data) == (b"a\nb\n", [])
    assert list(lines(b"a\nb\n")) == [(1, 0, b"a"), (2, 2, b"b")]


@pytest.mark.parametrize("columns", [3, 6])
def test_tables_of_any_width(columns):
    values = np.arange(4 * columns, dtype=np.float32).reshape(4, columns)
    text = b"head\n" + b"".join(b" ".join(b"%g" % v for v in row) + b"\n" for row in values.tolist())
    table, notices = parse(text, 5, 2, 4, columns)
    assert np.array_equal(table, values) and table.dtype == np.float32 and notices == []


def test_a_blank_line_in_place_of_a_row_does_not_hide_that_it_is_missing():
    with pytest.raises(RefusedError, match="its table has 1 rows, 2 were expected"):
        parse(b"0 0 0\n\n", 0, 1, 2)


@pytest.mark.parametrize("token", [b"1_0", b"0x1p3", b"1e", b"--1", b".", b"1.2.3", "１".encode(), b"1j"])
def test_what_only_some_languages_take_for_a_number_is_none(token):
    with pytest.raises(RefusedError, match=r"line 1 has .* where a number was expected"):
        parse(b"0 0 " + token + b"\n", 0, 1, 1)
    with pytest.raises(RefusedError, match="a finite number was expected"):
        numbers([token], "it", 1)


def test_numbers_are_as_large_as_float32():
    assert numbers([b"3.4e38", b"-0.5"], "it", 2) == [3.4e38, -0.5]
    with pytest.raises(RefusedError, match="2 finite numbers were expected"):
        numbers([b"3.5e38", b"0"], "it", 2)


@pytest.mark.parametrize("token", [b"", b"+2", b"2.0", b"1", b"1e1", b"99", "２".encode(), b"0" * 20])
def test_whole_numbers_are_digits_within_bounds(token):
    assert whole_number(b"17", "it", 2, 33) == 17
    with pytest.raises(RefusedError, match="a whole number from 2 to 33 was expected"):
        whole_number(token, "it", 2, 33)


def test_pieces_of_files_are_shown_short_and_printable():
    assert shown(b"abc") == "“abc”"
    assert shown(b"a\x1b[31m\xff") == "“a·[31m\N{REPLACEMENT CHARACTER}”"
    assert shown(b"x" * 1000) == "“" + "x" * 24 + "…”"


MANY = 1_000_000
HOSTILE = {
    "digits without end": (cube, SIZE + b"1" * MANY + b"x 0 0\n"),
    "digits in the header": (cube, b"DOMAIN_MIN " + b"1" * MANY + b"x 0 0\n"),
    "blanks without end": (cube, SIZE + b"0 0 0" + b" " * MANY + b"x\n"),
    "letters without end": (cube, SIZE + b"0 0 0\n" + b"x" * MANY + b"\n"),
    "a row without end": (cube, SIZE + b"0 " * MANY + b"\n"),
    "commas without end": (cube, SIZE + b"0," * MANY + b"\n"),
    "comments behind the table": (three_dl, b"0 1 2 300\n0 0 300\n" + b"#\n" * (MANY // 10)),
    "places without end": (spi3d, b"SPILUT 1.0\n3 3\n2 2 2\n" + b"9" * MANY + b" 0 0 0 0 0\n"),
    "a prelut without end": (csp, b"CSPLUTV100\n3D\n60000\n" + b"0 " * MANY + b"\n0\n"),
    "tags without end": (clf, b"<ProcessList>" + b"<a/>" * MANY + b"</ProcessList>"),
    "numbers without end": (
        clf,
        b'<ProcessList><LUT3D><Array dim="2 2 2 3">' + b"0 " * MANY + b"</Array></LUT3D></ProcessList>",
    ),
}


MANY_LINES = 1_000_000
COMMENTED = {
    "comments behind the table": (cube, SIZE + b"0 0 0\n" * 8 + b"#\n" * MANY_LINES, "more comments and blank lines"),
    "blank lines behind the table": (
        cube,
        SIZE + b"0 0 0\n" * 8 + b"\n" * MANY_LINES + b"#",
        "more comments and blank",
    ),
    "comments above the size": (cube, b"#\n" * MANY_LINES + SIZE + b"0 0 0\n" * 8, "in its first 10000 lines"),
    "comments above a .csp": (
        csp,
        b"CSPLUTV100\n3D\nBEGIN METADATA\n" + b"a\n" * MANY_LINES,
        "its metadata has no end",
    ),
    "comments above a .spi3d": (spi3d, b"#\n" * MANY_LINES, "valid spilut format"),
    "comments in a .3dl": (
        three_dl,
        b"0 1 2 300\n0 0 300\n" + b"#\n" * 5 * MANY_LINES + b"0 0 9\n",
        "2 element",
    ),
    "too many rows": (cube, SIZE + b"0 0 0\n" * MANY_LINES, "line 10 is a row more than the 8 that were expected"),
}


@pytest.mark.parametrize("name", COMMENTED)
def test_lines_without_end_take_neither_memory_nor_time(name):
    """The Python objects of a line each would take a hundred times the file."""
    codec, data, message = COMMENTED[name]
    tracemalloc.start()
    with pytest.raises(RefusedError, match=message):
        codec.decode(data)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 3 * len(data) + 100 * 2**20


@pytest.mark.parametrize("at", [0, 70_000, 149_999])
def test_a_fault_in_a_long_table_is_named_by_its_line(at):
    table = [b"0.123456 0.123456 0.123456\n"] * 150_000
    table[at] = b"0.5 x 0.5\n"
    text = b"# a\n" + b"".join(table)
    with pytest.raises(RefusedError, match=f"line {at + 2} has “x” where a number was expected"):
        parse(text, 4, 2, 150_000)


def test_comments_and_blank_lines_everywhere_are_no_fault():
    table = b"0.123456 0.123456 0.123456 # a\n\n" * 75_000 + b"# b\n" * 5_000
    values, notices = parse(table, 0, 1, 75_000)
    assert values.shape == (75_000, 3) and notices == ["comments stand behind numbers, which other programs refuse"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_as_quickly_as_others(name):
    """A pattern that looked at a line again and again would not come back from these."""
    codec, data = HOSTILE[name]
    with pytest.raises(RefusedError) as refusal:
        codec.decode(data)
    assert len(refusal.value.fault) < 250
