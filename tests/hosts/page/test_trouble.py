"""Photos that cannot be read, looks that cannot be had, and a helper that is busy, full or gone."""

import numpy as np
from playwright.sync_api import expect


def test_a_damaged_photo_is_named_and_the_next_one_works(tools, page, shoot, tmp_path):
    (tmp_path / "cut.jpg").write_bytes(shoot[0].read_bytes()[:9000])
    (tmp_path / "notes.txt").write_text("not a photo")
    page.set_input_files("#files", [tmp_path / "cut.jpg", tmp_path / "notes.txt"])
    expect(page.locator("#notices")).to_contain_text("damaged")
    expect(page.locator("#intake")).to_contain_text("1 file left out")
    page.complaints.clear()  # the refused request
    tools.add(page, shoot[0], wait=False)
    page.click("#filmstrip li:last-child button")
    page.wait_for_selector("#photo-view[aria-busy=false]")
    expect(page.locator("#name")).to_have_text("DSC_0001.JPG")
    expect(page.locator("#notices")).to_be_empty()


def test_a_photo_that_cannot_be_read_shows_nothing_of_the_one_before(tools, page, shoot, tmp_path):
    (tmp_path / "cut.jpg").write_bytes(shoot[0].read_bytes()[:9000])
    tools.add(page, [shoot[0], tmp_path / "cut.jpg"])
    expect(page.locator("#clipped-high")).to_contain_text("was")
    buttons = page.locator("#save-lut, #save-photo, #full, #loupe-button, #clipping, #original")
    page.click("#filmstrip li:last-child button")
    expect(page.locator("#notices")).to_contain_text("damaged")
    expect(page.locator("#photo-view")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#clipped-high")).to_be_empty()
    expect(page.locator("#clipped-low")).to_be_empty()
    assert not tools.pixels(page, "#histogram").any()
    assert all(button.is_disabled() for button in buttons.all())
    page.click("#filmstrip li:first-child button")
    page.wait_for_selector("#photo-view[aria-busy=false]")
    assert all(button.is_enabled() for button in buttons.all())
    assert tools.pixels(page, "#histogram").any()
    page.complaints.clear()  # the refused request


def test_a_look_that_failed_can_be_asked_for_again(tools, page, shoot):
    tools.refuse(page, "**/v1/lut*")
    tools.add(page, shoot[4])
    expect(page.locator("#notices")).to_contain_text("temporary folder is full")
    expect(page.locator("#right-tag")).to_have_text("not retouched")
    page.click("button[data-view=shoot]")
    expect(page.locator("#sheet em")).to_contain_text("temporary folder is full")
    page.wait_for_selector("#shoot-view[aria-busy=false]")
    page.unroute_all()
    page.click("#sheet-retry")
    expect(page.locator("#sheet button")).to_be_focused()
    page.wait_for_selector("#sheet canvas.alone:not([width='0'])")
    expect(page.locator("#sheet em")).to_be_empty()
    expect(page.locator("#sheet-retry")).to_be_hidden()
    page.click("button[data-view=photo]")
    expect(page.locator("#right-tag")).to_have_text("retouched")
    expect(page.locator("#notices")).to_be_empty()
    tools.refuse(page, "**/v1/lut*")
    page.select_option("#model", "toy")
    expect(page.locator("#right-tag")).to_have_text("not retouched")
    page.unroute_all()
    page.click("#notices button")
    expect(page.locator("#filmstrip button")).to_be_focused()
    expect(page.locator("#right-tag")).to_have_text("retouched")
    page.complaints.clear()  # the refused requests


def test_it_is_busy_until_what_is_seen_is_what_was_asked_for(tools, page, shoot):
    tools.add(page, shoot[0])
    reading = tools.hold(page, "**/v1/render*")
    retouching = tools.hold(page, "**/v1/lut*")
    page.set_input_files("#files", shoot[-1])
    page.click("#filmstrip li:nth-child(2) button")
    expect(page.locator("#waiting")).to_have_text("Reading the photo…")
    tools.settle(page)
    expect(page.locator("#photo-view")).to_have_attribute("aria-busy", "true")
    page.click("button[data-view=shoot]")
    tools.settle(page)
    expect(page.locator("#shoot-view")).to_have_attribute("aria-busy", "true")
    page.click("button[data-view=photo]")
    reading.release()
    expect(page.locator("#right-tag")).to_have_text("retouching…")
    tools.settle(page)
    expect(page.locator("#photo-view")).to_have_attribute("aria-busy", "true")
    retouching.release()
    expect(page.locator("#photo-view")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#right-tag")).to_have_text("retouched")
    assert not np.array_equal(tools.pixels(page, "#right"), tools.pixels(page, "#left"))


def test_the_page_says_when_its_helper_has_gone_and_goes_on_when_it_is_back(page):
    page.route("**/v1/info", lambda route: route.abort())
    page.route("**/healthz", lambda route: route.abort())
    expect(page.locator("#trouble")).to_contain_text("lutbridge serve --open", timeout=10_000)
    page.unroute_all()
    expect(page.locator("#trouble")).to_be_hidden(timeout=10_000)
    page.complaints.clear()


def test_what_failed_while_the_helper_was_away_is_made_up_for(tools, page, shoot):
    for pattern in ("**/v1/**", "**/healthz"):
        page.route(pattern, lambda route: route.abort())
    page.set_input_files("#files", [shoot[0], shoot[-1]])
    expect(page.locator("#notices")).to_contain_text("does not answer")
    expect(page.locator("#trouble")).to_be_visible()
    expect(page.locator("#device")).to_have_text("no helper")
    expect(page.locator("#queue")).to_be_empty()
    page.unroute_all()
    expect(page.locator("#trouble")).to_be_hidden()
    expect(page.locator("#memory")).to_contain_text("memory")
    expect(page.locator("#right-tag")).to_have_text("retouched")
    expect(page.locator("#notices")).to_be_empty()
    expect(page.locator("#filmstrip canvas")).to_have_count(2)
    page.complaints.clear()


def test_a_full_queue_is_waited_for(tools, page, shoot):
    busy = {"code": "busy", "message": "8 photos are waiting already", "hint": "try again later"}
    turned_away = []

    def refuse_once(route):
        if turned_away:
            return route.continue_()
        turned_away.append(route)
        return route.fulfill(status=503, headers={"Retry-After": "1"}, json=busy)

    page.route("**/v1/lut*", refuse_once)
    tools.add(page, shoot[0])
    assert turned_away
    expect(page.locator("#notices")).to_be_empty()
    page.unroute_all()
    page.complaints.clear()
