"""Shared by render, cube and `lut apply`: plan a batch, work through it, report the result."""

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from lutbridge import __version__
from lutbridge.cli import compiling
from lutbridge.cli.desktop import open_page
from lutbridge.cli.dry_run import dry_run
from lutbridge.cli.failures import EXIT_INTERRUPTED, BugLog
from lutbridge.cli.interruption import Interruption
from lutbridge.cli.many_machines import ManyMachines
from lutbridge.cli.matching import check, filmstrips, match, tell
from lutbridge.cli.output import Verbosity, detail, put, put_json, say, verbosity, warn
from lutbridge.cli.presets import Presets
from lutbridge.cli.progress import duration, progress_for, say_failures
from lutbridge.cli.settings import BatchSettings, ModelSettings, OutputSettings
from lutbridge.errors import PhotoError, SetupError

MUCH_LOST = 1.0  # mean ΔE2000 between a photo through its LUT and its render, from which on it is said


@dataclass
class Tally:
    """What has happened so far."""

    planned: int
    skipped: int
    kept: int = 0
    done: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)  # photo, sentence
    start: float = field(default_factory=time.monotonic)
    presets_left: bool = False  # the batch was interrupted before the LUTs of its groups were written
    bug_log: BugLog = field(default_factory=BugLog)

    @property
    def is_complete(self) -> bool:
        return self.done + len(self.failures) == self.planned and not self.presets_left


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
        work_for: given the Retoucher or Shoot, the number of photos and which files may be replaced, the work on each
            photo (see `lutbridge.batch.work`).
        presets: where matched photos get one LUT for each group besides.
        run: `run_batch`, or what does the same for a watched folder.

    Raises:
        UsageError, SetupError: before the first byte is written.
    """
    from lutbridge.model.registry import find_model

    file = find_model(model.name)  # a misspelt name is answered before torch is loaded

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
    """`retouch` by anything that has a `name` and a `device`; `load()` gives it once the plan stands.

    Args:
        file: of the model or LUT.
    """
    from lutbridge.batch.manifest import Manifest
    from lutbridge.batch.recorded import look_again, may_replace, recorded
    from lutbridge.batch.run import prepare_folder

    matching, output = settings.matching, settings.output
    with ExitStack() as stack:
        # A single file that -o names goes into a folder of the user's, where a hidden file would be left behind.
        is_read_only = settings.dry_run or output.file is not None
        manifest = stack.enter_context(Manifest(output.folder, is_read_only))
        if manifest.notice:
            say(manifest.notice)
        wish = wish_of(settings, file)
        plan = plan_for(settings, name_for, manifest, wish)
        for notice in filter(None, (*plan.notices, _to_do(plan))):
            say(notice)
        if matching:
            check(matching, [photo.source for photo in plan.shoot])
        if not (plan.todo or plan.kept):
            output = replace(output, report=None)  # a page without photos tells nobody anything
            settings = replace(settings, output=output)
        retoucher = load()
        detail(f"{retoucher.name} on {retoucher.device}")
        if settings.dry_run:
            return dry_run(plan, settings, retoucher, reader(settings, True), presets, manifest)
        prepare_folder(output.folder, "-o")
        if output.report:
            prepare_folder(output.report.parent, "--report")
        tally = Tally(len(plan.todo) + len(plan.refused), len(plan.skipped), len(plan.kept))
        machines = None
        if settings.ray:
            machines = stack.enter_context(ManyMachines(settings, plan, load, work_for, partial(reader, settings)))
        interruption = stack.enter_context(Interruption(machines and machines.promise))
        stack.enter_context(compiling.announced())
        if matching and (plan.todo or output.report or (presets and not presets.are_made(manifest))):
            from lutbridge.shoot import Shoot

            retoucher = Shoot(retoucher, matching.consistency)
            look = machines.look(retoucher.digest) if machines else None
            match(retoucher, matching, plan.shoot, reader(settings, True), interruption, tally.bug_log, look)
            tell(retoucher.groups, matching, output.as_json)
            if presets:
                several = [group for group in retoucher.groups if len(group.takes) > 1]
                presets.plan(several, [output for photo in plan.shoot for output in photo.outputs], manifest)
        manifest.begin(plan.todo, plan.kept, wish)
        report = stack.enter_context(report_for(settings, retoucher)) if output.report else None
        photo_count = len(plan.todo) + len(plan.kept)
        work = recorded(work_for(retoucher, photo_count, may_replace(manifest, output.existing)), plan.todo, manifest)
        if report:
            work = look_again(work, plan.kept, manifest, photo_count)
        work = interruption.naming(work)
        elsewhere = machines.retouch(retoucher, manifest) if machines else None
        fault = work_through(plan, work, settings, tally, interruption, report, retoucher, manifest, elsewhere)
        tally.presets_left = bool(presets) and interruption.requested
        if presets and not fault and not interruption.requested:
            fault = presets.write(retoucher, manifest)
        if report and matching:
            for strip in filmstrips(retoucher, settings.strength):
                report.add_group(strip)
        if report:
            unwritten = write_report(report, output, tally, manifest)
            if unwritten:  # the summary names no report that is not there
                settings, fault = replace(settings, output=replace(output, report=None)), fault or unwritten
    return close(settings, tally, fault, retoucher)


def wish_of(settings: BatchSettings, file: Path):
    from lutbridge.batch.manifest import Wish, digest_of

    try:
        return Wish(digest_of(file), settings.wished())
    except OSError as error:
        raise SetupError(f"{file}: {error.strerror or error}") from error


def plan_for(settings: BatchSettings, name_for: Callable[[Path], str], manifest, wish):
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
        wish=wish,
    )


def _to_do(plan) -> str:
    """What is left to do after an earlier run, and why; "" if there was no earlier run."""
    from lutbridge.batch.changes import in_words

    if not plan.kept:
        others = plan.reasons.keys() - {"new", "again"}
        return f"{len(plan.todo)} to do: {in_words(plan.reasons)}" if others else ""
    done = f"{len(plan.kept)} of {len(plan.shoot)} photos already done and kept"
    return f"{done}; {len(plan.todo)} to do: {in_words(plan.reasons)}" if plan.todo else done


def report_for(settings: BatchSettings, retoucher):
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
    """A path to a photo, as this batch reads them; at the scale that does where they are only looked at."""
    from lutbridge.image.read import LOOK_SIDE, read
    from lutbridge.image.target import retarget

    target = settings.output.target

    def read_photo(path: Path):
        photo = read(path, settings.input.encoding, LOOK_SIDE if looks_only else None)
        return retarget(photo, target) if target else photo

    return read_photo


def work_through(
    plan,
    work,
    settings: BatchSettings,
    tally: Tally,
    interruption: Interruption,
    report,
    retoucher,
    manifest,
    elsewhere=None,
):
    """Returns the SetupError that stopped the batch, if one did.

    Args:
        elsewhere: has other machines do the work; given the photos and what says whether to stop, the results.
    """
    from lutbridge.batch.run import run

    as_json = settings.output.as_json
    read_photo = reader(settings, settings.input.looks_only)
    jobs = settings.jobs if retoucher.device == "cpu" else 1  # a GPU has one photo at a time
    for fate, photos in (("skipped", plan.skipped), ("kept", plan.kept)):
        for photo in photos:
            _publish({"photo": str(photo.source), "output": str(photo.output), "status": fate}, as_json)
    for refused in plan.refused:
        _refuse(refused, tally, report, as_json)
    planned, kept = {photo.output: photo for photo in plan.shoot}, {photo.output for photo in plan.kept}
    shown = {*plan.kept, *plan.todo} if report else set()
    todo = [photo for photo in plan.shoot if photo in shown] if report else plan.todo

    def should_stop() -> bool:
        return interruption.requested

    results = elsewhere(todo, should_stop) if elsewhere else run(todo, work, should_stop, read_photo, jobs)
    with progress_for(len(todo)) as progress:
        try:
            for result in results:
                result = replace(result, error=tally.bug_log.named(result.error, result.traceback))
                if result.output in kept:  # looked at again for the report
                    report.add(result)
                    progress.advance()
                    continue
                if result.status == "done":
                    tally.done += 1
                else:
                    tally.failures.append((str(result.source), result.error))
                    manifest.failed(planned[result.output], result.seconds, result.error)
                for notice in (*result.notices, *_losses(result, retoucher)):
                    progress.say(f"{result.source}: {notice}")
                if result.status == "done" and (settings.is_watched or verbosity() is Verbosity.VERBOSE):
                    progress.say(f"{result.source} → {result.output}, {result.seconds:.1f} s")
                if report:
                    report.add(result)
                _publish(_as_dict(result), as_json)
                progress.advance()
        except SetupError as error:
            return error
    return None


def _refuse(refused, tally: Tally, report, as_json: bool) -> None:
    """Tells of a photo that cannot be done beside the others."""
    from lutbridge.batch.run import PhotoResult

    photo = refused.photo
    result = PhotoResult(photo.source, photo.output, "failed", 0.0, error=refused.sentence)
    tally.failures.append((str(photo.source), refused.sentence))
    if report:
        report.add(result)
    _publish(_as_dict(result), as_json)


def _losses(result, retoucher) -> list[str]:
    """What to tell about the error of a photo's LUTs."""
    figures = result.figures
    if figures is None:
        return []
    sentences, has_parts = [], figures.parts_loss is not None
    if figures.loss and figures.loss.mean > MUCH_LOST:
        missing, way = f"ΔE2000 {figures.loss.mean:.1f}", "render" if has_parts or not retoucher.has_mask else ""
        cannot = (
            "cannot separate person and background here"
            if retoucher.has_mask
            else "does not come close to the render here"
        )
        sentences.append(f"one LUT {cannot} ({missing}); use {way or '--parts or render'} instead")
    if has_parts:
        mean, high = figures.parts_loss.mean, figures.parts_loss.high
        sentences.append(
            f"with the mask, the person and background LUTs come within a mean ΔE2000 of {mean:.2f} of the render; "
            f"95 % of the pixels within {high:.2f}"
        )
    return sentences


