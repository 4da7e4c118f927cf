"""Who may ask for what, decided by method, path and headers, before a body is read.

127.0.0.1 is no boundary: every page in the user's browser and every user of the machine can send requests to it.
"""

import re
from collections.abc import Iterator, Mapping

from lutbridge_server.contract import PROTOCOL
from lutbridge_server.errors import ApiError, shutting_down
from lutbridge_server.identity import Identity
from lutbridge_server.settings import HOST

BODY_TYPE = "application/octet-stream"  # forms cannot send it, so browsers ask first, and are refused
PUBLIC = ("/healthz", "/", "/open", "/resume")  # and below /page/; they hold nothing secret
TAKES_BODY = re.compile(r"/v1/(?:lut|render|mask|groups/[^/]+/takes)")  # by POST; other bodies would only fill the disk
_COOKIE = re.compile(r"(?:^|;)[ \t]*(lutbridge-[0-9a-f]{16})=([^;]*)")  # as identity.py names it
_LENGTH = re.compile(r"[0-9]{1,18}")

# For every answer. The page shows pictures that it made itself (blob:), and only talks to the helper.
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


# For the answers to a page from a former port; browsers keep all else from it.
_FOR_FORMER_PAGE = {
    "Access-Control-Allow-Headers": "Content-Type, Lutbridge-Nonce, Lutbridge-Proof, Lutbridge-Protocol",
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Expose-Headers": "Content-Disposition, Lutbridge-Instance, Lutbridge-Page-Proof, "
    "Lutbridge-Result, Retry-After",
    "Access-Control-Max-Age": "600",
    "Vary": "Origin",
}


def successors(port: int) -> tuple[int, ...]:
    """The ports that the next run tries first where this one is taken, and on which an open page looks for it."""
    return tuple(each for each in range(port + 1, port + 5) if each < 65536)


def page_policy(port: int) -> str:
    """The page's Content-Security-Policy: it may ask for the next run on the successors of this port."""
    allowed = " ".join(f"http://{HOST}:{each}" for each in successors(port))
    return f"{HEADERS['Content-Security-Policy']}; connect-src 'self' {allowed}"


class Guard:
    """Checks requests to one run of the helper on one port.

    Args:
        former_port: of an earlier run, whose page may still be open; 0 if there is none. Whoever has that port now is
            told nothing: such a page has to prove itself with each request, and sends no cookie.
    """

    def __init__(self, identity: Identity, port: int, body_bytes: int, former_port: int = 0):
        self.identity, self.body_bytes, self._port = identity, body_bytes, port
        self._former_origin = f"http://{HOST}:{former_port}" if former_port else None
        self.is_closing = False  # then clients get what they wait for, and nothing new starts
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self.origins = {f"http://{host}" for host in self.hosts}

    def check(self, method: str, path: str, headers: Mapping[str, str]) -> None:
        """Raises ApiError for a request that may not pass.

        Args:
            path: decoded, without the query.
            headers: by lower-case name; of a header sent twice both values, joined by a comma.
        """
        self._check_origin(path, headers)
        if self.is_preflight(method, headers):
            return
        if not (path in PUBLIC or path.startswith("/page/")):
            self._check_credentials(headers)
        if self.is_closing and not (path == "/healthz" or path.startswith("/v1/jobs/")):
            raise shutting_down()
        if method in ("POST", "DELETE"):
            self._check_protocol(headers)
        self._check_body(method, path, headers)

    def _check_origin(self, path, headers):
        if headers.get("host") not in self.hosts:
            raise ApiError(
                "host_refused",
                "this helper answers to 127.0.0.1 and localhost on its own port only",
                "use the address from helper.json",
            )
        if self._is_from_former_port(headers) and (path == "/healthz" or path.startswith("/v1/")):
            return
        foreign = "origin" in headers and headers["origin"] not in self.origins
        sites = ("none", "same-origin")
        if (
            path == "/open"
            and headers.get("sec-fetch-mode") == "navigate"
            and headers.get("sec-fetch-dest") == "document"
        ):
            sites += ("cross-site",)  # from the file of `serve --open`; without its ticket the way leads nowhere
        if foreign or headers.get("sec-fetch-site", "none").lower() not in sites:
            raise ApiError(
                "origin_refused",
                "another web page sent this request",
                "open the helper's own page with lutbridge serve --open",
            )

    def _is_from_former_port(self, headers: Mapping[str, str]) -> bool:
        return self._former_origin is not None and headers.get("origin") == self._former_origin

    def is_preflight(self, method: str, headers: Mapping[str, str]) -> bool:
        """Whether a browser asks if a page from the former port may send a request."""
        return method == "OPTIONS" and self._is_from_former_port(headers)

    def for_origin(self, headers: Mapping[str, str]) -> dict[str, str]:
        """More headers for the answer, where a page from the former port asks."""
        if not self._is_from_former_port(headers):
            return {}
        return {"Access-Control-Allow-Origin": self._former_origin, **_FOR_FORMER_PAGE}

    def has_right(self, headers: Mapping[str, str]) -> bool:
        """Whether the token is shown, the page's session asks, or the page proves itself.

        One from the former port has to prove itself.
        """
        is_page = self.identity.is_page(self._port, headers.get("lutbridge-proof", ""))
        if is_page or self._is_from_former_port(headers):  # whatever else its browser sends along
            return is_page
        scheme, _, token = headers.get("authorization", "").partition(" ")
        by_token = scheme.lower() == "bearer" and self.identity.is_token(token.strip())
        return by_token or self.has_cookie(headers)

    def _check_credentials(self, headers):
        if not self.has_right(headers):
            hint = "read helper.json again"
            raise ApiError("unauthorized", "the token is missing or wrong", hint, {"WWW-Authenticate": "Bearer"})

    def has_cookie(self, headers: Mapping[str, str]) -> bool:
        """Whether the page's session asks."""
        return any(
            name == self.identity.cookie_name and self.identity.is_cookie(value)
            for name, value in our_cookies(headers.get("cookie", ""))
        )

    def _check_protocol(self, headers):
        if headers.get("lutbridge-protocol") != str(PROTOCOL):
            raise ApiError(
                "protocol_unsupported", f"this helper speaks protocol {PROTOCOL}", "update the older of the two"
            )

    def _check_body(self, method, path, headers):
        length = headers.get("content-length", "0")
        if not _LENGTH.fullmatch(length):
            raise ApiError("bad_request", "the length of the body is no number")
        if int(length) > self.body_bytes:
            raise ApiError(
                "body_too_large",
                f"the body is larger than {self.body_bytes // 2**20:,} MB",
                "send a smaller copy of the photo",
            )
        if int(length) == 0 and "transfer-encoding" not in headers:
            return
        if method != "POST" or not TAKES_BODY.fullmatch(path):
            raise ApiError("bad_request", "this request takes no body", "send it without one")
        if headers.get("content-type", "").strip().lower() != BODY_TYPE:
            hint = "send the photo's bytes as they are"
            raise ApiError("unsupported_media_type", f"the body must be {BODY_TYPE}", hint)


def our_cookies(header: str) -> Iterator[tuple[str, str]]:
    """Names and values of the cookies in a Cookie header that this run of the helper, or another one, gave.

    Cookies of other servers on this address come here too, and some break parsers of whole headers.
    """
    for found in _COOKIE.finditer(header):
        yield found[1], found[2].rstrip(" \t")
