import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from lutbridge.train.log import Log

LINES = [{"step": step, "mse": 1 / step, "held-out PSNR": 20.0 + step} for step in (2, 4, 6)]


def write(folder, lines, step=0):
    log = Log(folder / "log.jsonl", step, folder / "tensorboard")
    for line in lines:
        log.write(line)
    log.close()


def test_lines_are_json_and_tensorboard_shows_the_same(tmp_path):
    write(tmp_path, LINES)
    assert [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()] == LINES
    board = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert [(event.step, round(event.value, 3)) for event in board.Scalars("mse")] == [(2, 0.5), (4, 0.25), (6, 0.167)]
    assert len(board.Scalars("held-out PSNR")) == 3


def test_what_comes_again_after_a_kill_stands_once(tmp_path):
    write(tmp_path, LINES)
    write(tmp_path, LINES[2:], step=5)
    assert [json.loads(line)["step"] for line in (tmp_path / "log.jsonl").read_text().splitlines()] == [2, 4, 6]
    board = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert [event.step for event in board.Scalars("mse")] == [2, 4, 6]


def test_a_line_that_a_power_cut_tore_is_dropped(tmp_path):
    write(tmp_path, LINES[:2])
    with (tmp_path / "log.jsonl").open("ab") as file:
        file.write(b'{"step": 5, "m\0\0\xff')
    write(tmp_path, LINES[2:], step=5)
    assert [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()] == LINES


def test_without_tensorboard_the_lines_are_enough(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    write(tmp_path, LINES)
    assert not (tmp_path / "tensorboard").exists()
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == 3