def _as_dict(result) -> dict:
    facts = {"photo": str(result.source), "output": str(result.output), "status": result.status}
    facts["seconds"] = round(result.seconds, 3)
    if result.status == "failed":
        return facts | {"output": None, "error": result.error}
    if result.beside:
        facts["beside"] = [str(path) for path in result.beside]
    facts["notices"] = list(result.notices)
    for name in ("loss", "parts_loss"):
        if loss := getattr(result.figures, name):
            facts[name] = {"mean": round(loss.mean, 3), "high": round(loss.high, 3)}
    if result.figures.clipped is not None:
        facts["clipped"] = result.figures.clipped
    if result.figures.image_weights:
        facts["image_weights"] = [round(weight, 6) for weight in result.figures.image_weights]
    if result.figures.comparison:
        facts["delta_e"] = round(result.figures.comparison.delta_e, 3)
    return facts


def _publish(facts: dict, as_json: bool) -> None:
    """One object for each photo; without --json the path of each file written, unless a person is looking on."""
    if as_json:
        put_json({"type": "photo"} | facts)
    elif facts["status"] == "done" and not sys.stdout.isatty():
        for path in (facts["output"], *facts.get("beside", ())):
            put(path)


def write_report(report, output: OutputSettings, tally: Tally, manifest) -> SetupError | None:
    from lutbridge.batch.recorded import may_replace

    try:
        report.write(output.report, tally.skipped, replace=may_replace(manifest, output.existing)(output.report))
        manifest.wrote(output.report)
    except PhotoError as error:
        return SetupError(str(error))
    return None


