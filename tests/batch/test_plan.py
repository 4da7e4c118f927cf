import os

import pytest

from lutbridge.batch.plan import make_plan
from lutbridge.errors import UsageError


def same_name(source):
    return source.name


def cube_name(source):
    return source.with_suffix(".cube").name


def shoot(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return str(folder)


def targets(plan, output):
    return {task.source.name: task.output.relative_to(output).as_posix() for task in plan.todo}


def test_folders_are_mirrored_and_named_files_go_to_the_top(tmp_path):
    out = tmp_path / "out"
    folder = shoot(tmp_path / "shoot", "a.jpg", "day 2/b.jpg")
    lone = shoot(tmp_path / "elsewhere", "c.jpg") + "/c.jpg"
    plan = make_plan([folder, lone], out, same_name)
    assert targets(plan, out) == {"a.jpg": "a.jpg", "b.jpg": "day 2/b.jpg", "c.jpg": "c.jpg"}
    assert not out.exists()


def test_a_raw_and_its_jpeg_are_told_apart_and_the_others_keep_their_names(tmp_path):
    out = tmp_path / "out"
    folder = shoot(tmp_path / "shoot", "IMG_1.ARW", "IMG_1.JPG", "IMG_2.JPG")
    plan = make_plan([f"{folder}/IMG_1.ARW", folder], out, cube_name)
    assert targets(plan, out) == {
        "IMG_1.ARW": "IMG_1-arw.cube",
        "IMG_1.JPG": "IMG_1-jpg.cube",
        "IMG_2.JPG": "IMG_2.cube",
    }


def test_names_that_differ_in_case_only_are_one_name(tmp_path):
    folder = shoot(tmp_path / "shoot", "img_1.jpg", "IMG_1.png")
    out = tmp_path / "out"
    assert targets(make_plan([folder], out, cube_name), out) == {
        "img_1.jpg": "img_1-jpg.cube",
        "IMG_1.png": "IMG_1-png.cube",
    }


def test_twins_by_letter_case_or_unicode_form_get_names_that_every_disk_tells_apart(tmp_path):
    folder = shoot(tmp_path / "shoot", "IMG_1.JPG", "img_1.jpg", "img_1-2.jpg", "Zoé.jpg", "Zoe\u0301.jpg")
    plan = make_plan([folder], tmp_path / "out", same_name)
    assert targets(plan, tmp_path / "out") == {
        "IMG_1.JPG": "IMG_1.JPG",
        "img_1.jpg": "img_1-3.jpg",
        "img_1-2.jpg": "img_1-2.jpg",
        "Zoe\u0301.jpg": "Zoe\u0301.jpg",
        "Zoé.jpg": "Zoé-2.jpg",
    }
    assert not plan.refused


def test_of_two_photos_of_one_name_the_second_alone_is_refused_with_both_paths(tmp_path):
    first, second = shoot(tmp_path / "a", "x.jpg", "y.jpg"), shoot(tmp_path / "b", "x.jpg", "z.jpg")
    plan = make_plan([first, second], tmp_path / "out", same_name)
    assert [photo.source.name for photo in plan.todo] == ["x.jpg", "y.jpg", "z.jpg"]
    (refused,) = plan.refused
    assert refused.sentence == (
        f"{second}/x.jpg: would get the same result name as {first}/x.jpg, {tmp_path}/out/x.jpg; rename one of them, "
        "or use separate output folders"
    )


def test_telling_apart_may_collide_again_and_is_then_refused(tmp_path):
    folder = shoot(tmp_path / "shoot", "x.jpg", "x.png", "x-jpg.tif")
    plan = make_plan([folder], tmp_path / "out", cube_name)
    (refused,) = plan.refused
    assert "x-jpg.cube; rename one" in refused.sentence and len(plan.todo) == 2


def test_an_output_that_is_its_input_is_refused_even_to_overwrite(tmp_path):
    folder = shoot(tmp_path / "shoot", "a.jpg")
    with pytest.raises(UsageError, match=r"a\.jpg: would replace the input"):
        make_plan([folder], tmp_path / "shoot", same_name, existing="overwrite")


def test_an_output_that_is_another_input_by_a_hard_link_is_refused(tmp_path):
    folder = shoot(tmp_path / "shoot", "a.jpg", "b.jpg")
    (tmp_path / "out").mkdir()
    os.link(tmp_path / "shoot" / "b.jpg", tmp_path / "out" / "a.jpg")
    with pytest.raises(UsageError, match=r"out/a\.jpg: would replace the input .*shoot/b\.jpg"):
        make_plan([folder], tmp_path / "out", same_name, existing="overwrite")


@pytest.mark.parametrize("report", [None, "page.html"])
def test_neither_a_result_nor_the_report_takes_the_place_of_another_input(tmp_path, report):
    folder = shoot(tmp_path / "shoot", "a.jpg")
    preset = tmp_path / "out" / ("page.html" if report else "a.jpg")
    shoot(tmp_path / "out", preset.name)
    page = report and tmp_path / "out" / report
    with pytest.raises(UsageError, match=f"out/{preset.name}: would replace the input .*out/{preset.name};"):
        make_plan([folder], tmp_path / "out", same_name, "overwrite", page, [tmp_path / "nowhere", preset])


def test_luts_may_go_beside_their_photos(tmp_path):
    folder = shoot(tmp_path / "shoot", "a.jpg")
    assert targets(make_plan([folder], tmp_path / "shoot", cube_name), tmp_path / "shoot") == {"a.jpg": "a.cube"}


def test_existing_outputs_are_refused_skipped_or_overwritten(tmp_path):
    folder = shoot(tmp_path / "shoot", "a.jpg", "b.jpg", "c.jpg")
    out = tmp_path / "out"
    shoot(out, "a.jpg", "c.jpg")
    with pytest.raises(UsageError, match=r"out/a\.jpg: already exists, and 1 more; .*--existing skip"):
        make_plan([folder], out, same_name)
    skipping = make_plan([folder], out, same_name, existing="skip")
    assert targets(skipping, out) == {"b.jpg": "b.jpg"}
    assert [task.output.name for task in skipping.skipped] == ["a.jpg", "c.jpg"]
    overwriting = make_plan([folder], out, same_name, existing="overwrite")
    assert len(overwriting.todo) == 3 and not overwriting.skipped


def test_a_file_as_the_output_folder_is_refused(tmp_path):
    folder = shoot(tmp_path / "shoot", "a.jpg")
    with pytest.raises(UsageError, match="is a file, but results need a folder"):
        make_plan([folder], tmp_path / "shoot" / "a.jpg", same_name)


def test_a_folder_in_the_place_of_a_result_is_refused(tmp_path):
    folder = shoot(tmp_path / "shoot", "a.jpg")
    (tmp_path / "out" / "a.jpg").mkdir(parents=True)
    with pytest.raises(UsageError, match="is a folder, but the result of"):
        make_plan([folder], tmp_path / "out", same_name, existing="overwrite")


def test_a_file_in_the_place_of_a_mirrored_folder_is_refused(tmp_path):
    folder = shoot(tmp_path / "shoot", "day/late/a.jpg")
    shoot(tmp_path / "out", "day")
    with pytest.raises(UsageError, match="out/day: is a file, but a folder is needed here"):
        make_plan([folder], tmp_path / "out", same_name)


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        ("out/a.jpg", "the report would replace a result"),
        ("shoot/a.jpg", "would replace the input"),
        ("shoot", "is a folder; name a file"),
        ("old.html", "already exists"),
    ],
)
def test_a_report_that_would_replace_something_is_refused(tmp_path, report, sentence):
    folder = shoot(tmp_path / "shoot", "a.jpg")
    (tmp_path / "old.html").touch()
    for existing in ("refuse", "skip"):
        with pytest.raises(UsageError, match=sentence):
            make_plan([folder], tmp_path / "out", same_name, existing, report=tmp_path / report)


