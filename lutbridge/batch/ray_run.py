"""The same batch on all machines of a Ray cluster: paths go out, and what there is to tell of the results comes back.

Every machine sees the photos and the folder of the results under the same paths. Workers write the results, each whole
or not at all; the process that the user started, the driver, is the only one to enter them in the manifest.
"""

import os
import secrets
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lutbridge import __version__
from lutbridge.batch.changes import Existing
from lutbridge.batch.manifest import Manifest, Record, Stamps
from lutbridge.batch.planned import PlannedPhoto
from lutbridge.batch.recorded import look_again, may_replace, remembered
from lutbridge.batch.run import PhotoFigures, PhotoResult, do
from lutbridge.errors import LutbridgeError, SetupError
from lutbridge.extras import require
from lutbridge.files import TEMPORARY_PREFIX, TEMPORARY_SUFFIX, remove_leftovers
from lutbridge.image.photo import Photo

WORKER_DEATHS = 2  # of the process that works on a photo, after which the photo is given up
NODE_DEATHS = 4  # of the machine, which is hardly ever the photo's doing
AHEAD = 16  # times the photos that are worked on: results, which are small, that wait for a slower photo before them
LISTEN_SECONDS = 0.5  # between two looks at Ctrl-C and at machines that have joined
CANCEL_SECONDS = 5.0  # that photos get to remove what is half written, where the batch is given up

_LOADED: dict[str, Any] = {}  # in a worker: what the run at hand loads once


@dataclass(frozen=True)
class Order:
    """What a worker is told of one photo.

    Attributes:
        known: what earlier runs did about it.
        is_kept: whether it is only looked at again, for the report.
        found: what a Shoot found for it (`shoot.Found`), or None.
        absent: files of it that were not there when it was first sent, where it is sent again.
    """

    planned: PlannedPhoto
    known: Record = field(default_factory=Record)
    is_kept: bool = False
    found: Any = None
    absent: frozenset[Path] = frozenset()


@dataclass(frozen=True)
class Outcome:
    """What a worker has to say of one photo.

    Attributes:
        stamps: of its files, where it is done.
        take: of a photo that was looked at.
        place: the machine that it comes from, where that machine does not see the photo.
    """

    result: PhotoResult
    stamps: Stamps | None = None
    take: Any = None
    place: str = ""


@dataclass(frozen=True)
class Fault:
    """Why a worker can do no photo at all."""

    sentence: str


@dataclass(frozen=True)
class Looking:
    """The first look at photos that are to match.

    Attributes:
        observe: `shoot.observe`.
        read_photo: as of `batch.run.run`, at the scale that does.
    """

    observe: Callable
    read_photo: Callable[[Path], Photo]

    def __call__(self, retoucher: Any, order: Order) -> Outcome:
        takes = []
        result = do(order.planned, lambda photo, _: takes.append(self.observe(retoucher, photo)), self.read_photo)
        return Outcome(result, take=takes[0] if takes else None)


@dataclass(frozen=True)
class Retouching:
    """The work of a batch, as `batch.work` and `batch.recorded` do it.

    Attributes:
        work_for: given a retoucher, the number of photos and which files may be replaced, the work on each photo.
        has_report: whether results are compared with their photos.
    """

    work_for: Callable
    read_photo: Callable[[Path], Photo]
    existing: Existing
    photo_count: int
    has_report: bool

    def __call__(self, retoucher: Any, order: Order) -> Outcome:
        planned = order.planned
        if order.found is not None:
            retoucher = order.found.shoot(retoucher)
        result = do(planned, self._work(retoucher, order), self.read_photo)
        is_entered = result.status == "done" and not order.is_kept
        return Outcome(result, Stamps.of(planned) if is_entered else None)

    def _work(self, retoucher: Any, order: Order) -> Callable:
        planned, replaceable = order.planned, may_replace(order.known, self.existing)
        # Its worker died between writing the result and saying so: it stands there whole, as everything that appears.
        is_written = planned.output in order.absent and planned.output.exists()
        if is_written and not self.has_report:
            return lambda photo, output: PhotoFigures
        kept = [planned] if order.is_kept or is_written else []
        work = self.work_for(
            retoucher, self.photo_count, lambda path: replaceable(path) or path in order.absent - {planned.output}
        )
        return look_again(work, kept, order.known, self.photo_count)


@dataclass(frozen=True)
class _Recipe:
    """What is the same for all photos of a run.

    Attributes:
        key: of the run.
        load: gives a Retoucher; called once in each worker.
        version, digest: of lutbridge and of the model, where the user is.
        folder: where the user is; relative paths start there.
        token: a file beside the results; who sees it sees the user's own folder.
    """

    key: str
    load: Callable[[], Any]
    version: str
    digest: str
    folder: Path
    token: Path
    work: Callable[[Any, Order], Outcome]


