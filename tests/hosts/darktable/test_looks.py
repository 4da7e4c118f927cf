"""LUT mode: the look on the photo is the .cube file, exactly, and goes away without a trace."""

import re

import colour
import numpy as np
import pytest

from .conftest import Photo
from .measure import differences, through

# A LUT 3D instance of the user's own: module version 1, sRGB, tetrahedral; darktable gives it no name.
OWN_STYLE = """<?xml version="1.0" encoding="UTF-8"?>
<darktable_style version="1.0"><info><name>{name}</name><description></description></info><style><plugin><num>0</num>
<module>{version}</module><operation>{operation}</operation><op_params>{parameters}</op_params><enabled>1</enabled>
<multi_priority>0</multi_priority><multi_name>{instance}</multi_name></plugin></style></darktable_style>
"""


@pytest.fixture
def put_style(editor, tmp_path):
    """Applies a style of one module to a photo, as a user may have done before."""

    def put(photo, operation, version, parameters, instance=" "):
        path = tmp_path / "users.dtstyle"
        facts = {"operation": operation, "version": version, "parameters": parameters.hex(), "instance": instance}
        path.write_text(OWN_STYLE.format(name="users", **facts))
        editor.lua(
            f"""dt.styles.import("{path}")
            for index = #dt.styles, 1, -1 do
              if dt.styles[index].name == "users" then
                dt.styles.apply(dt.styles[index], dt.database.get_image({photo.number}))
                dt.styles[index]:delete()
              end
            end"""
        )

    return put


@pytest.mark.parametrize("name", ["anna.png", "anna.jpg", "anna.tif", "anna.dng", "w ei\"rd 'q' $HOME `x` é;|😀.png"])
def test_a_look_is_its_cube_file(open_photo, name):
    photo = open_photo(name, exposure=-0.7)
    before = photo.pixels()
    said = photo.press()
    assert said[0] == "Looks: 1 of 1 photos.", said
    after = photo.pixels()
    assert differences(before, after).mean() > 1
    error = differences(through(photo.cube(), before), after)
    look = differences(before, after).mean()
    print(f"{name}: ΔE2000 mean {error.mean():.4f}, max {error.max():.4f}; of the look itself {look:.1f}")
    assert error.mean() < 0.01


def test_a_large_raw_is_not_written_again_for_a_look(editor, open_photo, make_portrait):
    size = 48 << 20
    with open(make_portrait("large.dng"), "ab") as file:
        file.truncate(size)
    photo = Photo(editor, file.name)
    written = editor.bytes_written()
    assert photo.press()[0] == "Looks: 1 of 1 photos."
    assert photo.cube().exists()
    assert editor.bytes_written() - written < size / 2


def test_the_look_is_found_on_what_darktable_exports(open_photo, helper):
    photo = open_photo()
    photo.pixels()
    photo.press()
    exported = photo.path.with_name(f"export-{photo.number}.tif").read_bytes()
    asked = helper.ask("/v1/lut?name=anna.png&strength=1", exported)
    # darktable's exports differ in their metadata, and with them in the digest that a comment names
    assert without_comments(photo.cube().read_bytes()) == without_comments(asked)


def without_comments(cube):
    return [line for line in cube.splitlines() if not line.startswith(b"#")]


def test_strength_is_the_share_of_the_way(editor, open_photo):
    photo = open_photo()
    before = photo.pixels() / 65535
    photo.press()
    full = photo.pixels() / 65535
    editor.settings(untouched=70)
    photo.press()
    weak = photo.pixels() / 65535
    assert np.abs(weak - (before + 0.3 * (full - before))).max() < 0.004
    editor.settings(untouched=99)
    photo.press()
    assert differences(photo.pixels(), np.round(before * 65535).astype(np.uint16)).mean() < 0.1


@pytest.mark.parametrize("mode", ["look", "copy"])
def test_a_strength_of_nothing_is_refused(editor, open_photo, mode):
    editor.settings(untouched=100, mode=mode)
    photo = open_photo()
    assert photo.press() == ["The strength is 0, so nothing would change: raise it and press again."]
    assert photo.looks() == []
    assert [path.name for path in photo.path.parent.iterdir()] == ["anna.png"]


def test_a_second_press_replaces_the_look(editor, open_photo):
    photo = open_photo(exposure=-0.5)
    photo.press()
    first, pixels = photo.cube(), photo.pixels()
    editor.settings(untouched=50)
    photo.press()
    second = photo.cube()
    assert second != first
    editor.settings()
    photo.press()
    assert photo.cube() == first  # found on the photo without its look
    assert np.array_equal(photo.pixels(), pixels)
    assert len(editor.history(photo.number)) == 1


def test_nothing_piles_up(editor, open_photo):
    photo = open_photo()
    photo.press()
    tags = editor.lua("return #dt.tags")
    files = sorted(editor.luts.rglob("*"))
    for _ in range(3):
        photo.press()
    assert editor.lua("return #dt.tags") == tags
    assert sorted(editor.luts.rglob("*")) == files
    named = "local names = {} for _, tag in ipairs(dt.tags) do names[#names + 1] = tag.name end return names"
    assert not [name for name in editor.lua(named) if "style" in name or "lutbridge" in name]
    assert list(photo.path.parent.glob("*.part")) == []
    assert list((editor.config / "styles").glob("*")) == []


def test_removing_it_restores_the_pixels(open_photo):
    photo = open_photo("anna.dng")
    before = photo.pixels()
    said = photo.press()
    assert said[0] == "Looks: 1 of 1 photos.", said
    looked = photo.pixels()
    assert differences(looked, before).mean() > 0.1
    assert photo.press("remove") == ["Removed from 1 of 1 photos."]
    assert [on for _, on in photo.looks()] == [0]
    assert photo.is_exported_as(before)
    assert photo.press("remove") == ["Removed from 0 of 1 photos."]
    photo.press()
    assert photo.is_exported_as(looked)


