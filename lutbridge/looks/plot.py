"""A LUT at a glance: where colours go, tone curves, hue and chroma on the a*b* plane, ramps, photos before and after.

The LUT is taken as sRGB in and out; Lab is CIELAB, D65.
"""

import io
import warnings
from collections.abc import Sequence

import numpy as np
from PIL import Image

from lutbridge import extras
from lutbridge.color.codes import to_codes
from lutbridge.color.delta_e import delta_e_2000
from lutbridge.color.lab import srgb_to_lab
from lutbridge.image.photo import Photo
from lutbridge.looks.skin import tones
from lutbridge.lut.lut3d import Lut3D

WIDTH_INCHES, DOTS_PER_INCH = 15, 110
SCATTER_GRID = 10  # colours along an axis of the cube that are shown
PHOTO_HEIGHT, GAP = 480, 6  # px of the previews, and between before and after
RAMP = 512  # colours along a ramp
INK, FAINT = "#222222", "#b8b8b8"
CHANNELS = {"red": "#d62728", "green": "#2a9d3a", "blue": "#1f5fbf"}


def plot(lut: Lut3D, photos: Sequence[Photo] = ()) -> bytes:
    """The picture, as a PNG.

    Args:
        lut: its title becomes the heading.
        photos: shown before and after, four or fewer in a row.
    Raises:
        SetupError: matplotlib is not installed.
    """
    extras.require("plot", "lutbridge lut plot")
    from matplotlib.figure import Figure

    heights = [5.2, 1.5, *([3.4] if photos else [])]
    figure = Figure((WIDTH_INCHES, sum(heights) + 1.2), DOTS_PER_INCH, layout="constrained", facecolor="white")
    rows = figure.subfigures(len(heights), 1, height_ratios=heights)
    top = rows[0].subfigures(1, 3, width_ratios=[1.05, 0.95, 1])
    _cube(top[0].add_subplot(projection="3d"), lut)
    _curves(top[1].add_subplot(), lut)
    _lab_plane(top[2].add_subplot(), lut)
    _ramps(rows[1], lut)
    if photos:
        _before_and_after(rows[2], lut, photos)
    figure.suptitle(_heading(lut), color=INK, fontsize=13, parse_math=False)
    png = io.BytesIO()
    with warnings.catch_warnings():  # about letters that the font lacks, which become boxes
        warnings.filterwarnings("ignore", "Glyph .* missing")
        figure.savefig(png, format="png", metadata={"Software": None})
    return png.getvalue()


def _heading(lut):
    axis = np.linspace(0, 1, 33)
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    moved, on_skin = _moved(lut, grid).mean(), _moved(lut, tones()).mean()
    facts = f"{lut.grid_size}³ lattice points; mean ΔE2000 {moved:.1f} over the cube, {on_skin:.1f} on ten skin tones"
    return f"{lut.title or 'untitled'}\n{facts}"


def _moved(lut, rgb):
    return delta_e_2000(_lab(rgb), _lab(lut.apply(rgb)))


def _lab(rgb):
    return srgb_to_lab(np.clip(rgb, 0, 1).astype(np.float64))


def _cube(axes, lut):
    axis = np.linspace(0, 1, SCATTER_GRID)
    before = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    after = np.clip(lut.apply(before), 0, 1)
    axes.scatter(*after.T, c=after, s=26, depthshade=False, linewidths=0)
    for edge in _edges():  # of the untouched cube
        axes.plot(*edge.T, color=FAINT, linewidth=0.8)
    grey = lut.apply(np.repeat(np.linspace(0, 1, 65)[:, None], 3, 1))
    axes.plot(*grey.T, color=INK, linewidth=1.5)
    axes.set(xlim=(0, 1), ylim=(0, 1), zlim=(0, 1), xlabel="red", ylabel="green")
    axes.set_zlabel("blue", labelpad=2)
    for channel in (axes.xaxis, axes.yaxis, axes.zaxis):
        channel.set_ticks([0, 1])
        channel.pane.set_visible(False)
    axes.view_init(elev=22, azim=-58)
    axes.set_box_aspect((1, 1, 1), zoom=0.88)
    axes.set_title("Where colours go; the line is the greys", fontsize=11, pad=-4)


def _edges():
    """The cube's twelve edges, (2, 3) each."""
    for axis in range(3):
        for one, other in np.ndindex(2, 2):
            ends = np.insert(np.array([[one, other]] * 2, float), axis, [0, 1], axis=1)
            yield ends


