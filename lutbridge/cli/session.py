"""A run of render, cube or `lut apply` from its plan to its summary; a watched folder plans many times in one run."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lutbridge import __version__
from lutbridge.cli.interruption import Interruption
from lutbridge.cli.progress import progress_for
from lutbridge.cli.settings import BatchSettings
from lutbridge.cli.tally import Tally, close, tell_facts, tell_left_out, tell_result
from lutbridge.errors import PhotoError, SetupError

if TYPE_CHECKING:
    from lutbridge.batch.manifest import Manifest
    from lutbridge.batch.plan import Plan, Refused
    from lutbridge.batch.planned import PlannedPhoto
    from lutbridge.batch.record import MadeWith
    from lutbridge.batch.report import Report
    from lutbridge.batch.run import PhotoResult

# Works through photos until done, or until the callback says to stop between two of them.
Run = Callable[["Sequence[PlannedPhoto]", Callable[[], bool]], "Iterator[PhotoResult]"]


@dataclass
class Session:
    """Within this context, the report is open if there is one.

    Attributes:
        work_for: as in `batch.retouch`.
        retoucher: anything with a `name` and a `device`; a Shoot if photos are matched.
    """

    settings: BatchSettings
    made_with: "MadeWith"
    work_for: Callable
    retoucher: Any
    interruption: Interruption
    tally: Tally
    report: "Report | None" = None

    def __enter__(self) -> "Session":
        if self.settings.output.report:
            self.report = _report_for(self.settings, self.retoucher)
        return self

    def __exit__(self, *exception: object) -> None:
        if self.report:
            self.report.__exit__(*exception)

    def begin(self, plan: "Plan", manifest: "Manifest") -> None:
        """Records the photos to do, and removes half-written files of killed runs; the folder must be locked."""
        from lutbridge.files import remove_leftovers

        manifest.begin(plan.todo, plan.kept, self.made_with)
        for folder in {manifest.folder, *(photo.output.parent for photo in plan.shoot)}:
            remove_leftovers(folder)

    def run_here(self, plan: "Plan", manifest: "Manifest", photo_count: int) -> Run:
        """A `Run` on this machine, which replaces only our own files and is recorded in the manifest.

        Args:
            photo_count: the session's, for the size of the report's previews.
        """
        from lutbridge.batch.recording import look_again, may_replace, recorded
        from lutbridge.batch.run import run

        settings = self.settings
        work = self.work_for(self.retoucher, photo_count, may_replace(manifest, settings.output.existing))
        work = recorded(work, plan.todo, manifest)
        if self.report:
            work = look_again(work, plan.kept, manifest, photo_count)
        jobs = settings.jobs if self.retoucher.device == "cpu" else 1  # a GPU takes one photo at a time
        work, read_photo = self.interruption.naming(work), reader(settings, settings.input.looks_only)
        return lambda todo, should_stop: run(todo, work, should_stop, read_photo, jobs)

    def work_through(self, plan: "Plan", manifest: "Manifest", run: Run) -> SetupError | None:
        """Works through a plan; returns the SetupError that stopped it, if any."""
        tell_left_out(plan, self.settings.output.as_json)
        for refused in plan.refused:
            self._refuse(refused)
        planned = {photo.output: photo for photo in plan.shoot}
        shown = {*plan.kept, *plan.todo}
        todo = [photo for photo in plan.shoot if photo in shown] if self.report else plan.todo
        kept = {photo.output for photo in plan.kept}
        with progress_for(len(todo)) as progress:
            try:
                for result in run(todo, lambda: self.interruption.requested):
                    result = replace(result, error=self.tally.bug_log.named(result.error, result.traceback))
                    if result.output not in kept:  # kept photos are only compared, for the report
                        self._count(result, planned[result.output], manifest)
                        tell_result(result, self.retoucher.has_mask, self.settings, progress)
                    if self.report:
                        self.report.add(result)
                    progress.advance()
            except SetupError as error:
                return error
        return None

    def _count(self, result: "PhotoResult", planned: "PlannedPhoto", manifest: "Manifest") -> None:
        if result.status == "done":
            self.tally.done += 1
        else:
            self.tally.failures.append((str(result.source), result.error))
            manifest.failed(planned, result.seconds, result.error)

    def _refuse(self, refused: "Refused") -> None:
        """Reports a photo whose output name another photo already has."""
        from lutbridge.batch.run import PhotoResult

        photo = refused.photo
        result = PhotoResult(photo.source, photo.output, "failed", 0.0, error=refused.sentence)
        self.tally.failures.append((str(photo.source), refused.sentence))
        if self.report:
            self.report.add(result)
        tell_facts(result, self.settings.output.as_json)

    def write_report(self, manifest: "Manifest") -> SetupError | None:
        """Writes the report; returns an error if it cannot be, and then the summary does not name it."""
        from lutbridge.batch.recording import may_replace

        output = self.settings.output
        try:
            self.report.write(
                output.report, self.tally.skipped, replace=may_replace(manifest, output.existing)(output.report)
            )
            manifest.wrote(output.report)
        except PhotoError as error:
            self.settings = without_report(self.settings)
            return SetupError(str(error))
        return None

    def close(self, fault: SetupError | None) -> int:
        """Prints the summary; returns the exit code."""
        return close(self.settings, self.tally, fault, self.retoucher)


def without_report(settings: BatchSettings) -> BatchSettings:
    return replace(settings, output=replace(settings.output, report=None))


def reader(settings: BatchSettings, looks_only: bool) -> Callable:
    """The function that reads a photo for this run, at a reduced scale if photos are only looked at."""
    from lutbridge.image.read import LOOK_SIDE, read
    from lutbridge.image.target import retarget

    target = settings.output.target

    def read_photo(path: Path):
        photo = read(path, settings.input.encoding, LOOK_SIDE if looks_only else None)
        return retarget(photo, target) if target else photo

    return read_photo


def _report_for(settings: BatchSettings, retoucher) -> "Report":
    from lutbridge.batch.report import Report, ReportSettings

    return Report(
        ReportSettings(
            model=retoucher.name,
            strength=settings.strength,
            device=retoucher.device,
            version=__version__,
        )
    )
