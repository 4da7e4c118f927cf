"""The page says everything in German too, and no German sentence is left over."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from lutbridge_server.errors import STATUS

PAGE = Path(__file__).parents[2] / "server/lutbridge_server/page"
LITERAL = r'"((?:[^"\\]|\\.)*)"'
NAMES = {"lutbridge", "O", "L", "C", "M", "N", "T", "Y", "Z"}  # the same in every language
FACTS = re.compile(r"\{\w+\}")


class Texts(HTMLParser):
    """What a person reads or hears of a document."""

    def __init__(self):
        super().__init__()
        self.texts, self._is_script = set(), False

    def handle_starttag(self, tag, attributes):
        self._is_script = tag == "script"
        self.texts |= {value for name, value in attributes if name in ("title", "aria-label")}

    def handle_data(self, data):
        words = " ".join(data.split())
        self.texts |= {words} if re.search("[a-zA-Z]", words) and not self._is_script else set()


def german():
    """What is said in German, by its English."""
    text = (PAGE / "german.js").read_text(encoding="utf-8").partition("export const REFUSED")[0]
    pairs = re.findall(rf"^  {LITERAL}:\s+((?:{LITERAL}[\s+]*)+),", text, re.MULTILINE)
    return {english: "".join(re.findall(LITERAL, parts)) for english, parts, _ in pairs}


def said():
    """Every sentence that the page says or may be told by the helper, as it stands in its source."""
    document = Texts()
    document.feed((PAGE / "index.html").read_text(encoding="utf-8"))
    texts = {text for text in document.texts if re.search("[a-zA-Z]", text)}
    modules = "\n".join(path.read_text(encoding="utf-8") for path in PAGE.glob("*.js") if path.name != "german.js")
    return texts - NAMES, modules


def calls(modules):
    """The sentences of say("…") and plural(n, "…", "…")."""
    for call in re.finditer(r"\b(?:say|plural)\(", modules):
        depth = 1
        for token in re.finditer(rf"{LITERAL}|[()]", modules[call.end() :]):
            depth += {"(": 1, ")": -1}.get(token[0], 0)
            if not depth:
                break
            if depth == 1 and token[1] and not FACTS.fullmatch(token[1]):
                yield token[1]


def test_every_sentence_of_the_document_has_its_german():
    texts, _ = said()
    assert texts - set(german()) == set()


def test_every_sentence_of_the_modules_has_its_german():
    _, modules = said()
    sentences = {text for text in calls(modules) if re.search("[a-z]", FACTS.sub("", text))}
    assert len(sentences) > 80
    assert sentences - set(german()) == set()


def test_no_german_sentence_is_left_over():
    texts, modules = said()
    root = PAGE.parents[2]
    core = "".join(path.read_text(encoding="utf-8") for path in [*root.glob("lutbridge/image/**/*.py")])
    helper = (PAGE.parent / "groups.py").read_text(encoding="utf-8")
    for english in german():
        is_notice = english.removeprefix("left as it is: ") in core + helper
        assert english in texts or f'"{english}"' in modules or is_notice, english


@pytest.mark.parametrize(("english", "translated"), german().items())
def test_both_name_the_same_facts(english, translated):
    assert sorted(FACTS.findall(english)) == sorted(FACTS.findall(translated))


def test_refusals_are_those_of_the_contract():
    codes = re.findall(r"^  (\w+): ", (PAGE / "german.js").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(codes) > 10 and set(codes) - {"other"} <= set(STATUS)
