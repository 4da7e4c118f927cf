"""`render --watch`: retouches photos as they arrive in a folder, using the plan, work and manifest of any batch."""

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lutbridge.cli import batch, compiling
from lutbridge.cli.interruption import Interruption
from lutbridge.cli.matching import reference_picture
from lutbridge.cli.output import detail, say, warn
from lutbridge.cli.session import Session, reader
from lutbridge.cli.settings import BatchSettings
from lutbridge.cli.tally import Tally
from lutbridge.errors import SetupError, UsageError
from lutbridge.extras import require

if TYPE_CHECKING:
    from lutbridge.batch.collect import Found
    from lutbridge.batch.manifest import Manifest
    from lutbridge.batch.plan import Plan
    from lutbridge.batch.planned import PlannedPhoto

AT_ONCE = 16  # most photos to plan together
MANY = 500  # assumed number of photos, for the size of the report's previews


def watch(settings: BatchSettings, file: Path, name_for: Callable, load: Callable, work_for: Callable, presets=None):
    """Retouches photos as they arrive, until Ctrl-C; returns the exit code. Arguments as in `batch.run_batch`.

    Raises:
        UsageError, SetupError: before the first photo is retouched.
    """
    from lutbridge.batch.manifest import Manifest
    from lutbridge.warm_up import render_once

    require("watch", "--watch")
    folder, settings = _checked(settings)
    output = settings.output
    retoucher = load()
    detail(f"{retoucher.name} on {retoucher.device}")
    with compiling.announced():
        render_once(retoucher)
    batch.prepare_folders(output)
    with Manifest(output.folder):  # raises now if another run is writing to this folder
        pass
    made_with = batch.made_with_of(settings, file)
    with Interruption() as interruption, compiling.announced():
        session = Session(settings, made_with, work_for, _matched(settings, retoucher), interruption, Tally(0, 0))
        with session:
            fault = _Watching(session, folder, name_for).run()
            if session.report:
                with Manifest(output.folder) as manifest:
                    unwritten = session.write_report(manifest)
                fault = fault or unwritten
    return session.close(fault)


def _checked(settings: BatchSettings) -> tuple[Path, BatchSettings]:
    """The watched folder, and the settings adjusted for watching."""
    from lutbridge.group.find import WAYS

    photos, output, matching = settings.input.photos, settings.output, settings.matching
    if len(photos) != 1 or not os.path.isdir(photos[0]):
        raise UsageError("--watch needs exactly one folder, where the photos arrive")
    folder = Path(photos[0])
    if settings.dry_run:
        raise UsageError("--watch waits for photos still to come; leave out --dry-run")
    if matching and matching.by not in WAYS:
        raise UsageError(
            f"--group {matching.by}: a list cannot name photos still to come; use one of {', '.join(WAYS)}"
        )
    if os.path.realpath(folder) == os.path.realpath(output.folder) and output.pattern is None:
        raise UsageError(
            f"{folder}: results would replace the photos in this folder; choose another folder with -o, "
            "or other names with --name"
        )
    existing = "overwrite" if output.existing == "overwrite" else "skip"
    jobs = 1 if matching else settings.jobs  # each photo is matched to the earlier ones
    return folder, replace(settings, output=replace(output, existing=existing), jobs=jobs, is_watched=True)


def _matched(settings: BatchSettings, retoucher):
    matching = settings.matching
    if matching is None:
        return retoucher
    from lutbridge.arrivals import ArrivingShoot

    reference = reference_picture(matching.reference, reader(settings, True))
    return ArrivingShoot(retoucher, matching.by, reference, matching.consistency)


