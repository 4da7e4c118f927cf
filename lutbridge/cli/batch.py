"""What render, cube and `lut apply` share: plan a batch, work through it, and say how it went."""

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from lutbridge import __version__
from lutbridge.cli import compiling
from lutbridge.cli.desktop import open_page
from lutbridge.cli.failures import EXIT_INTERRUPTED, BugLog
from lutbridge.cli.interruption import Interruption
from lutbridge.cli.matching import check, filmstrips, match, tell
from lutbridge.cli.output import put, put_json, say
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
) -> int:
    """Works through photos with a model; returns the exit code.

    Args:
        name_for: the output's file name for a photo.
        work_for: given the Retoucher or Shoot and the number of photos, the work on each (see `lutbridge.batch.work`).
        presets: where matched photos get one LUT for each group besides.

    Raises:
        UsageError, SetupError: before the first byte is written.
    """
    from lutbridge.model.registry import find_model

    find_model(model.name)  # a misspelt name is answered before torch is loaded

    def load():
        from lutbridge.retouch import Retoucher

        retoucher = Retoucher.load(model.name, model.device)
        retoucher.check_strength(settings.strength)
        if model.mask_for:
            retoucher.check_mask(model.mask_for)
        return retoucher

    return run_batch(settings, name_for, load, work_for, presets)


def run_batch(
    settings: BatchSettings,
    name_for: Callable[[Path], str],
    load: Callable,
    work_for: Callable,
    presets: Presets | None = None,
) -> int:
    """`retouch` by anything that has a `name` and a `device`; `load()` gives it once the plan stands."""
    from lutbridge.batch.run import prepare_folder

    plan, matching, output = _plan(settings, name_for), settings.matching, settings.output
    for notice in plan.notices:
        say(notice)
    if matching:
        check(matching, [photo.source for photo in plan.shoot])
    if not plan.todo:
        output = replace(output, report=None)  # a page without photos tells nobody anything
        settings = replace(settings, output=output)
    retoucher = load()
    prepare_folder(output.folder, "-o")
    if output.report:
        prepare_folder(output.report.parent, "--report")
    tally = Tally(len(plan.todo), len(plan.skipped))
    with ExitStack() as stack:
        interruption = stack.enter_context(Interruption())
        stack.enter_context(compiling.announced())
        if matching and (plan.todo or presets):
            from lutbridge.shoot import Shoot

            retoucher = Shoot(retoucher, matching.consistency)
            match(retoucher, matching, plan.shoot, _reader(settings, True), interruption, tally.bug_log)
            tell(retoucher.groups, matching, output.as_json)
            if presets:
                presets.plan(retoucher.groups, [output for photo in plan.shoot for output in photo.outputs])
        report = stack.enter_context(_report(settings, retoucher)) if output.report else None
        fault = _work_through(
            plan, work_for(retoucher, len(plan.todo)), settings, tally, interruption, report, retoucher
        )
        tally.presets_left = bool(presets) and interruption.requested
        if presets and not fault and not interruption.requested:
            fault = presets.write(retoucher)
        if report and matching:
            for strip in filmstrips(retoucher, settings.strength):
                report.add_group(strip)
        if report:
            unwritten = _write_report(report, output, tally)
            if unwritten:  # the summary names no report that is not there
                settings, fault = replace(settings, output=replace(output, report=None)), fault or unwritten
    return _close(settings, tally, fault, retoucher)


def _plan(settings: BatchSettings, name_for: Callable[[Path], str]):
    from lutbridge.batch.plan import make_plan

    matching, output = settings.matching, settings.output
    return make_plan(
        settings.input.photos,
        output.folder,
        name_for,
        existing=output.existing,
        report=output.report,
        also_read=[*settings.input.also_read, *(matching.files() if matching else ())],
        beside=settings.beside,
    )


