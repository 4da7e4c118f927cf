"""Counts a batch's photos, and reports each one and a summary at the end, on the screen or as JSON."""

import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lutbridge.cli.desktop import open_page
from lutbridge.cli.failures import EXIT_INTERRUPTED, BugLog
from lutbridge.cli.output import Verbosity, put, put_json, say, verbosity, warn
from lutbridge.cli.progress import Progress, duration, say_failures
from lutbridge.cli.settings import BatchSettings
from lutbridge.errors import PhotoError, SetupError

if TYPE_CHECKING:
    from lutbridge.batch.plan import Plan
    from lutbridge.batch.run import PhotoResult

MUCH_LOST = 1.0  # mean ΔE2000 between a photo through its LUT and its render, above which there is a notice


@dataclass
class Tally:
    """The counts so far."""

    planned: int
    skipped: int
    kept: int = 0
    done: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)  # photo, sentence
    start: float = field(default_factory=time.monotonic)
    presets_left: bool = False  # interrupted before the groups' LUTs were written
    bug_log: BugLog = field(default_factory=BugLog)

    @property
    def is_complete(self) -> bool:
        return self.done + len(self.failures) == self.planned and not self.presets_left


def tell_left_out(plan: "Plan", as_json: bool) -> None:
    """Lists the photos that need no work."""
    for status, photos in (("skipped", plan.skipped), ("kept", plan.kept)):
        for photo in photos:
            _publish({"photo": str(photo.source), "output": str(photo.output), "status": status}, as_json)


def tell_result(result: "PhotoResult", has_mask: bool, settings: BatchSettings, progress: Progress) -> None:
    """Reports one photo that is done or failed.

    Args:
        has_mask: whether the model separates person and background.
    """
    for notice in (*result.notices, *_losses(result, has_mask)):
        progress.say(f"{result.source}: {notice}")
    if result.status == "done" and (settings.is_watched or verbosity() is Verbosity.VERBOSE):
        progress.say(f"{result.source} → {result.output}, {result.seconds:.1f} s")
    tell_facts(result, settings.output.as_json)


def tell_facts(result: "PhotoResult", as_json: bool) -> None:
    """Prints a photo's JSON object, or without --json the paths of its files, unless stdout is a terminal."""
    _publish(_as_dict(result), as_json)


def _losses(result, has_mask: bool) -> list[str]:
    """Notices about the error of a photo's LUTs."""
    figures = result.figures
    if figures is None:
        return []
    sentences, has_parts = [], figures.parts_loss is not None
    if figures.loss and figures.loss.mean > MUCH_LOST:
        missing, way = f"ΔE2000 {figures.loss.mean:.1f}", "render" if has_parts or not has_mask else ""
        cannot = "cannot separate person and background here" if has_mask else "does not come close to the render here"
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
    if as_json:
        put_json({"type": "photo"} | facts)
    elif facts["status"] == "done" and not sys.stdout.isatty():
        for path in (facts["output"], *facts.get("beside", ())):
            put(path)


def close(settings: BatchSettings, tally: Tally, fault: SetupError | None, retoucher) -> int:
    """Prints the failures and the summary, and opens the report if asked to; returns the exit code."""
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
    place = settings.output.place
    done = f"{tally.done} of {tally.planned} photos done in {duration(seconds)}, in {place}"
    parts = [done if tally.planned else f"nothing to do in {place}"]
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
