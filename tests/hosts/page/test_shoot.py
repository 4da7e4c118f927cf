"""Several takes on the page: matched, compared side by side, saved."""

import json
import time

import numpy as np
import pytest
from playwright.sync_api import expect

from lutbridge.lut.formats.cube import decode


@pytest.fixture
def matched(tools, page, shoot):
    """Four takes of the demo shoot, two of them alike, matched."""
    tools.add(page, shoot[:4])
    page.click("button[data-view=shoot]")
    page.click("#match")
    expect(page.locator("#shoot-state")).to_have_text("4 takes match")
    page.wait_for_selector("#shoot-view[aria-busy=false]")
    return page


def rows(tools, page, take):
    """What a take shows untouched, alone and consistent."""
    return [
        tools.pixels(page, f"#sheet li:nth-child({take + 2}) canvas.{row}").astype(int)
        for row in ("untouched", "alone", "consistent")
    ]


def test_the_takes_stand_side_by_side_and_the_matched_ones_are_closer(tools, matched):
    def spread(row):
        """How far the takes' mean colours are from each other, in codes."""
        return np.ptp([rows(tools, matched, take)[row].mean((0, 1)) for take in (0, 1)], axis=0).mean()

    untouched, alone, consistent = (spread(row) for row in range(3))
    assert consistent < alone < untouched
    for take in range(4):
        box = [matched.locator(f"#sheet li:nth-child({take + 2}) canvas").nth(row).bounding_box() for row in range(3)]
        assert len({(place["x"], place["width"], place["height"]) for place in box}) == 1
        assert box[0]["y"] < box[1]["y"] < box[2]["y"]


def test_consistency_goes_from_each_alone_to_all_alike(tools, matched):
    _, alone, alike = rows(tools, matched, 3)
    assert np.abs(alone - alike).mean() > 1
    tools.slide(matched, "#consistency", 0)
    assert np.array_equal(rows(tools, matched, 3)[2], alone)
    tools.slide(matched, "#consistency", 50)
    between = rows(tools, matched, 3)[2]
    assert np.abs(between - (alone + alike) / 2).max() <= 1.5
    tools.slide(matched, "#consistency", 100)
    assert np.array_equal(rows(tools, matched, 3)[2], alike)


def test_what_is_saved_is_what_is_seen(tools, matched):
    tools.slide(matched, "#consistency", 50)
    downloads = []
    matched.on("download", lambda download: downloads.append(download))
    matched.click("#save-luts")
    expect(matched.locator("#news")).to_have_text("4 photos: saved")
    assert [download.suggested_filename for download in downloads] == [f"DSC_000{n}.cube" for n in range(1, 5)]
    for take, download in enumerate(downloads):
        before, _, seen = rows(tools, matched, take)
        with open(download.path(), "rb") as file:
            saved = 255 * decode(file.read()).lut.apply(before / 255)
        assert np.abs(saved - seen).mean() < 1.5, "33 lattice points against 17"


def test_one_lut_for_all_says_what_it_costs(tools, matched):
    name, data = tools.save(matched, "#save-shared")
    assert name == "shoot.cube" and decode(data).lut.grid_size == 33
    expect(matched.locator("#work")).to_contain_text("ΔE")
    matched.click("#work button")
    expect(matched.locator("#work")).to_be_empty()


def test_a_take_can_be_looked_at_in_the_shoots_look(tools, matched):
    small = rows(tools, matched, 2)[2]
    matched.click("#sheet li:nth-child(4) button")
    expect(matched.locator("#name")).to_have_text("DSC_0003.JPG")
    expect(matched.locator("#right-tag")).to_have_text("matched")
    matched.wait_for_selector("#photo-view[aria-busy=false]")
    large = tools.pixels(matched, "#right")
    assert np.abs(large.mean((0, 1)) - small.mean((0, 1))).max() < 2
    matched.select_option("#look", "own")
    expect(matched.locator("#right-tag")).to_have_text("retouched")
    assert not np.array_equal(tools.pixels(matched, "#right"), large)


def test_a_take_with_nothing_in_common_is_left_alone_and_says_so(tools, page, shoot, make_photo, tmp_path):
    stranger = make_photo(tmp_path / "stranger.png", size=(300, 200))
    tools.add(page, [*shoot[:2], stranger])
    page.click("button[data-view=shoot]")
    page.click("#match")
    expect(page.locator("#shoot-state")).to_have_text("2 takes match, 1 not matched")
    expect(page.locator("#sheet li:nth-child(4) em")).to_contain_text("not matched")


def test_a_photo_that_comes_later_is_matched_with_the_others(tools, matched, shoot):
    tools.add(matched, shoot[4], wait=False)
    expect(matched.locator("#intake")).to_be_empty()
    expect(matched.locator("#match")).to_have_text("Match again")
    matched.click("#match")
    expect(matched.locator("#shoot-state")).to_have_text("5 takes match")


def test_a_match_is_known_to_be_of_other_photos(tools, matched, shoot):
    state, shared = matched.locator("#shoot-state"), matched.locator("#save-shared")
    expect(shared).to_be_enabled()
    matched.locator("#sheet li:nth-child(3) button").focus()
    matched.keyboard.press("Delete")
    expect(state).to_have_text("3 takes match; 1 photo removed since")
    expect(shared).to_be_disabled()
    tools.add(matched, shoot[4], wait=False)
    expect(state).to_have_text("3 takes match; 1 photo added since; 1 photo removed since")
    matched.click("#match")
    expect(state).to_have_text("4 takes match")
    with matched.expect_response("**/v1/jobs/*/result") as answer:
        tools.save(matched, "#save-shared")
    assert len(json.loads(answer.value.headers["lutbridge-result"])["residuals"]) == 4