def _work_on(recipe: _Recipe, order: Order) -> Outcome | Fault:
    """One photo, in a worker."""
    place = socket.gethostname()
    try:
        if recipe.key not in _LOADED:
            _LOADED.clear()
            _LOADED[recipe.key] = _loaded(recipe, place)
        outcome = recipe.work(_LOADED[recipe.key], order)
    except LutbridgeError as error:
        return Fault(f"on {place}: {error}")
    sees_photo = outcome.result.status == "done" or order.planned.source.exists()
    return outcome if sees_photo else replace(outcome, place=place)


def _loaded(recipe: _Recipe, place: str) -> Any:
    if recipe.version != __version__:
        raise SetupError(f"lutbridge {__version__} is installed there, and {recipe.version} here; install the same")
    if not recipe.token.exists():
        raise SetupError(f"{recipe.token.parent} is not the folder that is seen here; share it under the same path")
    try:
        os.chdir(recipe.folder)
    except OSError as error:
        raise SetupError(
            f"{recipe.folder} cannot be entered ({error.strerror}); share it, or start elsewhere"
        ) from error
    retoucher = recipe.load()
    if retoucher.digest != recipe.digest:
        raise SetupError("the model is another one than here; install the same lutbridge, or share the model's file")
    return retoucher


@dataclass(frozen=True)
class _Flight:
    """A photo that is being worked on, or waits for a worker."""

    order: Order
    absent: frozenset[Path]  # files of it that were not there when it was sent first
    start: float
    worker_deaths: int = 0
    node_deaths: int = 0


