import hashlib
import io
import json
import re

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from lutbridge.lut.formats import load_stream
from lutbridge.lut.provenance import Source, parse


def test_a_lut_for_a_photo(ask, photo, retoucher):
    answer = ask("POST", "/v1/lut", photo, {"size": "5", "strength": "0.5", "view": "fused", "name": "anna.jpg"})
    assert answer.status_code == 200
    assert answer.data.startswith(b'TITLE "anna.jpg - portrait-v1 fused LUT"\n') and b"\nLUT_3D_SIZE 5\n" in answer.data
    assert answer.headers["Content-Disposition"] == 'attachment; filename="anna.cube"'
    assert retoucher.calls == [("lut", 0.5, None)]


@pytest.mark.parametrize("name", ["cube", "xmp", "hald"])
def test_a_lut_says_where_it_comes_from(ask, photo, name):
    options = {"person": "0.5", "name": "anna.jpg", "format": name, "size": "9"}
    said = parse(load_stream(io.BytesIO(ask("POST", "/v1/lut", photo, options).data), "answer").comments)
    assert said.photos == (Source("anna.jpg", hashlib.sha256(photo).hexdigest()),)
    assert said.model == Source("portrait-v1", "d" * 64) and said.loss == (1.25, 4.0) and not said.is_reduced
    assert (said.view, said.grid_size, said.person, said.background) == ("fitted", 9, 0.5, 1.0)


