import pytest

from lutbridge.lut.cube_text import Keyword, read

from .formats.samples import ROWS

SIZE = b"LUT_3D_SIZE 2\n"


def text(tmp_path, data):
    path = tmp_path / "a.cube"
    path.write_bytes(data)
    return read(path.read_bytes())


def test_keywords_come_in_order_with_their_lines(tmp_path):
    found = text(
        tmp_path, b'\xef\xbb\xbfTITLE "a # b"\n# c\n\n  lut_3d_size 2 # d\nDOMAIN_MAX 1 1 1\n' + ROWS + b"TITLE\n"
    )
    assert [keyword.name for keyword in found.keywords] == ["TITLE", "LUT_3D_SIZE", "DOMAIN_MAX"]
    assert [keyword.words for keyword in found.keywords] == [2, 2, 4]
    assert [keyword.is_first_in_capitals for keyword in found.keywords] == [False, False, True]
    assert [keyword.is_marked for keyword in found.keywords] == [True, False, False]
    assert [keyword.has_comment for keyword in found.keywords] == [False, True, False]
    assert found.has("TITLE") and found.has("X", "DOMAIN_MAX") and not found.has("DOMAIN_MIN")
    assert [keyword.name for keyword in found.from_size_on()] == ["LUT_3D_SIZE", "DOMAIN_MAX"]
    assert found.has_below_size("DOMAIN_MAX") and not found.has_below_size("TITLE")
    assert not found.has_below_size("LUT_3D_SIZE")


def test_a_1d_lut_has_nothing_below_a_3d_size(tmp_path):
    found = text(tmp_path, b"LUT_1D_SIZE 2\nDOMAIN_MAX 2 2 2\n0 0 0\n1 1 1\n")
    assert found.from_size_on() == () and not found.has_below_size("DOMAIN_MAX")


@pytest.mark.parametrize(
    ("data", "lone"),
    [(SIZE + ROWS, False), ((SIZE + ROWS).replace(b"\n", b"\r\n"), False), ((SIZE + ROWS).replace(b"\n", b"\r"), True)],
)
def test_line_ends(tmp_path, data, lone):
    found = text(tmp_path, data)
    assert found.has_lone_returns is lone
    assert found.keywords == (Keyword("LUT_3D_SIZE", SIZE.strip()),)


@pytest.mark.parametrize(
    ("data", "among", "behind"),
    [
        (b"# a # b\n" + SIZE + b"# c\n" + ROWS, False, False),
        (SIZE + ROWS + b" # a # b\n", True, False),
        (SIZE + ROWS[:6] + b"# a # b\n" + ROWS[6:], True, False),
        (SIZE + ROWS[:5] + b" # a # b\n" + ROWS[6:], True, True),
        (SIZE + b"# a\n" + ROWS.rstrip() + b"# white", True, True),
    ],
)
def test_comments_in_the_table(tmp_path, data, among, behind):
    found = text(tmp_path, data)
    assert (found.has_comments_among_rows, found.has_comments_behind_rows) == (among, behind)


@pytest.mark.parametrize(
    ("data", "behind"),
    [
        (SIZE + b"# a \n" + ROWS.replace(b"\n", b"\n  \n", 1) + b"# b # c\n", False),
        (SIZE + ROWS.replace(b"\n", b"\t\r\n"), True),
        (SIZE + ROWS.rstrip() + b" # white", True),
        (SIZE + ROWS.rstrip() + b" ", True),
    ],
)
def test_blanks_behind_rows(tmp_path, data, behind):
    assert text(tmp_path, data).has_blanks_behind_rows is behind


def test_long_lines_are_found_wherever_they_stand(tmp_path):
    for data, longest, below in (
        (b"#" * 300 + b"\n" + SIZE + ROWS, 300, 5),
        (SIZE + b"#" * 300 + b"\n" + ROWS, 300, 300),
        (SIZE + ROWS + b"#" * 300, 300, 300),
        (SIZE + ROWS.rstrip(), 13, 5),
        (b"#" * 100_000 + b"\n" + SIZE + ROWS, 100_000, 5),
    ):
        found = text(tmp_path, data)
        assert (found.longest, found.longest_below) == (longest, below)
