"""How a .cube is written, where its readers differ: what its LUT does not say, and a program may stumble over."""

import re
from dataclasses import dataclass

import numpy as np

from lutbridge.lut.formats import rows

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BLANK_END = re.compile(rb"[ \t](?:#|\r?\n|\Z)")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n?|\n|\Z)")


@dataclass(frozen=True)
class Keyword:
    """A keyword above the table.

    Attributes:
        name: in capitals.
        line: its whole line in the file.
    """

    name: str
    line: bytes

    @property
    def is_first_in_capitals(self) -> bool:
        """Whether its line begins with it, as readers that compare byte by byte want it."""
        return self.line.startswith(self.name.encode())

    @property
    def is_marked(self) -> bool:
        """Whether a byte-order mark precedes it, which hides it from some readers."""
        return self.line.startswith(_BYTE_ORDER_MARK)

    @property
    def words(self) -> int:
        """How many words are in its line, without a comment."""
        return len(self.line.partition(b"#")[0].split())

    @property
    def has_comment(self) -> bool:
        return self.name != "TITLE" and b"#" in self.line


@dataclass(frozen=True)
class CubeText:
    """The text of a .cube.

    Attributes:
        keywords: in the file's order.
        has_lone_returns: whether lines end in CR without LF, as on the first Macintoshes.
        has_comments_among_rows: whether comments are below the first row of the table.
        has_comments_behind_rows: whether one of them follows a row, in its line.
        has_blanks_behind_rows: whether a row ends in blanks.
        longest: bytes of the longest line.
        longest_below: bytes of the longest line below LUT_3D_SIZE.
    """

    keywords: tuple[Keyword, ...] = ()
    has_lone_returns: bool = False
    has_comments_among_rows: bool = False
    has_comments_behind_rows: bool = False
    has_blanks_behind_rows: bool = False
    longest: int = 0
    longest_below: int = 0

    def has(self, *names: str) -> bool:
        """Whether one of these keywords is there."""
        return any(keyword.name in names for keyword in self.keywords)

    def from_size_on(self) -> tuple[Keyword, ...]:
        """LUT_3D_SIZE and the keywords below it; none if it is missing."""
        at = [keyword.name for keyword in self.keywords].index("LUT_3D_SIZE") if self.has("LUT_3D_SIZE") else None
        return () if at is None else self.keywords[at:]

    def has_below_size(self, name: str) -> bool:
        """Whether this keyword is below LUT_3D_SIZE."""
        return any(keyword.name == name for keyword in self.from_size_on()[1:])


def read(data: bytes) -> CubeText:
    """What is in the bytes of a .cube that `formats.load` has read."""
    keywords, size_end, table = [], 0, len(data)
    for match in _LINE.finditer(data):
        line = match[0].rstrip(b"\r\n")
        bare = line.removeprefix(_BYTE_ORDER_MARK).strip()
        if bare[:1] and bare[:1] in b"0123456789+-.":
            table = match.start()
            break
        if bare and not bare.startswith(b"#"):
            keywords.append(Keyword(bare.split()[0].decode("latin-1").upper(), line))
            size_end = match.end() if keywords[-1].name == "LUT_3D_SIZE" else size_end
    return CubeText(
        tuple(keywords),
        data.count(b"\r") > data.count(b"\r\n"),
        data.find(b"#", table) >= 0,
        any(rows.stands_behind_numbers(data, at) for at in rows.comments(data, table)),
        any(_is_row(data, match.start()) for match in _BLANK_END.finditer(data, table)),
        _longest(data, 0),
        _longest(data, size_end),
    )


def _is_row(data, end):
    """Whether the line holds numbers up to `end`."""
    before = data[data.rfind(b"\n", 0, end) + 1 : end].strip()
    return bool(before) and b"#" not in before


def _longest(data, start):
    """Bytes of the longest line from `start` on."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8)[start:] == ord("\n"))
    return int(np.diff(ends, prepend=-1, append=len(data) - start).max()) - 1