def test_a_render_of_a_photo(ask, photo, retoucher):
    answer = ask("POST", "/v1/render", photo, {"format": "png", "long_side": "24"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.data[16:24] == (24).to_bytes(4) + (16).to_bytes(4)
    assert json.loads(answer.headers["Lutbridge-Result"])["clipped"] == 0.25


def test_a_name_of_any_script_comes_back(ask, photo):
    answer = ask("POST", "/v1/lut", photo, {"name": 'Ännä "Щ" 写真.jpg'})
    shown = answer.headers["Content-Disposition"]
    assert shown.startswith('attachment; filename="Anna') and "\"; filename*=UTF-8''%C3%84nn%C3%A4" in shown
    assert 'TITLE "' in answer.data.decode()


@pytest.mark.parametrize("path", ["/v1/lut", "/v1/render"])
def test_the_dials_go_before_strength_which_stands_for_what_is_not_given(ask, photo, retoucher, path):
    for query in ({"strength": "0.5", "person": "0.9"}, {"background": "0.2"}, {"person": "0.3", "background": "0.3"}):
        answer = ask("POST", path, photo, query)
        assert answer.status_code == 200, answer.json
    assert [strength for _, strength, _ in retoucher.calls] == [(0.9, 0.5), (1.0, 0.2), 0.3]
    facts = json.loads(answer.headers["Lutbridge-Result"])
    assert (facts["strength"], facts["person"], facts["background"]) == (0.3, 0.3, 0.3)


def test_a_mask_of_a_photo(ask, photo):
    answer = ask("POST", "/v1/mask", photo, {"name": "anna.jpg"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="anna-mask.png"'
    mask = imagecodecs.png_decode(answer.data)
    assert (mask.dtype, mask.shape) == (np.uint16, (32, 48)) and mask.max() > 20000
    job = ask("POST", "/v1/mask", photo, {"job": "true"})
    assert (job.status_code, job.json["kind"]) == (202, "mask")


def test_a_lut_says_what_it_loses_unless_it_is_of_a_part(ask, photo):
    facts = [
        json.loads(ask("POST", "/v1/lut", photo, {"view": view, "size": "5"}).headers["Lutbridge-Result"])
        for view in ("fitted", "person")
    ]
    assert facts[0]["delta_e"] == 1.25 and "delta_e" not in facts[1]


@pytest.mark.parametrize(
    ("path", "query", "message", "hint"),
    [
        ("lut", {"person": "0.5"}, "different strengths for person and background", "use strength for both"),
        ("render", {"background": "0"}, "different strengths for person and background", "use strength for both"),
        ("lut", {"view": "person"}, "view person", "choose another model"),
        ("mask", {}, "a mask", "choose another model"),
    ],
)
def test_a_model_without_a_mask_refuses_before_the_photo_is_kept(
    ask, photo, retoucher, helper, path, query, message, hint
):
    retoucher.has_mask = False
    answer = ask("POST", f"/v1/{path}", photo, query)
    assert (answer.status_code, answer.json["code"], answer.json["hint"]) == (400, "bad_option", hint)
    assert answer.json["message"] == f"{message}: portrait-v1 does not treat person and background apart"
    assert list(helper.spool.folder.iterdir()) == []
    assert ask("POST", "/v1/lut", photo, {"person": "0.5", "background": "0.5"}).status_code == 200


def test_what_is_no_photo_is_left_alone_and_named(ask, tmp_path):
    Image.new("RGB", (48, 32), (90, 120, 40)).save(tmp_path / "paper.png")
    answer = ask("POST", "/v1/lut", (tmp_path / "paper.png").read_bytes(), {"size": "5"})
    assert json.loads(answer.headers["Lutbridge-Result"])["notices"] == ["left as it is: one colour only"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"strength": "1.5"}, "strength is 1.5, not a number from 0 to 1"),
        ({"size": "two"}, "size is two, not a whole number from 2 to 65"),
        ({"view": "best"}, "view is best, not one of fitted, fused, image-weights, person, background"),
        ({"job": "yes"}, "job is yes, not one of true, false"),
        ({"quality": "90"}, "there is no option quality"),
        ({"name": 81 * "a"}, f"name is {40 * 'a'}, not a name of at most 80 characters"),
        ({"format": "xmp", "size": "33"}, "xmp holds no LUT of grid size 33"),
    ],
)
def test_a_wrong_option_is_named_before_the_photo_is_kept(ask, photo, helper, query, message):
    answer = ask("POST", "/v1/lut", photo, query)
    assert (answer.status_code, answer.json["code"], answer.json["message"]) == (400, "bad_option", message)
    assert list(helper.spool.folder.iterdir()) == []


def test_out_of_memory_is_said_and_the_next_photo_is_done(ask, photo, retoucher):
    retoucher.failures = [MemoryError()]
    refused = ask("POST", "/v1/lut", photo)
    assert (refused.status_code, refused.json["code"]) == (507, "out_of_memory")
    assert ask("POST", "/v1/lut", photo).status_code == 200


def test_a_full_queue_refuses_before_the_photo_is_written_to_the_disk(ask, photo, helper, retoucher, monkeypatch):
    retoucher.gate.clear()
    for _ in range(helper.settings.waiting + 1):
        assert ask("POST", "/v1/lut", photo, {"job": "true"}).status_code == 202
        assert retoucher.entered.wait(10)
    kept = []
    with monkeypatch.context() as patch:
        patch.setattr(helper.spool, "keep", kept.append)
        assert ask("POST", "/v1/lut", photo).json["code"] == "busy"
    assert kept == []


@pytest.mark.parametrize(("name", "plain"), [("写真.jpg", "photo.cube"), ("写真 2.jpg", "2.cube"), ("a.jpg", "a.cube")])
def test_a_name_for_clients_that_know_only_ascii_has_letters(ask, photo, name, plain):
    shown = ask("POST", "/v1/lut", photo, {"name": name}).headers["Content-Disposition"]
    assert shown.startswith(f'attachment; filename="{plain}"')


def test_a_bug_is_said_without_its_traceback_and_the_next_photo_is_done(ask, photo, retoucher, caplog):
    retoucher.failures = [ZeroDivisionError("secret detail")]
    refused = ask("POST", "/v1/render", photo)
    assert (refused.status_code, refused.json["code"]) == (500, "internal")
    assert b"secret" not in refused.data
    assert "ZeroDivisionError: secret detail" in caplog.text, "the log has it"
    assert ask("POST", "/v1/render", photo).status_code == 200


def test_what_does_not_fit_into_the_header_is_left_out(ask, photo, monkeypatch):
    from lutbridge_server import responses

    facts = {"model": "m", "notices": 9000 * ["x"], "residuals": {f"t{i}": 0.5 for i in range(500)}}
    kept = json.loads(responses.result_header(facts))
    assert kept == {"model": "m", "residuals": facts["residuals"]}
    assert json.loads(responses.result_header(facts | {"residuals": {f"t{i}": 0.5 for i in range(5000)}})) == {
        "model": "m"
    }


@pytest.mark.parametrize(
    "name",
    ["../../etc/cron", "℀℀ etc", "a\u2044b", "🩵 Anna", "a\u202eb", "a\r\nSet-Cookie: x", "con\u2215", "\U000e0001"],
)
def test_no_name_is_refused_and_none_leads_elsewhere(ask, photo, name):
    answer = ask("POST", "/v1/lut", photo, {"name": name})
    assert answer.status_code == 200
    header = answer.headers["Content-Disposition"]
    plain = re.match('attachment; filename="([^"]*)"', header)[1]
    assert plain.endswith(".cube") and not set(plain) & set("/\\:") and not plain.startswith(".")
    assert header.isascii() and "%2F" not in header and "%0" not in header
