"""An evaluation as one HTML file that needs nothing outside itself: the table, and photos to look at."""

import base64
import html
import re
from importlib.resources import files
from pathlib import Path

from lutbridge.files import atomic_write
from lutbridge.research.evaluation import Evaluation
from lutbridge.research.measure import Record, System, Track, summarise, untracked
from lutbridge.research.pictures import GREATEST_ERROR, choose, pictures
from lutbridge.research.table import PUBLISHED_NOTE, cell
from lutbridge.train.data.pairs import Pair

CAPTIONS = {
    "source": "source",
    "result": "result",
    "target": "target",
    "error": f"where the result is off: black 0, white ΔE {GREATEST_ERROR:g} or more",
}


def write_report(
    path: Path,
    heading: str,
    evaluation: Evaluation,
    systems: dict[str, System],
    pairs: list[Pair],
    long_side: int | None,
    track: Track = untracked,
) -> None:
    """Write the page, whole or not at all.

    Args:
        heading: a sentence on what was measured.
        systems: the models whose photos are shown.
        long_side: px that larger photos were reduced to first; None for full size.
        track: shows how far it is.
    Raises:
        WriteError: the page cannot be written.
    """
    by_name = {pair.name: pair for pair in pairs}
    shown = []
    for name, system in systems.items():
        parts = [f"<h2>{html.escape(name)}</h2>"]
        chosen = choose(evaluation.records[name])
        for kind, record in track(chosen.items(), len(chosen), f"pictures of {name}", "photos"):
            parts.append(_photo(kind, record, pictures(system, by_name[record.name], long_side)))
        shown.append("\n".join(parts))
    values = {
        "title": "How near to the photographer",
        "heading": html.escape(heading),
        "table": _table({name: summarise(records) for name, records in evaluation.records.items()}),
        "note": re.sub(r"\*(\w+)\*", r"<em>\1</em>", html.escape(PUBLISHED_NOTE)),
        "models": "\n".join(shown),
    }
    template = files("lutbridge.research").joinpath("report.html").read_text(encoding="utf-8")
    page = re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], template)
    atomic_write(path, page.encode("utf-8", "backslashreplace"))


def _table(rows):
    columns = list(next(iter(rows.values())))
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in ("system", *columns))
    lines = []
    for name, values in rows.items():
        cells = "".join(f"<td>{cell(values[column])}</td>" for column in columns)
        lines.append(f'<tr><th scope="row">{html.escape(name)}</th>{cells}</tr>')
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _photo(kind: str, record: Record, jpegs: dict[str, bytes]) -> str:
    gain = record.psnr - record.psnr_untouched
    told = f"{record.psnr:.1f} dB, {gain:+.1f} to the source, ΔE {record.delta_e:.1f}".replace("-", "−")
    name = html.escape(record.name)
    figures = "".join(
        f'<figure><img alt="{name}, {part}" src="data:image/jpeg;base64,{base64.b64encode(jpegs[part]).decode()}">'
        f"<figcaption>{caption}</figcaption></figure>"
        for part, caption in CAPTIONS.items()
    )
    return f'<h3>{kind}: {name} <span class="dim">{told}</span></h3><div class="photo">{figures}</div>'
