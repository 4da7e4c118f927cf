"""Tables of numbers in text files: parsed in one go, and searched for the faulty line where that fails."""

import io
import re
from collections.abc import Iterator

import numpy as np

from lutbridge.lut.formats.codec import RefusedError

_LARGEST = float(np.finfo(np.float32).max)
MOST_LINE = 4096  # bytes of a line that is no comment; rows take thirty
# No pattern here can match one text in two ways, so that none takes long over a hostile one.
_NUMBER = re.compile(rb"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_DECIMAL_COMMA = re.compile(rb"[+-]?\d+,\d+([eE][+-]?\d+)?")
_COMMENT = re.compile(rb"#[^\n]*")
_BLANK_LINES = re.compile(rb"\n\s+")  # and the blanks that a line begins with
_WORD = re.compile(rb"[^ \t]+")
_ODD_BLANKS = b"\v\f\x1c\x1d\x1e\x1f"  # what NumPy takes for blanks beside those, in ASCII
_AGAIN = "save or export it again"


def text_of(data: bytes) -> tuple[bytes, list[str]]:
    """A text file's bytes with "\\n" behind every line, without byte-order mark and padding; and notices.

    Raises:
        RefusedError: it is empty, UTF-16, or no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RefusedError("it is UTF-16 text", "save it as UTF-8 or ASCII")
    text = data.removeprefix(b"\xef\xbb\xbf")
    notices = []
    kept = text.rstrip(b"\0\x1a\r\n\t ")
    if not kept:
        raise RefusedError("the file is empty", _AGAIN)
    if text[len(kept) :].strip(b"\r\n\t "):
        notices.append("it ends in padding (NUL or Ctrl-Z bytes), which is left out")
    if b"\0" in kept:
        raise RefusedError("it holds binary data, not the text of a LUT", _AGAIN)
    if b"\r" in kept:
        kept = kept.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    elif len(text) == len(kept) + 1 and text.endswith(b"\n"):  # as most files end; a large one is not copied
        return text, notices
    return kept + b"\n", notices


def lines(text: bytes, offset: int = 0, number: int = 1) -> Iterator[tuple[int, int, bytes]]:
    """(line number, offset, line without surrounding blanks) of each line from `offset` on, which is line `number`."""
    while offset < len(text):
        end = text.find(b"\n", offset)
        end = len(text) if end < 0 else end
        yield number, offset, text[offset:end].strip()
        offset, number = end + 1, number + 1


def parse(text: bytes, offset: int, number: int, expected: int, columns: int = 3) -> tuple[np.ndarray, list[str]]:
    """The table from `offset` to the end of the text; comments and blank lines in between are passed over.

    Args:
        number: the line at `offset`, counted from 1.
        expected: rows that the file's header announces.
    Returns:
        (expected, columns) float32, finite; and notices.
    Raises:
        RefusedError: says which line is at fault and what was expected there.
    """
    table, start, notices = text, offset, []
    if text.find(b"#", offset) >= 0 or text.count(b"\n", offset) != expected:
        if any(stands_behind_numbers(text, at) for at in comments(text, offset)):
            notices.append("comments stand behind numbers, which other programs refuse")
        table, start = _BLANK_LINES.sub(b"\n", _COMMENT.sub(b"", text[offset:]).strip() + b"\n"), 0
    if table.count(b"\n", start) == expected and _has_plain_blanks(table, start):
        stream = io.BytesIO(table)
        stream.seek(start)
        try:
            values = np.loadtxt(stream, np.float32, comments=None, ndmin=2)
        except (ValueError, OverflowError):
            values = None
        if values is not None and values.shape == (expected, columns) and np.isfinite(values).all():
            return values, notices
    raise _fault(text, offset, number, expected, columns)


def _has_plain_blanks(text, start):
    """Whether numbers can stand between blanks and tabs only; NumPy knows others, which other programs refuse."""
    is_ascii = text.isascii() or text[start:].isascii()
    return is_ascii and all(text.find(blank, start) < 0 for blank in _ODD_BLANKS)


def comments(text: bytes, offset: int) -> Iterator[int]:
    """Where each comment from `offset` on begins; it ends with its line."""
    while (at := text.find(b"#", offset)) >= 0:
        yield at
        end = text.find(b"\n", at)
        offset = len(text) if end < 0 else end


def stands_behind_numbers(text: bytes, at: int) -> bool:
    """Whether something stands before the comment at `at` in its line."""
    return bool(text[text.rfind(b"\n", 0, at) + 1 : at].strip())


def _fault(text, offset, number, expected, columns):
    found = 0
    for at, _, line in lines(text, offset, number):
        tokens = _WORD.findall(line.partition(b"#")[0])
        if tokens:
            found += 1
            if fault := _row_fault(line, tokens, columns):
                return RefusedError(f"line {at} {fault}", _AGAIN)
    if found == expected:
        return RefusedError("its table cannot be parsed", _AGAIN)
    return RefusedError(f"its table has {found} rows, {expected} were expected", _AGAIN)


def _row_fault(line, tokens, columns):
    """What is wrong with one row, or None."""
    if len(line) > MOST_LINE:
        return f"is {len(line)} bytes long"
    if len(tokens) == columns and any(_DECIMAL_COMMA.fullmatch(token) for token in tokens):
        return "has decimal commas (“0,5”), a decimal point was expected"
    if any(b"," in token for token in tokens):
        return "separates its numbers by commas, blanks were expected"
    for token in tokens:
        if token.lower().lstrip(b"+-") in (b"nan", b"inf", b"infinity"):
            return f"has {shown(token)} where a finite number was expected"
        if not _NUMBER.fullmatch(token):
            return f"has {shown(token)} where a number was expected"
    if len(tokens) != columns:
        return f"has {len(tokens)} number{'s' * (len(tokens) > 1)}, {columns} were expected"
    if any(abs(float(token)) > _LARGEST for token in tokens):
        return "has a number too large for a LUT"
    return None


def whole_number(token: bytes, at: str, least: int, most: int) -> int:
    """A size in a header; `at` begins the sentence if it is none between `least` and `most`."""
    if not re.fullmatch(rb"[0-9]{1,9}", token) or not least <= int(token) <= most:
        raise RefusedError(f"{at} is {shown(token)}, a whole number from {least} to {most} was expected")
    return int(token)


def numbers(tokens: list[bytes], at: str, count: int) -> list[float]:
    """Finite numbers of a header; `at` begins the sentence if they are not `count` of them."""
    values = [float(token) if _NUMBER.fullmatch(token) else np.inf for token in tokens]
    if len(values) != count or not all(abs(value) <= _LARGEST for value in values):
        expected = "a finite number was" if count == 1 else f"{count} finite numbers were"
        raise RefusedError(f"{at} is {shown(b' '.join(tokens))}, {expected} expected")
    return values


def shown(token: bytes) -> str:
    """A piece of a file in quotes, short and printable."""
    plain = "".join(c if c.isprintable() else "·" for c in token[:80].decode("utf-8", "replace"))
    return f"“{plain[:24]}{'…' if len(plain) > 24 or len(token) > 80 else ''}”"
