"""LUT files between lutbridge and other programs, both ways: the same colours come out.

docs/lut-formats.md holds the table; here every row of it is measured. OpenColorIO and colour-science are libraries;
darktable, RawTherapee and ffmpeg are programs, so that these tests run under `make test-hosts`.
"""

import subprocess
from pathlib import Path

import colour
import numpy as np
import PyOpenColorIO as ocio  # noqa: N813
import pytest

from lutbridge.lut.formats import FORMATS, load, to_bytes
from lutbridge.lut.lut3d import Lut3D

from ..lut.formats.samples import look, random_lut, shaper
from .lut_programs import by_colour, by_darktable, by_ffmpeg, by_ocio, by_rawtherapee

PAGE = Path(__file__).parents[2] / "docs" / "lut-formats.md"
HEAD = "| format | direction | other side | differs by at most |\n|---|---|---|---|\n"
WIDE = ((-0.5, 0.0, -0.25), (1.5, 2.0, 1.0))
OCIO_FORMATS = {"cube": "iridas_cube", "3dl": "flame", "csp": "cinespace"}  # that its Baker writes
OCIO_CLF = "Academy/ASC Common LUT Format"

ITS_SPACES = "its conversions between colour spaces"

# (format, direction, other side): the largest difference allowed, of 1, and why it is not 1e-6 where it is not
ROWS = {
    ("cube", "written", "OpenColorIO"): (1e-6, ""),
    ("cube", "written", "colour-science"): (1e-6, ""),
    ("cube", "written", "ffmpeg lut3d"): (1e-6, ""),
    ("cube", "written", "darktable"): (2e-3, ITS_SPACES),
    ("cube", "read", "OpenColorIO"): (1e-6, ""),
    ("cube", "read", "colour-science"): (1e-6, ""),
    ("cube with shaper", "read", "OpenColorIO"): (1e-6, ""),
    ("hald", "written", "ffmpeg haldclut"): (4e-5, "16-bit pixels"),
    ("hald", "written", "darktable"): (2e-3, ITS_SPACES),
    ("hald", "written", "RawTherapee"): (2e-3, ITS_SPACES),
    ("hald", "read", "ffmpeg haldclutsrc"): (4e-5, "16-bit pixels"),
    ("3dl", "written", "OpenColorIO"): (1.3e-4, "12-bit codes"),
    ("3dl", "written", "ffmpeg lut3d"): (4e-4, "12-bit codes, whose white it takes for 4096"),
    ("3dl", "written", "darktable"): (2e-3, ITS_SPACES),
    ("3dl", "read", "OpenColorIO"): (1.3e-4, "12-bit codes"),
    ("spi3d", "written", "OpenColorIO"): (1e-6, ""),
    ("spi3d", "written", "colour-science"): (1e-6, ""),
    ("spi3d", "read", "colour-science"): (1e-6, ""),
    ("clf", "written", "OpenColorIO"): (1e-6, ""),
    ("clf", "read", "OpenColorIO"): (1e-6, ""),
    ("csp", "written", "OpenColorIO"): (1e-6, ""),
    ("csp", "written", "colour-science"): (1e-6, ""),
    ("csp", "written", "ffmpeg lut3d"): (1e-6, ""),
    ("csp", "read", "OpenColorIO"): (1e-6, ""),
    ("csp", "read", "colour-science"): (1e-6, ""),
}


def test_the_page_holds_the_table():
    alike = {}
    for (format_, direction, other), (most, why) in ROWS.items():
        figure = f"{most:.1e}".replace(".0e", "e").replace("e-0", "e-") + f" ({why})" * bool(why)
        alike.setdefault((format_, direction, figure), []).append(other)
    rows = (f"| {form} | {way} | {', '.join(others)} | {most} |\n" for (form, way, most), others in alike.items())
    table = HEAD + "".join(rows)
    assert table in PAGE.read_text(encoding="utf-8"), f"docs/lut-formats.md should hold\n{table}"


@pytest.fixture
def colours():
    """(64, 256, 3) float32, [0, 1]: a row of greys and random colours."""
    rgb = np.random.default_rng(1).random((64, 256, 3)).astype(np.float32)
    rgb[0] = np.linspace(0, 1, 256)[:, None]
    return rgb


