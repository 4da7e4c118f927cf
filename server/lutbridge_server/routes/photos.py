"""A photo in; a LUT, the retouched photo or its mask out."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from flask import Blueprint, Response

from lutbridge.lut.formats import FORMATS
from lutbridge.retouch import PART_VIEWS
from lutbridge_server import contract
from lutbridge_server.darkroom import check_dials, grid_size
from lutbridge_server.errors import ApiError
from lutbridge_server.responses import answer, file_job, the_helper, the_options, upload

blueprint = Blueprint("photos", __name__)


@blueprint.post("/v1/lut")
def lut() -> Response:
    helper = the_helper()
    options = the_options(contract.lut(FORMATS, helper.settings.grid_size))
    grid_size(options)
    return _answer("lut", helper.darkroom.lut, options, part=options["view"])


@blueprint.post("/v1/render")
def render() -> Response:
    return _answer("render", the_helper().darkroom.render, the_options(contract.RENDER))


@blueprint.post("/v1/mask")
def mask() -> Response:
    return _answer("mask", the_helper().darkroom.mask, the_options(contract.MASK), part="a mask")


def _answer(kind: str, work: Callable, options: dict[str, Any], part: str = "") -> Response:
    """Queues a job on the request's photo.

    Args:
        part: the requested part, which may need a model that separates person and background.
    """
    model, w_image = _model_and_weights(options)
    models = the_helper().models
    if part in ("a mask", *PART_VIEWS):
        models.check_mask(model, part if part == "a mask" else f"view {part}", "choose another model")
    if "strength" in options:
        check_dials(models, model, options)
    photo = upload()
    made = partial(work, photo, options, model, w_image)
    return answer(file_job(kind, made, photo), options["job"])


def _model_and_weights(options: dict[str, Any]) -> tuple[str, np.ndarray | None]:
    """The model's name, and the weights that a group found for the take; None are the photo's own."""
    helper = the_helper()
    group, take, model = options["group"], options["take"], options["model"]
    if group is None and take is None:
        return helper.models.check(model), None
    if group is None or take is None or model is not None:
        raise ApiError("bad_option", "group and take go together, and without model", "the model is the group's")
    found = helper.groups.get(group)
    return found.model, found.weights_of(take)