def _report(settings: BatchSettings, retoucher):
    from lutbridge.batch.report import Report, ReportSettings

    return Report(
        ReportSettings(
            model=retoucher.name,
            strength=settings.strength,
            device=retoucher.device,
            version=__version__,
        )
    )


def _reader(settings: BatchSettings, looks_only: bool) -> Callable:
    """A path to a photo, as this batch reads them; at the scale that does where they are only looked at."""
    from lutbridge.image.read import LOOK_SIDE, read
    from lutbridge.image.target import retarget

    target = settings.output.target

    def read_photo(path: Path):
        photo = read(path, settings.input.encoding, LOOK_SIDE if looks_only else None)
        return retarget(photo, target) if target else photo

    return read_photo


def _work_through(plan, work, settings: BatchSettings, tally: Tally, interruption: Interruption, report, retoucher):
    """Returns the SetupError that stopped the batch, if one did."""
    from lutbridge.batch.run import run

    as_json = settings.output.as_json
    read_photo = _reader(settings, settings.input.looks_only)
    for photo in plan.skipped:
        _publish({"photo": str(photo.source), "output": str(photo.output), "status": "skipped"}, as_json)
    with progress_for(len(plan.todo)) as progress:
        try:
            for result in run(plan.todo, work, lambda: interruption.requested, read_photo):
                result = replace(result, error=tally.bug_log.named(result.error, result.traceback))
                if result.status == "done":
                    tally.done += 1
                else:
                    tally.failures.append((str(result.source), result.error))
                for notice in (*result.notices, *_losses(result, retoucher)):
                    progress.say(f"{result.source}: {notice}")
                if report:
                    report.add(result)
                _publish(_as_dict(result), as_json)
                progress.advance()
        except SetupError as error:
            return error
    return None


def _losses(result, retoucher) -> list[str]:
    """What there is to say of what a photo's LUTs lose."""
    figures = result.figures
    if figures is None:
        return []
    sentences, has_parts = [], figures.parts_loss is not None
    if figures.loss and figures.loss.mean > MUCH_LOST:
        missing, way = f"ΔE2000 {figures.loss.mean:.1f}", "render" if has_parts or not retoucher.has_mask else ""
        cannot = "cannot treat person and background apart here" if retoucher.has_mask else "misses the render here"
        sentences.append(f"one LUT {cannot} ({missing}); use {way or '--parts or render'}")
    if has_parts:
        mean, high = figures.parts_loss.mean, figures.parts_loss.high
        sentences.append(
            f"the person's LUT under the mask, over the background's, misses the render by a mean ΔE2000 of "
            f"{mean:.2f}; 95 % of the pixels by less than {high:.2f}"
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


def _write_report(report, output: OutputSettings, tally: Tally) -> SetupError | None:
    try:
        report.write(output.report, tally.skipped, replace=output.existing == "overwrite")
    except PhotoError as error:
        return SetupError(str(error))
    return None


def _close(settings: BatchSettings, tally: Tally, fault: SetupError | None, retoucher) -> int:
    """Says how it went; returns the exit code."""
    code = _exit_code(tally, fault)
    seconds = time.monotonic() - tally.start
    say_failures(tally.failures)
    if fault:
        say(f"lutbridge: {fault}")
    say(_summary(settings, tally, seconds, code))
    if settings.output.as_json:
        put_json(
            {
                "type": "summary",
                "done": tally.done,
                "failed": len(tally.failures),
                "skipped": tally.skipped,
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
    parts = [f"{tally.done} of {tally.planned} photos done in {duration(seconds)}, in {settings.output.folder}"]
    if tally.failures:
        parts.append(f"{len(tally.failures)} failed")
    if tally.skipped:
        parts.append(f"{tally.skipped} skipped, as they were there already")
    if code == EXIT_INTERRUPTED:
        parts.append("interrupted; go on with --existing skip")
    if settings.output.report:
        parts.append(f"report in {settings.output.report}")
    return "; ".join(parts)
