"""Runs a batch on all machines of a Ray cluster: paths go out, and facts about the results come back.

Every machine sees the photos and the results folder under the same paths. Workers write each result whole or not at
all; only the driver, the process that the user started, records them in the manifest.
"""

import os
import secrets
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lutbridge import __version__
from lutbridge.batch.manifest import Manifest
from lutbridge.batch.planned import PlannedPhoto
from lutbridge.batch.ray_work import Fault, Looking, Order, Outcome, Recipe, Retouching, work_on
from lutbridge.batch.recording import remembered
from lutbridge.batch.run import PhotoResult
from lutbridge.errors import LutbridgeError, SetupError
from lutbridge.extras import require
from lutbridge.files import TEMPORARY_PREFIX, TEMPORARY_SUFFIX

WORKER_DEATHS = 2  # of a worker process, after which its photo is given up
NODE_DEATHS = 4  # of the machine, which is hardly ever the photo's fault
AHEAD = 16  # photos per CPU that are in progress or wait for a slower one before them; results are small
LISTEN_SECONDS = 0.5  # between checks for Ctrl-C and for new machines
CONNECT_SECONDS = 5.0
CANCEL_SECONDS = 5.0  # for workers to remove half-written files when the batch is cancelled


@dataclass(frozen=True)
class _Flight:
    """A photo that is in progress, or waits for a worker."""

    order: Order
    absent: frozenset[Path]  # its output files that did not exist when it was first sent
    start: float
    worker_deaths: int = 0
    node_deaths: int = 0


class Cluster:
    """A Ray cluster that this machine is part of; connected within its context.

    Args:
        address: "auto" for the cluster that runs here, or its head node as HOST:PORT.
        load: returns a Retoucher; called in every worker.
        folder: of the results.
    """

    def __init__(self, address: str, load: Callable[[], Any], folder: Path):
        require("ray", "--ray")
        self._address, self._load, self._folder = address, load, folder
        self._key = secrets.token_hex(8)
        self._token = Path(os.path.abspath(folder)) / f"{TEMPORARY_PREFIX}{self._key}{TEMPORARY_SUFFIX}"

    def __enter__(self) -> "Cluster":
        """Raises SetupError if there is no such cluster."""
        import ray

        try:
            self._knock()
            ray.init(
                address=self._address,
                log_to_driver=False,
                logging_level="ERROR",
                # One single-threaded worker per CPU: reading and writing a file takes one thread in any case.
                runtime_env={"env_vars": {"NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}},
            )
        except Exception as error:  # OSError, RuntimeError, ValueError, and gRPC's own
            ray.shutdown()
            raise SetupError(
                f"--ray {self._address}: this machine is in no such cluster; start one with `ray start --head`, or "
                f"join one with `ray start --address=HOST:6379`, and say --ray auto ({_first_line(error)})"
            ) from error
        self._ray, self._remote = ray, ray.remote(max_retries=0, num_cpus=1, scheduling_strategy="SPREAD")(work_on)
        return self

    def __exit__(self, *exception: object) -> None:
        self._token.unlink(missing_ok=True)
        self._ray.shutdown()

    def _knock(self) -> None:
        """Raises OSError if nothing listens at the address; Ray itself would retry for minutes."""
        if self._address != "auto":
            host, _, port = self._address.rpartition(":")
            socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS).close()

    def size(self) -> str:
        """A description such as "2 machines with 12 CPUs"."""
        nodes = sum(node["Alive"] for node in self._ray.nodes())
        cpus = int(self._ray.cluster_resources().get("CPU", 0))
        return f"{nodes} machine{'' if nodes == 1 else 's'} with {cpus} CPU{'' if cpus == 1 else 's'}"

    def look(
        self,
        plan: Sequence[PlannedPhoto],
        looking: Looking,
        digest: str,
        keep: Callable,
        should_stop: Callable[[], bool],
    ) -> Iterator[PhotoResult]:
        """Takes the first look at photos; results as in `batch.run.run`.

        Args:
            digest: of the model.
            keep: called with each photo's path and its take.
        """

        def receive(order: Order, outcome: Outcome) -> None:
            if outcome.take is not None:
                keep(order.planned.source, outcome.take)

        orders = map(Order, plan)
        return self._run(orders, looking, digest, receive, nullcontext, should_stop)

    def retouch(
        self,
        plan: Sequence[PlannedPhoto],
        retouching: Retouching,
        retoucher: Any,
        kept: Sequence[PlannedPhoto],
        manifest: Manifest,
        should_stop: Callable[[], bool],
    ) -> Iterator[PhotoResult]:
        """Retouches photos and records them in the manifest; results and errors as in `batch.run.run`.

        Args:
            retoucher: a `Retoucher`, or a `Shoot` whose photos are matched.
            kept: photos that are only compared with their results, for the report.
        """
        looked_at = {photo.output for photo in kept}
        found = getattr(retoucher, "found", lambda photo: None)

        def order_of(planned: PlannedPhoto) -> Order:
            return Order(planned, manifest.about(planned), planned.output in looked_at, found(planned.source))

        def receive(order: Order, outcome: Outcome) -> None:
            if outcome.stamps:
                figures = remembered(outcome.result.figures)
                manifest.done(order.planned, outcome.result.seconds, figures, outcome.stamps)

        return self._run(map(order_of, plan), retouching, retoucher.digest, receive, manifest.together, should_stop)

    def _run(self, orders: Iterator[Order], work, digest, receive, together, should_stop) -> Iterator[PhotoResult]:
        self._token.touch()
        recipe = Recipe(self._key, self._load, __version__, digest, Path.cwd(), self._token, work)
        flying = _Flying(self._ray, self._remote, self._ray.put(recipe), receive, together)
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
    """The photos in progress, and the results that wait for a slower photo before them.

    Args:
        receive: called with each photo's order and outcome.
        together: a context within which to receive outcomes that land at the same time.
    """

    def __init__(self, ray, remote, recipe, receive: Callable[[Order, Outcome], None], together: Callable):
        self._ray, self._remote, self._recipe, self._receive = ray, remote, recipe, receive
        self._together = together
        self._flights: dict[Any, _Flight] = {}
        self._sent: deque[Path] = deque()  # outputs, in the order of the plan
        self._landed: dict[Path, PhotoResult | None] = {}  # None: dropped, because the batch was stopped
        self.fault: LutbridgeError | None = None

    def are_up(self) -> bool:
        return bool(self._flights)

    def has_room(self) -> bool:
        """Whether one more may be sent: one for each CPU that the cluster has now."""
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
        """Waits until a photo lands or LISTEN_SECONDS have passed, then takes all that have landed."""
        flights = list(self._flights)
        if not self._ray.wait(flights, timeout=LISTEN_SECONDS)[0]:
            return
        landed, _ = self._ray.wait(flights, num_returns=len(flights), timeout=0)
        with self._together():
            for ref in landed:
                self._land(self._flights.pop(ref), ref, should_stop())

    def cancel(self) -> None:
        """Cancels all photos in progress; workers remove their half-written files."""
        if not self._ray.is_initialized():  # the program is exiting, and Ray stops its workers itself
            return
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
        """Raises SetupError if the worker cannot do any photo."""
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
    """Ray's message without the traceback."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[-1] if lines else ''}".strip()[:300]