@dataclass
class _Watching:
    """Plans and retouches arriving photos a few at a time."""

    session: Session
    folder: Path
    name_for: Callable
    _said: str = ""

    def run(self) -> SetupError | None:
        """Runs until Ctrl-C or an error; returns the error, if any."""
        from lutbridge.batch.watch import Arrivals, Bell

        self._arrivals = Arrivals(self.folder, self.session.settings.output.folder)
        bell, was_away, is_stopped = Bell(self.folder), False, lambda: self.session.interruption.requested
        say(f"watching {self.folder}; press Ctrl-C to stop")
        while not is_stopped():
            ready = self._arrivals.look()
            if self._arrivals.is_away is not was_away:
                was_away = self._arrivals.is_away
                say(f"{self.folder} {'is gone; waiting for it to come back' if was_away else 'is back'}")
            for start in range(0, len(ready), AT_ONCE):
                if fault := self._retouch(ready[start : start + AT_ONCE]):
                    return fault
            bell.wait(self._arrivals.patience(), is_stopped)
        return None

    def _retouch(self, found: "Sequence[Found]") -> SetupError | None:
        """Retouches some photos; returns an error that must stop the session, or None."""
        from lutbridge.batch.manifest import Manifest
        from lutbridge.image.results import is_result

        found = [photo for photo in found if not is_result(photo.source)]
        if not found or self.session.interruption.requested:
            return None
        with ExitStack() as stack:
            try:
                manifest = stack.enter_context(Manifest(self.session.settings.output.folder))
            except SetupError as error:  # another run is writing to this folder, and will end
                self._say_once(f"{error}; the photos wait")
                self._arrivals.put_back(found)
                return None
            self._said = ""
            try:
                plan = self._plan(found, manifest)
            except UsageError as error:
                if len(found) > 1:  # planning each alone shows which one is at fault
                    stack.close()
                    return next(filter(None, map(self._retouch, ([photo] for photo in found))), None)
                self._give_up(found[0], str(error))
                return None
            return self._work_through(found, plan, manifest)

    def _plan(self, found: "Sequence[Found]", manifest: "Manifest") -> "Plan":
        from lutbridge.batch.collect import Collection
        from lutbridge.batch.names import named
        from lutbridge.batch.plan import told_apart

        output = self.session.settings.output
        folders = {photo.source: output.folder / photo.folder for photo in found}
        name_for = told_apart(named(self.name_for, output.pattern, None), folders.__getitem__, manifest)
        settings = replace(
            self.session.settings,
            input=replace(self.session.settings.input, photos=Collection(tuple(found), ())),
            output=replace(output, pattern=None),
        )
        plan = batch.plan_for(settings, name_for, manifest, self.session.made_with)
        for photo in plan.skipped:
            say(f"{photo.source}: skipped, because {photo.output} already exists")
        changed = [photo for photo in plan.todo if self._has_changed(photo, manifest)]
        for photo in changed:
            say(
                f"{photo.source} has changed since it was retouched, or another photo has its name; kept "
                f"{photo.output}; to replace it, use --existing overwrite"
            )
        todo = tuple(photo for photo in plan.todo if photo not in changed)
        return replace(plan, todo=todo, skipped=(*plan.skipped, *changed))

    def _has_changed(self, photo: "PlannedPhoto", manifest: "Manifest") -> bool:
        """Whether it would replace the result of a different photo: cameras restart their numbers at 1."""
        if self.session.settings.output.existing == "overwrite" or not os.path.lexists(photo.output):
            return False
        entry = manifest.entry(photo.output)
        return entry is not None and entry.state == "done" and not entry.stamp.is_of(photo.source)

    def _work_through(self, found: "Sequence[Found]", plan: "Plan", manifest: "Manifest") -> SetupError | None:
        session, tally = self.session, self.session.tally
        before = len(tally.failures)
        session.begin(plan, manifest)
        tally.planned += len(plan.todo) + len(plan.refused)
        tally.skipped += len(plan.skipped)
        tally.kept += len(plan.kept)
        fault = session.work_through(plan, manifest, session.run_here(plan, manifest, MANY))
        failures, tally.failures[before:] = tally.failures[before:], []
        photos = {str(photo.source): photo for photo in found}
        for source, sentence in failures:
            tally.planned -= 1
            if self._arrivals.failed(photos[source]):
                self._give_up(photos[source], sentence)
            else:
                detail(f"{sentence}; trying again, as it may still be copying")
        return fault

    def _give_up(self, photo: "Found", sentence: str) -> None:
        self.session.tally.planned += 1
        self.session.tally.failures.append((str(photo.source), sentence))
        warn(sentence)

    def _say_once(self, sentence: str) -> None:
        if sentence != self._said:
            say(sentence)
        self._said = sentence
