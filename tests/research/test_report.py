import numpy as np
import pytest

from lutbridge.research.evaluation import Evaluation
from lutbridge.research.measure import measure
from lutbridge.research.report import write_report
from lutbridge.research.systems import untouched


class FakePair:
    def __init__(self, name, darker):
        self.name, self.group = name, "0"
        self.target = np.random.default_rng(0).integers(60, 200, (24, 30, 3), np.uint8)
        self.source = self.target - darker

    def load(self, long_side=None):
        return self.source, self.target, np.ones((24, 30), bool)


@pytest.fixture
def page(tmp_path):
    pairs = [FakePair("<0>", 40), FakePair("1", 10), FakePair("2", 30)]
    systems = {"lift & see": lambda pixels: pixels + 20}
    records = {name: list(measure(system, pairs)) for name, system in {"untouched": untouched, **systems}.items()}
    write_report(tmp_path / "report.html", "3 photos of <val>.", Evaluation(records, {}, {}, {}), systems, pairs, None)
    return (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_page_holds_the_table_and_four_pictures_of_each_chosen_photo(page):
    assert page.count("data:image/jpeg;base64,") == 3 * 4
    assert "best: 2" in page and "median: &lt;0&gt;" in page and "worst: 1" in page
    assert '<th scope="row">lift &amp; see</th>' in page and "3 photos of &lt;val&gt;." in page
    assert "+6.0 to the source" in page and "<em>worse</em>" in page


def test_the_page_asks_for_nothing_and_leaves_no_placeholder(page):
    assert "{{" not in page and "default-src 'none'" in page
    assert "http://" not in page and "https://" not in page and "<script" not in page
