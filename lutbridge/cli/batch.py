"""Shared by render, cube and `lut apply`: plan a batch, work through it, report the result."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lutbridge.cli import compiling
from lutbridge.cli.dry_run import dry_run
from lutbridge.cli.interruption import Interruption
from lutbridge.cli.many_machines import ManyMachines
from lutbridge.cli.matching import check, filmstrips, match, tell
from lutbridge.cli.output import detail, say
from lutbridge.cli.presets import Presets
from lutbridge.cli.progress import Busy
from lutbridge.cli.session import Session, reader, without_report
from lutbridge.cli.settings import BatchSettings, ModelSettings, OutputSettings
from lutbridge.cli.tally import Tally
from lutbridge.errors import SetupError

if TYPE_CHECKING:
    from lutbridge.batch.manifest import Manifest
    from lutbridge.batch.plan import Plan
    from lutbridge.batch.record import MadeWith


def retouch(
    settings: BatchSettings,
    model: ModelSettings,
    name_for: Callable[[Path], str],
    work_for: Callable,
    presets: Presets | None = None,
    run: Callable | None = None,
) -> int:
    """Works through photos with a model; returns the exit code.

    Args:
        name_for: the output's file name for a photo.
        work_for: takes the Retoucher or Shoot, the number of photos and which files may be replaced; returns the work
            on each photo (see `lutbridge.batch.work`).
        presets: writes a LUT for each group of matched photos; None for no such LUTs.
        run: `run_batch`, or its counterpart for a watched folder.

    Raises:
        UsageError, SetupError: before the first byte is written.
    """
    from lutbridge.model.registry import find_model

    file = find_model(model.name)  # reports a misspelt name before torch is loaded

    def load():
        from lutbridge.retouch import Retoucher

        retoucher = Retoucher.load(model.name, model.device)
        retoucher.check_strength(settings.strength)
        if model.mask_for:
            retoucher.check_mask(model.mask_for)
        return retoucher

    return (run or run_batch)(settings, file, name_for, load, work_for, presets)


def run_batch(
    settings: BatchSettings,
    file: Path,
    name_for: Callable[[Path], str],
    load: Callable,
    work_for: Callable,
    presets: Presets | None = None,
) -> int:
    """`retouch` with anything that has a `name` and a `device`; `load()` returns it after planning.

    Args:
        file: of the model or LUT.
    """
    from lutbridge.batch.manifest import Manifest

    matching, output = settings.matching, settings.output
    with ExitStack() as stack:
        # If -o names a single file, no hidden file may be left behind in the user's folder.
        is_read_only = settings.dry_run or output.file is not None
        manifest = stack.enter_context(Manifest(output.folder, is_read_only))
        if manifest.notice:
            say(manifest.notice)
        made_with = made_with_of(settings, file)
        with Busy("planning"):
            plan = plan_for(settings, name_for, manifest, made_with)
        for notice in filter(None, (*plan.notices, _to_do(plan))):
            say(notice)
        if matching:
            check(matching, [photo.source for photo in plan.shoot])
        if not (plan.todo or plan.kept):
            settings = without_report(settings)  # a page without photos is useless
        with Busy("loading the model"):
            retoucher = load()
        detail(f"{retoucher.name} on {retoucher.device}")
        if settings.dry_run:
            return dry_run(plan, settings, retoucher, reader(settings, True), presets, manifest)
        prepare_folders(settings.output)
        machines = None
        if settings.ray:
            machines = stack.enter_context(ManyMachines(settings, plan, load, work_for, partial(reader, settings)))
        interruption = stack.enter_context(Interruption(machines and machines.promise))
        stack.enter_context(compiling.announced())
        tally = Tally(len(plan.todo) + len(plan.refused), len(plan.skipped), len(plan.kept))
        session = Session(settings, made_with, work_for, retoucher, interruption, tally)
        return _Batch(session, plan, manifest, presets, machines).run()


@dataclass
class _Batch:
    """One planned batch."""

    session: Session
    plan: "Plan"
    manifest: "Manifest"
    presets: Presets | None
    machines: ManyMachines | None

    def run(self) -> int:
        """Runs the batch; returns the exit code."""
        session, plan, manifest = self.session, self.plan, self.manifest
        self._match()
        session.begin(plan, manifest)
        with session:
            if self.machines:
                run = self.machines.retouch(session.retoucher, manifest)
            else:
                run = session.run_here(plan, manifest, len(plan.todo) + len(plan.kept))
            fault = session.work_through(plan, manifest, run) or self._write_presets()
            if session.report:
                with Busy("writing the report"):
                    if session.settings.matching:
                        for strip in filmstrips(session.retoucher, session.settings.strength):
                            session.report.add_group(strip)
                    unwritten = session.write_report(manifest)
                fault = fault or unwritten
        return session.close(fault)

    def _match(self) -> None:
        """Matches the photos of each group, if anything left to do depends on it; then a Shoot retouches them."""
        session, plan, presets = self.session, self.plan, self.presets
        settings, matching = session.settings, session.settings.matching
        is_needed = plan.todo or settings.output.report or (presets and not presets.are_made(self.manifest))
        if not (matching and is_needed):
            return
        from lutbridge.shoot import Shoot

        shoot = Shoot(session.retoucher, matching.consistency)
        look = self.machines.look(session.retoucher.digest) if self.machines else None
        match(shoot, matching, plan.shoot, reader(settings, True), session.interruption, session.tally.bug_log, look)
        tell(shoot.groups, matching, settings.output.as_json)
        if presets:
            several = [group for group in shoot.groups if len(group.takes) > 1]
            presets.plan(several, [output for photo in plan.shoot for output in photo.outputs], self.manifest)
        session.retoucher = shoot

    def _write_presets(self) -> SetupError | None:
        """Writes the groups' LUTs unless interrupted; returns an error that must stop the run, or None."""
        session = self.session
        if self.presets and not session.interruption.requested:
            return self.presets.write(session.retoucher, self.manifest)
        session.tally.presets_left = bool(self.presets)
        return None


