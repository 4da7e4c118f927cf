"""An evaluation as Markdown."""

PUBLISHED_NOTE = (
    "PSNR in dB on 8-bit values; ΔE is ΔE*ab (D65); HC weighs the person 1 and the rest 0.5; M_GLC is reported, never "
    "aimed at (desaturating lowers it); drift is the same variance of the error; *worse* is the share of photos with a "
    "lower PSNR than untouched; *finished* is the mean ΔE by which the targets move when they are the input; *ms* is "
    "the median time of a photo here, from pixels to pixels. The rows of the inputs and of the targets say what the "
    "figures start from and what M_GLC the photographer chose."
)

PARTED_NOTE = (
    "Photos with a person and a background by their masks. L* before and after: mean over the photos of the absolute "
    "error of the part's mean L*, of the source and of the result. The gap of an image is the person's mean L* minus "
    "the background's; *parted* is the median of (gap of the result − gap of the source) / (gap of the target − gap of "
    "the source) over the photos asked to part, whose divisor is more than 3 either way: 0 for one look for the whole "
    "photo, 100 for what the photographer did. *Worse* is as above, among these photos."
)

CONTEXT_NOTE = (
    "Means over up to 24 photos spread over the set. Centre only: every neighbourhood replaced by its own pixel, or, "
    "where weights are found over the whole photo, by their mean. Fitted LUT: the one LUT that comes nearest to the "
    "render. About 1 is just visible side by side."
)

GROUPS_NOTE = (
    "Means over the groups, photos at most 540 px a side. Overlap ΔE is the mean ΔE*ab between two takes where, by "
    "their targets, both show the same; chroma is the mean C*ab; consistency 0 is each alone; the shared preset is one "
    "LUT fitted to the takes at consistency 1."
)


def markdown_table(rows: dict[str, dict[str, float]], corner: str) -> str:
    """Rows of the same columns: name → column → value. Counts are printed whole, the rest with two digits.

    Without rows, a sentence.
    """
    if not rows:
        return f"(no photo for a table by {corner})"
    columns = list(next(iter(rows.values())))
    lines = [f"| {corner} | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
    for name, values in rows.items():
        lines.append(f"| {name} | " + " | ".join(cell(values[column]) for column in columns) + " |")
    return "\n".join(lines)


def cell(value: float) -> str:
    """Counts whole, other figures with two digits."""
    return str(value) if isinstance(value, int) else f"{value:.2f}"
