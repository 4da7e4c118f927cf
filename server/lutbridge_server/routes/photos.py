"""A photo in; a LUT or the retouched photo out."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from flask import Blueprint, Response

from lutbridge.lut.formats import FORMATS
from lutbridge_server import contract
from lutbridge_server.darkroom import grid_size
from lutbridge_server.errors import ApiError
from lutbridge_server.responses import answer, file_job, the_helper, the_options, upload

blueprint = Blueprint("photos", __name__)


@blueprint.post("/v1/lut")
def lut() -> Response:
    helper = the_helper()
    options = the_options(contract.lut(FORMATS, helper.settings.grid_size))
    grid_size(options)
    return _answer("lut", helper.darkroom.lut, options)


@blueprint.post("/v1/render")
def render() -> Response:
    return _answer("render", the_helper().darkroom.render, the_options(contract.RENDER))


def _answer(kind: str, work: Callable, options: dict[str, Any]) -> Response:
    model, w_image = _model_and_weights(options)
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
