"""A shoot that matches: takes in, looks that agree."""

from functools import partial

from flask import Blueprint, Response, jsonify

from lutbridge.lut.formats import FORMATS
from lutbridge_server import contract, matching
from lutbridge_server.darkroom import check_dials, grid_size
from lutbridge_server.jobs import Job
from lutbridge_server.responses import answer, file_job, run_to_end, the_helper, the_options, upload

blueprint = Blueprint("groups", __name__)


@blueprint.post("/v1/groups")
def open_group() -> tuple[Response, int, dict[str, str]]:
    helper = the_helper()
    group = helper.groups.open(helper.models.check(the_options(contract.GROUP)["model"]))
    return jsonify(group.to_dict()), 201, {"Location": f"/v1/groups/{group.id}"}


@blueprint.get("/v1/groups/<group_id>")
def show(group_id: str) -> Response:
    the_options()
    return jsonify(the_helper().groups.get(group_id).to_dict())


@blueprint.delete("/v1/groups/<group_id>")
def close(group_id: str) -> tuple[str, int]:
    the_options()
    the_helper().groups.close(group_id)
    return "", 204


@blueprint.post("/v1/groups/<group_id>/takes")
def add_take(group_id: str) -> tuple[Response, int]:
    helper, options = the_helper(), the_options(contract.TAKE)
    group = helper.groups.get(group_id)
    helper.groups.check_room(group)
    photo = upload()
    observe = partial(helper.darkroom.observe, photo, options, group.model)
    seen = run_to_end(Job("take", observe, release=lambda: helper.spool.drop(photo)))
    return jsonify(group.describe(group.add(seen.notices, seen.source, seen.summary, seen.facts))), 201


@blueprint.post("/v1/groups/<group_id>/find")
def find(group_id: str) -> Response:
    helper = the_helper()
    the_options()
    group = helper.groups.get(group_id)
    group.check_takes()
    return jsonify({"parts": run_to_end(Job("find", partial(matching.find, helper.models, group)))})


@blueprint.post("/v1/groups/<group_id>/solve")
def solve(group_id: str) -> Response:
    helper, options = the_helper(), the_options(contract.SOLVE)
    group = helper.groups.get(group_id)
    group.check_takes()
    if options["reference"] is not None:
        group.index(options["reference"])
    parts = options["parts"] and [[group.index(take) for take in part] for part in options["parts"]]
    look = (options["consistency"], options["reference"], parts)
    run_to_end(Job("solve", partial(matching.solve, helper.models, group, *look)))
    return jsonify(group.to_dict())


@blueprint.post("/v1/groups/<group_id>/lut")
def shared_lut(group_id: str) -> Response:
    helper = the_helper()
    options = the_options(contract.shared_lut(FORMATS, helper.settings.grid_size))
    grid_size(options)
    group = helper.groups.get(group_id)
    check_dials(helper.models, group.model, options)
    group.solved()
    for take in options["takes"] or ():
        group.index(take)
    work = partial(matching.shared, helper.darkroom, group, options)
    return answer(file_job("shared-lut", work), options["job"])
