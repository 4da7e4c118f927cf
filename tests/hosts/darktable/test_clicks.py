"""Real clicks and keys: the action button, the panel, the shortcut, and the cross that cancels.

Where things are on the screen is measured in a window of 1270 × 1010, with one module open.
"""

import time

import pytest
from PIL import Image, ImageChops

from .conftest import Photo

BUTTONS = {  # in "selected images", and in "Auto Retouch"
    "image": {"retouch": (1095, 320), "remove": (1095, 345)},
    "lutbridge": {"retouch": (1068, 338), "remove": (1190, 338)},
}
BUTTONS_OF_5_4 = {  # with letters that are larger
    "image": {"retouch": (1146, 355), "remove": (1146, 382)},
    "lutbridge": {"retouch": (1112, 405), "remove": (1204, 405)},
}
JOBS = (10, 856, 300, 871)  # the first job's name and, at its right end, the cross; bottom left
SHORTCUT = "r;ctrl;alt=lua/Auto Retouch\n"


@pytest.fixture(scope="module")
def desk(start_darktable, helper):
    darktable = start_darktable(environment=helper.environment)
    (darktable.config / "shortcutsrc").write_text(SHORTCUT)
    with darktable:
        yield darktable


@pytest.fixture
def photo(desk, make_portrait):
    desk.settings()
    photo = Photo(desk, make_portrait("anna.png"))
    desk.lua(f"dt.gui.selection{{dt.database.get_image({photo.number})}}")
    return photo


def open_module(desk, name):
    """Opens one module of the right side and closes the others."""
    for module in ("image", "lutbridge"):
        desk.lua(f"dt.gui.libs.{module}.expanded = {str(module == name).lower()}")
    desk.lua("dt.control.sleep(1000)")


def go_to(desk, view):
    """Changes the view, which darktable does in its own time, and lets it draw."""
    desk.lua(f"dt.gui.current_view(dt.gui.views.{view})")
    desk.wait_until(lambda: desk.lua("return dt.gui.current_view().id") == view)
    desk.lua("dt.control.sleep(1000)")


def click(desk, place):
    desk.xdotool("mousemove", *place)
    time.sleep(0.2)
    desk.xdotool("click", 1)


def jobs(desk, folder):
    """Where jobs are listed on the screen, as a grey picture."""
    desk.screenshot(folder / "jobs.png")
    return Image.open(folder / "jobs.png").convert("L").crop(JOBS)


def cancel(desk, idle, folder):
    """Waits for a job to appear where `idle` shows none, and clicks its cross.

    The cross is at the right end of what the job adds: where that is depends on what else the panel shows.
    """

    def added():
        new = ImageChops.subtract(jobs(desk, folder), idle).point(lambda level: 255 * (level > 40))
        return new.getbbox()

    desk.wait_until(added)
    _, top, right, bottom = added()
    click(desk, (JOBS[0] + right - 5, JOBS[1] + (top + bottom) // 2))


@pytest.mark.parametrize("module", BUTTONS)
def test_the_buttons_put_a_look_on_and_take_it_off(desk, photo, module, tmp_path):
    buttons = (BUTTONS if desk.version < (5, 4) else BUTTONS_OF_5_4)[module]
    open_module(desk, module)
    desk.screenshot(tmp_path / f"{module}-before.png")
    click(desk, buttons["retouch"])
    desk.wait_until(lambda: [on for _, on in photo.looks()] == [1])
    desk.lua("dt.control.sleep(1000)")
    desk.screenshot(tmp_path / f"{module}-after.png")
    click(desk, buttons["remove"])
    desk.wait_until(lambda: [on for _, on in photo.looks()] == [0])


def test_the_shortcut_puts_a_look_on(desk, photo):
    desk.key("ctrl+alt+r")
    desk.wait_until(lambda: photo.looks())


def test_the_cross_cancels_a_run(desk, make_portrait, tmp_path):
    desk.settings(mode="copy")
    photos = [Photo(desk, make_portrait(f"take-{n}.png", size=1024)) for n in range(8)]
    idle = jobs(desk, tmp_path)
    desk.ask_press("retouch", *[photo.number for photo in photos])
    cancel(desk, idle, tmp_path)
    said = desk.answer(seconds=240)
    assert said[1] == "Cancelled."
    done = len(list(photos[0].path.parent.glob("*-retouched.tif")))
    assert said[0] == f"Rendered copies: {done} of 8 photos."
    assert done < 8


def test_it_leaves_the_photo_alone_that_is_open_in_the_darkroom(desk, photo):
    """There, darktable 4.2 crashed one time in six when a style was applied from Lua."""
    desk.lua(f"dt.gui.views.darkroom.display_image(dt.database.get_image({photo.number}))")
    go_to(desk, "darkroom")
    assert desk.press("retouch", photo.number) == []
    go_to(desk, "lighttable")
    assert photo.looks() == []
    assert desk.press("retouch", photo.number)[0] == "Looks: 1 of 1 photos."


def test_script_manager_can_hide_it_and_show_it_again(desk):
    facts = """
    local script = require "lutbridge/lutbridge"
    script.{call}()
    return dt.gui.libs.lutbridge.visible
    """
    assert desk.lua(facts.format(call="destroy")) is False
    assert desk.lua(facts.format(call="restart")) is True
    assert desk.lua(facts.format(call="show")) is True
    assert desk.lua('return require("lutbridge/lutbridge").destroy_method') == "hide"
    assert desk.said_anything_wrong() == []
