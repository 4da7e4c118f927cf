"""--dry-run tells what would be done and writes nothing."""

import json
from pathlib import Path

import pytest

from lutbridge.batch.manifest import NAME, Manifest


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.fixture
def dry(lutbridge, toy_model, tmp_path):
    """Runs a command with --dry-run and sees to it that nothing was written."""

    def run(command, *arguments):
        before = names(tmp_path)
        done = lutbridge(command, *arguments, "--model", toy_model, "--dry-run")
        assert names(tmp_path) == before
        return done

    return run


def test_every_photo_and_its_result_is_named(dry, shoot, tmp_path):
    done = dry("render", shoot, "-o", tmp_path / "out", "--format", "png", "--name", "{stem}-2")
    assert done.code == 0, done.err
    assert done.out.splitlines() == [
        f"{shoot / photo} → {tmp_path / 'out' / result}"
        for photo, result in (("a.png", "a-2.png"), ("b.jpg", "b-2.png"), ("late/c.tif", "late/c-2.png"))
    ]
    assert done.err == "Nothing was written; 3 of 3 photos would be done.\n"


def test_what_is_done_already_or_in_the_way_stays(dry, lutbridge, shoot, toy_model, tmp_path):
    lutbridge("render", shoot / "a.png", "-o", tmp_path / "out", "--model", toy_model)
    (tmp_path / "out" / "b.jpg").write_bytes(b"somebody's")
    done = dry("render", shoot, "-o", tmp_path / "out", "--existing", "skip")
    a, b, c = done.out.splitlines()
    assert a.endswith("a.png (already done)") and b.endswith("b.jpg (skipped: a file already exists)")
    assert c.endswith("c.tif")
    assert (
        "Nothing was written; 1 of 3 photos would be done, 1 already done, "
        "1 would be skipped, because files already exist." in done.err
    )


def test_the_record_of_earlier_runs_is_left_as_it_is(dry, lutbridge, shoot, toy_model, tmp_path):
    lutbridge("render", shoot / "a.png", "-o", tmp_path / "out", "--model", toy_model)
    record = tmp_path / "out" / NAME
    for content in (b"no database at all" * 99, record.read_bytes()[:5000], b"", record.read_bytes()):
        record.write_bytes(content)
        done = dry("render", shoot, "-o", tmp_path / "out", "--existing", "skip")
        assert record.read_bytes() == content and done.code == 0, done.err
        is_known = content[:6] == b"SQLite" and len(content) > 5000
        assert ("(already done)" in done.out) is is_known
        assert ("the record of earlier runs cannot be used" in done.err) is (bool(content) and not is_known)


def test_another_run_into_the_folder_is_told(dry, lutbridge, shoot, toy_model, tmp_path):
    lutbridge("render", shoot / "a.png", "-o", tmp_path / "out", "--model", toy_model)
    with Manifest(tmp_path / "out"):
        done = dry("render", shoot, "-o", tmp_path / "out")
    assert done.code == 3 and "another run is writing to this folder" in done.err


def test_twins_that_cannot_be_told_apart_are_named(dry, shoot, make_photo, tmp_path):
    other = make_photo(tmp_path / "other" / "a.png")
    done = dry("render", shoot / "a.png", other, "-o", tmp_path / "out")
    assert done.code == 1 and f"  {other}: " in done.err and "1 would fail" in done.err


def test_groups_come_with_their_photos_and_their_lut(dry, lutbridge, burst, toy_model, tmp_path):
    shown = lutbridge("groups", burst, "--model", toy_model, "--json").out.splitlines()
    groups = [line for line in map(json.loads, shown) if line["type"] == "group"]
    assert len(groups[0]["photos"]) > 1 and len(groups) > 1
    done = dry("cube", burst, "-o", tmp_path / "luts", "--group", "auto")
    assert done.code == 0, done.err
    expected = []
    for group in groups:
        expected.append(f"group {group['name']}: {group['reason']}")
        expected += [
            f"  {photo} → {tmp_path / 'luts' / Path(photo).with_suffix('.cube').name}" for photo in group["photos"]
        ]
    assert done.out.splitlines() == [*expected, f"group {groups[0]['name']} → {tmp_path / 'luts' / 'group.cube'}"]


def test_a_photo_that_cannot_be_read_is_named(dry, burst, tmp_path):
    (burst / "2.png").write_bytes(b"")
    done = dry("render", burst, "-o", tmp_path / "out", "--group", "auto")
    assert done.code == 1 and f"{burst / '2.png'}: " in done.err and "Failed" in done.err


def test_programs_get_the_same_as_json(dry, burst, tmp_path):
    done = dry("cube", burst, "-o", tmp_path / "luts", "--group", "folder", "--json")
    group, *photos, preset, summary = map(json.loads, done.out.splitlines())
    assert group["type"] == "group" and len(group["photos"]) == 4
    assert [photo["status"] for photo in photos] == ["planned"] * 4
    assert photos[0]["output"] == str(tmp_path / "luts" / "1.cube")
    assert preset == {"type": "preset", "group": group["name"], "output": str(tmp_path / "luts" / "group.cube")}
    assert summary == {
        "type": "summary", "dry_run": True, "planned": 4, "kept": 0, "skipped": 0, "failed": 0, "exit_code": 0
    }  # fmt: skip


def test_what_would_be_refused_is_refused(dry, shoot, tmp_path):
    assert dry("render", shoot, "-o", shoot).code == 2
    refused = dry("render", shoot, "-o", tmp_path / "out", "--person", "0.5")
    assert refused.code == 2 and "does not treat people apart" in refused.err


def test_a_lut_is_tried_dry_as_well(lutbridge, shoot, toy_model, tmp_path):
    lutbridge("cube", shoot / "a.png", "-o", tmp_path / "look.cube", "--model", toy_model)
    done = lutbridge("lut", "apply", tmp_path / "look.cube", shoot, "-o", tmp_path / "out", "--dry-run")
    assert done.code == 0 and len(done.out.splitlines()) == 3 and not (tmp_path / "out").exists()