def test_an_old_report_is_overwritten_only_when_asked(tmp_path):
    folder, old = shoot(tmp_path / "shoot", "a.jpg"), tmp_path / "old.html"
    old.touch()
    assert make_plan([folder], tmp_path / "out", same_name, existing="overwrite", report=old).todo


def test_planning_ten_thousand_photos_takes_seconds_not_minutes(tmp_path):
    folder = shoot(tmp_path / "shoot", *[f"IMG_{number}.jpg" for number in range(10_000)])
    plan = make_plan([folder], tmp_path / "out", same_name)
    assert [task.source.name for task in plan.todo[8:11]] == ["IMG_8.jpg", "IMG_9.jpg", "IMG_10.jpg"]


def test_a_profile_never_takes_the_place_of_a_raw_photos_sidecar(tmp_path):
    photo = tmp_path / "in" / "IMG_1.JPG"
    photo.parent.mkdir()
    photo.touch()
    out = tmp_path / "out"
    assert make_plan([str(photo)], out, lambda source: f"{source.stem}.xmp").todo
    out.mkdir()
    (out / "img_1.CR3").touch()
    with pytest.raises(UsageError, match=r"IMG_1.xmp: is where photo programs keep their edits to the RAW photo"):
        make_plan([str(photo)], out, lambda source: f"{source.stem}.xmp", "overwrite")
    assert make_plan([str(photo)], out, lambda source: f"{source.stem}.cube").todo
