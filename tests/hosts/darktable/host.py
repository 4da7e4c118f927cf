"""Starts darktable on a display of its own, asks it in Lua, and quits it."""

import contextlib
import functools
import json
import os
import sqlite3
import subprocess
import time
from pathlib import Path

import numpy as np
import tifffile

DRIVER = Path(__file__).with_name("driver.lua")
START_SECONDS, START_TRIES = 60, 4
RC = {
    "write_sidecar_files": "never",
    "plugins/lighttable/export/icctype": "1",
    "plugins/lighttable/export/resizing": "max_size",
    "ui_last/window_w": "1270",
    "ui_last/window_h": "1010",
    "lua/_scripts_install/dont_show": "TRUE",
    "plugins/lighttable/layout": "1",
}


PRESS = """
local actions = require "lutbridge_dt_actions"
if not SAID then
  actions.listen(function(event, value)
    if event == "said" then
      SAID = value
    end
  end)
end
SAID = {{}}
actions.{action}({photos})
return SAID
"""


def _lua(value) -> str:
    """A value as a Lua literal."""
    if isinstance(value, str):
        return "[==[" + value + "]==]"
    return str(value).lower()


def _photos(numbers) -> str:
    return "{" + ", ".join(f"dt.database.get_image({number})" for number in numbers) + "}"


class LuaError(AssertionError):
    """What Lua said inside darktable."""