class Cluster:
    """A Ray cluster that this machine is part of; connected within its context.

    Args:
        address: "auto" for the one that runs here, or where its head node listens, as HOST:PORT.
        load: gives a Retoucher, here and in every worker.
        folder: of the results.
    """

    def __init__(self, address: str, load: Callable[[], Any], folder: Path):
        require("ray", "--ray")
        self._address, self._load, self._folder = address, load, folder
        self._key = secrets.token_hex(8)
        self._token = Path(os.path.abspath(folder)) / f"{TEMPORARY_PREFIX}ray-{self._key}{TEMPORARY_SUFFIX}"

    def __enter__(self) -> "Cluster":
        """Raises SetupError where there is no such cluster."""
        import ray

        try:
            ray.init(
                address=self._address,
                log_to_driver=False,
                logging_level="ERROR",
                # One worker for each CPU, with one thread: files are read and written by one thread in any case.
                runtime_env={"env_vars": {"NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}},
            )
        except Exception as error:  # ConnectionError, RuntimeError, ValueError, and what gRPC has
            ray.shutdown()
            raise SetupError(
                f"--ray {self._address}: this machine is part of no such cluster; start one with `ray start --head`, or "
                f"join one with `ray start --address=HOST:6379`, and say --ray auto ({_first_line(error)})"
            ) from error
        self._ray, self._remote = ray, ray.remote(max_retries=0, num_cpus=1, scheduling_strategy="SPREAD")(_work_on)
        return self

    def __exit__(self, *exception: object) -> None:
        self._token.unlink(missing_ok=True)
        self._ray.shutdown()

    def size(self) -> str:
        """Such as "2 machines with 12 CPUs"."""
        nodes = [node for node in self._ray.nodes() if node["Alive"]]
        return f"{len(nodes)} machines with {int(self._ray.cluster_resources().get('CPU', 0))} CPUs"

    def look(
        self,
        plan: Sequence[PlannedPhoto],
        looking: Looking,
        digest: str,
        keep: Callable,
        should_stop: Callable[[], bool],
    ) -> Iterator[PhotoResult]:
        """Looks at photos; results as of `batch.run.run`.

        Args:
            digest: of the model.
            keep: given a photo's path and its take.
        """

        def receive(order: Order, outcome: Outcome) -> None:
            if outcome.take is not None:
                keep(order.planned.source, outcome.take)

        orders = map(Order, plan)
        return self._run(orders, looking, digest, receive, should_stop)

    def retouch(
        self,
        plan: Sequence[PlannedPhoto],
        retouching: Retouching,
        retoucher: Any,
        kept: Sequence[PlannedPhoto],
        manifest: Manifest,
        should_stop: Callable[[], bool],
    ) -> Iterator[PhotoResult]:
        """Retouches photos and enters in the manifest what was done; results and errors as of `batch.run.run`.

        Args:
            retoucher: a `Retoucher`, or a `Shoot` whose photos are matched.
            kept: those of the plan that are only looked at again.
        """
        looked_at = {photo.output for photo in kept}
        found = getattr(retoucher, "found", lambda photo: None)

        def order_of(planned: PlannedPhoto) -> Order:
            return Order(planned, manifest.about(planned), planned.output in looked_at, found(planned.source))

        def receive(order: Order, outcome: Outcome) -> None:
            if outcome.stamps:
                figures = remembered(outcome.result.figures)
                manifest.done(order.planned, outcome.result.seconds, figures, outcome.stamps)

        for folder in {planned.output.parent for planned in plan}:
            remove_leftovers(folder)  # here alone: workers may not see the locks of each other's machines
        return self._run(map(order_of, plan), retouching, retoucher.digest, receive, should_stop)

    def _run(self, orders: Iterator[Order], work, digest, receive, should_stop) -> Iterator[PhotoResult]:
        self._token.touch()
        recipe = _Recipe(self._key, self._load, __version__, digest, Path.cwd(), self._token, work)
        flying = _Flying(self._ray, self._remote, self._ray.put(recipe), receive)
        try:
            while True:
                while flying.has_room() and not should_stop() and (order := next(orders, None)):
                    flying.send(order)
                yield from flying.landed_in_order()
                if not flying.are_up():
                    break
                flying.wait(should_stop)
        except (KeyboardInterrupt, GeneratorExit):
            flying.cancel()
            raise
        if flying.fault:
            raise flying.fault


class _Flying:
    """The photos that are worked on, and the results that wait for a slower photo before them."""

    def __init__(self, ray, remote, recipe, receive: Callable[[Order, Outcome], None]):
        self._ray, self._remote, self._recipe, self._receive = ray, remote, recipe, receive
        self._flights: dict[Any, _Flight] = {}
        self._sent: deque[Path] = deque()  # outputs, in the order of the plan
        self._landed: dict[Path, PhotoResult | None] = {}  # None: given up, as the batch was stopped
        self.fault: LutbridgeError | None = None

    def are_up(self) -> bool:
        return bool(self._flights)

    def has_room(self) -> bool:
        """Whether one more may be sent: as many as the CPUs of the machines that are there now."""
        if self.fault or len(self._flights) >= (cpus := self._cpus()):
            return False
        return len(self._sent) < AHEAD * cpus

    def _cpus(self) -> int:
        return max(1, int(self._ray.cluster_resources().get("CPU", 0)))

    def send(self, order: Order) -> None:
        self._sent.append(order.planned.output)
        absent = frozenset(path for path in order.planned.outputs if not os.path.lexists(path))
        self._begin(_Flight(order, absent, time.perf_counter()))

    def landed_in_order(self) -> Iterator[PhotoResult]:
        while self._sent and self._sent[0] in self._landed:
            result = self._landed.pop(self._sent.popleft())
            if result is not None:
                yield result

    def wait(self, should_stop: Callable[[], bool]) -> None:
        """Until one has landed or it is time to look around."""
        landed, _ = self._ray.wait(list(self._flights), timeout=LISTEN_SECONDS)
        for ref in landed:
            self._land(self._flights.pop(ref), ref, should_stop())

    def cancel(self) -> None:
        """Ends what is under way at once; what is half written is removed."""
        for ref in self._flights:
            self._ray.cancel(ref)
        with suppress(self._ray.exceptions.RayError):
            self._ray.wait(list(self._flights), num_returns=max(1, len(self._flights)), timeout=CANCEL_SECONDS)

    def _begin(self, flight: _Flight) -> None:
        self._flights[self._remote.remote(self._recipe, flight.order)] = flight

    def _land(self, flight: _Flight, ref: Any, is_last: bool) -> None:
        errors = self._ray.exceptions
        order, result = flight.order, None
        try:
            outcome = self._ray.get(ref)
            result = self._received(order, outcome)
        except (errors.NodeDiedError, errors.ObjectLostError, errors.LocalRayletDiedError):
            flight = replace(flight, node_deaths=flight.node_deaths + 1)
        except (errors.WorkerCrashedError, errors.OutOfMemoryError):
            flight = replace(flight, worker_deaths=flight.worker_deaths + 1)
        except errors.RayError as error:
            self.fault = self.fault or SetupError(f"Ray cannot work ({_first_line(error)}); see its logs in /tmp/ray")
        except SetupError as error:
            self.fault = self.fault or error
        else:
            self._landed[order.planned.output] = result
            return
        if flight.worker_deaths >= WORKER_DEATHS or flight.node_deaths >= NODE_DEATHS:
            self._landed[order.planned.output] = _given_up(flight)
        elif self.fault or is_last:
            self._landed[order.planned.output] = None
        else:
            self._begin(replace(flight, order=replace(order, absent=flight.absent)))

    def _received(self, order: Order, outcome: Outcome | Fault) -> PhotoResult:
        """Raises SetupError where the worker cannot do any photo."""
        if isinstance(outcome, Fault):
            raise SetupError(outcome.sentence)
        source = order.planned.source
        if outcome.place and source.exists():
            raise SetupError(f"on {outcome.place}: {source} is not there, but it is here; share its folder")
        self._receive(order, outcome)
        return outcome.result


def _given_up(flight: _Flight) -> PhotoResult:
    planned = flight.order.planned
    who, times = "the process", flight.worker_deaths
    if flight.node_deaths >= NODE_DEATHS:
        who, times = "the machine", flight.node_deaths
    sentence = (
        f"{planned.source}: {who} that worked on it died {times} times, perhaps for want of memory; "
        "retouch it alone and without --ray"
    )
    seconds = time.perf_counter() - flight.start
    return PhotoResult(planned.source, planned.output, "failed", seconds, error=sentence)


def _first_line(error: BaseException) -> str:
    """What Ray says, without its traceback."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[-1] if lines else ''}".strip()[:300]
