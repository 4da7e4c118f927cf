"""Two hundred photos at once, and nothing left of them afterwards."""

import base64

import numpy as np
from playwright.sync_api import expect

from lutbridge.color.srgb import eotf_srgb

COUNT = 200
SIZE = (900, 600)
ROOM = 4 * 2**20  # bytes of JavaScript heap that a run may leave: compiled code, the browser's own records

# Counts what scripts have to give back themselves.
COUNTERS = """
window.open_ = { bitmaps: 0, mostBitmaps: 0 };
const create = window.createImageBitmap.bind(window);
window.createImageBitmap = async (...given) => {
  open_.mostBitmaps = Math.max(open_.mostBitmaps, ++open_.bitmaps);
  try {
    return await create(...given);
  } catch (error) {
    open_.bitmaps--;
    throw error;
  }
};
window.Worker = class extends Worker {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => (open_.bitmaps += data.picture ? 1 : 0));
  }
};
const close = ImageBitmap.prototype.close;
ImageBitmap.prototype.close = function () {
  open_.bitmaps--;
  close.call(this);
};
window.frames_ = 0;
(function count() { frames_++; requestAnimationFrame(count); })();
"""


def heap(page):
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used


def canvas_bytes(page):
    return page.evaluate(
        "() => [...document.querySelectorAll('canvas')].reduce((s, c) => s + 4 * c.width * c.height, 0)"
    )


def test_two_hundred_photos_neither_freeze_nor_leak(tools, page, make_photo, tmp_path):
    photos = [make_photo(tmp_path / f"DSC_{number:04}.jpg", SIZE, number) for number in range(COUNT)]
    page.add_init_script(COUNTERS)
    page.reload()
    page.wait_for_selector("#model option", state="attached")
    tools.add(page, photos[0])
    page.click("#clear")
    page.click("#clear-yes")
    before = heap(page)
    tools.add(page, photos, wait=False)
    expect(page.locator("#filmstrip button")).to_have_count(COUNT)
    moved = 0
    while page.locator("#intake").text_content():  # it goes on while the sliders are used
        moved += 1
        tools.slide(page, "#strength", moved % 100)
        expect(page.locator("#strength-value")).to_have_text(f"{moved % 100} %")
    assert moved > 2 and page.evaluate("frames_") > 50
    assert page.locator("#filmstrip canvas").count() == COUNT
    assert page.evaluate("open_.mostBitmaps") <= 4, "two on the way in, one in sight, one in the loupe"
    page.click("button[data-view=shoot]")
    page.wait_for_selector("#shoot-view[aria-busy=false]")
    in_sight = canvas_bytes(page)
    page.locator("#sheet").evaluate("sheet => sheet.scrollTo(1e6, 1e6)")
    page.wait_for_selector("#sheet li:nth-last-child(2) canvas.alone:not([width='0'])")
    page.wait_for_selector("#shoot-view[aria-busy=false]")
    assert canvas_bytes(page) < 1.5 * in_sight, "what was scrolled away is freed"
    page.click("#clear")
    page.click("#clear-yes")
    expect(page.locator("#empty")).to_be_visible()
    assert page.evaluate("open_.bitmaps") == 0
    assert page.locator("#filmstrip canvas, #sheet canvas").count() == 0
    assert heap(page) - before < ROOM


def test_a_folder_is_taken_in_by_name_and_twice_is_once(tools, page, make_photo, tmp_path):
    for name in ("DSC_10.png", "DSC_9.png", "more/DSC_1.png", "._DSC_9.png", "notes.txt"):
        make_photo((tmp_path / name).with_suffix(".png"), (60, 40)).rename(tmp_path / name)
    for _ in range(2):
        page.set_input_files("#folder", tmp_path)
        expect(page.locator("#intake")).to_have_text("2 files left out: not JPEG, PNG, TIFF or WebP")
        labels = page.locator("#filmstrip button").evaluate_all("all => all.map((each) => each.ariaLabel)")
        assert labels == ["DSC_9.png", "DSC_10.png", "DSC_1.png"]
        expect(page.locator("#filmstrip canvas")).to_have_count(3)


def test_a_folder_can_be_dropped(page, make_photo, tmp_path):
    for name in ("DSC_10.png", "DSC_9.png", "more/DSC_1.png"):
        make_photo(tmp_path / "shoot" / name, (60, 40))
    (tmp_path / "shoot/notes.txt").write_text("not a photo")
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(tmp_path / "shoot")], "dragOperationsMask": 1}
    for event in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": event, "x": 400, "y": 300, "data": data})
    session.detach()
    expect(page.locator("#intake")).to_have_text("1 file left out: not a JPEG, PNG, TIFF or WebP")
    labels = page.locator("#filmstrip button").evaluate_all("all => all.map((each) => each.ariaLabel)")
    assert labels == ["DSC_9.png", "DSC_10.png", "DSC_1.png"]


def test_all_of_the_empty_page_can_be_clicked(page, shoot):
    for position, places in (({"x": 40, "y": 40}, "#empty"), (None, "#choose")):
        with page.expect_file_chooser() as chooser:
            page.click(places, position=position)
        assert chooser.value.is_multiple()
    with page.expect_file_chooser():
        page.click("#choose-folder")
    edge, ground = page.locator("#empty").evaluate(
        "zone => [getComputedStyle(zone).borderTopColor, getComputedStyle(zone).backgroundColor]"
    )
    assert contrast(edge, ground) >= 3


def contrast(*colours):
    """The WCAG 2 contrast of two neutral colours."""
    codes = [int(colour.removeprefix("rgb(").split(",")[0]) / 255 for colour in colours]
    dark, light = sorted(float(eotf_srgb(np.array(code))) for code in codes)
    return (light + 0.05) / (dark + 0.05)


def test_photos_can_be_dropped(page, shoot):
    data = page.evaluate_handle(
        """async (bytes) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], "dropped.jpg"));
      return data;
    }""",
        base64.b64encode(shoot[0].read_bytes()).decode(),
    )
    page.dispatch_event("main", "dragover", {"dataTransfer": data})
    expect(page.locator("html")).to_have_class("dropping")
    page.dispatch_event("main", "drop", {"dataTransfer": data})
    expect(page.locator("#name")).to_have_text("dropped.jpg")
    page.wait_for_selector("#photo-view[aria-busy=false]")
