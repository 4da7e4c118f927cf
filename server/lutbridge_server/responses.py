"""From a request to a job, and from a job to an answer."""

import io
import json
import re
import time
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, jsonify, request
from werkzeug.wsgi import wrap_file

from lutbridge_server.contract import Option, read_options
from lutbridge_server.errors import ApiError
from lutbridge_server.helper import Helper
from lutbridge_server.jobs import Job, Result, Step, unknown_job
from lutbridge_server.spool import Upload

MOST_RESULT = 8000  # characters of the header Lutbridge-Result; Lightroom's and curl's own limits are higher
HUNG_UP = 499  # status of an answer whose client is gone
_POLL_SECONDS = 0.1  # how soon a client that hung up is noticed


class HungUpError(Exception):
    """The client went away while its photo was waiting or in progress."""


def the_helper() -> Helper:
    return current_app.extensions["lutbridge"]


def the_options(options: Iterable[Option] = ()) -> dict[str, Any]:
    return read_options(request.args, options)


def the_headers() -> dict[str, str]:
    """By lower-case name."""
    return {name.lower(): value for name, value in request.headers.items()}


def upload() -> Path:
    """The request's body, in the spool, where a large one is already."""
    helper = the_helper()
    helper.worker.check_room()
    body = request.environ["wsgi.input"]
    return body.take() if isinstance(body, Upload) else helper.spool.keep(request.stream)


def file_job(kind: str, work: Callable[[Step], Result], photo: Path | None = None) -> Job:
    """A job that makes a file in the spool, perhaps of an uploaded photo."""
    spool = the_helper().spool

    def release() -> None:
        if photo is not None:
            spool.drop(photo)

    return Job(kind, work, release, drop=lambda result: spool.drop(result.path))


def answer(job: Job, as_job: bool) -> Response:
    """Queues a job that makes a file; returns the file, or the job itself if requested."""
    helper = the_helper()
    if as_job:
        return _accepted(helper, job)
    run_to_end(job)
    return file_of(job, job.abandon)


def run_to_end(job: Job) -> Any:
    """Queues a job and waits for its result, for as long as the client does.

    Raises:
        ApiError: the job's own, or the time is over.
    """
    helper = the_helper()
    end = time.monotonic() + helper.settings.seconds
    has_gone: Callable[[], bool] = request.environ.get("waitress.client_disconnected", lambda: False)
    helper.worker.submit(job)
    while not job.wait(_POLL_SECONDS):
        if has_gone():
            helper.worker.cancel(job)
            raise HungUpError
        if time.monotonic() > end:
            helper.worker.cancel(job)
            raise ApiError("deadline", f"this took longer than {helper.settings.seconds} seconds", "ask for a job")
    if job.error:
        raise job.error
    return job.result


def file_of(job: Job, sent: Callable[[], Any] = lambda: None) -> Response:
    """The answer with a finished job's file; `sent` is called when its last byte is on the way, or the client gone."""
    result: Result = job.result
    if result is None:  # cancelled by another request a moment ago
        raise unknown_job()
    try:
        file = SentFile(result.path, sent)
    except FileNotFoundError as error:  # and this one just now
        raise unknown_job() from error
    response = Response(wrap_file(request.environ, file, 2**18), content_type=result.type, direct_passthrough=True)
    response.content_length = result.size
    response.headers["Content-Disposition"] = disposition(result.name)
    response.headers["Lutbridge-Result"] = result_header(result.facts)
    return response


class SentFile(io.FileIO):
    """A file that says when it is closed: waitress closes it long after the route has returned."""

    def __init__(self, path: Path, closed: Callable[[], Any]):
        super().__init__(path)
        self._when_closed = closed

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._when_closed()


def describe(job: Job) -> dict[str, Any]:
    """A job as JSON."""
    result = job.result
    if result is not None:
        result = {"type": result.type, "bytes": result.size, "name": result.name, "facts": result.facts}
    return {
        "job": job.id,
        "kind": job.kind,
        "state": job.state,
        "progress": job.progress,
        "ahead": the_helper().worker.ahead_of(job),
        "error": job.error.to_dict() if job.error else None,
        "result": result,
    }


def result_header(facts: dict[str, Any]) -> str:
    """`Lutbridge-Result`: JSON in ASCII; what does not fit is left out, notices first."""
    text = json.dumps(facts)
    for name in ("notices", "residuals"):
        if len(text) > MOST_RESULT:
            facts = {key: value for key, value in facts.items() if key != name}
            text = json.dumps(facts)
    return text


def disposition(name: str) -> str:
    """`Content-Disposition` for a file name of any script (RFC 6266)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    # NFKD turns some signs into slashes (℀, ／), so check afterwards.
    stem, _, suffix = re.sub(r'[^ -~]|[/\\":]', "_", plain).rpartition(".")
    plain = f"{stem.strip(' .') or 'photo'}.{suffix}"  # of a name without a Latin letter only the suffix is left
    header = f'attachment; filename="{plain}"'
    return header if plain == name else f"{header}; filename*=UTF-8''{quote(name, safe='')}"


def _accepted(helper: Helper, job: Job) -> Response:
    try:
        helper.jobs.make_room()
    except ApiError as error:
        job.fail(error)
        raise
    helper.worker.submit(job)
    helper.jobs.add(job)
    response = jsonify(describe(job))
    response.status_code = 202
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    response.autocorrect_location_header = False
    return response
