import pytest

from lutbridge.errors import RefusedError
from lutbridge.lut.formats.xml import parse

LAUGHS = b'<!DOCTYPE a [<!ENTITY b "xxxxxxxx"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'


def test_utf_8_is_parsed_whatever_the_declaration_says():
    assert parse('<?xml version="1.0" encoding="latin-1"?><a>Zoë</a>'.encode()).text == "Zoë"


@pytest.mark.parametrize(
    "data, message",
    [
        (LAUGHS, "declares a document type"),
        (LAUGHS.decode().encode("utf-16"), "not UTF-8 text"),
        (b"<a>\n<b></a>", "line 2 of its XML is damaged"),
        (b"", "its XML is damaged"),
        (b"<a>\xff</a>", "line 1 of its XML is damaged"),
    ],
)
def test_the_rest_is_refused(data, message):
    with pytest.raises(RefusedError, match=message):
        parse(data)
