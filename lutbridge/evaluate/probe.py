"""Models on the probe of local context: `python -m lutbridge.evaluate.probe DATA MODEL...`.

DATA is what `python -m lutbridge.data.probe` wrote. Prints, for each kind of scene, how near every model comes to the
opposite edits of person and background, and what local context does in it.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from lutbridge import metrics
from lutbridge.data.pairs import Pair
from lutbridge.data.ppr10k import find_pairs
from lutbridge.data.probe import KINDS
from lutbridge.evaluate.context import context_errors
from lutbridge.evaluate.systems import load_models, model, untouched
from lutbridge.evaluate.table import markdown_table
from lutbridge.image.codes import to_8_bit
from lutbridge.model.network import RetouchingNetwork

Rows = dict[str, dict[str, float]]


def measure_probe(networks: dict[str, RetouchingNetwork], pairs: Sequence[Pair]) -> tuple[Rows, Rows]:
    """Figures of each system by kind of scene, means over its scenes.

    Returns:
        system → kind → PSNR in dB; model → kind → mean ΔE2000 of the render to the one without context.
    """
    systems = {"untouched": untouched} | {name: model(network) for name, network in networks.items()}
    psnr, context = ({name: defaultdict(list) for name in names} for names in (systems, networks))
    for pair in pairs:
        source, target, _ = pair.load()
        kind = list(KINDS)[int(pair.group)]
        for name, system in systems.items():
            psnr[name][kind].append(metrics.psnr(to_8_bit(system(source)), target))
        for name, network in networks.items():
            context[name][kind].append(context_errors(network, source)["centre only"][0])
    return _means(psnr), _means(context)


def _means(found):
    return {name: {kind: float(np.mean(values)) for kind, values in by_kind.items()} for name, by_kind in found.items()}


@click.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.argument("models", nargs=-1, required=True)
def main(data: Path, models: Sequence[str]) -> None:
    """Measure models on the val scenes of the probe in DATA."""
    psnr, context = measure_probe(load_models(models), find_pairs(data, "val", "a"))
    click.echo(f"PSNR in dB:\n\n{markdown_table(psnr, 'system')}\n")
    click.echo(f"ΔE2000 of the render to the one without context:\n\n{markdown_table(context, 'model')}")


if __name__ == "__main__":
    main()
