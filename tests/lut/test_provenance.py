import pytest

from lutbridge.lut.formats import FORMATS
from lutbridge.lut.lut3d import Lut3D
from lutbridge.lut.provenance import Provenance, parse

MADE = Provenance(
    "0.1", "portrait-v2", "a" * 64, "ünï -- \"x\" <&>.jpg", "b" * 64, "fused", 32, 1.0, 0.1 + 0.2, "linear", False,
    tuple(1 / n for n in range(1, 21)), (0.25, 1.125),
)  # fmt: skip


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


@pytest.mark.parametrize("name", [name for name, format_ in FORMATS.items() if format_.holds_comments])
def test_files_carry_it_and_are_the_same_lut(name):
    format_ = FORMATS[name]
    lut = format_.prepare(Lut3D(Lut3D.identity(16).lattice ** 2, "Look"))
    with_lines = format_.codec.decode(format_.to_bytes(lut, MADE.lines()))
    without = format_.codec.decode(format_.to_bytes(lut))
    assert parse(with_lines.comments) == parse(MADE.lines()) and not without.comments
    assert (with_lines.lut.lattice == without.lut.lattice).all() and with_lines.notices == without.notices
