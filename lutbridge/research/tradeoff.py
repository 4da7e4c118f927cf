"""Gains and costs of consistency, as one picture."""

from pathlib import Path

from lutbridge.research.groups import CONSISTENCIES

DPI = 110


def draw_tradeoff(rows: dict[str, dict[str, float]], path: Path) -> None:
    """Draw drift, overlap ΔE and PSNR^HC over the consistency, 0 being each take alone.

    Args:
        rows: as `summarise_groups` gives them.
        path: a PNG file.
    """
    from matplotlib.figure import Figure

    steps = (0.0, *CONSISTENCIES)
    chosen = [rows["each alone"]] + [rows[f"group, consistency {c:g}"] for c in CONSISTENCIES]
    figure = Figure((9, 3.4), layout="constrained")
    columns = (
        ("drift", "drift, variance of mean a*, b* error"),
        ("overlap ΔE", "ΔE between takes, where both show it"),
    )
    axes = figure.subplots(1, 3)
    for ax, (column, label) in zip(axes, (*columns, ("PSNR^HC", "PSNR^HC, dB")), strict=True):
        ax.plot(steps, [row[column] for row in chosen], "o-", color="0.2")
        ax.set(xlabel="consistency", ylabel=label)
        ax.grid(color="0.9")
        if column != "PSNR^HC":
            ax.axhline(rows["shared preset"][column], ls="--", lw=1, color="0.5", label="one preset for all")
            ax.axhline(rows["targets"][column], ls=":", lw=1, color="0.5", label="targets")
            top = max(row[column] for row in chosen)
            ax.set_ylim(-0.03, 1.4 * top if top > 0 else 1)  # empty if no two takes overlap
            ax.legend(frameon=False, fontsize=8)
        else:
            ax.margins(y=0.4)
    figure.savefig(path, dpi=DPI)
