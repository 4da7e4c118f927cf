"""Tables of numbers in text files: parsed in one go, and searched for the faulty line where that fails."""

import io
import re
from collections.abc import Iterator
from itertools import islice

import numpy as np

from lutbridge.errors import RefusedError

_LARGEST = float(np.finfo(np.float32).max)
MOST_LINE = 4096  # bytes of a line that is no comment; rows take thirty
MOST_OTHER_LINES = 10_000  # comments and blank lines, besides one for each row of a table
_PIECE = 2**20  # bytes of a table that are cleaned at once, or searched for a fault, as each line becomes an object
# No pattern here can match one text in two ways, so that none takes long over a hostile one.
_NUMBER = re.compile(rb"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_DECIMAL_COMMA = re.compile(rb"[+-]?\d+,\d+([eE][+-]?\d+)?")
_COMMENT = re.compile(rb"#[^\n]*")
_BLANK_LINES = re.compile(rb"\n[ \t\n]+")  # and the blanks that a line begins with
_WORD = re.compile(rb"[^ \t]+")
_ODD_BLANKS = b"\v\f\x1c\x1d\x1e\x1f"  # other ASCII characters that NumPy takes for blanks
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


def head(text: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The lines above a table, as `lines` gives them.

    Raises:
        RefusedError: there are more than a LUT's head has.
    """
    yield from islice(lines(text), MOST_OTHER_LINES)
    if text.count(b"\n") > MOST_OTHER_LINES:
        raise RefusedError(f"its table does not begin in its first {MOST_OTHER_LINES} lines", _AGAIN)


def count(text: bytes, offset: int, most: int) -> int:
    """How many rows the table from `offset` on has, comments and blank lines left aside.

    Raises:
        RefusedError: there are more lines than a table of `most` rows has.
    """
    if text.count(b"\n", offset) > 2 * most + MOST_OTHER_LINES:
        raise RefusedError(f"it has more lines than a table of {most} rows", _AGAIN)
    return sum(kept.count(b"\n") for _, _, kept in _pieces(text, offset))


def parse(text: bytes, offset: int, number: int, expected: int, columns: int = 3) -> tuple[np.ndarray, list[str]]:
    """The table from `offset` to the end of the text; comments and blank lines in between are passed over.

    Args:
        number: the line at `offset`, counted from 1.
        expected: rows that the file's header announces.
    Returns:
        (expected, columns) float32, finite; and notices.
    Raises:
        RefusedError: names the faulty line and what was expected there.
    """
    table, start, notices = text, offset, []
    found = text.count(b"\n", offset)
    if found <= 2 * expected + MOST_OTHER_LINES and (found != expected or text.find(b"#", offset) >= 0):
        if any(stands_behind_numbers(text, at) for at in comments(text, offset)):
            notices.append("comments stand behind numbers, which other programs refuse")
        table, start = b"".join(kept for _, _, kept in _pieces(text, offset)), 0
    values = _values(table, start, expected, columns)
    if values is None:
        raise _fault(text, offset, number, expected, columns)
    return values, notices


def _values(table, start, expected, columns):
    """(expected, columns) float32 of lines that are all rows of finite numbers, or None."""
    if table.count(b"\n", start) != expected or not expected or not _has_plain_blanks(table, start):
        return None
    stream = io.BytesIO(table)
    stream.seek(start)
    try:
        values = np.loadtxt(stream, np.float32, comments=None, ndmin=2)
    except (ValueError, OverflowError):
        return None
    return values if values.shape == (expected, columns) and np.isfinite(values).all() else None


def _pieces(text, offset):
    """(start, end, rows) of each piece from `offset` on: its rows without comments, blank lines and leading blanks."""
    while offset < len(text):
        end = text.find(b"\n", offset + _PIECE)
        end = len(text) if end < 0 else end + 1
        kept = _BLANK_LINES.sub(b"\n", _COMMENT.sub(b"", text[offset:end]).strip(b" \t\n"))
        yield offset, end, kept + b"\n" if kept else b""
        offset = end


def _has_plain_blanks(text, start):
    """Whether only blanks and tabs separate the numbers; NumPy accepts others, which other programs refuse."""
    is_ascii = text.isascii() or text[start:].isascii()
    return is_ascii and all(text.find(blank, start) < 0 for blank in _ODD_BLANKS)


def comments(text: bytes, offset: int) -> Iterator[int]:
    """Where each comment from `offset` on begins; it ends with its line."""
    while (at := text.find(b"#", offset)) >= 0:
        yield at
        end = text.find(b"\n", at)
        offset = len(text) if end < 0 else end


def stands_behind_numbers(text: bytes, at: int) -> bool:
    """Whether something precedes the comment at `at` in its line."""
    return bool(text[text.rfind(b"\n", 0, at) + 1 : at].strip())


def _fault(text, offset, number, expected, columns):
    """The first fault; as a table may have millions of rows, pieces that parse are passed over."""
    found = others = 0
    for start, end, kept in _pieces(text, offset):
        rows, all_lines = kept.count(b"\n"), text.count(b"\n", start, end)
        if found + rows > expected or (rows and _values(kept, 0, rows, columns) is None):
            if fault := _fault_in(text[start:end], number, found, expected, columns):
                return RefusedError(fault, _AGAIN)
        found, others, number = found + rows, others + all_lines - rows, number + all_lines
        if others > expected + MOST_OTHER_LINES:
            return RefusedError("its table has more comments and blank lines than rows", _AGAIN)
    if found == expected:
        return RefusedError("its table cannot be parsed", _AGAIN)
    return RefusedError(f"its table has {found} rows, {expected} were expected", _AGAIN)


def _fault_in(piece, number, found, expected, columns):
    """What is wrong with a piece that begins with line `number` and follows `found` rows; or None."""
    for at, _, line in lines(piece, 0, number):
        tokens = _WORD.findall(line.partition(b"#")[0])
        if tokens and (fault := row_fault(line, tokens, columns)):
            return f"line {at} {fault}"
        found += bool(tokens)
        if found > expected:
            return f"line {at} is a row more than the {expected} that were expected"
    return None


def row_fault(line, tokens, columns):
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
