"""What render and cube share: plan a shoot, work through it, and say how it went."""

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lutbridge import __version__
from lutbridge.cli.failures import EXIT_INTERRUPTED, BugLog
from lutbridge.cli.interruption import Interruption
from lutbridge.cli.matching import check, filmstrips, match_shoot, tell
from lutbridge.cli.output import put, put_json, say
from lutbridge.cli.progress import duration, progress_for, say_failures
from lutbridge.errors import PhotoError, SetupError

if TYPE_CHECKING:
    from lutbridge.cli.matching import Matching
    from lutbridge.image.target import Target


@dataclass(frozen=True)
class Shoot:
    """The arguments that render and cube have in common."""

    photos: Sequence[str]
    output: Path
    model: str
    strength: float
    device: str
    existing: str
    input_encoding: str | None
    as_json: bool
    report: Path | None = None
    target: "Target | None" = None  # what results are to be where that is not what their photo is
    matching: "Matching | None" = None  # how takes are to be matched, where they are
    also_read: Sequence[Path] = ()  # inputs beside the photos and what `matching` names; none of them is written to
    looks_only: bool = False  # results have no pixels of the photos, which are read at the scale that does


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


def retouch(shoot: Shoot, name_for: Callable[[Path], str], work_for: Callable, presets=None) -> int:
    """Works through a shoot; returns the exit code.

    Args:
        name_for: the output's file name for a photo.
        work_for: given the Retoucher and the number of photos, the work to do on each (see `lutbridge.batch.work`).
        presets: `Presets`, where a matched shoot gets one LUT for each group besides.

    Raises:
        UsageError, SetupError: before the first byte is written.
    """
    from lutbridge.model.registry import find_model

    find_model(shoot.model)  # a misspelt name is answered before torch is loaded
    return run_shoot(shoot, name_for, lambda: _load(shoot), work_for, presets)


def run_shoot(shoot: Shoot, name_for: Callable[[Path], str], load: Callable, work_for: Callable, presets=None) -> int:
    """`retouch` with any worker: `load()` gives it once the plan stands, and it has a `name` and a `device`."""
    from lutbridge.batch.plan import make_plan
    from lutbridge.batch.run import prepare_folder

    also_read = [*shoot.also_read, *(shoot.matching.files() if shoot.matching else ())]
    plan = make_plan(shoot.photos, shoot.output, name_for, shoot.existing, shoot.report, also_read)
    for notice in plan.notices:
        say(notice)
    if shoot.matching:
        check(shoot.matching, [task.source for task in plan.shoot])
    if not plan.tasks:
        shoot = replace(shoot, report=None)  # a page without photos tells nobody anything
    worker = load()
    prepare_folder(shoot.output, "-o")
    if shoot.report:
        prepare_folder(shoot.report.parent, "--report")
    tally = Tally(len(plan.tasks), len(plan.skipped))
    with ExitStack() as stack:
        interruption = stack.enter_context(Interruption())
        stack.enter_context(_compiling_announced())
        if shoot.matching and (plan.tasks or presets):
            worker = match_shoot(shoot.matching, worker, plan.shoot, _reader(shoot, True), interruption, tally.bug_log)
            tell(worker.groups, shoot.matching, shoot.as_json)
            if presets:
                presets.plan(worker.groups, [task.target for task in plan.shoot])
        report = stack.enter_context(_report(shoot, worker)) if shoot.report else None
        fault = _work_through(plan, work_for(worker, len(plan.tasks)), shoot, tally, interruption, report)
        tally.presets_left = bool(presets) and interruption.requested
        if presets and not fault and not interruption.requested:
            fault = presets.write(worker)
        if report and shoot.matching:
            for strip in filmstrips(worker, shoot.strength):
                report.add_group(strip)
        if report:
            unwritten = _write_report(report, shoot, tally)
            shoot, fault = (replace(shoot, report=None), fault or unwritten) if unwritten else (shoot, fault)
    return _close(shoot, tally, fault, worker)


def _load(shoot: Shoot):
    from lutbridge.retouch import Retoucher

    return Retoucher.load(shoot.model, shoot.device)


def _compiling_announced():
    from lutbridge.lut.compiled import announced

    return announced(lambda: say("compiling for this processor, which takes a few seconds, once"))


def _report(shoot: Shoot, worker):
    from lutbridge.batch.report import Report, ReportSettings

    return Report(ReportSettings(worker.name, shoot.strength, worker.device, __version__))


