"""`lutbridge serve`: the local helper that host editors and its own page talk to."""

import threading
import time
from collections.abc import Callable

import click

from lutbridge.cli.options import DEVICE, JSON
from lutbridge.cli.output import put, put_json, say
from lutbridge.cli.threads import one_thread_each
from lutbridge.model.registry import DEFAULT_MODEL

_BROWSER_SECONDS = 8  # to start and to open the page; those from Snap may not read the file that leads there


def serve(port: int, model: str, device: str, open_page: bool, as_json: bool) -> int:
    """Runs the helper until it is stopped, or names the one that runs already; returns the exit code."""
    one_thread_each()
    from lutbridge_server.errors import ApiError
    from lutbridge_server.serve import serve as run
    from lutbridge_server.settings import Settings

    def load(name: str | None):
        from lutbridge.retouch import Retoucher
        from lutbridge_server.models import under_its_own_name

        asked = name or model
        return under_its_own_name(Retoucher.load(asked, device), asked)

    def ready(port: int, new_ticket: Callable) -> None:
        _announce(port, "started", as_json)
        if open_page:  # in a thread, as the helper has to answer the browser that this waits for
            try:
                ticket = new_ticket()
            except (ApiError, OSError) as error:
                return say(f"lutbridge: the page cannot be opened: {error}")
            threading.Thread(target=_open, args=(port, ticket), daemon=True).start()

    def wait() -> None:
        say("lutbridge: waiting for another helper that is starting or stopping")

    there = run(Settings(port=port), load, ready, wait)
    if there is not None:
        _point_to(there, open_page, as_json)
    return 0


def _point_to(there: dict, open_page: bool, as_json: bool) -> None:
    from lutbridge_server.client import new_ticket

    _announce(there["port"], "running already", as_json)
    if open_page:
        _open(there["port"], new_ticket(there))


def _announce(port: int, state: str, as_json: bool) -> None:
    if as_json:
        put_json({"port": port, "state": state})
    else:
        put(f"http://127.0.0.1:{port}")
        say(f"lutbridge: {state} on port {port}; Ctrl-C or `lutbridge serve --stop` stops it")


def _open(port: int, ticket) -> None:
    """Opens the ticket's file in the browser; it is deleted once the page opens. If that fails, shows the address."""
    import webbrowser

    end = time.monotonic() + _BROWSER_SECONDS
    if webbrowser.open(ticket.file.as_uri()):
        while time.monotonic() < end and ticket.file.exists():
            time.sleep(0.1)
    if ticket.file.exists():
        address = f"http://127.0.0.1:{port}{ticket.path}"
        say(f"lutbridge: the browser did not open the page; open {address} within a minute (it works once)")


def stop() -> int:
    """Ends the helper that runs, if one does, and waits until it has; returns the exit code."""
    from lutbridge_server import client
    from lutbridge_server.settings import Settings

    if not client.is_running(client.PUT_BACK):
        say("lutbridge: no helper is running")
        return 0
    say("lutbridge: the helper finishes its current photo, then stops")
    client.stop(Settings().lock_seconds)
    return 0


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Port; 0 picks a free one.")
@click.option(
    "--model", default=DEFAULT_MODEL, show_default=True, metavar="NAME|FILE", help="Model; see `lutbridge models`."
)
@DEVICE
@click.option("--open", "open_page", is_flag=True, help="Open the helper's page in your browser.")
@click.option("--stop", "stop_it", is_flag=True, help="Stop the running helper.")
@JSON
def command(stop_it: bool, **arguments) -> int:
    """Run the helper for darktable, Lightroom and the page.

    It only accepts connections from this computer, by programs that can read its state file. If a helper already runs,
    this shows its address and starts nothing.
    """
    return stop() if stop_it else serve(**arguments)
