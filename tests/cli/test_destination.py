"""-o as a file, and --name."""

import pytest

from lutbridge.batch.manifest import NAME
from lutbridge.image.read import read
from lutbridge.lut.formats import load


def names(folder, but=()):
    """Of all files, hidden ones too."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in but)
    return sorted(path.relative_to(folder).as_posix() for path in files)


@pytest.mark.parametrize(
    ("name", "kind"), [("x.jpg", "jpeg"), ("new/X.PNG", "png"), ("y.tif", "tiff"), ("z.webp", "webp")]
)
def test_one_photo_becomes_the_file_that_is_named(lutbridge, shoot, toy_model, tmp_path, name, kind):
    done = lutbridge("render", shoot / "a.png", "-o", tmp_path / "out" / name, "--model", toy_model)
    assert done.code == 0, done.err
    assert names(tmp_path / "out") == [name] and done.out.splitlines() == [str(tmp_path / "out" / name)]
    assert read(tmp_path / "out" / name).container.format == kind
    *_, last = done.err.splitlines()  # kernels may have been compiled before
    assert last.startswith("1 of 1 photos done in ") and last.endswith(f" s, in {tmp_path / 'out' / name}")


@pytest.mark.parametrize(
    ("name", "kind"), [("look.cube", "cube"), ("look.xmp", "xmp"), ("L.PNG", "hald"), ("l.clf", "clf")]
)
def test_one_photo_becomes_the_lut_that_is_named(lutbridge, shoot, toy_model, tmp_path, name, kind):
    done = lutbridge("cube", shoot / "a.png", "-o", tmp_path / "out" / name, "--model", toy_model, "--size", "9")
    assert done.code == 0, done.err
    assert names(tmp_path / "out") == [name] and load(tmp_path / "out" / name).format.name == kind


def test_what_stands_beside_the_file_has_its_name(lutbridge, make_photo, tmp_path):
    photo = make_photo(tmp_path / "a.png", size=(96, 64))
    assert lutbridge("render", photo, "-o", tmp_path / "out" / "x.jpg", "--mask").code == 0
    assert names(tmp_path / "out") == ["x-mask.png", "x.jpg"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("render", "a.png", "b.jpg", "-o", "x.jpg"), "one file cannot hold the results of 2 photos or folders"),
        (("render", ".", "-o", "x.jpg"), "one file cannot hold the results of the folder .; name a folder"),
        (("render", "a.png", "-o", "x.jpg", "--format", "png"), "the extension means jpeg, but --format says png"),
        (("render", "a.png", "-o", "x.jpg", "--name", "{stem}-2"), "-o x.jpg already names the result"),
        (("render", "a.png", "-o", "x.heic"), "this command does not write .heic; name a folder, or a file in .jpg"),
        (("render", "a.png", "-o", "x.cube"), "this command does not write .cube"),
        (("cube", "a.png", "-o", "x.jpg"), "this command does not write .jpg; name a folder, or a file in .cube"),
        (("cube", "a.png", "-o", "x.cube", "--format", "xmp"), "the extension means cube, but --format says xmp"),
        (("cube", "a.png", "-o", "x.xmp", "--format", "cube"), "the extension means xmp, but --format says cube"),
        (("render", "a.png", "-o", "a.png"), "a.png: would replace the input a.png"),
        (("render", "a.png", "-o", "b.jpg"), "b.jpg: already exists"),
    ],
)
def test_what_goes_against_the_file_is_refused(lutbridge, shoot, toy_model, monkeypatch, arguments, sentence):
    monkeypatch.chdir(shoot)
    before = names(shoot)
    done = lutbridge(*arguments, "--model", toy_model)
    assert done.code == 2 and sentence in done.err and len(done.err.splitlines()) == 1, done.err
    assert names(shoot) == before


def test_sixteen_bits_do_not_go_into_a_jpeg(lutbridge, shoot, toy_model, tmp_path):
    done = lutbridge("render", shoot / "a.png", "-o", tmp_path / "x.jpg", "--bits", 16, "--model", toy_model)
    assert done.code == 1 and "JPEG holds 8 bits per channel" in done.err


def test_a_folder_stays_a_folder_whatever_it_is_called(lutbridge, shoot, toy_model, tmp_path):
    (tmp_path / "best.jpg").mkdir()
    assert lutbridge("render", shoot, "-o", tmp_path / "best.jpg", "--model", toy_model).code == 0
    assert lutbridge("render", shoot, "-o", tmp_path / "version.2", "--model", toy_model).code == 0
    assert (
        names(tmp_path / "best.jpg", {NAME})
        == names(tmp_path / "version.2", {NAME})
        == ["a.png", "b.jpg", "late/c.tif"]
    )


def test_results_have_the_names_of_the_pattern(lutbridge, shoot, toy_model, tmp_path):
    pattern = ("--name", "{folder}_{stem}-retouched", "--model", toy_model)
    assert lutbridge("render", shoot, "-o", tmp_path / "out", *pattern, "--format", "jpeg").code == 0
    assert names(tmp_path / "out", {NAME}) == [
        "late/late_c-retouched.jpg",
        "shoot_a-retouched.jpg",
        "shoot_b-retouched.jpg",
    ]
    assert lutbridge("cube", shoot, "-o", tmp_path / "luts", *pattern).code == 0
    assert names(tmp_path / "luts", {NAME}) == [
        "late/late_c-retouched.cube",
        "shoot_a-retouched.cube",
        "shoot_b-retouched.cube",
    ]


def test_results_can_stand_beside_their_photos_and_never_replace_them(lutbridge, shoot, toy_model):
    before = {path: path.read_bytes() for path in shoot.rglob("*") if path.is_file()}
    beside = ("render", shoot, "-o", shoot, "--model", toy_model)
    assert lutbridge(*beside, "--name", "{stem}-retouched").code == 0
    assert names(shoot, {NAME}) == [
        "a-retouched.png",
        "a.png",
        "b-retouched.jpg",
        "b.jpg",
        "late/c-retouched.tif",
        "late/c.tif",
    ]
    assert all(path.read_bytes() == content for path, content in before.items())
    replacing = lutbridge(*beside, "--name", "{stem}", "--existing", "overwrite")
    assert replacing.code == 2 and "would replace the input" in replacing.err


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("{steam}-2", "unknown field {steam}; choose from {stem}, {folder}"),
        ("{}", "unknown field {}; choose from {stem}, {folder}"),
        ("{stem.__class__}", "unknown field {stem.__class__}"),
        ("{stem:>99999999}", "unknown field {stem:>99999999}"),
        ("{stem!r}", "unknown field {stem!r}"),
        ("{stem", "expected '}' before end of string; write each field in braces"),
        ("../{stem}", "'/' is not allowed in file names"),
        ("new\\{stem}", "is not allowed in file names"),
        ("C:{stem}", "':' is not allowed in file names"),
        ("{stem}\n", "is not allowed in file names"),
        (".{stem}", "results would be hidden"),
        ("retouched", "without {stem}, all results would have the same name"),
        ("{{stem}}", "without {stem}"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused(lutbridge, shoot, toy_model, tmp_path, pattern, sentence):
    done = lutbridge("render", shoot, "-o", tmp_path / "out", "--name", pattern, "--model", toy_model)
    assert done.code == 2 and sentence in done.err, done.err
    assert not (tmp_path / "out").exists()


def test_a_brace_can_be_part_of_a_name(lutbridge, shoot, toy_model, tmp_path):
    assert lutbridge("render", shoot / "a.png", "-o", tmp_path, "--name", "{stem}{{1}}", "--model", toy_model).code == 0
    assert (tmp_path / "a{1}.png").is_file()
