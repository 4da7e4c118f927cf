"""Titles of LUTs, as files can hold them."""

import unicodedata


def one_line(text: str) -> str:
    """The text without line breaks and control characters, words one blank apart."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def ascii_line(text: str, most: int = 200) -> str:
    """One line of at most `most` characters, without double quotes, accents and whatever else ASCII lacks."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return one_line(plain.replace('"', " "))[:most]
