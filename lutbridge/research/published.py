"""The figures of the paper's tables, copied as printed, and the config of each row; and better ones since.

Oddities of the print: Liang's PSNR^HC on PPR10K-a, 28.29, must be a misprint for 29.29, as it lies 3.2 to 3.3 above the
PSNR in every other row; LAM's M_GLC is 10.77 in Table 1 and 11.08 in Tables 2 and 3; Table 3's first row, called 3D
LUT, carries Liang's figures.
"""

from dataclasses import dataclass

COLUMNS = ("PSNR", "ΔE", "PSNR^HC", "ΔE^HC", "M_GLC")


@dataclass(frozen=True)
class Row:
    """One system of a table.

    Attributes:
        label: as the paper calls it.
        config: of `lutbridge.train.systems`.
        figures: by column; without those that the paper does not print.
    """

    label: str
    config: str
    figures: dict[str, float]


@dataclass(frozen=True)
class Later:
    """A system published after the paper, measured on PPR10K-a's val split at 360p.

    Attributes:
        label: the system and its authors.
        figures: by column.
        sees: what it is given of a photo, if more than others.
        trained: how, as far as its public code says.
        source: where the figures come from.
        checked: whether we read them there; else they are as others quoted them to us.
    """

    label: str
    figures: dict[str, float]
    sees: str
    trained: str
    source: str
    checked: bool


def _row(label: str, config: str, *figures: float | None) -> Row:
    printed = {column: value for column, value in zip(COLUMNS, figures, strict=False) if value is not None}
    return Row(label, config, printed)


# Table 1, PPR10K-a, b and c: low resolution (360p), then high (4K to 8K).
_TABLE_1 = {
    ("a", "lr"): (
        (23.93, 8.70, 27.21, 5.65, 14.83), (22.72, 9.75, 25.90, 6.33, 12.73), (25.64, 6.97, 28.89, 4.53, 11.47),
        (25.99, 6.76, 28.29, 4.38, 10.81), (25.31, 7.30, 28.56, 4.75, 9.95), (26.23, 6.62, 29.53, 4.29, 10.77),
        (25.66, 7.42, 28.96, 4.82, 6.67),
    ),
    ("a", "hr"): (
        (23.06, 9.13, 26.58, 5.84, 14.37), (22.01, 10.20, 25.19, 6.73, 12.66), (25.15, 7.25, 28.39, 4.71, 11.05),
        (25.55, 7.02, 28.83, 4.55, 10.32), (24.60, 7.75, 27.86, 5.03, 9.68), (26.14, 6.66, 29.41, 4.32, 10.71),
        (25.57, 7.47, 28.85, 4.85, 6.66),
    ),
    ("b", "lr"): (
        (23.96, 8.84, 27.21, 5.74, 13.21), (23.76, 8.77, 27.01, 5.68, 11.82), (24.70, 7.71, 27.99, 4.99, 9.90),
        (25.06, 7.51, 28.36, 4.85, 9.87), (24.52, 7.93, 27.82, 5.12, 9.01), (25.35, 7.31, 28.63, 4.73, 9.29),
        (24.97, 8.10, 28.27, 5.24, 6.56),
    ),
    ("b", "hr"): (
        (23.51, 9.13, 26.55, 5.92, 13.04), (23.29, 9.28, 26.62, 5.90, 11.73), (24.30, 7.97, 27.59, 5.16, 9.52),
        (24.66, 7.73, 27.93, 5.00, 9.60), (23.81, 8.42, 27.12, 5.44, 8.73), (25.28, 7.34, 28.55, 4.75, 9.25),
        (24.90, 8.13, 28.19, 5.26, 6.57),
    ),
    ("c", "lr"): (
        (24.08, 8.87, 27.32, 5.76, 14.76), (23.17, 9.45, 26.47, 6.12, 14.64), (25.18, 7.58, 28.49, 4.92, 13.51),
        (25.46, 7.43, 28.80, 4.82, 13.49), (24.59, 8.02, 27.92, 5.20, 12.76), (25.65, 7.39, 28.95, 4.80, 14.62),
        (25.31, 8.00, 28.61, 5.19, 8.87),
    ),
    ("c", "hr"): (
        (23.66, 9.05, 26.93, 5.99, 14.28), (22.85, 9.87, 26.09, 6.54, 14.22), (24.78, 7.85, 28.09, 5.09, 13.16),
        (25.05, 7.69, 28.38, 4.98, 13.06), (24.01, 8.39, 27.33, 5.43, 12.79), (25.56, 7.43, 28.84, 4.83, 14.56),
        (25.22, 8.03, 28.51, 5.21, 8.84),
    ),
}  # fmt: skip
_SYSTEMS = (
    ("HDRNet", "hdrnet"), ("CSRNet", "csrnet"), ("3D LUT", "3dlut"), ("Liang et al.", "liang"),
    ("Liang et al. + GLC", "liang-glc"), ("LAM", "lam"), ("LAM + GAM", "lam-gam"),
)  # fmt: skip

