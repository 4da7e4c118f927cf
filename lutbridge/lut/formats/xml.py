"""XML files of unknown origin."""

import xml.etree.ElementTree as ET

from lutbridge.errors import RefusedError

_MOST_PARTS = 200_000  # tags and attributes, which take ten times their text's memory; real files have hundreds


def parse(data: bytes) -> ET.Element:
    """The root element of an XML file in UTF-8.

    Raises:
        RefusedError: it is damaged, or declares entities, which let a small file use any amount of memory.
    """
    if b"\0" in data:  # UTF-16 would hide a declaration from the line below
        raise RefusedError("it is not UTF-8 text", "save it as UTF-8")
    if data.count(b"<") + data.count(b"=") > _MOST_PARTS:
        raise RefusedError("it has more tags and attributes than any LUT", "export it again")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise RefusedError("it declares a document type, which files of this kind do not", "export it again")
    parser = ET.XMLParser(encoding="utf-8")  # regardless of its declaration
    try:
        parser.feed(data)
        return parser.close()
    except (ET.ParseError, ValueError) as error:
        line = f"line {error.position[0]} of " if isinstance(error, ET.ParseError) else ""
        raise RefusedError(f"{line}its XML is damaged", "copy or export it again") from error