def prepare_folders(output: OutputSettings) -> None:
    """Creates the folders for results and report; raises SetupError if one is not writable."""
    from lutbridge.batch.run import prepare_folder

    prepare_folder(output.folder, "-o")
    if output.report:
        prepare_folder(output.report.parent, "--report")


def made_with_of(settings: BatchSettings, file: Path) -> "MadeWith":
    """The model and settings of this batch, for the manifest.

    Args:
        file: of the model or LUT.
    """
    from lutbridge.batch.record import MadeWith, digest_of

    try:
        return MadeWith(digest_of(file), settings.recorded())
    except OSError as error:
        raise SetupError(f"{file}: {error.strerror or error}") from error


def plan_for(
    settings: BatchSettings, name_for: Callable[[Path], str], manifest: "Manifest", made_with: "MadeWith"
) -> "Plan":
    from lutbridge.batch.names import named
    from lutbridge.batch.plan import make_plan

    matching, output = settings.matching, settings.output
    return make_plan(
        settings.input.photos,
        output.folder,
        named(name_for, output.pattern, output.file),
        existing=output.existing,
        report=output.report,
        also_read=[*settings.input.also_read, *(matching.files() if matching else ())],
        beside=settings.beside,
        manifest=manifest,
        made_with=made_with,
    )


def _to_do(plan: "Plan") -> str:
    """What is left to do after an earlier run, and why; "" if there was no earlier run."""
    from lutbridge.batch.verdict import in_words

    if not plan.kept:
        others = plan.reasons.keys() - {"new", "again"}
        return f"{len(plan.todo)} to do: {in_words(plan.reasons)}" if others else ""
    done = f"{len(plan.kept)} of {len(plan.shoot)} photos already done and kept"
    return f"{done}; {len(plan.todo)} to do: {in_words(plan.reasons)}" if plan.todo else done