# Tables 2 to 4: PPR10K-a, low resolution.
_OTHERS = {
    "table2": (
        _row("k = 3, N = 5, M = 33", "lam", 26.23, 6.62, 29.53, 4.29, 11.08),
        _row("k = 5", "lam-k5", 26.19, 6.67, 29.50, 4.32, 11.39),
        _row("k = 7", "lam-k7", 26.05, 6.73, 29.33, 4.36, 11.06),
        _row("λ_GAM = 1e-2", "lam-gam-1e-2", 24.78, 8.47, 28.10, 5.48, 5.99),
        _row("λ_GAM = 5e-3", "lam-gam-5e-3", 25.07, 8.06, 28.37, 5.22, 6.13),
        _row("λ_GAM = 1e-3", "lam-gam", 25.66, 7.42, 28.96, 4.82, 6.67),
        _row("λ_GAM = 1e-4", "lam-gam-1e-4", 26.05, 6.99, 29.34, 4.52, 7.87),
        _row("N = 3", "lam-n3", 25.91, 6.84, 29.18, 4.44, 10.84),
        _row("N = 7", "lam-n7", 26.06, 6.70, 29.34, 4.34, 11.38),
        _row("M = 17", "lam-m17", 25.76, 6.85, 29.05, 4.44, 10.78),
        _row("M = 49", "lam-m49", 26.12, 6.72, 29.41, 4.36, 11.51),
    ),
    "table3": (
        _row("#1 3D LUT", "base", 25.99, None, 28.29, None, 10.81),
        _row("#2 #1 + LAM", "lam-unsupervised", 26.13, None, 29.42, None, 11.58),
        _row("#3 #2 + full supervision", "lam-full", 26.13, None, 29.40, None, 11.26),
        _row("#4 #2 + edge supervision", "lam", 26.23, None, 29.53, None, 11.08),
        _row("#5 #4 + GAM", "lam-gam", 25.66, None, 28.96, None, 6.67),
    ),
    "table4": (
        _row("LAM", "lam", 26.23, 6.62, 29.53, 4.29, 11.08),
        _row("U-Net", "unet", 25.72, 6.92, 28.97, 4.49, 11.15),
    ),
}
TABLES = ("table1", *_OTHERS)
REFERENCES = {"table1": "lam", "table2": "lam", "table3": "base", "table4": "lam"}  # whom other rows are compared to


def rows(table: str, expert: str, resolution: str) -> tuple[Row, ...]:
    """The rows of one of `TABLES`; without figures if the paper prints none for that expert and resolution."""
    if table == "table1":
        figures = _TABLE_1.get((expert, resolution), ((),) * len(_SYSTEMS))
        return tuple(_row(*system, *printed) for system, printed in zip(_SYSTEMS, figures, strict=True))
    if (expert, resolution) == ("a", "lr"):
        return _OTHERS[table]
    return tuple(Row(row.label, row.config, {}) for row in _OTHERS[table])


_LATER = (
    Later(
        "AdaInt (Yang et al., CVPR 2022)",
        {"PSNR": 26.33, "ΔE": 6.56},
        "the photo",
        "as Liang's, without human-region priority",
        "paper, arXiv 2204.13983; training: github.com/ImCharlesY/AdaInt, adaint/configs/ppr10k.py",
        checked=False,
    ),
    Later(
        "SepLUT (Yang et al., ECCV 2022)",
        {"PSNR": 26.28, "ΔE": 6.59},
        "the photo",
        "as Liang's, without human-region priority",
        "paper, arXiv 2207.08351; training: github.com/ImCharlesY/SepLUT, seplut/configs/ppr10k.py",
        checked=False,
    ),
    Later(
        "TITFormer",
        {"PSNR": 27.08},
        "the photo, a text and a simulated infrared picture",
        "its own way",
        "github.com/riversky2025/TITFormer, README.md",
        checked=True,
    ),
)


def later(table: str, expert: str, resolution: str) -> tuple[Later, ...]:
    """The best systems since the paper that were measured as a table was; none if nobody was."""
    return _LATER if (table, expert, resolution) == ("table1", "a", "lr") else ()


def later_table(systems: tuple[Later, ...]) -> str:
    """Those systems as Markdown; "" without any."""
    if not systems:
        return ""
    lines = ["Published since, on PPR10K; \\* quoted, not checked against the paper:", ""]
    lines += ["| system | PSNR | ΔE | sees | trained | source |", "|---|---:|---:|---|---|---|"]
    for system in systems:
        mark = "" if system.checked else "\\*"
        figures = (f"{system.figures[c]:.2f}{mark}" if c in system.figures else "" for c in ("PSNR", "ΔE"))
        cells = (system.label, *figures, system.sees, system.trained, system.source)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
