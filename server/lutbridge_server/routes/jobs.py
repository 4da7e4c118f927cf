"""Long work: ask, collect, cancel."""

from flask import Blueprint, Response, jsonify

from lutbridge_server.errors import ApiError
from lutbridge_server.responses import describe, file_of, the_helper, the_options

blueprint = Blueprint("jobs", __name__)


@blueprint.get("/v1/jobs/<job_id>")
def show(job_id: str) -> Response:
    the_options()
    job = the_helper().jobs.get(job_id)
    if job.error:
        job.collect()
    return jsonify(describe(job))


@blueprint.get("/v1/jobs/<job_id>/result")
def result(job_id: str) -> Response:
    the_options()
    job = the_helper().jobs.get(job_id)
    if job.error:
        job.collect()
        raise job.error
    if not job.is_over:
        raise ApiError("job_unfinished", "this job is not finished", "ask for the job's state first")
    return file_of(job, job.collect)


@blueprint.delete("/v1/jobs/<job_id>")
def cancel(job_id: str) -> tuple[str, int]:
    the_options()
    helper = the_helper()
    job = helper.jobs.get(job_id)
    helper.jobs.forget(job)
    helper.worker.cancel(job)
    return "", 204
