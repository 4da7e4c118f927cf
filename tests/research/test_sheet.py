from dataclasses import dataclass, field

import numpy as np
import pytest
from PIL import Image

from lutbridge.research.measure import measure
from lutbridge.research.sheet import ABREAST, CELL, choose_by_rule, write_sheet
from lutbridge.research.systems import untouched


@dataclass
class Measured:
    """What the rules look at of a record."""

    name: str
    gain: float
    group: str = ""
    skin_group: str = ""
    gap_asked: float = 0.0
    chroma: float = 20.0
    ab: np.ndarray = field(default_factory=lambda: np.zeros(2))
    ab_error: np.ndarray = field(default_factory=lambda: np.zeros(2))
    psnr_untouched: float = 20.0

    @property
    def psnr(self):
        return self.psnr_untouched + self.gain


@pytest.fixture
def records():
    found = [Measured(f"plain{i}", gain=i, group=f"plain{i}") for i in range(9)]
    found += [Measured(f"dark{i}", 3 + i / 10, f"dark{i}", skin_group="dark") for i in range(3)]
    found += [Measured("tan", 3.5, "tan", skin_group="tan"), Measured("light", 3.4, "light", skin_group="light")]
    found += [Measured("against", 3.3, "against", gap_asked=20.0), Measured("less", 3.3, "less", gap_asked=4.0)]
    found += [Measured("grey", 3.3, "grey", chroma=0.5), Measured("pale", 3.3, "pale", chroma=2.5)]
    found += [Measured("sunset", 3.3, "sunset", ab=np.array([5.0, 10.0]), ab_error=np.array([0.0, -10.0]))]
    found += [Measured(f"apart{i}", 3.2, "apart", ab_error=np.array([float(i), 0])) for i in range(2)]
    return found + [Measured(f"alike{i}", 3.2, "alike") for i in range(2)]


def test_each_rule_takes_its_photos_and_none_is_taken_twice(records):
    chosen = {}
    for rule, record in choose_by_rule(records, each=1):
        chosen[rule] = record.name
    assert chosen.pop("median") not in chosen.values()
    assert chosen == {
        "best": "plain8", "worst": "plain0", "darkest skin": "dark1", "lightest skin": "light", "backlit": "against",
        "monochrome": "grey", "sunset": "sunset", "group": "apart0",
    }  # fmt: skip
    many = choose_by_rule(records, each=2)
    names = [record.name for _, record in many]
    assert len(set(names)) == len(names)
    by_rule = {rule: [r.name for kind, r in many if kind == rule] for rule, _ in many}
    assert by_rule["best"] == ["plain8", "plain7"] and by_rule["worst"] == ["plain0", "plain1"]
    assert by_rule["backlit"] == ["against", "less"] and by_rule["monochrome"] == ["grey", "pale"]
    assert by_rule["group"] == ["apart0", "apart1"]


def test_a_rule_without_a_photo_is_left_out():
    assert [rule for rule, _ in choose_by_rule([Measured("a", 1.0), Measured("b", 2.0, "b")], each=1)] == [
        "best", "worst"
    ]  # fmt: skip


def test_the_sheet_shows_source_result_and_target_side_by_side(tmp_path):
    class Pair:
        name, group = "0_0", "0"

        def load(self, long_side=None):
            shape = (40, 30, 3)
            return np.full(shape, 60, np.uint8), np.full(shape, 200, np.uint8), np.ones((40, 30), bool)

    pairs = [Pair()]
    records = list(measure(untouched, pairs))
    write_sheet(tmp_path / "sheet.jpg", lambda pixels: pixels + 60, records, pairs)
    sheet = np.asarray(Image.open(tmp_path / "sheet.jpg"))
    assert sheet.shape[1] > ABREAST * 3 * CELL
    shades = [sheet[40, i * CELL + 10].mean() for i in range(3)]
    assert np.allclose(shades, [60, 120, 200], atol=3)
