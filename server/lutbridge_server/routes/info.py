"""Which helper this is, and what it can do."""

from flask import Blueprint, Response, jsonify

from lutbridge import __version__, device
from lutbridge.lut.formats import FORMATS
from lutbridge_server.contract import CONTAINERS, PROTOCOL, VIEWS
from lutbridge_server.darkroom import describe_format
from lutbridge_server.identity import is_nonce
from lutbridge_server.memory import bytes_in_use
from lutbridge_server.openapi import document
from lutbridge_server.responses import the_headers, the_helper, the_options

blueprint = Blueprint("info", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    the_options()
    identity = the_helper().identity
    headers = {"Lutbridge-Instance": identity.instance, "Lutbridge-Protocol": str(PROTOCOL)}
    nonce = the_headers().get("lutbridge-nonce", "")
    if is_nonce(nonce):
        headers["Lutbridge-Proof"] = identity.proof(nonce)
        headers["Lutbridge-Page-Proof"] = identity.proof_to_page(the_helper().settings.port, nonce)
    return Response(status=204, headers=headers)


@blueprint.get("/v1/info")
def info() -> Response:
    the_options()
    helper = the_helper()
    default = helper.models.default
    return jsonify(
        {
            "version": __version__,
            "protocol": PROTOCOL,
            "instance": helper.identity.instance,
            "device": default.device,
            "device_reason": device.reason(default.device),
            "default_model": default.name,
            "models": helper.models.listed(),
            "views": VIEWS,
            "lut_formats": [describe_format(kind, helper.settings.grid_size) for kind in FORMATS.values()],
            "image_formats": list(CONTAINERS),
            "limits": helper.settings.public(),
            "queue": helper.worker.counts(),
            "memory": bytes_in_use(default.device),
        }
    )


@blueprint.get("/v1/openapi.json")
def openapi() -> Response:
    the_options()
    return jsonify(document(the_helper().settings))