def test_undo_takes_it_back(editor, open_photo):
    photo = open_photo()
    before = photo.pixels()
    photo.press()
    editor.key("ctrl+z")
    editor.wait_until(lambda: photo.looks() == [])
    assert np.array_equal(photo.pixels(), before)


def test_undo_brings_the_former_look_back(editor, open_photo):
    photo = open_photo()
    photo.press()
    former, pixels = photo.cube(), photo.pixels()
    editor.settings(untouched=50)
    photo.press()
    assert photo.cube() != former
    editor.key("ctrl+z")
    editor.wait_until(lambda: photo.looks() == [(former, 1)])
    assert np.array_equal(photo.pixels(), pixels)


def test_looks_are_seen_while_thumbnails_are_developed(editor, open_photo):
    """darktable rewrites a photo's history then; reading it by a style crashed darktable about once in 60 times."""
    photo = open_photo()
    photo.press()
    seen = editor.lua(
        f"""local photo, files = require "lutbridge_dt_photo", require "lutbridge_dt_files"
        local image, workspace = dt.database.get_image({photo.number}), files.workspace()
        local seen = {{}}
        for _ = 1, 40 do
          photo.switch_off(image, workspace)
          table.insert(seen, photo.has_look(image, workspace))
          photo.put_look(image, "lutbridge/{photo.cube().name}", false, workspace)
          table.insert(seen, photo.has_look(image, workspace))
        end
        workspace:close()
        return seen"""
    )
    assert seen == [False, True] * 40


def test_the_helper_is_asked_for_what_is_set(editor, open_photo, helper):
    photo = open_photo()
    photo.pixels()
    editor.settings(grid_size="17", view="image-weights", untouched=25)
    photo.press()
    exported = photo.path.with_name(f"export-{photo.number}.tif").read_bytes()
    asked = "/v1/lut?name=anna.png&strength=0.75&size=17&view=image-weights"
    assert without_comments(photo.cube().read_bytes()) == without_comments(helper.ask(asked, exported))


def test_the_users_own_lut_stays(editor, open_photo, put_style):
    own = editor.luts / "own.cube"
    table = colour.LUT3D.linear_table(9) ** [0.8, 1.1, 1.0]
    colour.write_LUT(colour.LUT3D(table, "own"), str(own))
    photo = open_photo()
    put_style(photo, "lut3d", 1, b"own.cube".ljust(512, b"\0") + bytes(8))
    mine, before = editor.history(photo.number), photo.pixels()
    assert [entry[0] for entry in mine] == ["own.cube"]
    for _ in range(2):
        said = photo.press()
        assert said[0] == "Looks: 1 of 1 photos.", said
        assert editor.history(photo.number)[:1] == mine
        assert len(editor.history(photo.number)) == 2
        assert differences(through(photo.cube(), before), photo.pixels()).mean() < 0.01
    photo.press("remove")
    assert editor.history(photo.number)[:1] == mine
    assert np.array_equal(photo.pixels(), before)


def velvia():
    """The parameters of the module velvia, version 2: strength 60, bias 1."""
    return np.array([60, 1], "<f4").tobytes()


def test_modules_after_the_look_are_named_and_the_end_of_the_pipe_is_exact(editor, open_photo, put_style):
    photo = open_photo()
    put_style(photo, "velvia", 2, velvia(), "")
    before = photo.pixels()
    said = photo.press()
    assert "Approximate in 1, because modules follow the look: velvia." in said[-1]
    assert differences(through(photo.cube(), before), photo.pixels()).mean() > 0.5
    editor.settings(at_end=True)
    said = photo.press()
    assert said == ["Looks: 1 of 1 photos."]
    assert differences(through(photo.cube(), before), photo.pixels()).mean() < 0.01
    photo.press("remove")
    assert np.array_equal(photo.pixels(), before)


def test_the_limit_to_srgb_is_told_once(editor, open_photo):
    editor.lua('require("lutbridge_dt_settings").set("told_srgb", false)')
    photo = open_photo()
    assert any("limited to sRGB" in line for line in photo.press())
    assert photo.press() == ["Looks: 1 of 1 photos."]


def test_a_photo_whose_file_is_gone_is_a_sentence(editor, open_photo):
    here, gone = open_photo("here.png"), open_photo("gone.png")
    gone.path.unlink()
    said = editor.press("retouch", here.number, gone.number)
    assert said[0] == "Looks: 1 of 2 photos."
    assert any(line.startswith("gone.png: The file is not where darktable expects it") for line in said)


def test_nothing_selected_is_a_sentence(editor):
    assert editor.press("retouch") == ["Select photos first."]


def test_unused_cube_files_are_put_away_when_asked_twice(editor, open_photo):
    photo = open_photo()
    photo.press()
    used = photo.cube()
    editor.settings(untouched=13)
    open_photo("other.png", exposure=-1).press()
    unused = used.with_name("0123456789abcdef.cube")
    unused.write_text(used.read_text())
    (said,) = editor.press("tidy_up")
    # Those that earlier tests have replaced may be among them.
    assert re.fullmatch(r"\d+ \.cube files are not used by this library\. Press again to move them aside\.", said)
    assert unused.exists()
    (said,) = editor.press("tidy_up")
    assert re.match(r"\d+ \.cube files are now in .*lutbridge-unused", said)
    assert used.exists()
    assert not unused.exists()
    assert (used.parents[1] / "lutbridge-unused" / unused.name).exists()
    assert editor.press("tidy_up") == ["Every .cube file is in use."]
