"""Lists the credits for portrait-v2: `python -m lutbridge.research.attribution DATA… -o ATTRIBUTION.md`.

Each DATA holds manifest.csv, photos and masks (see `train.data.portraits`). Counted are the photos that the recipe
trains on, and those it holds out to judge by, which no weight was learned from.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import click

from lutbridge.errors import UsageError
from lutbridge.files import atomic_write
from lutbridge.train.data.portraits import LICENCES, load_portraits
from lutbridge.train.portrait_judge import hold_out_shoots


@dataclass(frozen=True)
class Licence:
    """A licence by its name for people, its text's address, and whether it asks for credit."""

    name: str
    address: str = ""
    asks_for_credit: bool = False


LICENCE_TEXTS = {
    "CC0-1.0": Licence("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "PD": Licence("public domain"),
    "PD-USGov": Licence("public domain, work of the US government"),
    "CC-BY-4.0": Licence("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/", True),
    "CC-BY-3.0-DE": Licence("CC BY 3.0 DE", "https://creativecommons.org/licenses/by/3.0/de/", True),
    "etalab-2.0": Licence(
        "Licence Ouverte 2.0",
        "https://www.etalab.gouv.fr/wp-content/uploads/2017/04/ETALAB-Licence-Ouverte-v2.0.pdf",
        True,
    ),
}

# Repository → the authors named by its own pages, if a licence requires credit.
AUTHORS = {
    "entrepreneur-interet-general/site-eig": "Entrepreneurs d'Intérêt Général (Etalab, DINUM)",
    "entrepreneur-interet-general/site-eig-v3": "Entrepreneurs d'Intérêt Général (Etalab, DINUM)",
    "okfde/codefor.de": "Code for Germany, Open Knowledge Foundation Deutschland e. V.",
    "okfde/datenschule.de": "Datenschule, Open Knowledge Foundation Deutschland e. V.",
    "okfde/old.okfn.de": "Open Knowledge Foundation Deutschland e. V.",
    "ropensci/roweb3": "rOpenSci and the authors of its blog",
}

HEAD = """# Photos that portrait-v2 was trained on

Made by `python -m lutbridge.research.attribution`. Thanks to everyone who put their photos under an open licence. The
weights hold none of these photos. *Trained on* are photos that weights were learned from; *judged by* are photos of the
same sources that were held out and only looked at to see how a run was doing. All of them were reduced to 256 px, and
degraded on the fly.

"""


@click.command()
@click.argument("data", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The page, in Markdown.")
def main(data: tuple[Path, ...], output: Path) -> None:
    """Write the sources of the photos of DATA in portrait-v2's recipe, with their licences."""
    portraits = [photo for folder in data for photo in load_portraits(folder, "train", LICENCES, 32)]
    text = page(*(Counter((p.origin, p.licence) for p in part) for part in hold_out_shoots(portraits)))
    atomic_write(output, text.encode())


def page(trained: Counter, judged: Counter) -> str:
    """The page.

    Args:
        trained, judged: (repository, licence) → photos.
    Raises:
        UsageError: a licence asks for credit, and whom to credit is not known here.
    """
    lines = ["| repository | licence | trained on | judged by |", "|---|---|---:|---:|"]
    for origin, licence in sorted(trained | judged):
        counts = trained[origin, licence], judged[origin, licence]
        lines.append(f"| {_link(origin)} | {LICENCE_TEXTS[licence].name} | {counts[0]} | {counts[1]} |")
    lines += [
        f"| in all | | {trained.total()} | {judged.total()} |",
        "",
        "## Credit, where the licence asks for it",
        "",
    ]
    lines += [_credit(*key) for key in sorted(trained | judged) if LICENCE_TEXTS[key[1]].asks_for_credit]
    return HEAD + "\n".join(lines) + "\n"


def _credit(origin, licence):
    if origin not in AUTHORS:
        raise UsageError(f"{origin}: licensed {licence}, which asks for credit; add its authors to AUTHORS")
    text = LICENCE_TEXTS[licence]
    return f"- {AUTHORS[origin]}: photos of {_link(origin)}, [{text.name}]({text.address}); reduced and degraded by us."


def _link(origin):
    return f"[{origin}](https://github.com/{origin})"


if __name__ == "__main__":
    main()
