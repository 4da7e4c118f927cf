import base64
import errno
import html
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lutbridge.batch.compare import compare, preview_size
from lutbridge.batch.report import AT_START, SOME, Report, ReportSettings
from lutbridge.batch.run import PhotoFigures, PhotoResult
from lutbridge.errors import SetupError
from lutbridge.strength import Strength

SETTINGS = ReportSettings(model="portrait-v1", strength=Strength.of(0.8), device="cpu", version="1.2.3")


def done(name="shoot/a.jpg", weights=(0.5, -0.25), clipped=0.031, notices=()):
    before = np.full((40, 60, 3), 100, np.uint8)
    comparison = compare(before, before + 40, preview_size(1))
    return PhotoResult(Path(name), Path("out"), "done", 1.0, notices, PhotoFigures(weights, clipped, comparison))


def failed(name="shoot/bad.jpg", sentence="the file ends too early; copy it again"):
    return PhotoResult(Path(name), Path("out"), "failed", 0.1, error=f"{name}: {sentence}")


class Page(HTMLParser):
    """The page's elements as (tag, attributes), and its text; unclosed or misnested elements fail."""

    VOID = frozenset({"meta", "img", "input", "path"})

    def __init__(self, text):
        super().__init__()
        self.elements, self.text, self._open = [], "", []
        self.source = text
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if self._open and self._open[-1] not in ("style", "script"):
            self.text += f" {data.strip()}" if data.strip() else ""

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def page_of(tmp_path):
    def make(*results, skipped=0):
        with Report(SETTINGS) as report:
            for result in results:
                report.add(result)
            report.write(tmp_path / "report.html", skipped)
        return (tmp_path / "report.html").read_text(encoding="utf-8")

    return make


def test_it_says_what_made_it_and_how_it_went(page_of):
    text = Page(page_of(done(), done("shoot/b.jpg", clipped=0.011), failed(), skipped=7)).text
    assert "Before and after: 2 photos" in text
    for fact in ("Model portrait-v1", "Strength 80%", "Device cpu", "lutbridge 1.2.3", "Made 20"):
        assert fact in text
    assert "Retouched 2 Failed 1 Skipped 7" in text
    assert "Mean clipped 2.1 %" in text
    assert re.search(r"Mean colour difference \(ΔE2000\) 1\d\.\d", text)


def test_each_photo_shows_before_and_after_weights_clipping_and_difference(page_of):
    page = Page(page_of(done(weights=(0.5, -0.25, -0.001))))
    after, before = page.all("img")
    assert (after["alt"], before["alt"]) == ("a.jpg, after", "a.jpg, before")
    for image, code in ((before, 100), (after, 140)):
        data = base64.b64decode(image["src"].removeprefix("data:image/jpeg;base64,"))
        assert abs(int(np.asarray(Image.open(io.BytesIO(data)))[20, 30, 0]) - code) <= 2
    assert "a.jpg Enlarge Brightened by " in page.text
    details = page.text[page.text.index("Details") :]
    assert "LUT 1 0.50 LUT 2 −0.25 LUT 3 0.00" in details and "Colour difference (ΔE2000) 1" in details
    assert details.startswith("Details Folder shoot ")
    assert "Clipped 3.1 %" in page.text


def test_the_bars_of_the_weights_share_an_axis_that_holds_zero(page_of):
    bars = [bar["style"] for bar in Page(page_of(done(weights=(0.75, -0.25)))).all("i")]
    assert bars == ["--from: 25.0%; --to: 100.0%", "--from: 0.0%; --to: 25.0%"]


def test_the_divider_is_a_labelled_slider(page_of):
    (slider,) = Page(page_of(done())).all("input")
    assert slider["type"] == "range" and slider["aria-valuetext"] == "50 % before"
    assert slider["aria-label"] == "Divider between before and after of a.jpg"


def test_failures_come_with_their_sentences(page_of):
    text = Page(page_of(done(), failed())).text
    assert "Failed shoot/bad.jpg the file ends too early; copy it again" in text
    assert "Failed shoot" not in Page(page_of(done())).text


def test_nothing_outside_the_page_is_asked_for(page_of):
    text = page_of(done(), failed())
    page = Page(text)
    assert all(image["src"].startswith("data:") for image in page.all("img"))
    assert not page.all("link") and not page.all("a")
    assert "http:" not in text and "https:" not in text and "url(" not in text
    assert any("default-src 'none'" in meta.get("content", "") for meta in page.all("meta"))


def test_names_and_sentences_cannot_become_markup(page_of):
    evil = '<script>alert("x")</script>{{model}}.jpg'
    page = Page(page_of(done(evil, notices=("<b>note</b>",)), failed(evil, "<i>bad</i>")))
    assert len(page.all("script")) == 1
    assert not page.all("b") and "{{model}}.jpg" in page.text and "<b>note</b>" in page.text


def test_a_name_that_is_no_unicode_is_shown_with_escapes(page_of):
    assert "\\udcff.jpg" in page_of(done("shoot/\udcff.jpg"))


def test_a_batch_in_which_all_failed_still_has_a_page(page_of):
    assert "Mean colour difference (ΔE2000) –" in Page(page_of(failed())).text


def test_a_tiny_share_of_clipping_is_not_shown_as_none(page_of):
    assert "Clipped < 0.1 %" in Page(page_of(done(clipped=0.0002))).text
    assert "Clipped 0.0 %" in Page(page_of(done(clipped=0.0))).text


def test_a_full_temporary_folder_is_the_machines_fault(monkeypatch):
    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("lutbridge.batch.report.tempfile.TemporaryFile", full)
    with pytest.raises(SetupError, match=r"cannot store the report's previews .*TMPDIR"):
        Report(SETTINGS)


def test_what_has_no_weights_has_no_bars(tmp_path):
    with Report(SETTINGS) as report:
        report.add(done(weights=()))
        report.write(tmp_path / "r.html", skipped=0)
    page = Page((tmp_path / "r.html").read_text(encoding="utf-8"))
    assert not [element for element in page.all("ul") if element.get("class") == "weights"]


@pytest.mark.parametrize("count", [99, 100, 101, 350])
def test_of_many_photos_only_some_are_elements_and_the_others_wait(page_of, count):
    page = Page(page_of(*[done(f"shoot/{number}.jpg") for number in range(count)]))
    elements = [element for element in page.all("li") if element.get("class") == "photo"]
    assert len(elements) == min(count, AT_START)
    waiting = [json.loads(chunk) for chunk in re.findall(r'class="waiting">(.*?)</script>', page.source, re.DOTALL)]
    assert [len(some) for some in waiting] == [min(SOME, left) for left in range(count - AT_START, 0, -SOME)]
    names = [photo["name"] for some in waiting for photo in some]
    assert names == [f"{number}.jpg" for number in range(AT_START, count)]


def test_names_of_photos_that_wait_cannot_become_markup(page_of):
    evil = '</script><script>alert("x")</script>.jpg'
    source = page_of(*[done()] * AT_START, done(evil, notices=("</script>",)), done("shoot/\udcff.jpg"))
    assert len(Page(source).all("script")) == 3  # the page's own, the template, and what waits
    (waiting,) = re.findall(r'class="waiting">(.*?)</script>', source, re.DOTALL)
    photo, odd = json.loads(waiting)
    assert photo["name"] == html.escape(Path(evil).name) and "&lt;/script" in photo["notices"]
    assert odd["name"] == "\\udcff.jpg"
