"""Ticks, the .zip of what is ticked, and taking back what was removed."""

import io
import zipfile

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from .test_access import faults


def names(page):
    return page.locator("#filmstrip button").evaluate_all("all => all.map((each) => each.ariaLabel)")


def size(file):
    with Image.open(file) as photo:
        return photo.size


def test_what_is_ticked_is_saved_as_one_zip_under_the_results_names(tools, page, shoot, make_photo, tmp_path):
    tools.add(page, shoot[:3])
    page.set_input_files("#files", make_photo(tmp_path / shoot[0].name, (120, 80)))
    expect(page.locator("#filmstrip canvas")).to_have_count(4)
    expect(page.locator("#zip-photos")).to_be_hidden()
    page.locator("#filmstrip input").first.check()
    page.locator("#filmstrip button").nth(3).click()
    page.keyboard.press("t")
    expect(page.locator("#filmstrip input").nth(3)).to_be_checked()
    expect(page.locator("#zip-photos")).to_have_text("Save 2 ticked photos as .zip")
    name, data = tools.save(page, "#zip-photos")
    assert name == "lutbridge.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["DSC_0001.jpg", "DSC_0001 (2).jpg"]
        sizes = [size(io.BytesIO(archive.read(member))) for member in archive.namelist()]
    assert sizes == [size(shoot[0]), (120, 80)]
    page.click("#tick-all")
    expect(page.locator("#zip-luts")).to_have_text("Save 4 ticked LUTs as .zip")
    _, data = tools.save(page, "#zip-luts")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["DSC_0001.cube", "DSC_0002.cube", "DSC_0003.cube", "DSC_0001 (2).cube"]
    page.click("#tick-all")
    expect(page.locator("#zip-photos")).to_be_hidden()


def test_a_photo_that_fails_is_named_and_the_others_are_in_the_zip(tools, page, shoot):
    tools.add(page, shoot[:2])
    page.click("#tick-all")
    body = {"code": "photo_refused", "message": "the file is cut short", "hint": ""}
    page.route("**/v1/render*DSC_0001*", lambda route: route.fulfill(status=422, json=body))
    _, data = tools.save(page, "#zip-photos")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["DSC_0002.jpg"]
    expect(page.locator("#work")).to_contain_text("DSC_0001.JPG not saved: The file is cut short.")
    page.complaints.clear()  # Chromium's remark on the request that was meant to fail


def test_what_was_removed_can_be_put_back_where_it_was(tools, page, shoot):
    tools.add(page, shoot[:3])
    before = tools.pixels(page, "#right")
    page.keyboard.press("t")
    page.click("#remove")
    expect(page.locator("#removed-name")).to_have_text("DSC_0001.JPG removed")
    assert names(page) == ["DSC_0002.JPG", "DSC_0003.JPG"]
    page.click("#undo")
    expect(page.locator("#name")).to_have_text("DSC_0001.JPG")
    expect(page.locator("#removed")).to_be_hidden()
    assert names(page) == ["DSC_0001.JPG", "DSC_0002.JPG", "DSC_0003.JPG"]
    expect(page.locator("#filmstrip input").first).to_be_checked()
    page.wait_for_selector("#photo-view[aria-busy=false]")
    assert np.array_equal(tools.pixels(page, "#right"), before)
    page.reload()  # photos that the browser kept are put back too
    expect(page.locator("#filmstrip canvas")).to_have_count(3)
    page.keyboard.press("Delete")
    page.keyboard.press("Delete")
    expect(page.locator("#filmstrip button")).to_have_count(1)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.locator("#filmstrip canvas")).to_have_count(3)


def test_all_photos_go_only_after_a_question_and_come_back_in_order(tools, page, shoot):
    tools.add(page, shoot[:3])
    before = names(page)
    page.click("#clear")
    expect(page.locator("#clear-title")).to_have_text("Remove all 3 photos from this page?")
    assert faults(page) == []
    page.keyboard.press("Delete")
    page.keyboard.press("Escape")
    expect(page.locator("#filmstrip button")).to_have_count(3)
    page.click("#clear")
    page.keyboard.press("Enter")  # the button that keeps them has the focus
    expect(page.locator("#filmstrip button")).to_have_count(3)
    page.click("#clear")
    page.click("#clear-yes")
    expect(page.locator("#empty")).to_be_visible()
    expect(page.locator("#removed-name")).to_have_text("3 photos removed")
    page.click("#undo")
    expect(page.locator("#filmstrip canvas")).to_have_count(3)
    assert names(page) == before
