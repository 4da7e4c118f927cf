"""A group in the report: its takes before, retouched alone and matched, with a chart of their mean colours."""

import base64
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from lutbridge.color.codes import to_codes
from lutbridge.color.lab import srgb_to_lab

JPEG_QUALITY = 85
STAGES = ("before", "each photo alone", "matched")
CHART = 220  # px, side of the chart
MARGIN = 28  # px around the plot
LEAST_SPAN = 4.0  # ΔE*ab, smallest range of the axes, so that a well-matched group looks well matched


@dataclass(frozen=True)
class Filmstrip:
    """A group's pictures and text.

    Attributes:
        name, reason: its name, and why its takes belong together.
        result: one sentence on how well they match.
        is_matched: whether at least two takes match; if not, the page shows no pictures.
        takes: their file names.
        pictures: for each of STAGES, for each take, (h, w, 3) float32, sRGB-encoded, [0, 1].
    """

    name: str
    reason: str
    result: str
    is_matched: bool
    takes: Sequence[str]
    pictures: Sequence[Sequence[np.ndarray]]

    def heading(self, strip: str) -> str:
        """The group's part of the page without its pictures, which the page puts below when the group is opened.

        Args:
            strip: id of the element that holds `strip()`; the style of both is in report.html.
        """
        title, reason, result = map(html.escape, (f"Group {self.name}", self.reason, self.result))
        count = f'<span class="dim">{len(self.takes)} photos</span>'
        head, text = f"<h2>{title} {count}</h2><p>{result}</p>", f'<p class="dim">{reason}</p>'
        if not self.is_matched:
            return f'<section class="group">{head}{text}</section>'
        return f'<details class="group" data-strip="{strip}"><summary>{head}</summary>{text}</details>'

    def strip(self) -> str:
        """The pictures and the chart."""
        rows = "".join(
            f'<tr><th scope="row">{stage}</th>{"".join(map(_cell, pictures, self.takes))}</tr>'
            for stage, pictures in zip(STAGES, self.pictures, strict=True)
        )
        heads = "".join(f'<th scope="col">{html.escape(take)}</th>' for take in self.takes)
        table = f"<table><thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        return f'<div class="strip" tabindex="0">{table}</div>{self._chart()}'

    def _chart(self) -> str:
        means = [[srgb_to_lab(p)[..., 1:].mean((0, 1)) for p in pictures] for pictures in self.pictures]
        points = np.array(means)  # (stages, T, 2)
        middle = (points.max((0, 1)) + points.min((0, 1))) / 2
        span = max(LEAST_SPAN, np.ptp(points, axis=(0, 1)).max())
        side = CHART - 2 * MARGIN
        places = MARGIN + side * (0.5 + (points - middle) / span * [0.94, -0.94])
        marks = "".join(
            f'<g class="{stage.replace(" ", "-")}">'
            + "".join(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"><title>{html.escape(take)}, {stage}: a* {a:.1f}, b* {b:.1f}'
                "</title></circle>"
                for (x, y), (a, b), take in zip(places[row], points[row], self.takes, strict=True)
            )
            + "</g>"
            for row, stage in enumerate(STAGES)
        )
        return (
            '<details><summary>Mean colours</summary><figure class="chart">'
            f'<svg viewBox="0 0 {CHART} {CHART}" role="img" '
            'aria-label="Mean a* and b* of each take">'
            f'<rect x="{MARGIN}" y="{MARGIN}" width="{side}" height="{side}"/>{marks}'
            f'<text x="{CHART / 2}" y="{CHART - 8}">a* {_range(middle[0], span)}</text>'
            f'<text transform="rotate(-90)" x="{-CHART / 2}" y="14">b* {_range(middle[1], span)}</text></svg>'
            "<figcaption>The mean a* and b* of each photo: thin rings before, bold rings each photo alone, filled dots "
            "matched. Photos of different subjects have different means, matched or not.</figcaption></figure>"
            "</details>"
        )


def _range(middle, span):
    low, high = (round(middle + sign * span / 2) for sign in (-1, 1))
    return f"{low} … {high}".replace("-", "−")


def _cell(picture: np.ndarray, take: str) -> str:
    file = io.BytesIO()
    Image.fromarray(to_codes(picture, np.uint8)).save(file, "JPEG", quality=JPEG_QUALITY)
    data = base64.b64encode(file.getvalue()).decode()
    height, width = picture.shape[:2]
    source = f"data:image/jpeg;base64,{data}"
    return f'<td><img alt="{html.escape(take)}" width="{width}" height="{height}" src="{source}"></td>'
