"""The page of an evaluation in a real browser: every picture shows, nothing is asked for, nothing sticks out."""

import numpy as np

from lutbridge.research.evaluation import Evaluation
from lutbridge.research.measure import measure
from lutbridge.research.report import write_report
from lutbridge.research.systems import untouched


class FakePair:
    def __init__(self, name, darker):
        self.name, self.group = name, "0"
        self.target = np.random.default_rng(0).integers(60, 200, (300, 240, 3), np.uint8)
        self.source = self.target - darker

    def load(self, long_side=None):
        return self.source, self.target, np.ones((300, 240), bool)


def test_the_page_shows_in_a_browser(chromium, tmp_path):
    pairs = [FakePair(str(number), darker) for number, darker in enumerate((40, 10, 30))]
    systems = {"lift": lambda pixels: pixels + 20}
    records = {name: list(measure(system, pairs)) for name, system in {"untouched": untouched, **systems}.items()}
    path = tmp_path / "report.html"
    write_report(
        path, f"3 photos; the file has SHA-256 {64 * 'f'}.", Evaluation(records, {}, {}, {}), systems, pairs, None
    )
    for width in (1280, 360):
        page = chromium.new_page(viewport={"width": width, "height": 800})
        asked, complaints = [], []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("console", lambda message, complaints=complaints: complaints.append(message.text))
        page.goto(path.as_uri())
        assert page.evaluate("[...document.images].every((image) => image.complete && image.naturalWidth > 0)")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "only the table may scroll"
        assert {url for url in asked if not url.startswith("data:")} == {path.as_uri()}
        assert not complaints
        page.close()
