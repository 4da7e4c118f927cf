"""One run of the helper: what its routes share."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lutbridge_server.darkroom import Darkroom
from lutbridge_server.groups import Groups
from lutbridge_server.identity import Identity
from lutbridge_server.jobs import KeptJobs, Worker
from lutbridge_server.models import Models
from lutbridge_server.security import Guard
from lutbridge_server.settings import Settings
from lutbridge_server.spool import Spool
from lutbridge_server.tickets import Tickets


class Helper:
    """Everything that lives as long as the helper does; `close` ends it.

    Args:
        settings: with the port that is listened on.
        retoucher: the default model's.
        load: makes the retoucher of another shipped model.
        spool_folder: below which photos on their way get a folder.
        stop: asks the server to shut down; returns at once.
        identity: of this run.
    """

    def __init__(
        self,
        settings: Settings,
        retoucher: Any,
        load: Callable[[str], Any],
        spool_folder: Path,
        stop: Callable[[], None] = lambda: None,
        identity: Identity | None = None,
    ):
        self.settings, self.stop = settings, stop
        self.identity = identity or Identity()
        self.guard = Guard(self.identity, settings.port, settings.body_bytes, settings.former_port)
        self.models = Models(retoucher, load, settings.models)
        self.spool = Spool(spool_folder)
        self.tickets = Tickets(settings.ticket_seconds, self.spool, settings.port)
        self.darkroom = Darkroom(settings, self.models, self.spool)
        self.worker = Worker(settings.waiting, settings.retry_seconds)
        self.jobs = KeptJobs(settings.jobs, settings.job_bytes, settings.keep_seconds, settings.asking_seconds)
        self.groups = Groups(settings.groups, settings.takes, settings.all_takes, settings.keep_seconds)
        self._numbers = itertools.count(1)

    def next_number(self) -> str:
        """What tells one request from another in the log."""
        return str(next(self._numbers))

    def expire(self) -> None:
        """Forgets jobs, groups and tickets that were left behind; called now and then."""
        self.tickets.expire()
        self.jobs.expire()
        self.groups.expire()

    def begin_to_stop(self) -> None:
        """From now on the photo in progress is finished, and jobs are answered for; everything else is refused."""
        self.guard.is_closing = True
        self.worker.stop()

    @property
    def is_awaited(self) -> bool:
        """Whether a photo is in progress, or a client is about to collect a job."""
        return self.worker.counts()["running"] > 0 or self.jobs.are_awaited(self.settings.asking_seconds)

    def close(self) -> None:
        """Leaves no process and no file; unfinished work is dropped."""
        self.worker.stop()
        self.darkroom.close()
        self.worker.join(self.settings.close_seconds)
        self.spool.close()