def close(settings: BatchSettings, tally: Tally, fault: SetupError | None, retoucher) -> int:
    """Says how it went; returns the exit code."""
    code = _exit_code(tally, fault)
    seconds = time.monotonic() - tally.start
    say_failures(tally.failures)
    if fault:
        warn(f"lutbridge: {fault}")
    say(_summary(settings, tally, seconds, code))
    if settings.output.as_json:
        put_json(
            {
                "type": "summary",
                "done": tally.done,
                "failed": len(tally.failures),
                "skipped": tally.skipped,
                "kept": tally.kept,
                "not_tried": tally.planned - tally.done - len(tally.failures),
                "seconds": round(seconds, 3),
                "model": retoucher.name,
                **settings.strength.to_dict(),
                "device": retoucher.device,
                "report": str(settings.output.report) if settings.output.report else None,
                "error": str(fault) if fault else None,
                "exit_code": code,
            }
        )
    if settings.output.report and settings.output.open_report:
        open_page(settings.output.report)
    return code


def _exit_code(tally: Tally, fault: SetupError | None) -> int:
    if fault:
        return fault.exit_code
    if not tally.is_complete:
        return EXIT_INTERRUPTED
    return PhotoError.exit_code if tally.failures else 0


def _summary(settings: BatchSettings, tally: Tally, seconds: float, code: int) -> str:
    parts = [f"{tally.done} of {tally.planned} photos done in {duration(seconds)}, in {settings.output.place}"]
    if tally.failures:
        parts.append(f"{len(tally.failures)} failed")
    if tally.kept:
        parts.append(f"{tally.kept} already done and kept")
    if tally.skipped:
        parts.append(f"{tally.skipped} skipped, because files already exist")
    if code == EXIT_INTERRUPTED:
        parts.append("interrupted; run the same command again to continue")
    if settings.output.report:
        parts.append(f"report in {settings.output.report}")
    return "; ".join(parts)
