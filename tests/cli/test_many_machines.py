"""`--ray` before there is a cluster: what it does not go with, and addresses that are none."""

import pytest


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--ray", "auto", "--jobs", "2"], "--ray and --jobs do not go together"),
        (["--ray", "auto", "--device", "cuda"], "--ray and --device cuda do not go together"),
        (["--ray", "auto", "--watch"], "--ray and --watch do not go together"),
        (["--ray", "ray://somewhere:10001"], "--ray ray://somewhere:10001: say auto, or HOST:PORT"),
        (["--ray", "somewhere"], "--ray somewhere: say auto, or HOST:PORT"),
    ],
)
def test_what_cannot_be_shared_is_refused_in_a_sentence(options, sentence, lutbridge, shoot, tmp_path):
    ran = lutbridge("render", shoot, "-o", tmp_path / "out", *options)
    assert ran.code == 2
    assert sentence in ran.err
    assert not (tmp_path / "out").exists()
