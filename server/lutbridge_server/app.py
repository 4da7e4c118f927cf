"""The Flask application: routes, and the checks and headers of every request and answer."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from lutbridge_server.errors import ApiError, internal
from lutbridge_server.helper import Helper
from lutbridge_server.identity import Identity
from lutbridge_server.responses import HUNG_UP, HungUpError, the_headers
from lutbridge_server.routes import control, groups, info, jobs, page, photos
from lutbridge_server.security import HEADERS
from lutbridge_server.settings import Settings

log = logging.getLogger(__name__)

_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}
_POLLS = ("/healthz", "/v1/info", "/v1/jobs/<job_id>")  # asked so often that they would push everything else out
_POLICY = "Content-Security-Policy"
_SEE = "see docs/http-contract.md"


def create_app(
    settings: Settings,
    retoucher: Any,
    spool_folder: Path,
    load: Callable[[str], Any] | None = None,
    stop: Callable[[], None] = lambda: None,
    identity: Identity | None = None,
) -> Flask:
    """The application around one run of the helper, `app.extensions["lutbridge"]`, which the caller closes.

    Args:
        settings: with the port that is listened on.
        retoucher: of the default model: what `retouch.Retoucher` is to others.
        spool_folder: below which photos on their way get a folder.
        load: makes the retoucher of another shipped model; by default the retoucher's class does, on its device.
        stop: asks the server to shut down; returns at once.
        identity: of this run; by default one without a past.
    """
    app = Flask(__name__, static_folder=None)
    app.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost"]  # again, after the guard
    app.config["MAX_CONTENT_LENGTH"] = settings.body_bytes
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.json.sort_keys = False
    app.url_map.merge_slashes = False  # no redirects
    app.url_map.strict_slashes = True
    load = load or (lambda name: type(retoucher).load(name, retoucher.device))
    helper = app.extensions["lutbridge"] = Helper(settings, retoucher, load, spool_folder, stop, identity)
    for area in (info, photos, jobs, groups, control, page):
        app.register_blueprint(area.blueprint)
    app.before_request(lambda: _begin(helper))
    app.after_request(lambda response: _finish(helper, response))
    app.register_error_handler(ApiError, _refuse)
    app.register_error_handler(HungUpError, lambda error: Response(status=HUNG_UP))
    app.register_error_handler(HTTPException, _refuse_http)
    app.register_error_handler(Exception, _refuse_bug)
    return app


def _begin(helper: Helper) -> Response | None:
    g.number, g.start = helper.next_number(), time.perf_counter()
    headers = the_headers()
    helper.guard.check(request.method, request.path, headers)
    return Response(status=204) if helper.guard.is_preflight(request.method, headers) else None


def _finish(helper: Helper, response: Response) -> Response:
    policy = response.headers.get(_POLICY) or HEADERS[_POLICY]  # the page has one of its own
    response.headers.update(HEADERS | helper.guard.for_origin(the_headers()) | {_POLICY: policy})
    if response.status_code == 204:
        response.headers.pop("Content-Type", None)
    response.headers["Lutbridge-Request"] = g.number
    # The rule rather than the path, and no query: the names of photos are private.
    rule = request.url_rule.rule if request.url_rule else "-"
    is_poll = request.method == "GET" and rule in _POLLS and response.status_code < 400
    log.log(
        logging.DEBUG if is_poll else logging.INFO,
        "request %s %s %s %s in %.0f ms",
        g.number,
        request.method,
        rule,
        "client hung up" if response.status_code == HUNG_UP else response.status_code,
        1000 * (time.perf_counter() - g.start),
    )
    return response


def _refuse(error: ApiError) -> Response:
    return Response(error.to_bytes(), error.status, error.headers, content_type="application/json")


def _refuse_http(error: HTTPException) -> Response:
    """What Flask itself refuses."""
    code = _CODES.get(error.code, "bad_request" if error.code < 500 else "internal")
    messages = {
        "not_found": "there is nothing at this address",
        "method_not_allowed": f"{request.method} is not possible here",
    }
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    return _refuse(ApiError(code, messages.get(code, "this request is not well-formed"), _SEE, headers))


def _refuse_bug(error: Exception) -> Response:
    log.exception("request %s failed", g.number)
    return _refuse(internal())
