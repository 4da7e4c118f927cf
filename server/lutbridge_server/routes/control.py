"""Tickets for the page, and the end of the helper."""

from flask import Blueprint, Response, jsonify

from lutbridge_server.responses import the_helper, the_options

blueprint = Blueprint("control", __name__)


@blueprint.post("/v1/tickets")
def new_ticket() -> tuple[Response, int]:
    the_options()
    tickets = the_helper().tickets
    ticket = tickets.issue()
    return jsonify({"path": ticket.path, "file": str(ticket.file), "seconds": tickets.seconds}), 201


@blueprint.post("/v1/shutdown")
def shutdown() -> tuple[Response, int]:
    the_options()
    the_helper().stop()
    return jsonify({"state": "shutting down"}), 202