def test_a_photo_that_leaves_while_it_is_matched_does_not_spoil_the_others(tools, page, shoot):
    tools.add(page, shoot[:5])
    expect(page.locator("#intake")).to_be_empty()
    page.click("button[data-view=shoot]")
    looks = tools.hold(page, "**/v1/lut*group=*")
    page.click("#match")
    expect(page.locator("#shoot-state")).to_have_text("Fetching look 1 of 5")
    page.locator("#sheet li:nth-child(2) button").focus()
    page.keyboard.press("Delete")
    looks.release()
    expect(page.locator("#shoot-state")).to_have_text("4 takes match")
    expect(page.locator("#save-shared")).to_be_enabled()
    page.complaints.clear()  # the request that was kept back and given up


def test_a_take_to_match_to_stays_chosen_when_another_leaves(tools, page, shoot):
    tools.add(page, shoot[:4])
    page.click("button[data-view=shoot]")
    page.select_option("#reference", label="DSC_0003.JPG")
    chosen = page.locator("#reference option:checked")
    page.locator("#sheet li:nth-child(2) button").focus()
    page.keyboard.press("Delete")
    expect(chosen).to_have_text("DSC_0003.JPG")
    page.locator("#sheet li:nth-child(3) button").focus()
    page.keyboard.press("Delete")
    expect(chosen).to_have_text("each other")


def test_one_photo_is_no_shoot(tools, page, shoot):
    tools.add(page, shoot[0])
    page.click("button[data-view=shoot]")
    expect(page.locator("#shoot-state")).to_have_text("Add at least two photos to match them")
    expect(page.locator("#match")).to_be_disabled()
    expect(page.locator("#save-luts")).to_have_text("Save 1 LUT")


def test_a_take_that_may_be_twice_in_a_group_is_in_none(tools, page, shoot):
    tools.add(page, shoot[:3])
    expect(page.locator("#intake")).to_be_empty()
    page.click("button[data-view=shoot]")
    sent = []
    page.on("request", lambda request: request.url.endswith("/v1/groups?model=portrait-v1") and sent.append(request))
    takes = tools.hold(page, "**/takes?*")
    page.click("#match")
    expect(page.locator("#shoot-state")).to_have_text("Analysing take 1 of 3")
    page.click("#match")
    expect(page.locator("#match")).to_have_text("Match the shoot")
    takes.release()
    page.click("#match")
    expect(page.locator("#shoot-state")).to_have_text("3 takes match")
    assert len(sent) == 2, "the group that was left half full is not used again"
    page.complaints.clear()  # the request that was kept back and given up


def test_the_takes_of_one_row_are_of_one_height(tools, page, shoot):
    tools.add(page, shoot[:6])
    expect(page.locator("#intake")).to_be_empty()
    page.click("button[data-view=shoot]")
    for show in ("untouched", "alone", "consistent"):
        page.click(f"button[data-show={show}]")
        tools.settle(page)
        boxes = [canvas.bounding_box() for canvas in page.locator(f"#sheet canvas.{show}").all()]
        assert len(boxes) == 6 and np.ptp([box["height"] for box in boxes]) < 1
        sides = [box["width"] / box["height"] for box in boxes]
        assert np.allclose(sides, [1, 1, 2 / 3, 2 / 3, 4 / 3, 4 / 3], atol=0.02)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 420)])
def test_all_three_rows_of_six_takes_are_in_sight(tools, open_page, shoot, width, height):
    page = open_page(width=width, height=height)
    tools.add(page, shoot[:6])
    expect(page.locator("#intake")).to_be_empty()
    page.click("button[data-view=shoot]")
    page.wait_for_selector("#shoot-view[aria-busy=false]")
    for element in page.locator("#sheet .caption span").all():
        assert element.evaluate("name => name.scrollWidth <= name.clientWidth"), "the file's name is cut"
    sheet = page.locator("#sheet").evaluate(
        "list => [list.scrollWidth - list.clientWidth, list.scrollHeight - list.clientHeight]"
    )
    assert max(sheet) <= 0


def test_matching_can_be_given_up(tools, page, shoot):
    tools.add(page, shoot[:6])
    expect(page.locator("#intake")).to_be_empty()
    page.click("button[data-view=shoot]")
    page.click("#match")
    expect(page.locator("#match")).to_have_text("Cancel")
    page.click("#match")
    expect(page.locator("#match")).to_have_text("Match the shoot")
    page.click("#match")
    expect(page.locator("#shoot-state")).to_contain_text("takes match")


def test_a_page_that_is_left_closes_its_group(matched, helper):
    known = len(helper.log.read_text())
    matched.reload()
    end = time.monotonic() + 30
    while "DELETE /v1/groups/<group_id> 204" not in helper.log.read_text()[known:]:
        assert time.monotonic() < end
        time.sleep(0.1)


def test_another_model_undoes_the_match(matched):
    matched.select_option("#model", "toy")
    expect(matched.locator("#shoot-state")).to_have_text("Not matched yet")
    expect(matched.locator("#save-shared")).to_be_disabled()
