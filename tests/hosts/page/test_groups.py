"""Takes that belong together: found, changed by mouse and by key, matched group by group, saved."""

import json

import numpy as np
import pytest
from PIL import ExifTags, Image
from playwright.sync_api import expect

from .test_access import faults


@pytest.fixture(scope="session")
def two_scenes(shoot, tmp_path_factory):
    """Four takes that look alike: 1 and 3 within a minute, 2 and 4 two days later."""
    folder = tmp_path_factory.mktemp("scenes")
    for number, (day, second) in enumerate(((1, 0), (3, 0), (1, 20), (3, 30)), 1):
        exif = Image.Exif()
        exif[ExifTags.Base.Model] = "Camera"
        exif[ExifTags.Base.Orientation] = 1
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"2026:05:0{day} 12:00:{second:02}"
        Image.open(shoot[number % 2]).save(folder / f"{number}.jpg", exif=exif, quality=95)
    return sorted(folder.iterdir())


@pytest.fixture
def grouped(tools, page, two_scenes):
    tools.add(page, two_scenes)
    expect(page.locator("#intake")).to_be_empty()
    page.click("button[data-view=shoot]")
    page.click("#find-groups")
    expect(page.locator("#shoot-state")).to_have_text("2 groups, not matched yet")
    return page


def groups(page):
    """File names, group by group, as they are read to those who do not see them."""
    found = {}
    for button in page.locator("#sheet li button").all():
        name, _, group = button.get_attribute("aria-label").partition(", group ")
        found.setdefault(group, []).append(name)
    return list(found.values())


def drag(page, take, onto):
    card = page.locator(f"#sheet button[aria-label^='{take}']")
    start, end = card.bounding_box(), onto.bounding_box()
    page.mouse.move(start["x"] + 40, start["y"] + 40)
    page.mouse.down()
    page.mouse.move(end["x"] + 30, end["y"] + 30, steps=4)
    page.mouse.move(end["x"] + 32, end["y"] + 32, steps=2)
    page.mouse.up()


def test_groups_are_found_by_looks_and_the_time_of_the_exif(grouped):
    assert groups(grouped) == [["1.jpg", "3.jpg"], ["2.jpg", "4.jpg"]]
    assert grouped.locator("#sheet .first .group").all_inner_texts() == ["Group 1\n2 takes", "Group 2\n2 takes"]
    assert faults(grouped) == []
    grouped.click("#one-group")
    assert groups(grouped) == [["1.jpg", "3.jpg", "2.jpg", "4.jpg"]]
    expect(grouped.locator("#sheet .first")).to_have_count(0)


def test_takes_are_dragged_from_group_to_group(grouped):
    drag(grouped, "1.jpg", grouped.locator("#sheet button[aria-label^='4.jpg']"))
    assert groups(grouped) == [["3.jpg"], ["2.jpg", "4.jpg", "1.jpg"]]
    expect(grouped.locator("#news")).to_have_text("1 take moved to group 2")
    grouped.locator("#sheet input[aria-label='Tick 1.jpg']").check()
    grouped.locator("#sheet input[aria-label='Tick 2.jpg']").check()
    drag(grouped, "2.jpg", grouped.locator("#sheet button[aria-label^='3.jpg']"))
    assert groups(grouped) == [["3.jpg", "1.jpg", "2.jpg"], ["4.jpg"]]
    card = grouped.locator("#sheet button[aria-label^='3.jpg']").bounding_box()
    grouped.mouse.move(card["x"] + 40, card["y"] + 40)
    grouped.mouse.down()
    grouped.mouse.move(card["x"] + 60, card["y"] + 60, steps=4)
    grouped.locator("#sheet .new").hover()
    grouped.mouse.up()
    assert groups(grouped) == [["1.jpg", "2.jpg"], ["4.jpg"], ["3.jpg"]]
    expect(grouped.locator("#sheet .new")).to_be_hidden()


