import io

import pytest

from lutbridge.lut.formats import FORMATS, load_stream
from lutbridge.lut.lut3d import Lut3D
from lutbridge.lut.provenance import MOST_PHOTOS, Matching, Provenance, Source, parse

MODEL = Source("portrait-v2", "a" * 64)
MADE = Provenance(
    "0.1", MODEL, (Source("ünï -- \"x\" <&>.jpg", "b" * 64),), "fused", 32, 1.0, 0.1 + 0.2, "linear", False,
    tuple(1 / n for n in range(1, 21)), loss=(0.25, 1.125),
)  # fmt: skip


TO_THE_BRIDE = Matching(0.75, Source("the bride.jpg", "c" * 64), is_retouched=True)


def of_group(count, matching=TO_THE_BRIDE):
    photos = tuple(Source(f"IMG {n}.jpg", f"{n:064x}") for n in range(count))
    return Provenance(
        "0.1", MODEL, photos, "shared", 33, 1.0, 0.5, matching=matching, loss=(0.5, 2.0), photo_count=count
    )


def test_the_lines_are_short_ascii_and_say_it_all():
    lines = MADE.lines()
    assert all(line.isascii() and len(line) < 200 and line.startswith("lutbridge ") for line in lines)
    said = parse(lines)
    assert (said.person, said.background, said.view, said.encoding) == (1.0, 0.1 + 0.2, "fused", "linear")
    assert not said.is_reduced and said.loss == (0.25, 1.125)
    assert said.weights == pytest.approx(MADE.weights, rel=1e-8)


def test_less_is_nothing():
    assert parse([]) is None
    assert parse(MADE.lines()[:3]) is None
    assert parse([*MADE.lines()[:3], "lutbridge settings: view=fused size=x"]) is None
    assert parse([line for line in MADE.lines() if "photo:" not in line]) is None


@pytest.mark.parametrize("matching", [Matching(1.0), TO_THE_BRIDE])
def test_a_groups_lut_names_all_its_photos_and_how_they_were_matched(matching):
    made = of_group(30, matching)
    lines = made.lines()
    assert all(line.isascii() and len(line) < 200 for line in lines)
    assert parse(lines) == made


def test_of_a_huge_group_the_first_thousand_photos_are_named():
    made = of_group(3000)
    said = parse(made.lines())
    assert said.photos == made.photos[:MOST_PHOTOS] and said.photo_count == 3000


def test_a_cube_of_a_large_group_is_read_from_a_file_without_a_name():
    data = FORMATS["cube"].to_bytes(Lut3D.identity(2), of_group(MOST_PHOTOS).lines())
    file = load_stream(io.BytesIO(data), "stdin")
    assert file.format.name == "cube" and parse(file.comments) == of_group(MOST_PHOTOS)


@pytest.mark.parametrize("name", [name for name, format_ in FORMATS.items() if format_.holds_comments])
def test_files_carry_it_and_are_the_same_lut(name):
    format_ = FORMATS[name]
    lut = format_.prepare(Lut3D(Lut3D.identity(16).lattice ** 2, "Look"))
    with_lines = format_.codec.decode(format_.to_bytes(lut, MADE.lines()))
    without = format_.codec.decode(format_.to_bytes(lut))
    assert parse(with_lines.comments) == parse(MADE.lines()) and not without.comments
    assert (with_lines.lut.lattice == without.lut.lattice).all() and with_lines.notices == without.notices