@contextlib.contextmanager
def display(size):
    """An X server without a screen; yields its name."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{size}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with open(read) as number:
            yield f":{number.readline().strip()}"
    finally:
        server.terminate()
        server.wait(timeout=30)


class Darktable:
    """One darktable with a configuration and a display of its own.

    Args:
        folder: for its configuration, library, LUTs and temporary files.
        rc: lines of darktablerc beside those of every test.
        environment: variables beside this process's.
        screen: the display's size.
    """

    def __init__(self, folder: Path, rc=None, environment=None, screen="1280x1024"):
        self.folder, self.luts = folder, folder / 'my "LUT"s \'é'
        self.screen = screen
        self.rc = {**RC, "plugins/darkroom/lut3d/def_path": str(self.luts), **(rc or {})}
        self.environment = {
            **os.environ,
            "SDL_NO_SIGNAL_HANDLERS": "1",  # SDL would catch SIGTERM
            "LANG": "C.UTF-8",
            "LANGUAGE": "en",
            **(environment or {}),
        }
        self.config, self.tmp, self.talk = folder / "config", folder / "tmp", folder / "talk"
        for path in (self.config, self.tmp, self.talk, self.luts):
            path.mkdir(parents=True, exist_ok=True)
        self.log = folder / "darktable.log"
        self.process, self._read = None, 0

    def __enter__(self):
        """Starts; again where darktable has locked itself at its start, as about one in fifty does."""
        rc = "".join(f"{name}={value}\n" for name, value in self.rc.items())
        if not (self.config / "darktablerc").exists():
            (self.config / "darktablerc").write_text(rc)
        self._display = display(self.screen)
        self.environment["DISPLAY"] = self._display.__enter__()
        for _ in range(START_TRIES):
            self._spawn()
            if self._wait_for(self.talk / "started", START_SECONDS):
                return self
            self.kill()
        self._display.__exit__(None, None, None)
        raise AssertionError(f"darktable does not start; see {self.log}")

    def _spawn(self):
        (self.talk / "started").unlink(missing_ok=True)
        command = ["darktable", "--configdir", self.config, "--cachedir", self.folder / "cache", "--tmpdir", self.tmp]
        command += ["--library", self.config / "library.db", "--disable-opencl", "-d", "lua"]
        command += ["--luacmd", f"loadfile({str(DRIVER)!r})({str(self.talk)!r})"]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, cwd=self.folder)

    def __exit__(self, *_):
        with contextlib.suppress(LuaError, AssertionError):
            self.lua('require("darktable").gui.action("global/quit", 0, "", "", 1.0)', seconds=10)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()
        self._display.__exit__(None, None, None)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def _wait_for(self, path: Path, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            if path.exists():
                return True
            time.sleep(0.01)
        return path.exists()

    def ask(self, chunk: str) -> None:
        """Hands darktable a chunk of Lua without waiting for its answer."""
        (self.talk / "answer.json").unlink(missing_ok=True)
        (self.talk / "ask.part").write_text('local dt = require "darktable"\n' + chunk)
        (self.talk / "ask.part").rename(self.talk / "ask.lua")

    def answer(self, seconds: float = 120):
        """The value that the chunk returned; raises LuaError where it failed."""
        path = self.talk / "answer.json"
        assert self._wait_for(path, seconds), f"darktable does not answer; see {self.log}"
        answer = json.loads(path.read_text())
        if not answer["ok"]:
            raise LuaError(answer["value"])
        return answer.get("value")

    def lua(self, chunk: str, seconds: float = 120):
        """The value of a chunk of Lua that runs inside darktable."""
        self.ask(chunk)
        return self.answer(seconds)

    # What the tests do most.

    @functools.cached_property
    def version(self) -> tuple[int, int]:
        """As (5, 4)."""
        major, minor = self.lua("return dt.configuration.version").split(".")[:2]
        return int(major), int(minor)

    def settings(self, **changes) -> None:
        """Sets what the panel sets; what is not named is as at first."""
        first = {"mode": "look", "group": "off", "view": "fitted", "model": "", "untouched": 0, "at_end": False}
        first |= {"grid_size": "33", "copy_format": "TIFF", "start_helper": True}
        lines = [f"settings.set({name!r}, {_lua(value)})" for name, value in (first | changes).items()]
        self.lua('local settings = require "lutbridge_dt_settings"\n' + "\n".join(lines))

    def load(self, path: Path) -> int:
        """Imports a photo; returns its number."""
        return self.lua(f"return dt.database.import({_lua(str(path))}).id")

    def press(self, action: str, *numbers: int, seconds: float = 240) -> list[str]:
        """What a button does for photos; returns the sentences that the user is told."""
        self.ask_press(action, *numbers)
        return self.answer(seconds)

    def ask_press(self, action: str, *numbers: int) -> None:
        """The same without waiting for it."""
        self.ask(PRESS.format(action=action, photos=_photos(numbers)))

    def export(self, number: int, path: Path) -> np.ndarray:
        """A photo as darktable develops it now, in its own size: H × W × 3 codes of 16 bit, sRGB."""
        self.lua(
            f"""local format = dt.new_format "tiff"
            format.bpp, format.max_width, format.max_height = 16, 0, 0
            format:write_image(dt.database.get_image({number}), {_lua(str(path))}, false)"""
        )
        return tifffile.imread(path)

    def history(self, number: int, seconds: float = 60) -> list[tuple]:
        """The photo's LUT 3D instances, in the library: path, enabled, instance, name."""
        end = time.monotonic() + seconds
        while (rows := self._rows(number)) is None:
            assert time.monotonic() < end, "the photo's history does not come to rest"
            time.sleep(0.02)
        own = [row[1:] for row in rows if row[0] == "lut3d"]
        return [(parameters.split(b"\0")[0].decode(), *rest) for parameters, *rest in own]

    def _rows(self, number: int):
        """The photo's history; None where darktable is writing just then.

        Read from a copy in memory: darktable waits for nobody who holds its library, and loses what it cannot write.
        While it develops a thumbnail it writes the photo's history anew, row by row, so some may be missing.
        """
        content = (self.config / "library.db").read_bytes()
        if content != (self.config / "library.db").read_bytes():
            return None
        columns = "operation, op_params, enabled, multi_priority, multi_name"
        with contextlib.closing(sqlite3.connect(":memory:")) as library, contextlib.suppress(sqlite3.DatabaseError):
            library.deserialize(content)
            (count,) = library.execute("SELECT history_end FROM images WHERE id = ?", (number,)).fetchone()
            rows = library.execute(f"SELECT {columns} FROM history WHERE imgid = ? ORDER BY num", (number,)).fetchall()
            return rows if len(rows) == count else None
        return None

    def bytes_written(self) -> int:
        """What darktable has given to disks so far; a RAM disk does not count."""
        return int(Path(f"/proc/{self.process.pid}/io").read_text().partition("\nwrite_bytes:")[2].split()[0])

    def said_anything_wrong(self) -> list[str]:
        """Lua's errors in the log since the last call."""
        text = self.log.read_text(errors="replace")[self._read :]
        self._read += len(text)
        return [line for line in text.splitlines() if "LUA ERROR" in line or "invalid cube" in line]

    def key(self, keys: str) -> None:
        """Presses keys over the thumbnails."""
        window = self.xdotool("search", "--onlyvisible", "--name", "darktable").split()[0]
        self.xdotool("mousemove", 640, 700)
        self.xdotool("windowfocus", window)
        self.xdotool("key", keys)

    def wait_until(self, reached, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not reached():
            assert time.monotonic() < end, "it does not come to that"
            time.sleep(0.05)

    def xdotool(self, *arguments) -> str:
        command = ["xdotool", *map(str, arguments)]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True).stdout

    def screenshot(self, path: Path) -> None:
        """The whole display as a PNG."""
        subprocess.run(["import", "-window", "root", path], env=self.environment, check=True)
