"""`lutbridge lut check`: finds faults in LUTs, and which programs load them."""

from collections.abc import Sequence
from pathlib import Path

import click

from lutbridge.cli.luts import each, refuse_stdin_twice, refuse_taken, write
from lutbridge.cli.options import FILE, JSON
from lutbridge.cli.output import put, put_json, put_table
from lutbridge.errors import PhotoError, UsageError


def check(files: Sequence[Path], hosts: Sequence[str], banding: float, as_json: bool, skin: Path | None = None) -> int:
    """Prints the findings for each file; returns the exit code, 1 if one is a fault.

    Args:
        skin: where to draw how one file changes skin; None: skin is not checked.
    """
    if skin:
        _check_skin(files, skin)
    refuse_stdin_twice(files)
    chosen, faulty = _chosen(hosts), []

    def show(file):
        findings, loads = _look_at(file, chosen, banding)
        sound = all(found.level != "fault" for found in findings) and (not hosts or all(v.loads for v in loads))
        faulty.extend([] if sound else [file])
        skins = _skin_of(file, skin) if skin else ()
        if as_json:
            put_json(_as_dict(file, findings, loads, sound) | ({"skin": _skin_dict(skins)} if skin else {}))
        else:
            put(f"{file.path}: {'sound' if sound else 'FAULT'}")
            put_table([*map(_finding_row, findings), *_skin_rows(skins), *map(_host_row, loads)])
            put("")

    code = each(files, show, as_json, sound=False)
    return code or (PhotoError.exit_code if faulty else 0)


def _check_skin(files, picture):
    if len(files) > 1:
        raise UsageError(f"{picture}: --skin draws one LUT only; check {files[0]} alone")
    if picture.suffix.lower() != ".png":
        raise UsageError(f"{picture}: the plot is a PNG; give it a name that ends in .png")
    refuse_taken(picture, None, files)


def _skin_of(file, picture):
    """Shifts by tone group; draws them."""
    from lutbridge.looks.skin import plot, shifts

    write(picture, plot(file.lut), "refuse")
    return shifts(file.lut)


def _skin_dict(skins):
    from dataclasses import asdict

    from lutbridge.looks.skin import parting

    return {"parting": parting(skins)} | {shift.group: asdict(shift) for shift in skins}


def _skin_rows(skins):
    from lutbridge.looks.skin import PARTED, parting

    for shift in skins:
        way = "yellow" if shift.hue > 0 else "red"
        sentence = (
            f"hue shifts {shift.hue:+.1f}° (towards {way}), chroma {shift.chroma:+.1f}, "
            f"lightness {shift.lightness:+.1f}; ΔE2000 {shift.delta_e:.1f}"
        )
        yield ("  skin", shift.group, sentence)
    if skins and parting(skins) > PARTED:
        yield ("  note", "skin", f"light and dark skin shift {parting(skins):.1f}° apart in hue")


def _look_at(file, chosen, banding):
    from lutbridge.lut.check import check
    from lutbridge.lut.hosts import verdicts

    return check(file.lut, banding), [verdict for verdict in verdicts(file) if verdict.host in chosen]


def _chosen(names):
    """Hosts matching the names or parts of names; all hosts if no name is given."""
    from lutbridge.lut.hosts import HOSTS

    known = [host.name for host in HOSTS]
    for name in names:
        if not any(name.lower() in host.lower() for host in known):
            raise UsageError(f"unknown host {name!r}; choose from {'; '.join(known)}")
    return {host for host in known if not names or any(name.lower() in host.lower() for name in names)}


def _as_dict(file, findings, loads, sound):
    from dataclasses import asdict

    return {
        "file": str(file.path),
        "sound": sound,
        "findings": {found.name: asdict(found) for found in findings},
        "hosts": {
            verdict.host: {
                "loads": verdict.loads,
                "outcome": verdict.outcome,
                "reason": verdict.reason,
                "source": verdict.source,
            }
            for verdict in loads
        },
        "notices": list(file.notices),
    }


def _finding_row(found):
    return (f"  {'FAULT' if found.level == 'fault' else found.level}", found.name, found.sentence)


def _host_row(verdict):
    source = f"[{verdict.source}]" if verdict.source else ""
    return (f"  {verdict.outcome}", verdict.host, " ".join(filter(None, (verdict.reason, source))))


@click.command()
@click.argument("files", metavar="FILE...", type=FILE, nargs=-1, required=True)
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="Program that must load the file, such as obs; can be repeated. Default: list all programs.",
)
@click.option(
    "--banding",
    type=click.FloatRange(min=1),
    default=4,
    show_default=True,
    metavar="CODES",
    help="Report banding if neighbouring 8-bit inputs end up further apart than this, in 8-bit codes.",
)
@click.option(
    "--skin", type=FILE, metavar="FILE.png", help="Show how the LUT changes light, medium and dark skin, and draw it."
)
@JSON
def command(files: tuple[Path, ...], hosts: tuple[str, ...], banding: float, as_json: bool, skin: Path | None) -> int:
    """Find faults in LUT files and show which programs load them.

    For each program: loads the file, loads it with a note, shows different colours, or does not load it; and how we
    know. Exit code 1: a file is damaged, has a fault, or a --host does not load it unchanged.
    """
    return check(files, hosts, banding, as_json, skin)