def test_takes_are_moved_by_keys_and_by_the_menu(grouped):
    grouped.locator("#sheet button").first.focus()
    grouped.keyboard.press("2")
    assert groups(grouped) == [["3.jpg"], ["2.jpg", "4.jpg", "1.jpg"]]
    assert grouped.evaluate("document.activeElement.getAttribute('aria-label')") == "1.jpg, group 2"
    grouped.keyboard.press("t")
    grouped.keyboard.press("ArrowLeft")
    grouped.keyboard.press("t")
    expect(grouped.locator("#sheet input:checked")).to_have_count(2)
    grouped.keyboard.press("n")
    assert groups(grouped) == [["3.jpg"], ["2.jpg"], ["1.jpg", "4.jpg"]]
    expect(grouped.locator("#move-label")).to_have_text("Move 2 ticked takes to")
    grouped.select_option("#move-to", label="group 1")
    grouped.click("#move")
    assert groups(grouped) == [["3.jpg", "1.jpg", "4.jpg"], ["2.jpg"]]
    grouped.keyboard.press("9")  # there is none
    assert groups(grouped) == [["3.jpg", "1.jpg", "4.jpg"], ["2.jpg"]]
    grouped.click("button[data-view=photo]")
    expect(grouped.locator("#filmstrip input:checked")).to_have_count(2)


def test_each_group_is_matched_in_itself(tools, grouped):
    state = grouped.locator("#shoot-state")
    expect(grouped.locator("#match")).to_have_text("Match each group")
    with grouped.expect_request("**/solve?*") as asked:
        grouped.click("#match")
    assert "parts=t1%2Ct3%3Bt2%2Ct4" in asked.value.url
    expect(state).to_have_text("4 takes match, in 2 groups")
    downloads = []
    grouped.on("download", lambda download: downloads.append(download.suggested_filename))
    answers = []
    grouped.on("response", lambda answer: answer.url.endswith("/result") and answers.append(answer))
    grouped.click("#save-shared")
    expect(grouped.locator("#work")).to_contain_text("group 2: ΔE")
    assert downloads == ["group-1.cube", "group-2.cube"]
    residuals = [json.loads(answer.headers["lutbridge-result"])["residuals"] for answer in answers]
    assert [set(found) for found in residuals] == [{"t1", "t3"}, {"t2", "t4"}]
    grouped.locator("#sheet button").first.focus()
    grouped.keyboard.press("n")
    expect(state).to_have_text("4 takes match, in 2 groups; groups changed since")
    expect(grouped.locator("#save-shared")).to_be_disabled()
    grouped.click("#match")
    expect(state).to_have_text("2 takes match, 2 not matched, in 3 groups")
    grouped.wait_for_selector("#shoot-view[aria-busy=false]")
    alone, consistent = (
        tools.pixels(grouped, f"#sheet li:nth-child(2) canvas.{row}") for row in ("alone", "consistent")
    )
    assert np.array_equal(alone, consistent), "the only take of its group keeps its own look"


def test_a_photo_that_is_put_back_comes_back_to_its_group(grouped):
    grouped.locator("#sheet button").first.focus()
    grouped.keyboard.press("Delete")
    assert groups(grouped) == [["3.jpg"], ["2.jpg", "4.jpg"]]
    grouped.keyboard.press("Control+z")
    assert groups(grouped) == [["3.jpg", "1.jpg"], ["2.jpg", "4.jpg"]]


def test_photos_that_come_after_the_groups_have_one_of_their_own(tools, grouped, shoot):
    tools.add(grouped, shoot[4:6], wait=False)
    assert groups(grouped)[2:] == [["DSC_0005.JPG", "DSC_0006.JPG"]]


def test_finding_can_be_cancelled(tools, page, two_scenes):
    tools.add(page, two_scenes)
    expect(page.locator("#intake")).to_be_empty()
    page.click("button[data-view=shoot]")
    takes = tools.hold(page, "**/takes?*")
    page.click("#find-groups")
    expect(page.locator("#find-groups")).to_have_text("Cancel")
    expect(page.locator("#match")).to_be_disabled()
    page.click("#find-groups")
    expect(page.locator("#find-groups")).to_have_text("Find groups")
    takes.release()
    expect(page.locator("#shoot-state")).to_have_text("Not matched yet")
    page.complaints.clear()  # the request that was kept back and given up