def _reader(shoot: Shoot, looks_only: bool) -> Callable:
    """A path to a photo, as this shoot reads them; at the scale that does where they are only looked at."""
    from lutbridge.image.read import LOOK_SIDE, read
    from lutbridge.image.target import retarget

    def read_photo(path: Path):
        photo = read(path, shoot.input_encoding, LOOK_SIDE if looks_only else None)
        return retarget(photo, shoot.target) if shoot.target else photo

    return read_photo


def _work_through(plan, work, shoot: Shoot, tally: Tally, interruption: Interruption, report) -> SetupError | None:
    """Returns what stopped the batch, if something did."""
    from lutbridge.batch.run import run

    for task in plan.skipped:
        _publish({"photo": str(task.source), "output": str(task.target), "status": "skipped"}, shoot.as_json)
    with progress_for(len(plan.tasks)) as progress:
        try:
            for result in run(plan.tasks, work, lambda: interruption.requested, _reader(shoot, shoot.looks_only)):
                result = replace(result, error=tally.bug_log.named(result.error, result.traceback))
                if result.status == "done":
                    tally.done += 1
                else:
                    tally.failures.append((str(result.source), result.error))
                for notice in result.notices:
                    progress.say(f"{result.source}: {notice}")
                if report:
                    report.add(result)
                _publish(_as_dict(result), shoot.as_json)
                progress.advance()
        except SetupError as error:
            return error
    return None


def _as_dict(result) -> dict:
    facts = {"photo": str(result.source), "output": str(result.target), "status": result.status}
    facts["seconds"] = round(result.seconds, 3)
    if result.status == "failed":
        return facts | {"output": None, "error": result.error}
    facts["notices"] = list(result.notices)
    if result.outcome.clipped is not None:
        facts["clipped"] = result.outcome.clipped
    if result.outcome.image_weights:
        facts["image_weights"] = [round(weight, 6) for weight in result.outcome.image_weights]
    if result.outcome.comparison:
        facts["delta_e"] = round(result.outcome.comparison.delta_e, 3)
    return facts


def _publish(facts: dict, as_json: bool) -> None:
    """One object for each photo; without --json the path of each file written, unless a person is looking on."""
    if as_json:
        put_json({"type": "photo"} | facts)
    elif facts["status"] == "done" and not sys.stdout.isatty():
        put(facts["output"])


def _write_report(report, shoot: Shoot, tally: Tally) -> SetupError | None:
    try:
        report.write(shoot.report, tally.skipped, replace=shoot.existing == "overwrite")
    except PhotoError as error:
        return SetupError(str(error))
    return None


def _close(shoot: Shoot, tally: Tally, fault: SetupError | None, worker) -> int:
    """Says how it went; returns the exit code."""
    code = _exit_code(tally, fault)
    seconds = time.monotonic() - tally.start
    say_failures(tally.failures)
    if fault:
        say(f"lutbridge: {fault}")
    say(_summary(shoot, tally, seconds, code))
    if shoot.as_json:
        put_json(
            {
                "type": "summary",
                "done": tally.done,
                "failed": len(tally.failures),
                "skipped": tally.skipped,
                "not_tried": tally.planned - tally.done - len(tally.failures),
                "seconds": round(seconds, 3),
                "model": worker.name,
                "strength": shoot.strength,
                "device": worker.device,
                "report": str(shoot.report) if shoot.report else None,
                "error": str(fault) if fault else None,
                "exit_code": code,
            }
        )
    return code


def _exit_code(tally: Tally, fault: SetupError | None) -> int:
    if fault:
        return fault.exit_code
    if not tally.is_complete:
        return EXIT_INTERRUPTED
    return PhotoError.exit_code if tally.failures else 0


def _summary(shoot: Shoot, tally: Tally, seconds: float, code: int) -> str:
    parts = [f"{tally.done} of {tally.planned} photos done in {duration(seconds)}, in {shoot.output}"]
    if tally.failures:
        parts.append(f"{len(tally.failures)} failed")
    if tally.skipped:
        parts.append(f"{tally.skipped} skipped, as they were there already")
    if code == EXIT_INTERRUPTED:
        parts.append("interrupted; go on with --existing skip")
    if shoot.report:
        parts.append(f"report in {shoot.report}")
    return "; ".join(parts)
