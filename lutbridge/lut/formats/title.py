"""Titles of LUTs, in a form that files can hold."""

import unicodedata

MOST = 200  # characters


def one_line(text: str) -> str:
    """The beginning of the text without line breaks and control characters, words one blank apart."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * MOST]).split())[:MOST]


def ascii_line(text: str) -> str:
    """One ASCII line without double quotes; accents are dropped."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return one_line(plain.replace('"', " "))
