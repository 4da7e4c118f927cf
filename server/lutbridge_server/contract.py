"""The options of docs/http-contract.md: one table, which requests are read by and the OpenAPI document is made from."""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from lutbridge_server.errors import ApiError

PROTOCOL = 1
MOST_NAME = 80  # characters of a name that a client gives
_UNPRINTABLE = ("Cc", "Cf", "Cs", "Zl", "Zp")  # controls, formats, halves of pairs, line and paragraph separators
VIEWS = ("fitted", "fused", "image-weights", "person", "background")
CONTAINERS = {"jpeg": "image/jpeg", "png": "image/png", "tiff": "image/tiff", "webp": "image/webp"}


@dataclass(frozen=True)
class Option:
    """One option of the query string.

    Attributes:
        parse: from text to the value; raises ValueError with what was expected.
        default: the value if the option is not given.
        schema: the same for machines, as in OpenAPI.
    """

    name: str
    parse: Callable[[str], Any]
    default: Any
    schema: dict[str, Any]


def _number(low: float, high: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        value = float(text) if text.isascii() and len(text) < 32 else float("nan")
        if not low <= value <= high:  # written so that nan fails as well
            raise ValueError(f"a number from {low:g} to {high:g}")
        return value

    return parse


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 10 and low <= int(text) <= high):
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)

    return parse


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return text

    return parse


def _label(text: str) -> str:
    """A name to show. Characters that a title or a header cannot hold become blanks. What is printable depends on the
    version of Unicode, so a name is never refused for an unknown character.
    """
    if not 0 < len(text) <= MOST_NAME:
        raise ValueError(f"a name of at most {MOST_NAME} characters")
    return printable(text)


def printable(text: str) -> str:
    """A text in which controls, separators and slashes are blanks; the one definition of it."""
    return "".join(" " if c in "/\\" or unicodedata.category(c) in _UNPRINTABLE else c for c in text)


def _word(text: str) -> str:
    if not 0 < len(text) <= MOST_NAME or not text.isprintable():
        raise ValueError("a name")
    return text


def _choice(name: str, words: Iterable[str], default: str) -> Option:
    words = tuple(words)
    return Option(name, _one_of(*words), default, {"type": "string", "enum": list(words), "default": default})


def _text(name: str, parse: Callable[[str], str], default: str | None) -> Option:
    schema = {"type": "string", "minLength": 1, "maxLength": MOST_NAME}
    return Option(name, parse, default, schema if default is None else schema | {"default": default})


def _fraction(name: str) -> Option:
    return Option(name, _number(0, 1), 1.0, {"type": "number", "minimum": 0, "maximum": 1, "default": 1})


def _part(name: str) -> Option:
    """The strength on a part of the photo; None: that of the whole."""
    return Option(name, _number(0, 1), None, {"type": "number", "minimum": 0, "maximum": 1})


def _integer(name: str, low: int, high: int, default: int | None) -> Option:
    schema = {"type": "integer", "minimum": low, "maximum": high}
    return Option(name, _whole(low, high), default, schema if default is None else schema | {"default": default})


MODEL = _text("model", _word, None)
NAME = _text("name", _label, "photo")
STRENGTHS = (_fraction("strength"), _part("person"), _part("background"))
JOB = Option("job", lambda text: _one_of("true", "false")(text) == "true", False, {"type": "boolean", "default": False})
TICKET = _text("ticket", _word, None)


def lut_file(formats: Iterable[str], largest: int) -> tuple[Option, ...]:
    """The requested form of a LUT file."""
    return (*STRENGTHS, _choice("format", formats, "cube"), _integer("size", 2, largest, None), NAME, JOB)


def lut(formats: Iterable[str], largest: int) -> tuple[Option, ...]:
    return (MODEL, _choice("view", VIEWS, "fitted"), *lut_file(formats, largest), *LOOK)


LOOK = (_text("group", _word, None), _text("take", _word, None))
MASK = (MODEL, NAME, JOB, *LOOK)
RENDER = (
    MODEL,
    *STRENGTHS,
    NAME,
    JOB,
    _choice("format", ("same", *CONTAINERS), "same"),
    Option("bits", lambda text: int(_one_of("8", "16")(text)), None, {"type": "integer", "enum": [8, 16]}),
    _integer("quality", 1, 100, None),
    _choice("icc", ("keep", "srgb"), "keep"),
    _integer("long_side", 0, 65535, 0),
    *LOOK,
)
GROUP = (MODEL,)
TAKE = (NAME,)
SOLVE = (_fraction("consistency"), _text("reference", _word, None))


def read_options(arguments: MultiDict, options: Iterable[Option]) -> dict[str, Any]:
    """The value of every option, by name.

    Raises:
        ApiError: an option is unknown, repeated, or no value that it can have.
    """
    known = {option.name: option for option in options}
    for name in arguments:
        if name not in known:
            there = f"there are {', '.join(known)}" if known else "there are none here"
            raise ApiError("bad_option", f"there is no option {_shown(name)}", there)
        if len(arguments.getlist(name)) > 1:
            raise ApiError("bad_option", f"{name} is given more than once")
    return {name: _value(option, arguments.get(name)) for name, option in known.items()}


def _value(option: Option, text: str | None) -> Any:
    if text is None:
        return option.default
    try:
        return option.parse(text)
    except ValueError as error:
        raise ApiError("bad_option", f"{option.name} is {_shown(text)}, not {error}") from error


def _shown(text: str) -> str:
    """What a client sent, short and printable enough to be said back to it."""
    return ascii(text[:40])[1:-1]
