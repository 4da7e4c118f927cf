"""Makes the pictures of the guide to darktable's plug-in: a real darktable, a real helper, the demo's photos.

    python -m docs.make_darktable_pictures

Needs what `make test-hosts` installs. Takes whichever darktable is on the PATH; see `make test-darktable`.
"""

import subprocess
import tempfile
import time
from pathlib import Path

from PIL import Image

from tests.hosts.darktable.host import Darktable
from tests.hosts.helper_process import PROGRAM, Helper

DOCS = Path(__file__).parent
PORTRAITS = DOCS.parent / "examples" / "shoot" / "portraits"
NAMES = ("against-the-light", "too-dark", "too-warm", "too-cool", "too-bright", "too-dark-2")
SCREEN = (1600, 1024)
PHOTOS, WITH_PANEL = (326, 96, 1190, 830), (326, 96, 1580, 830)  # left, top, right, bottom
STATES = (1190, 345, 1580, 855)
WIDEST = 1500  # px, of a picture
GONE = "/home/anna/lutbridge-0.0.9-linux-x86_64/lutbridge"
GAP = 8  # px between two pictures
QUALITY = 85  # of the JPEGs
PROGRAM_IS = 'require("lutbridge_installed").command = [==[{}]==]'


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        helper = Helper(folder / "runtime")
        helper.state_file.parent.mkdir(mode=0o700, parents=True)
        rc = {"ui_last/window_w": SCREEN[0], "ui_last/window_h": SCREEN[1], "plugins/lighttable/images_in_row": 3}
        editor = Darktable(folder / "darktable", rc, helper.environment, "{}x{}".format(*SCREEN))
        install = [PROGRAM, "plugin", "install", "darktable", "--settings", editor.config]
        subprocess.run(install, check=True, capture_output=True)
        try:
            with editor:
                shoot(editor, folder)
        finally:
            helper.stop()


def shoot(editor: Darktable, folder: Path) -> None:
    """Presses three times: with the program gone, while the helper starts, and as a shoot that has its looks."""
    editor.settings()
    numbers = []
    for name in NAMES:
        copy = folder / f"{name}.jpg"
        copy.write_bytes((PORTRAITS / copy.name).read_bytes())
        numbers.append(editor.load(copy))
    editor.lua("dt.gui.libs.lutbridge.expanded, dt.gui.libs.image.expanded = true, false")
    editor.lua("dt.gui.selection{" + ", ".join(f"dt.database.get_image({number})" for number in numbers) + "}")
    before = seen(editor, folder, 4)
    editor.lua(PROGRAM_IS.format(GONE))
    editor.press("look_for_helper")
    editor.press("retouch", *numbers)
    gone = seen(editor, folder, 1)
    editor.lua(PROGRAM_IS.format(PROGRAM))
    editor.ask_press("retouch", *numbers)
    starting = seen(editor, folder, 1)
    editor.answer(400)
    done = seen(editor, folder, 8)
    save([before.crop(PHOTOS), done.crop(WITH_PANEL)], "darktable-panel.jpg")
    save([picture.crop(STATES) for picture in (gone, starting, done)], "darktable-states.jpg")


def seen(editor: Darktable, folder: Path, seconds: float) -> Image.Image:
    """The screen after a while, with the mouse out of the way."""
    editor.xdotool("mousemove", 4, SCREEN[1] - 4)
    time.sleep(seconds)
    editor.screenshot(folder / "screen.png")
    return Image.open(folder / "screen.png").convert("RGB")


def save(pictures: list[Image.Image], name: str) -> None:
    """Side by side."""
    width = sum(picture.width for picture in pictures) + GAP * (len(pictures) - 1)
    joined, at = Image.new("RGB", (width, pictures[0].height), "white"), 0
    for picture in pictures:
        joined.paste(picture, (at, 0))
        at += picture.width + GAP
    joined.thumbnail((WIDEST, joined.height), Image.Resampling.LANCZOS)
    joined.save(DOCS / name, quality=QUALITY, optimize=True)
    print(f"{DOCS / name}: {joined.width} x {joined.height} px")


if __name__ == "__main__":
    main()
