import pytest

from lutbridge.lut.formats.title import ascii_line, one_line


@pytest.mark.parametrize("text, expected", [("  a\n\tlook\x07 ", "a look"), ("Zoë 婚礼", "Zoë 婚礼"), ("\n", "")])
def test_one_line(text, expected):
    assert one_line(text) == expected


@pytest.mark.parametrize("text, expected", [('Zoë "at" home', "Zoe at home"), ("婚礼", ""), ("x" * 300, "x" * 200)])
def test_ascii_line(text, expected):
    assert ascii_line(text) == expected