def written(folder, lut, name, **options):
    path = folder / f"look{FORMATS[name].suffixes[0]}"
    path.write_bytes(to_bytes(lut, name, **options))
    return path


def most(format_, direction, other):
    return ROWS[format_, direction, other][0]


def differs(a, b):
    return float(np.abs(np.asarray(a, np.float64) - b).max())


@pytest.mark.parametrize("M", [17, 33, 65])
@pytest.mark.parametrize("name", ["cube", "3dl", "spi3d", "clf", "csp"])
def test_opencolorio_reads_what_is_written(name, M, tmp_path, colours):
    for lut in (look(M), random_lut(M)):
        path = written(tmp_path, lut, name)
        assert differs(by_ocio(path, colours), lut.apply(colours)) <= most(name, "written", "OpenColorIO")


@pytest.mark.parametrize("name", ["clf", "csp"])
@pytest.mark.parametrize("more", [{"domain": WIDE}, {"shaper": shaper()}, {"domain": WIDE, "shaper": shaper()}])
def test_opencolorio_finds_domain_and_shaper(name, more, tmp_path, colours):
    lut, wide = look(17, **more), 3 * colours - 1
    path = written(tmp_path, lut, name)
    assert differs(by_ocio(path, wide), lut.apply(wide)) <= most(name, "written", "OpenColorIO")


@pytest.mark.parametrize("M", [17, 33])
@pytest.mark.parametrize("name", ["cube", "spi3d", "csp"])
def test_colour_science_reads_what_is_written(name, M, tmp_path, colours):
    lut = look(M)
    theirs = colour.read_LUT(str(written(tmp_path, lut, name)))
    assert differs(by_colour(theirs, colours), lut.apply(colours)) <= most(name, "written", "colour-science")


def test_colour_science_finds_domain_and_shaper(tmp_path, colours):
    lut, wide = look(17, domain=WIDE, shaper=shaper()), 3 * colours - 1
    theirs = colour.read_LUT(str(written(tmp_path, lut, "csp")))
    assert differs(by_colour(theirs, wide), lut.apply(wide)) <= most("csp", "written", "colour-science")


@pytest.mark.parametrize("name, M", [("cube", 17), ("cube", 33), ("cube", 65), ("csp", 33), ("3dl", 17)])
def test_ffmpeg_reads_what_is_written(name, M, tmp_path, colours):
    lut = look(M)
    look_up = ["-vf", f"lut3d=file={written(tmp_path, lut, name)}:interp=tetrahedral"]
    result = by_ffmpeg(look_up, colours, "gbrpf32le")
    assert differs(result, lut.apply(colours)) <= most(name, "written", "ffmpeg lut3d")
    codes = np.rint(255 * colours).astype(np.uint8)
    assert differs(by_ffmpeg(look_up, codes, "rgb24"), np.rint(255 * lut.apply(codes / 255))) <= 1


@pytest.mark.parametrize("name, M", [("cube", 17), ("cube", 33), ("cube", 64), ("hald", 36), ("3dl", 33)])
def test_darktable_reads_what_is_written(name, M, tmp_path, colours):
    lut, codes = look(M), np.rint(65535 * colours).astype(np.uint16)
    result = by_darktable(written(tmp_path, lut, name), codes) / 65535
    assert differs(result, lut.apply(codes / 65535)) <= most(name, "written", "darktable")
    assert differs(result, codes / 65535) > 0.1  # where the file is not found, darktable goes on without it


@pytest.mark.parametrize("M", [16, 36, 64])
def test_rawtherapee_reads_haldcluts(M, tmp_path, colours):
    lut, codes = look(M), np.rint(65535 * colours).astype(np.uint16)
    result = by_rawtherapee(written(tmp_path, lut, "hald"), codes) / 65535
    assert differs(result, lut.apply(codes / 65535)) <= most("hald", "written", "RawTherapee")
    assert differs(result, codes / 65535) > 0.1


