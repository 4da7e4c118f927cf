"""A helper with a retoucher of a few lines, asked through Flask's client or through a real socket."""

import json
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from lutbridge.color.delta_e import Difference
from lutbridge.image.read import read
from lutbridge.lut.lut3d import Lut3D
from lutbridge.strength import FULL, Strength
from lutbridge_server import darkroom
from lutbridge_server.app import create_app
from lutbridge_server.http import Server
from lutbridge_server.serve import listening
from lutbridge_server.settings import Settings

PORT = 49731  # of the samples in tests/contract


class FakeRetoucher:
    """Answers at once with something that tells which photo it was given; `gate` holds it up."""

    name, device, has_mask, digest = "portrait-v1", "cpu", True, "d" * 64

    def __init__(self):
        self.gate, self.entered, self.calls = threading.Event(), threading.Event(), []
        self.gate.set()
        self.failures = []  # raised in turn by the next calls

    def rungs(self):
        yield self

    def render(self, photo, strength=FULL, w_image=None):
        self._enter("render", told(strength), w_image)
        person = Strength.of(strength).person
        pixels = np.clip(photo.pixels.astype(float) * (1 - person / 2), 0, np.iinfo(photo.pixels.dtype).max)
        pixels = pixels.astype(photo.pixels.dtype)
        return SimpleNamespace(pixels=pixels, image_weights=(1.0,), clipped=0.25, notices=())

    def mask(self, photo):
        self._enter("mask", None, None)
        return photo.pixels[..., 0].astype(np.uint16) * 257

    def loss(self, photo, lut, strength=FULL, w_image=None):
        return Difference(mean=1.25, high=4.0)

    def lut(self, photo, view="fitted", grid_size=33, strength=FULL, w_image=None):
        self._enter("lut", told(strength), w_image)
        mean = photo.pixels.reshape(-1, 3).mean(0) / np.iinfo(photo.pixels.dtype).max
        lattice = np.broadcast_to(mean.astype(np.float32), (grid_size, grid_size, grid_size, 3)).copy()
        lattice[-1, -1, -1] = 1
        return Lut3D(lattice, f"{photo.path.name} - {self.name} {view} LUT")

    def _enter(self, *call):
        self.calls.append(call)
        self.entered.set()
        assert self.gate.wait(30)
        if self.failures:
            raise self.failures.pop(0)


def told(strength):
    """The one number, or both."""
    strength = Strength.of(strength)
    return strength.person if strength.is_even else (strength.person, strength.background)


class InProcessReader:
    """Reads like ReadingWorker, without a process: what that does is tested in test_darkroom and over the socket."""

    def __init__(self, limits):
        self.limits = limits

    def read(self, upload, name="", then=None, meanwhile=lambda: None):
        meanwhile()
        photo = replace(read(upload), path=Path(name))
        return then(photo) if then else photo

    def close(self):
        pass


@pytest.fixture
def settings():
    return Settings(port=PORT, seconds=30)


@pytest.fixture
def retoucher():
    return FakeRetoucher()


@pytest.fixture
def toy_retoucher(toy_model):
    """A real one, small and untrained, under the default model's name."""
    from lutbridge.retouch import Retoucher

    return Retoucher(Retoucher.load(str(toy_model), "cpu").network, "portrait-v1")


@pytest.fixture
def fast_reader(monkeypatch):
    monkeypatch.setattr(darkroom, "ReadingWorker", InProcessReader)


@pytest.fixture
def app(settings, retoucher, tmp_path, fast_reader):
    app = create_app(settings, retoucher, tmp_path / "spool")
    yield app
    if isinstance(retoucher, FakeRetoucher):
        retoucher.gate.set()
    app.extensions["lutbridge"].close()
    assert list((tmp_path / "spool").iterdir()) == [], "no photo stays behind"


@pytest.fixture
def helper(app):
    return app.extensions["lutbridge"]


@pytest.fixture
def headers(helper):
    """Of a request that passes."""
    return {
        "Host": f"127.0.0.1:{PORT}",
        "Authorization": f"Bearer {helper.identity.token}",
        "Lutbridge-Protocol": "1",
        "Content-Type": "application/octet-stream",
    }


@pytest.fixture
def ask(app, headers):
    """Sends a request that passes, unless told otherwise; a header given as None is left out."""
    client = app.test_client(use_cookies=False)

    def send(method, path, body=b"", query=None, **changes):
        changed = headers | {name.replace("_", "-"): value for name, value in changes.items()}
        changed = {name: value for name, value in changed.items() if value is not None}
        return client.open(path, method=method, data=body, query_string=query, headers=changed, buffered=True)

    return send


@pytest.fixture
def photo(tmp_path, make_photo):
    """The bytes of a small JPEG."""
    return make_photo(tmp_path / "anna.jpg").read_bytes()


class PlainHttp:
    """A plain socket to a helper, without a library that would mend what is sent."""

    def __init__(self, port, token):
        self.port, self.token = port, token

    def connect(self, wait=10.0):
        return socket.create_connection(("127.0.0.1", self.port), timeout=wait)

    def send(self, request, wait=30.0):
        """All that comes back for these bytes until the other side closes."""
        with self.connect(wait) as connection:
            connection.sendall(request)
            return self.receive(connection)

    @staticmethod
    def receive(connection):
        answer = b""
        with suppress(ConnectionError):
            while piece := connection.recv(65536):
                answer += piece
        return answer

    def head(self, method="POST", path="/v1/lut", **changes):
        """The head of a request that passes, unless told otherwise; a header given as None is left out."""
        headers = {
            "Host": f"127.0.0.1:{self.port}",
            "Authorization": f"Bearer {self.token}",
            "Lutbridge-Protocol": "1",
            "Content-Type": "application/octet-stream",
            "Connection": "close",
        }
        headers |= {name.replace("_", "-"): value for name, value in changes.items()}
        lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
        return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode("latin-1")

    def post(self, body, path="/v1/lut", **changes):
        return parse(self.send(self.head(path=path, Content_Length=len(body), **changes) + body))


class RunningServer(PlainHttp):
    """A server in a thread of its own, and a plain socket to it."""

    def __init__(self, server):
        super().__init__(server.helper.settings.port, server.helper.identity.token)
        self.server, self.helper = server, server.helper


def parse(answer):
    """Status, headers and body of an HTTP answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return SimpleNamespace(status=int(first.split()[1]) if first else None, headers=headers, body=body)


def code_of(answer):
    return json.loads(answer.body)["code"]


@contextmanager
def running(settings, retoucher, spool):
    with listening(0) as sock:
        app = create_app(replace(settings, port=sock.getsockname()[1]), retoucher, spool)
        helper = app.extensions["lutbridge"]
        server = Server(app, helper, sock)
        thread = threading.Thread(target=lambda: [server.run(), server.finish()])
        thread.start()
        try:
            yield RunningServer(server)
        finally:
            getattr(retoucher, "gate", threading.Event()).set()
            server.stop()
            thread.join(30)
            helper.close()
        assert not thread.is_alive()


@pytest.fixture
def server(settings, retoucher, tmp_path, fast_reader):
    with running(settings, retoucher, tmp_path / "spool") as server:
        yield server
        retoucher.gate.set()
