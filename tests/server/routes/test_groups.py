import hashlib
import json
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import ExifTags, Image

from lutbridge import shoot
from lutbridge.cli.commands.lut.verify import verify
from lutbridge.lut.formats import load
from lutbridge.lut.provenance import Matching, parse
from lutbridge_server import matching
from lutbridge_server.jobs import Cancelled


@pytest.fixture
def retoucher(toy_retoucher):
    return toy_retoucher


@pytest.fixture
def shots(tmp_path, make_photo):
    """The bytes of three takes."""
    return [make_photo(tmp_path / f"{seed}.png", seed=seed).read_bytes() for seed in range(3)]


@pytest.fixture
def group(ask, shots):
    """An open group with these takes."""
    opened = ask("POST", "/v1/groups")
    address = opened.headers["Location"]
    assert (opened.status_code, opened.json["takes"]) == (201, [])
    for number, shot in enumerate(shots, 1):
        added = ask("POST", f"{address}/takes", shot, {"name": f"{number}.png"})
        assert (added.status_code, added.json["take"], added.json["name"]) == (201, f"t{number}", f"{number}.png")
    return SimpleNamespace(address=address, id=opened.json["group"])


def shifted(network, takes, reference=None):
    """Looks that differ from each take's own, so that it shows whose were used."""
    alone = np.stack([take.look.w_image for take in takes])
    factors = 1 - 0.1 * np.arange(1, len(takes) + 1, dtype=np.float32)[:, None]
    agreed = alone * factors
    return SimpleNamespace(weights=lambda consistency: alone + consistency * (agreed - alone), left_alone=(1,))


def table(answer):
    """Of a .cube: an array (M³, 3)."""
    rows = [line.split() for line in answer.data.splitlines() if line[:1] in b"0123456789"]
    return np.array(rows, float)


def test_each_take_gets_the_look_that_was_found_for_it(ask, group, shots, monkeypatch, retoucher):
    monkeypatch.setattr(shoot, "agree", shifted)
    own = table(ask("POST", "/v1/lut", shots[2], {"size": "5"}))
    solved = ask("POST", f"{group.address}/solve").json
    assert solved["solved"] is True
    assert [take["left_alone"] for take in solved["takes"]] == [None, "it shares no content with the other takes", None]
    options = {"size": "5", "group": group.id}
    luts = [table(ask("POST", "/v1/lut", shots[2], options | {"take": f"t{n}"})) for n in (1, 2, 3)]
    assert len({found.tobytes() for found in (own, *luts)}) == 4
    ask("POST", f"{group.address}/solve", query={"consistency": "0"})
    assert (table(ask("POST", "/v1/lut", shots[2], options | {"take": "t3"})) == own).all()
    rendered = ask("POST", "/v1/render", shots[0], {"group": group.id, "take": "t1"})
    assert (rendered.status_code, rendered.headers["Content-Type"]) == (200, "image/png")


def test_takes_are_really_matched(ask, group):
    solved = ask("POST", f"{group.address}/solve", query={"reference": "t2", "consistency": "0.5"})
    assert solved.status_code == 200
    assert (solved.json["reference"], solved.json["consistency"]) == ("t2", 0.5)
    assert ask("GET", group.address).json == solved.json


def test_takes_match_within_their_parts_only(ask, group, shots, monkeypatch):
    monkeypatch.setattr(shoot, "agree", shifted)
    own = [table(ask("POST", "/v1/lut", shot, {"size": "5"})).tobytes() for shot in shots]
    solved = ask("POST", f"{group.address}/solve", query={"parts": "t3,t1"}).json
    assert [take["left_alone"] for take in solved["takes"]] == [
        "it shares no content with the other takes",  # the second of its part, of which `shifted` leaves it alone
        "it is the only take in its group",
        None,
    ]
    luts = [
        table(ask("POST", "/v1/lut", shot, {"size": "5", "group": group.id, "take": f"t{n}"})).tobytes()
        for n, shot in enumerate(shots, 1)
    ]
    assert luts[1] == own[1] and luts[0] != own[0] and luts[2] != own[2]


def test_one_lut_for_some_takes(ask, group):
    ask("POST", f"{group.address}/solve", query={"parts": "t1,t2;t3"})
    made = ask("POST", f"{group.address}/lut", query={"size": "5", "takes": "t1,t2"})
    assert set(json.loads(made.headers["Lutbridge-Result"])["residuals"]) == {"t1", "t2"}
    everything = ask("POST", f"{group.address}/lut", query={"size": "5"})
    assert (table(made) != table(everything)).any()
    assert b"# lutbridge version" in made.data, "takes that were matched by themselves can be made again"
    assert b"# lutbridge" not in everything.data, "these cannot"


@pytest.mark.parametrize("parts", ["t1,t1", "t1;t1,t2", "t0", "t1;", "t²"])
def test_parts_that_are_none_are_refused(ask, group, parts):
    refused = ask("POST", f"{group.address}/solve", query={"parts": parts})
    assert (refused.status_code, refused.json["code"]) == (400, "bad_option")
    assert ask("POST", f"{group.address}/solve", query={"parts": "t9"}).json["code"] == "unknown_take"


