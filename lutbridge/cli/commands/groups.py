"""`lutbridge groups`: which photos of a shoot belong together, and why."""

from collections.abc import Sequence
from pathlib import Path

import click

from lutbridge.cli.options import DEVICE, INPUT_ENCODING, JSON, how_much_to_say
from lutbridge.cli.output import put, put_json, say
from lutbridge.cli.progress import Busy, say_failures, track
from lutbridge.cli.threads import one_thread_each
from lutbridge.errors import PhotoError
from lutbridge.model.registry import DEFAULT_MODEL


def groups(photos: Sequence[str], by: str, model: str, device: str, input_encoding: str | None, as_json: bool) -> int:
    """Prints the groups of a shoot; returns the exit code."""
    one_thread_each()
    from lutbridge.batch.collect import collect
    from lutbridge.group.find import find_groups

    collection = collect(photos)
    for notice in collection.notices:
        say(notice)
    failures: list[tuple[str, str]] = []
    facts = _facts([photo.source for photo in collection.photos], failures)
    likeness = None
    if by == "auto":
        from lutbridge.group.likeness import Likenesses
        from lutbridge.group.store import KeptSequence

        looks = _looks(facts, model, device, input_encoding, failures)
        facts = [photo for photo in facts if photo.path in looks]
        likeness = Likenesses(KeptSequence([looks[photo.path] for photo in facts]))
    with Busy("comparing photos"):
        found = find_groups(facts, by, likeness)
    for group in found:
        _publish(group, [facts[index] for index in group.members], as_json)
    return _close(found, len(facts), failures, as_json)


def _facts(sources: Sequence[Path], failures: list) -> list:
    from lutbridge.group.capture import read_facts

    facts = []
    for source in track(sources, len(sources), "reading when they were taken"):
        try:
            facts.append(read_facts(source))
        except PhotoError as error:
            failures.append((str(source), str(error)))
    return facts


def _looks(facts, model: str, device: str, input_encoding: str | None, failures: list) -> dict:
    """How each photo that can be read looks, by path; nothing larger is kept."""
    from lutbridge.model.registry import find_model

    find_model(model)  # a misspelt name is answered at once

    from lutbridge.group.store import Store
    from lutbridge.image.read import LOOK_SIDE, read
    from lutbridge.retouch import Retoucher
    from lutbridge.shoot import Matcher, observe

    retoucher, looks, store = Retoucher.load(model, device), {}, Store()
    matcher = Matcher(retoucher)
    for photo in track(facts, len(facts), "looking at them"):
        try:
            take = observe(retoucher, read(photo.path, input_encoding, LOOK_SIDE))
        except PhotoError as error:
            failures.append((str(photo.path), str(error)))
        else:
            looks[photo.path] = store.keep(matcher.appearance(take))
    return looks


def _publish(group, members: Sequence, as_json: bool) -> None:
    """As `lutbridge.group.listed` reads it back."""
    paths = [str(one.path) for one in members]
    if as_json:
        put_json({"type": "group", "name": group.name, "reason": group.reason, "photos": paths})
        return
    put(f"[{group.name}]  # {group.reason}")
    for path in paths:
        put(f"./{path}" if path[0] in "#[" else path)  # these begin a remark and a heading
    put("")


def _close(found: Sequence, photo_count: int, failures: list, as_json: bool) -> int:
    code = PhotoError.exit_code if failures else 0
    say_failures(failures)
    single = sum(len(group.members) == 1 for group in found)
    say(
        f"{_count(photo_count, 'photo')} in {_count(len(found), 'group')}"
        + (f", {single} of them of one photo" if single else "")
    )
    if as_json:
        for photo, error in failures:
            put_json({"type": "photo", "photo": photo, "status": "failed", "error": error})
        put_json(
            {"type": "summary", "photos": photo_count, "groups": len(found), "failed": len(failures), "exit_code": code}
        )
    return code


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


@click.command()
@click.argument("photos", metavar="PHOTO|FOLDER...", nargs=-1, required=True)
@click.option(
    "--group",
    "by",
    default="auto",
    show_default=True,
    metavar="folder|time|auto|all|FILE",
    help="Group by folder, by pauses in time, by how alike the photos look (auto), all together, or as listed in FILE.",
)
@click.option(
    "--model",
    default=DEFAULT_MODEL,
    show_default=True,
    metavar="NAME|FILE",
    help="Model that compares the photos for --group auto.",
)
@DEVICE
@INPUT_ENCODING
@JSON
@how_much_to_say
def command(**arguments) -> int:
    """Show which photos of a shoot belong together, and why.

    Writes nothing. To change the groups, save the output to a file, edit it, and pass it with --group FILE to this
    command, render or cube.
    """
    return groups(**arguments)
