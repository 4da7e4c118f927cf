"""What `lutbridge reproduce` refuses; a whole table is made in tests/research/test_reproduce.py."""

import pytest


@pytest.mark.parametrize(
    "options, why",
    [
        ([], "has no train split; name a folder that has one with --train"),
        (["--budget", "soon"], "--budget soon: not a valid amount"),
        (["--also", "lamm"], "no config is called lamm"),
        (["--budget", "0 steps"], "--budget 0 steps: not a valid amount"),
        (["--seeds", "1,x"], "1,x: give different whole numbers, for example 1,2,3"),
        (["--seeds", "2,3,02"], "2,3,02: give different whole numbers"),
        (["--seeds", ""], "give different whole numbers"),
        (["--budget", "0.5steps"], "--budget 0.5steps: not a valid amount"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(lutbridge, tmp_path, make_photo, options, why):
    for folder in ("source", "target_a", "masks"):
        make_photo(tmp_path / "val" / folder / f"0_0.{'png' if folder == 'masks' else 'tif'}", seed=0)
    if options:
        (tmp_path / "train").mkdir()
    done = lutbridge("reproduce", "table1", "--data", tmp_path, *options, "-o", tmp_path / "out")
    assert done.code == 2 and why in done.err, done.err


def test_a_missing_train_split_shows_the_tree_that_is_expected(lutbridge, tmp_path):
    done = lutbridge("reproduce", "table1", "--data", tmp_path, "--expert", "b", "-o", tmp_path / "out")
    lines = done.err.splitlines()
    assert done.code == 2 and f"    {tmp_path}/train/target_b/0_0.tif" in lines and lines[-1].endswith("masks/0_0.png")
