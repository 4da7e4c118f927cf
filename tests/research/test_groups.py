import numpy as np
import pytest
import torch
from skimage.data import astronaut

from lutbridge.model.config import ModelConfig
from lutbridge.research.groups import CONSISTENCIES, measure_groups, summarise_groups
from lutbridge.research.systems import retoucher_of
from lutbridge.research.tradeoff import draw_tradeoff
from lutbridge.train.networks.build import build

PHOTO = astronaut()


class FakePair:
    """A take held in memory: its source is the target in another light."""

    def __init__(self, group, left, light):
        self.group = group
        self.target = PHOTO[:300, left : left + 300]
        self.source = np.rint(self.target * light).astype(np.uint8)

    def load(self, long_side=None):
        return self.source, self.target, np.ones(self.target.shape[:2], bool)


@pytest.fixture(scope="module")
def records():
    torch.manual_seed(0)
    retoucher = retoucher_of(build(ModelConfig(n_luts=3, grid_size=5, thumbnail_size=32)).eval(), "toy")
    pairs = [FakePair("0", 60, (1, 0.9, 0.8)), FakePair("0", 80, (0.8, 0.9, 1)), FakePair("1", 0, (1, 1, 1))]
    return list(measure_groups(retoucher, pairs))


def test_a_group_of_one_is_left_out_and_every_system_is_there(records):
    (record,) = records
    steps = [f"group, consistency {c:g}" for c in CONSISTENCIES]
    assert list(record) == ["untouched", "each alone", *steps, "shared preset", "targets"]


def test_figures_by_hand(records):
    rows = summarise_groups(records)
    targets, untouched = rows["targets"], rows["untouched"]
    assert targets["drift"] == 0 and targets["PSNR"] == np.inf and targets["ΔE^HC"] == 0
    assert targets["overlap ΔE"] < 0.5 < 8 < untouched["overlap ΔE"]
    assert untouched["drift"] > 10
    assert targets["M_GLC"] == pytest.approx(np.var(records[0]["targets"].ab, axis=0, ddof=1).mean())


def test_no_groups_no_rows():
    assert summarise_groups([]) == {}


def test_the_trade_off_is_drawn(records, tmp_path):
    draw_tradeoff(summarise_groups(records), tmp_path / "groups.png")
    assert (tmp_path / "groups.png").read_bytes().startswith(b"\x89PNG")
