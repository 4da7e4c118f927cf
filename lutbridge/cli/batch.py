"""Shared by render, cube and `lut apply`: plan a batch, work through it, report the result."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lutbridge import __version__
from lutbridge.cli import compiling
from lutbridge.cli.dry_run import dry_run
from lutbridge.cli.interruption import Interruption
from lutbridge.cli.many_machines import ManyMachines
from lutbridge.cli.matching import check, filmstrips, match, tell
from lutbridge.cli.output import detail, say
from lutbridge.cli.presets import Presets
from lutbridge.cli.progress import Busy, progress_for
from lutbridge.cli.settings import BatchSettings, ModelSettings, OutputSettings
from lutbridge.cli.tally import Tally, close, tell_facts, tell_left_out, tell_result
from lutbridge.errors import PhotoError, SetupError

if TYPE_CHECKING:
    from lutbridge.batch.manifest import Manifest
    from lutbridge.batch.plan import Plan
    from lutbridge.batch.planned import PlannedPhoto
    from lutbridge.batch.record import MadeWith
    from lutbridge.batch.report import Report
    from lutbridge.batch.run import PhotoResult

# Works through photos until done, or until the callback says to stop between two of them.
Run = Callable[["Sequence[PlannedPhoto]", Callable[[], bool]], "Iterator[PhotoResult]"]


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
        batch = _Batch(settings, plan, manifest, made_with, retoucher, work_for, presets, machines, interruption)
        return batch.run()


@dataclass
class _Batch:
    """One planned batch; if photos are matched, a Shoot replaces the retoucher."""

    settings: BatchSettings
    plan: "Plan"
    manifest: "Manifest"
    made_with: "MadeWith"
    retoucher: Any
    work_for: Callable
    presets: Presets | None
    machines: ManyMachines | None
    interruption: Interruption

    def run(self) -> int:
        """Runs the batch; returns the exit code."""
        plan, settings = self.plan, self.settings
        tally = Tally(len(plan.todo) + len(plan.refused), len(plan.skipped), len(plan.kept))
        self._match(tally)
        begin(self.manifest, plan, self.made_with)
        with ExitStack() as stack:
            report = stack.enter_context(report_for(settings, self.retoucher)) if settings.output.report else None
            run = self.machines.retouch(self.retoucher, self.manifest) if self.machines else self._run(report)
            fault = work_through(
                plan, run, settings, tally, self.interruption, report, self.retoucher.has_mask, self.manifest
            )
            tally.presets_left = bool(self.presets) and self.interruption.requested
            if self.presets and not fault and not self.interruption.requested:
                fault = self.presets.write(self.retoucher, self.manifest)
            if report:
                with Busy("writing the report"):
                    if settings.matching:
                        for strip in filmstrips(self.retoucher, settings.strength):
                            report.add_group(strip)
                    unwritten = write_report(report, settings.output, tally, self.manifest)
                if unwritten:  # the summary must not name a missing report
                    settings, fault = without_report(settings), fault or unwritten
        return close(settings, tally, fault, self.retoucher)

    def _match(self, tally: Tally) -> None:
        """Matches the photos of each group, if anything left to do depends on it."""
        settings, plan, presets, matching = self.settings, self.plan, self.presets, self.settings.matching
        is_needed = plan.todo or settings.output.report or (presets and not presets.are_made(self.manifest))
        if not (matching and is_needed):
            return
        from lutbridge.shoot import Shoot

        shoot = Shoot(self.retoucher, matching.consistency)
        look = self.machines.look(self.retoucher.digest) if self.machines else None
        match(shoot, matching, plan.shoot, reader(settings, True), self.interruption, tally.bug_log, look)
        tell(shoot.groups, matching, settings.output.as_json)
        if presets:
            several = [group for group in shoot.groups if len(group.takes) > 1]
            presets.plan(several, [output for photo in plan.shoot for output in photo.outputs], self.manifest)
        self.retoucher = shoot

    def _run(self, report: "Report | None") -> Run:
        """Work on this machine alone."""
        from lutbridge.batch.recording import look_again

        plan, count = self.plan, len(self.plan.todo) + len(self.plan.kept)
        work = work_on(plan, self.work_for, self.retoucher, count, self.manifest, self.settings)
        if report:
            work = look_again(work, plan.kept, self.manifest, count)
        return run_here(work, self.settings, self.retoucher, self.interruption)


def prepare_folders(output: OutputSettings) -> None:
    """Creates the folders for results and report; raises SetupError if one is not writable."""
    from lutbridge.batch.run import prepare_folder

    prepare_folder(output.folder, "-o")
    if output.report:
        prepare_folder(output.report.parent, "--report")


def without_report(settings: BatchSettings) -> BatchSettings:
    return replace(settings, output=replace(settings.output, report=None))


def begin(manifest: "Manifest", plan: "Plan", made_with: "MadeWith") -> None:
    """Records the photos to do, and removes half-written files of killed runs; the folder must be locked."""
    from lutbridge.files import remove_leftovers

    manifest.begin(plan.todo, plan.kept, made_with)
    for folder in {manifest.folder, *(photo.output.parent for photo in plan.shoot)}:
        remove_leftovers(folder)


def work_on(plan: "Plan", work_for: Callable, retoucher, photo_count: int, manifest: "Manifest", settings):
    """The work on each photo of a plan, which replaces only our own files and is recorded in the manifest."""
    from lutbridge.batch.recording import may_replace, recorded

    work = work_for(retoucher, photo_count, may_replace(manifest, settings.output.existing))
    return recorded(work, plan.todo, manifest)


def run_here(work: Callable, settings: BatchSettings, retoucher, interruption: Interruption) -> Run:
    """A `Run` that does the work on this machine."""
    from lutbridge.batch.run import run

    jobs = settings.jobs if retoucher.device == "cpu" else 1  # a GPU takes one photo at a time
    work, read_photo = interruption.naming(work), reader(settings, settings.input.looks_only)
    return lambda todo, should_stop: run(todo, work, should_stop, read_photo, jobs)


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


def report_for(settings: BatchSettings, retoucher) -> "Report":
    from lutbridge.batch.report import Report, ReportSettings

    return Report(
        ReportSettings(
            model=retoucher.name,
            strength=settings.strength,
            device=retoucher.device,
            version=__version__,
        )
    )


def reader(settings: BatchSettings, looks_only: bool) -> Callable:
    """The function that reads a photo for this batch, at a reduced scale if photos are only looked at."""
    from lutbridge.image.read import LOOK_SIDE, read
    from lutbridge.image.target import retarget

    target = settings.output.target

    def read_photo(path: Path):
        photo = read(path, settings.input.encoding, LOOK_SIDE if looks_only else None)
        return retarget(photo, target) if target else photo

    return read_photo


def work_through(
    plan: "Plan",
    run: Run,
    settings: BatchSettings,
    tally: Tally,
    interruption: Interruption,
    report: "Report | None",
    has_mask: bool,
    manifest: "Manifest",
) -> SetupError | None:
    """Works through the plan; returns the SetupError that stopped it, if any."""
    tell_left_out(plan, settings.output.as_json)
    for refused in plan.refused:
        _refuse(refused, tally, report, settings.output.as_json)
    planned, kept = {photo.output: photo for photo in plan.shoot}, {photo.output for photo in plan.kept}
    shown = {*plan.kept, *plan.todo} if report else set()
    todo = [photo for photo in plan.shoot if photo in shown] if report else plan.todo
    with progress_for(len(todo)) as progress:
        try:
            for result in run(todo, lambda: interruption.requested):
                result = replace(result, error=tally.bug_log.named(result.error, result.traceback))
                if result.output not in kept:  # kept photos are only compared, for the report
                    if result.status == "done":
                        tally.done += 1
                    else:
                        tally.failures.append((str(result.source), result.error))
                        manifest.failed(planned[result.output], result.seconds, result.error)
                    tell_result(result, has_mask, settings, progress)
                if report:
                    report.add(result)
                progress.advance()
        except SetupError as error:
            return error
    return None


def _refuse(refused, tally: Tally, report: "Report | None", as_json: bool) -> None:
    """Reports a photo whose output name another photo already has."""
    from lutbridge.batch.run import PhotoResult

    photo = refused.photo
    result = PhotoResult(photo.source, photo.output, "failed", 0.0, error=refused.sentence)
    tally.failures.append((str(photo.source), refused.sentence))
    if report:
        report.add(result)
    tell_facts(result, as_json)


def write_report(report: "Report", output: OutputSettings, tally: Tally, manifest: "Manifest") -> SetupError | None:
    from lutbridge.batch.recording import may_replace

    try:
        report.write(output.report, tally.skipped, replace=may_replace(manifest, output.existing)(output.report))
        manifest.wrote(output.report)
    except PhotoError as error:
        return SetupError(str(error))
    return None
