"""The contract for machines: an OpenAPI document made from the routes' own option tables."""

from typing import Any

from lutbridge import __version__
from lutbridge.lut.formats import FORMATS
from lutbridge_server import contract
from lutbridge_server.contract import Option
from lutbridge_server.errors import STATUS
from lutbridge_server.security import BODY_TYPE
from lutbridge_server.settings import Settings

_TEXT, _TRUTH, _WHOLE, _NUMBER = ({"type": kind} for kind in ("string", "boolean", "integer", "number"))
_BYTES = {"type": "string", "format": "binary"}


def _object(**properties: dict) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: dict) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _or_null(schema: dict) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


_ERROR = _object(code=_TEXT | {"enum": list(STATUS)}, message=_TEXT, hint=_TEXT)
_TAKE = _object(take=_TEXT, name=_TEXT, notices=_list(_TEXT), left_alone=_or_null(_TEXT))
_GROUP = _object(
    group=_TEXT,
    model=_TEXT,
    solved=_TRUTH,
    consistency=_or_null(_NUMBER),
    reference=_or_null(_TEXT),
    takes=_list(_TAKE),
)
_PARTS = _object(parts=_list(_list(_TEXT)))
_TICKET = _object(path=_TEXT, file=_TEXT, seconds=_WHOLE)
_RESULT = _object(type=_TEXT, bytes=_WHOLE, name=_TEXT, facts={"type": "object"})
_JOB = _object(
    job=_TEXT,
    kind=_TEXT,
    state=_TEXT | {"enum": ["waiting", "running", "done", "failed", "cancelled"]},
    progress=_NUMBER | {"minimum": 0, "maximum": 1},
    ahead=_WHOLE,
    error=_or_null(_ERROR),
    result=_or_null(_RESULT),
)
_LUT_FORMAT = _object(format=_TEXT, extension=_TEXT, type=_TEXT, sizes=_list(_WHOLE), default_size=_WHOLE)
_INFO = _object(
    version=_TEXT,
    protocol=_WHOLE,
    instance=_TEXT,
    device=_TEXT,
    device_reason=_TEXT,
    default_model=_TEXT,
    models=_list(_object(name=_TEXT, summary=_TEXT, sha256=_or_null(_TEXT), has_mask=_TRUTH)),
    views=_list(_TEXT),
    lut_formats=_list(_LUT_FORMAT),
    image_formats=_list(_TEXT),
    limits={"type": "object", "additionalProperties": _WHOLE},
    queue=_object(running=_WHOLE, waiting=_WHOLE),
    memory={"type": "object"},
)


def document(settings: Settings) -> dict[str, Any]:
    """The OpenAPI 3.1 document of a helper with these settings."""
    lut = contract.lut(FORMATS, settings.grid_size)
    shared = contract.shared_lut(FORMATS, settings.grid_size)
    made = {200: {"*/*": _BYTES}, 202: {"application/json": _JOB}}
    made_png = {200: {"image/png": _BYTES}, 202: {"application/json": _JOB}}
    group, take, job = ("group",), ("group",), ("job",)
    paths: dict[str, dict] = {
        "/healthz": {"get": _call("Is a helper there?", {204: {}}, open_to_all=True)},
        "/v1/info": {"get": _call("What runs here", _json(200, _INFO))},
        "/v1/openapi.json": {"get": _call("This document", _json(200, {"type": "object"}))},
        "/v1/lut": {"post": _call("A LUT for a photo", made, lut, photo=True)},
        "/v1/render": {"post": _call("A retouched photo", made, contract.RENDER, photo=True)},
        "/v1/mask": {
            "post": _call("Where the person is", made_png, contract.MASK, photo=True),
        },
        "/v1/jobs/{job}": {
            "get": _call("Where a job stands", _json(200, _JOB), inside=job),
            "delete": _call("Cancel and forget a job", {204: {}}, inside=job),
        },
        "/v1/jobs/{job}/result": {"get": _call("What a job made", {200: {"*/*": _BYTES}}, inside=job)},
        "/v1/groups": {"post": _call("Open a group", _json(201, _GROUP), contract.GROUP)},
        "/v1/groups/{group}": {
            "get": _call("A group", _json(200, _GROUP), inside=group),
            "delete": _call("Close a group", {204: {}}, inside=group),
        },
        "/v1/groups/{group}/takes": {
            "post": _call("Add a take", _json(201, _TAKE), contract.TAKE, inside=take, photo=True)
        },
        "/v1/groups/{group}/find": {"post": _call("Which takes belong together", _json(200, _PARTS), inside=group)},
        "/v1/groups/{group}/solve": {"post": _call("Find the looks", _json(200, _GROUP), contract.SOLVE, inside=group)},
        "/v1/groups/{group}/lut": {"post": _call("One LUT for all takes", made, shared, inside=group)},
        "/v1/tickets": {"post": _call("A way into the page", _json(201, _TICKET))},
        "/v1/shutdown": {"post": _call("End the helper", _json(202, _object(state=_TEXT)))},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "lutbridge helper", "version": __version__, "description": "See docs/http-contract.md."},
        "security": [{"token": []}],
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Error": _ERROR},
        },
        "paths": {path: _with_protocol(calls) for path, calls in paths.items()},
    }


def _json(status: int, schema: dict) -> dict[int, dict]:
    return {status: {"application/json": schema}}


def _call(
    summary: str,
    answers: dict[int, dict],
    options: tuple[Option, ...] = (),
    inside: tuple[str, ...] = (),
    photo: bool = False,
    open_to_all: bool = False,
) -> dict[str, Any]:
    """One operation; `inside` are the parts of its path that vary."""
    identifier = {"type": "string", "minLength": 1, "pattern": "^[a-z0-9-]+$"}
    parameters = [{"name": name, "in": "path", "required": True, "schema": identifier} for name in inside]
    parameters += [{"name": option.name, "in": "query", "schema": option.schema} for option in options]
    responses: dict[str, Any] = {str(status): _response(content) for status, content in answers.items()}
    refusal = {"$ref": "#/components/schemas/Error"}
    responses["default"] = {"description": "refused", "content": {"application/json": {"schema": refusal}}}
    call: dict[str, Any] = {"summary": summary, "parameters": parameters, "responses": responses}
    if photo:
        call["requestBody"] = {"required": True, "content": {BODY_TYPE: {"schema": _BYTES}}}
    if open_to_all:
        call["security"] = []
    return call


def _response(content: dict[str, dict]) -> dict[str, Any]:
    schemas = {type_: {"schema": schema} for type_, schema in content.items()}
    return {"description": "done"} | ({"content": schemas} if schemas else {})


def _with_protocol(calls: dict[str, dict]) -> dict[str, dict]:
    schema = {"type": "string", "enum": [str(contract.PROTOCOL)]}
    header = {"name": "Lutbridge-Protocol", "in": "header", "required": True, "schema": schema}
    for method, call in calls.items():
        if method in ("post", "delete"):
            call["parameters"].append(header)
    return calls
