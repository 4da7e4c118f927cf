"""The helper's own page: static files, one of them with a key, and the ticket that lets a browser in."""

from pathlib import PurePosixPath

from flask import Blueprint, Response, request, send_from_directory

from lutbridge_server import contract
from lutbridge_server.errors import ApiError
from lutbridge_server.responses import the_headers, the_helper, the_options
from lutbridge_server.security import our_cookies, page_policy, successors

blueprint = Blueprint("page", __name__)

# Not left to the system's own list: on Windows any program can make .js plain text, which browsers do not run.
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

# Where index.html has them. Only who shows the cookie is given the key.
_KEY, _PORTS = b"KEY OF THE PAGE", b"PORTS OF THE NEXT RUN"

_HEAD = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>lutbridge</title>'
    '<link rel="icon" href="/page/icon.svg">'
)
# The cookie is SameSite=Strict: a page of ours has to ask for the next one, or it would not be sent.
_GO_ON = f'{_HEAD}<meta http-equiv="refresh" content="0; url=/">'
_LOCKED = (
    f"{_HEAD}<p>To open this page, type <code>lutbridge serve --open</code> in a terminal."
    '<p lang="de">Um diese Seite zu öffnen, geben Sie im Terminal <code>lutbridge serve --open</code> ein.'
)


@blueprint.get("/")
def index() -> Response:
    the_options()
    if not the_helper().guard.has_cookie(the_headers()):
        return Response(_LOCKED, 401, content_type="text/html; charset=utf-8")
    response = _sent("index.html", conditional=False, etag=False)
    port = the_helper().settings.port
    filled = response.get_data().replace(_KEY, the_helper().identity.page_key.encode())
    response.set_data(filled.replace(_PORTS, " ".join(map(str, successors(port))).encode()))
    response.headers["Content-Security-Policy"] = page_policy(port)
    return response


@blueprint.get("/page/<path:name>")
def file(name: str) -> Response:
    the_options()
    return _sent(name)


@blueprint.get("/open")
def enter() -> Response:
    """Takes a ticket, once, and gives the cookie."""
    helper = the_helper()
    given = the_options((contract.TICKET,))["ticket"]
    if request.method != "GET" or given is None or not helper.tickets.redeem(given):
        return Response(_LOCKED, 401, content_type="text/html; charset=utf-8")
    return _admitted(Response(_GO_ON, content_type="text/html; charset=utf-8"))


@blueprint.post("/resume")
def resume() -> Response:
    """Gives this run's cookie to a page that an earlier run served."""
    helper = the_helper()
    the_options()
    if not helper.identity.is_page(helper.settings.port, the_headers().get("lutbridge-proof", "")):
        raise ApiError("unauthorized", "this page is of another helper", "open it with lutbridge serve --open")
    return _admitted(Response(status=204))


def _admitted(response: Response) -> Response:
    """The response, with this run's cookie and without those of runs that have gone."""
    identity = the_helper().identity
    for name, _ in our_cookies(the_headers().get("cookie", "")):
        if name != identity.cookie_name:
            response.delete_cookie(name, path="/", httponly=True, samesite="Strict")  # of a helper that has gone
    response.set_cookie(identity.cookie_name, identity.cookie, httponly=True, samesite="Strict", path="/")
    return response


def _sent(name: str, **options: bool) -> Response:
    """A file of the page, read: one that is open for each answer that is not fetched would use up all descriptors."""
    response = send_from_directory("page", name, mimetype=_TYPES.get(PurePosixPath(name).suffix), max_age=0, **options)
    response.direct_passthrough = False
    response.make_sequence()
    return response
