"""Results of ours: left out of a folder, taken where they are chosen by themselves."""

from playwright.sync_api import expect

from lutbridge.batch.work import photo_writer
from lutbridge.image.read import read
from lutbridge.retouch import Retoucher
from lutbridge.strength import FULL


def test_a_folder_is_opened_without_its_results_and_that_is_said(page, make_photo, tmp_path):
    photo = make_photo(tmp_path / "shoot" / "a.jpg", (300, 200), 1)
    result = tmp_path / "shoot" / "retouched" / "a.jpg"
    result.parent.mkdir()
    photo_writer(Retoucher.load(), FULL)(read(photo), result)()
    page.locator("#folder").set_input_files(tmp_path / "shoot")
    expect(page.locator("#intake")).to_contain_text("1 photo left out: lutbridge has retouched it already")
    page.locator("#files").set_input_files(result)
    expect(page.locator("#filmstrip button")).to_have_count(2)
    expect(page.locator("#intake")).to_contain_text("1 photo was already retouched by lutbridge")