@pytest.mark.parametrize("M", [16, 25, 36, 64])
def test_ffmpeg_reads_haldcluts(M, tmp_path, colours):
    lut = look(M)
    path = written(tmp_path, lut, "hald")
    look_up = ["-i", path, "-filter_complex", "[0][1]haldclut=interp=tetrahedral"]
    codes = np.rint(65535 * colours).astype("<u2")
    result = by_ffmpeg(look_up, codes, "rgb48le") / 65535
    assert differs(result, lut.apply(codes / 65535)) <= most("hald", "written", "ffmpeg haldclut")


def test_haldcluts_of_ffmpeg_are_read(tmp_path):
    lut = look(33)
    source = f"haldclutsrc=6,format=rgb48le,lut3d=file={written(tmp_path, lut, 'cube')}:interp=tetrahedral"
    path = tmp_path / "hald.png"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-frames:v", "1", "-pix_fmt", "rgb48be", path]
    subprocess.run(command, check=True)
    file = load(path)
    expected = lut.apply(Lut3D.identity(36).lattice)
    assert file.notices == () and file.lut.grid_size == 36
    assert differs(file.lut.lattice, expected) <= most("hald", "read", "ffmpeg haldclutsrc")


@pytest.fixture
def ocio_config(tmp_path):
    """A config whose space "look" is the LUT look(17)."""
    config = ocio.Config()
    config.addColorSpace(ocio.ColorSpace(name="in"))
    transform = ocio.FileTransform(src=str(written(tmp_path, look(17), "spi3d")), interpolation=ocio.INTERP_TETRAHEDRAL)
    config.addColorSpace(ocio.ColorSpace(name="look", fromReference=transform))
    return config


@pytest.mark.parametrize("name", OCIO_FORMATS)
def test_what_opencolorio_bakes_is_read(name, ocio_config, tmp_path, colours):
    baker = ocio.Baker()
    baker.setConfig(ocio_config)
    baker.setFormat(OCIO_FORMATS[name])
    baker.setInputSpace("in")
    baker.setTargetSpace("look")
    baker.setCubeSize(17)
    path = tmp_path / f"baked{FORMATS[name].suffixes[0]}"
    path.write_text(baker.bake())
    file = load(path)
    assert file.format.name == name and file.lut.grid_size == 17
    assert differs(file.lut.apply(colours), look(17).apply(colours)) <= most(name, "read", "OpenColorIO")


def test_clf_of_opencolorio_is_read(ocio_config, tmp_path, colours):
    path = tmp_path / "theirs.clf"
    ocio_config.getProcessor("in", "look").createGroupTransform().write(
        formatName=OCIO_CLF, config=ocio_config, fileName=str(path)
    )
    file = load(path)
    assert differs(file.lut.apply(colours), look(17).apply(colours)) <= most("clf", "read", "OpenColorIO")


def test_resolve_s_dialect_is_read_as_opencolorio_reads_it(tmp_path, colours):
    lut, curve = look(17), shaper()
    head = "LUT_1D_SIZE 1024\nLUT_1D_INPUT_RANGE -0.5 1.5\nLUT_3D_SIZE 17\nLUT_3D_INPUT_RANGE 0 2\n"
    table = np.concatenate([2 * curve, lut.lattice.transpose(2, 1, 0, 3).reshape(-1, 3)])
    path = tmp_path / "resolve.cube"
    path.write_text(head + "".join(f"{r:.9f} {g:.9f} {b:.9f}\n" for r, g, b in table.tolist()))
    wide = 3 * colours - 1
    allowed = most("cube with shaper", "read", "OpenColorIO")
    assert differs(load(path).lut.apply(wide), by_ocio(path, wide)) <= allowed


@pytest.mark.parametrize("name", ["cube", "spi3d", "csp"])
def test_what_colour_science_writes_is_read(name, tmp_path, colours):
    lut = look(17)
    path = tmp_path / f"theirs{FORMATS[name].suffixes[0]}"
    colour.write_LUT(colour.LUT3D(lut.lattice.astype(np.float64), "A look"), str(path), decimals=9)
    file = load(path)
    assert file.format.name == name
    assert differs(file.lut.apply(colours), lut.apply(colours)) <= most(name, "read", "colour-science")
