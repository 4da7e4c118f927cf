"""`--ray`: plans, records and reports a batch here; many machines look at its photos and retouch them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lutbridge.cli.output import detail
from lutbridge.cli.settings import BatchSettings

if TYPE_CHECKING:
    from lutbridge.batch.manifest import Manifest
    from lutbridge.batch.plan import Plan


class ManyMachines:
    """A Ray cluster for one batch; connected within its context.

    Args:
        load, work_for: as in `batch.run_batch`.
        reader: returns the function that reads a photo, given whether photos are only looked at.

    Attributes:
        promise: the effect of Ctrl-C, for the user.
    """

    promise = "Finishing the photos that are begun"

    def __init__(self, settings: BatchSettings, plan: "Plan", load: Callable, work_for: Callable, reader: Callable):
        from lutbridge.batch.ray_run import Cluster

        self._settings, self._plan, self._work_for, self._reader = settings, plan, work_for, reader
        self._cluster = Cluster(settings.ray, load, settings.output.folder)

    def __enter__(self) -> "ManyMachines":
        """Raises SetupError if there is no such cluster."""
        self._cluster.__enter__()
        detail(f"sharing the work among {self._cluster.size()}")
        return self

    def __exit__(self, *exception: object) -> None:
        self._cluster.__exit__(*exception)

    def look(self, digest: str) -> Callable:
        """The `look` argument of `matching.first_look`; `digest` is the model's."""
        from lutbridge.batch.ray_work import Looking
        from lutbridge.shoot import observe

        looking = Looking(observe, self._reader(True))
        return lambda plan, keep, should_stop: self._cluster.look(plan, looking, digest, keep, should_stop)

    def retouch(self, retoucher: Any, manifest: "Manifest") -> Callable:
        """The `run` argument of `Session.work_through`."""
        from lutbridge.batch.ray_work import Retouching

        plan, settings = self._plan, self._settings
        retouching = Retouching(
            self._work_for,
            self._reader(settings.input.looks_only),
            settings.output.existing,
            photo_count=len(plan.todo) + len(plan.kept),
            has_report=settings.output.report is not None,
        )
        return lambda todo, should_stop: self._cluster.retouch(
            todo, retouching, retoucher, plan.kept, manifest, should_stop
        )