def _curves(axes, lut):
    grey = np.linspace(0, 1, 256)
    after = lut.apply(np.repeat(grey[:, None], 3, 1))
    axes.plot([0, 255], [0, 255], color=FAINT, linewidth=1, linestyle="--")
    for channel, (name, color) in enumerate(CHANNELS.items()):
        axes.plot(255 * grey, 255 * after[:, channel], color=color, linewidth=1.8, label=name)
    axes.set(xlim=(0, 255), ylim=(-2, 257), xlabel="grey in", ylabel="out", xticks=_CODES, yticks=_CODES)
    axes.set_aspect("equal")
    axes.grid(color="#eeeeee")
    axes.legend(frameon=False, loc="upper left")
    axes.set_title("Tone curves of greys", fontsize=11)


_CODES = (0, 64, 128, 192, 255)


def _lab_plane(axes, lut):
    """Arrows from before to after, for colours of middle lightness around the hue circle, and for skin."""
    before = _hue_circle()
    _arrows(axes, lut, before, width=0.0032)
    skin = tones()
    _arrows(axes, lut, skin, width=0.005, outline=INK)
    axes.plot([], [], "o", markerfacecolor="#d7bd96", markeredgecolor=INK, label="skin tones (Monk scale)")
    reach = 95
    axes.axhline(0, color=FAINT, linewidth=0.8, zorder=0)
    axes.axvline(0, color=FAINT, linewidth=0.8, zorder=0)
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), xlabel="a*  green – red", ylabel="b*  blue – yellow")
    axes.set_aspect("equal")
    axes.legend(frameon=False, loc="lower left", fontsize=9)
    axes.set_title("Hue and chroma: dot before, arrow tip after", fontsize=11)


def _arrows(axes, lut, before, width, outline=None):
    after = np.clip(lut.apply(before), 0, 1)
    start, end = _lab(before)[:, 1:], _lab(after)[:, 1:]
    axes.quiver(
        *start.T, *(end - start).T, color=after, angles="xy", scale_units="xy", scale=1, width=width, headwidth=4,
        edgecolor=outline or "none", linewidth=0.4 if outline else 0, zorder=4 if outline else 2,
    )  # fmt: skip
    axes.scatter(*start.T, c=before, s=26 if outline else 12, edgecolors=outline or "none", linewidths=0.8, zorder=5)


def _hue_circle():
    """sRGB colours (P, 3) of three saturations and 24 hues, and of three lightnesses."""
    hue = np.arange(24) / 24
    colours = [_from_hsv(hue, saturation, value) for saturation, value in ((0.25, 0.75), (0.5, 0.7), (0.8, 0.65))]
    return np.concatenate(colours)


def _from_hsv(hue, saturation, value):
    """Arrays of hue [0, 1) to sRGB (P, 3), by the hexcone."""
    sector = (hue[:, None] * 6 + np.array([5, 3, 1])) % 6
    return value * (1 - saturation * np.clip(np.minimum(sector, 4 - sector), 0, 1))


def _ramps(figure, lut):
    """Greys, hues and skin, each before above after: banding and tints show here."""
    grey = np.repeat(np.linspace(0, 1, RAMP)[:, None], 3, 1)
    hues = _from_hsv(np.linspace(0, 1, RAMP, endpoint=False), 0.6, 0.85)
    skin = np.repeat(tones(), RAMP // 10 + 1, 0)[:RAMP]
    for axes, name, ramp in zip(
        figure.subplots(1, 3), ("greys", "hues", "skin tones"), (grey, hues, skin), strict=True
    ):
        _show(axes, np.stack([ramp, lut.apply(ramp)]), aspect="auto")
        axes.set_yticks([0, 1], ["before", "after"], fontsize=9)
        axes.tick_params(length=0)
        axes.set_title(name, fontsize=10)


def _before_and_after(figure, lut, photos):
    for axes, photo in zip(figure.subplots(1, len(photos), squeeze=False)[0], photos, strict=True):
        before = _preview(photo)
        gap = np.ones((len(before), GAP, 3), np.float32)
        _show(axes, np.concatenate([before, gap, lut.apply(before)], 1))
        axes.set_yticks([])
        width = before.shape[1]
        axes.set_xticks([width / 2, width * 1.5 + GAP], ["before", "after"], fontsize=9)
        axes.tick_params(length=0)
        axes.set_title(photo.path.name, fontsize=10, parse_math=False)


def _show(axes, rgb, **options):
    axes.imshow(to_codes(rgb, np.uint8), interpolation="nearest", **options)
    axes.set_xticks([])
    for side in axes.spines.values():
        side.set_color(FAINT)


def _preview(photo):
    """A small copy (H, W, 3) float32, sRGB-encoded."""
    eight_bit = (photo.pixels >> 8).astype(np.uint8) if photo.pixels.dtype == np.uint16 else photo.pixels
    image = Image.fromarray(np.ascontiguousarray(eight_bit))
    scale = min(1.0, PHOTO_HEIGHT / image.height)
    small = image.resize([max(1, round(side * scale)) for side in image.size], Image.Resampling.BOX)
    return photo.color.to_model(np.asarray(small))
