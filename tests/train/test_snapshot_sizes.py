"""What a planted snapshot may claim: sizes are checked before it is read, values after."""

import zipfile

import pytest
import torch

from lutbridge.errors import SetupError
from lutbridge.train.run import read_snapshot


def test_one_that_unpacks_to_more_than_it_holds_is_not_read(tmp_path):
    whole, bomb = tmp_path / "snapshot.pt", tmp_path / "bomb.pt"
    torch.save({"step": 1, "seconds": 0.5, "weights": torch.zeros(10**6)}, whole)
    assert read_snapshot(whole)["step"] == 1
    with zipfile.ZipFile(whole) as plain, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in plain.namelist():
            packed.writestr(name, plain.read(name))
    with pytest.raises(SetupError, match="claims more than it holds"):
        read_snapshot(bomb)


@pytest.mark.parametrize("changes", [{"step": 10**30}, {"step": -1}, {"step": 1.5}, {"seconds": float("nan")}])
def test_numbers_that_no_run_has_are_refused(tmp_path, changes):
    path = tmp_path / "snapshot.pt"
    torch.save({"step": 1, "seconds": 0.5} | changes, path)
    with pytest.raises(SetupError, match="no snapshot of this run"):
        read_snapshot(path)
