from pathlib import Path
from types import SimpleNamespace

import pytest

from lutbridge.cli.training import Told
from lutbridge.train.config import TrainConfig


@pytest.mark.parametrize(("best", "step", "said"), [(1.5, 60, "best so far"), (2.0, 40, "best: +2.00 dB at step 40")])
def test_the_best_step_is_the_log_s(best, step, said, capsys):
    task = SimpleNamespace(training_config=TrainConfig(epochs=2), start="portrait-v2")
    line = {"step": 60, "epoch": 1.0, "seconds": 60.0, "held-out gain": 1.5, "held-out PSNR": 30.0}
    Told(task, Path("run"), quiet=False).line(line | {"best": best, "best step": step})
    assert f"+1.50 dB over portrait-v2 on held-out photos (30.0 dB; {said})" in capsys.readouterr().err


@pytest.mark.parametrize(("step", "said"), [(1, "Stopped after 1 step;"), (2, "Stopped after 2 steps;")])
def test_steps_are_counted_in_words(step, said, capsys):
    task = SimpleNamespace(training_config=TrainConfig(epochs=2), start="portrait-v2")
    code = Told(task, Path("my run"), quiet=False).close(SimpleNamespace(end="stopped", step=step))
    told = capsys.readouterr().err
    assert code == 130 and said in told and 'lutbridge train --resume -o "my run"' in told
