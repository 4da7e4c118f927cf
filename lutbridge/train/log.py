"""The log of a run: JSON lines, and TensorBoard files if TensorBoard is installed."""

import json
from pathlib import Path

from lutbridge.files import atomic_write


class Log:
    """Lines of figures, one for each report.

    Args:
        path: of the JSON lines. Lines that a killed run wrote after its last snapshot are dropped, as they come again;
            so is one that a power cut tore.
        step: at which the run resumes.
        board: folder for TensorBoard's files, or None.
    """

    def __init__(self, path: Path, step: int, board: Path | None = None):
        self._path = path
        if path.is_file():
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            kept = [line for line in lines if 0 <= _step(line) <= step]
            atomic_write(path, "".join(f"{line}\n" for line in kept).encode())
        self._board = _board(board, step) if board else None

    def write(self, line: dict) -> None:
        """Adds a line: "step", and figures by name."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        if self._board:
            for name, value in line.items():
                if isinstance(value, int | float) and name != "step":
                    self._board.add_scalar(name, value, line["step"])
            self._board.flush()

    def close(self) -> None:
        """Ends TensorBoard's file."""
        if self._board:
            self._board.close()


def _step(line):
    """-1 for a line without figures."""
    try:
        return int(json.loads(line)["step"])
    except (ValueError, TypeError, KeyError):
        return -1


def _board(folder, step):
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(folder), purge_step=step + 1)
