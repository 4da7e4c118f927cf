"""--dry-run: shows what would be done, photo by photo and group by group, and writes nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lutbridge.cli.failures import EXIT_INTERRUPTED, BugLog
from lutbridge.cli.interruption import Interruption
from lutbridge.cli.output import put, put_json, say
from lutbridge.cli.progress import Busy, say_failures
from lutbridge.cli.settings import BatchSettings
from lutbridge.errors import PhotoError

if TYPE_CHECKING:
    from lutbridge.batch.manifest import Manifest
    from lutbridge.batch.plan import Plan
    from lutbridge.batch.planned import PlannedPhoto
    from lutbridge.cli.presets import Presets
    from lutbridge.group.find import FoundGroup
    from lutbridge.retouch import Retoucher

# Why a result would stay unchanged.
STAYS = {"kept": " (already done)", "skipped": " (skipped: a file already exists)"}


def dry_run(
    plan: "Plan",
    settings: BatchSettings,
    retoucher: "Retoucher",
    read_photo: Callable,
    presets: "Presets | None",
    manifest: "Manifest",
) -> int:
    """Shows what a plan would do; returns the exit code.

    Args:
        read_photo: a path to a Photo, at the scale at which photos are looked at.
        presets: where groups would get one LUT each.
        manifest: of the folder of results.
    """
    as_json, fates = settings.output.as_json, _fates(plan)
    failures = [(str(refused.photo.source), refused.sentence) for refused in plan.refused]
    if settings.matching:
        with Interruption("Stopping after the current photo") as interruption:
            groups, unseen = _groups(plan, settings, retoucher, read_photo, interruption)
            if interruption.requested:
                return EXIT_INTERRUPTED
        failures += [(str(photo), f"{photo}: {sentence}") for photo, sentence in unseen.items()]
        for group in groups:
            _tell_group(group, [plan.shoot[index] for index in group.members], fates, as_json)
        if presets:
            _tell_presets(presets, groups, plan, manifest, as_json)
    else:
        for photo in plan.shoot:
            _tell_photo(photo, fates[photo], as_json)
    return _close(plan, failures, as_json)


def _fates(plan) -> "dict[PlannedPhoto, str]":
    """Each photo's, as JSON calls it."""
    by_fate = {"planned": plan.todo, "kept": plan.kept, "skipped": plan.skipped}
    return {photo: fate for fate, photos in by_fate.items() for photo in photos}


def _groups(plan, settings, retoucher, read_photo, interruption) -> "tuple[list[FoundGroup], dict[Path, str]]":
    """The groups, their members as indices of the plan's photos; and why photos could not be looked at."""
    from dataclasses import replace

    from lutbridge.cli.matching import first_look
    from lutbridge.shoot import Shoot

    shoot, by = Shoot(retoucher), settings.matching.by
    seen = list(range(len(plan.shoot)))
    if by == "auto":  # the only way that needs the pictures
        first_look(shoot, plan.shoot, read_photo, interruption, BugLog())
        seen = [index for index in seen if plan.shoot[index].source in shoot.takes]
    with Busy("finding groups") as busy:
        found = shoot.find([plan.shoot[index].source for index in seen], by, busy.now)
    return [replace(group, members=tuple(seen[i] for i in group.members)) for group in found], shoot.unseen


def _tell_group(group, photos, fates, as_json: bool) -> None:
    if as_json:
        paths = [str(photo.source) for photo in photos]
        put_json({"type": "group", "name": group.name, "reason": group.reason, "photos": paths})
    else:
        put(f"group {group.name}: {group.reason}")
    for photo in photos:
        _tell_photo(photo, fates[photo], as_json, "  ")


def _tell_photo(photo: "PlannedPhoto", fate: str, as_json: bool, indent: str = "") -> None:
    if as_json:
        facts = {"photo": str(photo.source), "output": str(photo.output)}
        beside = {"beside": [str(path) for path in photo.outputs[1:]]} if photo.beside else {}
        put_json({"type": "photo"} | facts | beside | {"status": fate})
        return
    results = ", ".join(str(path) for path in photo.outputs)
    put(f"{indent}{photo.source} → {results}{STAYS.get(fate, '')}")


def _tell_presets(presets, groups, plan, manifest, as_json: bool) -> None:
    listed = [group for group in groups if group.is_listed and len(group.members) > 1]
    presets.plan(listed, [output for photo in plan.shoot for output in photo.outputs], manifest)
    for path, group in presets.planned.items():
        if as_json:
            put_json({"type": "preset", "group": group.name, "output": str(path)})
        else:
            put(f"group {group.name} → {path}")


def _close(plan, failures: list[tuple[str, str]], as_json: bool) -> int:
    code = PhotoError.exit_code if failures else 0
    say_failures(failures)
    counts = [
        f"{len(plan.todo)} of {len(plan.shoot) + len(plan.refused)} photos would be done",
        *([f"{len(plan.kept)} already done"] if plan.kept else []),
        *([f"{len(plan.skipped)} would be skipped, because files already exist"] if plan.skipped else []),
        *([f"{len(failures)} would fail"] if failures else []),
    ]
    say(f"Nothing was written; {', '.join(counts)}.")
    if as_json:
        for photo, sentence in failures:
            put_json({"type": "photo", "photo": photo, "output": None, "status": "failed", "error": sentence})
        facts = {name: len(getattr(plan, name)) for name in ("kept", "skipped")}
        facts = {"planned": len(plan.todo)} | facts | {"failed": len(failures), "exit_code": code}
        put_json({"type": "summary", "dry_run": True} | facts)
    return code