def test_takes_that_look_alike_and_follow_each_other_are_found(ask, make_photo, tmp_path):
    """The same photo three times: a minute apart, and a day later by the EXIF."""
    photo = Image.open(make_photo(tmp_path / "photo.png", seed=1, size=(120, 90))).convert("RGB")
    address = ask("POST", "/v1/groups").headers["Location"]
    for number, time in enumerate(("2026:05:01 12:00:00", "2026:05:02 12:00:00", "2026:05:01 12:00:20"), 1):
        exif = Image.Exif()
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = time
        photo.save(tmp_path / "take.jpg", exif=exif, quality=95)
        shot = (tmp_path / "take.jpg").read_bytes()
        assert ask("POST", f"{address}/takes", shot, {"folder": "wedding/church"}).status_code == 201, number
    assert ask("POST", f"{address}/find").json == {"parts": [["t1", "t3"], ["t2"]]}
    assert ask("GET", address).json["solved"] is False


def test_one_lut_for_all_takes(ask, group):
    ask("POST", f"{group.address}/solve")
    full, half, none = (
        ask("POST", f"{group.address}/lut", query={"size": "5", "strength": s, "name": "shoot"})
        for s in ("1", "0.5", "0")
    )
    assert full.data.startswith(b'TITLE "shoot - portrait-v1 shared LUT')
    assert set(json.loads(full.headers["Lutbridge-Result"])["residuals"]) == {"t1", "t2", "t3"}
    assert np.allclose(table(half), (table(full) + table(none)) / 2, atol=1e-5)
    assert np.allclose(table(none)[1], [0.25, 0, 0])


@pytest.mark.parametrize("reference", [None, "t2"])
def test_a_shared_lut_says_which_photos_it_is_of_and_can_be_made_again(
    ask, group, shots, toy_model, tmp_path, reference, capsys
):
    query = {"consistency": "0.5"} | ({"reference": reference} if reference else {})
    ask("POST", f"{group.address}/solve", query=query)
    made = tmp_path / "shared.cube"
    made.write_bytes(ask("POST", f"{group.address}/lut", query={"size": "5", "strength": "0.9"}).data)
    said = parse(load(made).comments)
    assert [photo.name for photo in said.photos] == ["1.png", "2.png", "3.png"]
    assert said.photos[1].sha256 == hashlib.sha256(shots[1]).hexdigest()
    assert said.matching == Matching(0.5, said.photos[1] if reference else None, bool(reference))
    assert verify(made, [tmp_path], str(toy_model), True) == 0
    assert json.loads(capsys.readouterr().out)["identical"]


def test_the_shared_lut_as_a_job(ask, group, helper):
    ask("POST", f"{group.address}/solve")
    job = ask("POST", f"{group.address}/lut", query={"job": "true"}).json["job"]
    assert helper.jobs.get(job).wait(20)
    assert ask("GET", f"/v1/jobs/{job}/result").data.startswith(b"TITLE")


@pytest.mark.parametrize("path", ["/v1/lut", "/v1/render"])
def test_there_is_no_look_before_the_group_is_solved_nor_after_another_take(ask, group, shots, path):
    query = {"group": group.id, "take": "t1"}
    assert ask("POST", path, shots[0], query).json["code"] == "group_unsolved"
    ask("POST", f"{group.address}/solve")
    assert ask("POST", path, shots[0], query).status_code == 200
    ask("POST", f"{group.address}/takes", shots[0])
    assert ask("POST", path, shots[0], query).json["code"] == "group_unsolved"
    assert ask("POST", f"{group.address}/lut").json["code"] == "group_unsolved"


def test_a_solve_that_nobody_waits_for_any_more_leaves_nothing(ask, group, helper, monkeypatch):
    monkeypatch.setattr(shoot, "agree", shifted)
    steps = []

    def given_up(share):
        steps.append(share)
        if len(steps) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        matching.solve(helper.models, helper.groups.get(group.id), 1.0, None, None, given_up)
    assert steps == [matching.BEGUN, matching.MATCHED]
    assert ask("GET", group.address).json["solved"] is False


def test_what_is_not_there_is_named(ask, group, shots):
    ask("POST", f"{group.address}/solve")
    for query, code in (
        ({"group": group.id, "take": "t9"}, "unknown_take"),
        ({"group": "g-0", "take": "t1"}, "unknown_group"),
        ({"group": group.id}, "bad_option"),
        ({"group": group.id, "take": "t1", "model": "portrait-v1"}, "bad_option"),
    ):
        assert ask("POST", "/v1/lut", shots[0], query).json["code"] == code
    assert ask("POST", f"{group.address}/solve", query={"reference": "t9"}).json["code"] == "unknown_take"
    empty = ask("POST", "/v1/groups").json["group"]
    assert ask("POST", f"/v1/groups/{empty}/solve").json["code"] == "group_empty"
    assert ask("POST", f"/v1/groups/{empty}/lut").json["code"] == "group_empty"


def test_a_closed_group_is_gone(ask, group):
    assert ask("DELETE", group.address).status_code == 204
    assert ask("GET", group.address).json["code"] == "unknown_group"
    assert ask("DELETE", group.address).status_code == 404


def test_a_photo_that_cannot_be_read_is_no_take(ask, group, helper):
    refused = ask("POST", f"{group.address}/takes", b"no photo")
    assert (refused.status_code, refused.json["code"]) == (422, "photo_refused")
    assert len(ask("GET", group.address).json["takes"]) == 3
    assert list(helper.spool.folder.iterdir()) == []


def test_there_is_room_for_so_many_groups(ask, settings):
    for _ in range(settings.groups):
        assert ask("POST", "/v1/groups").status_code == 201
    assert ask("POST", "/v1/groups").json["code"] == "too_many_groups"
