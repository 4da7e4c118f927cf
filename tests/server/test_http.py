"""Slow, silent and crowded: what a plain socket can do to the helper besides what it says."""

import errno
import json
import logging
import os
import re
import socket
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import tifffile
from waitress.channel import ClientDisconnected
from waitress.server import TcpWSGIServer

from lutbridge_server import channel, http
from lutbridge_server.spool import no_folder

from .conftest import code_of, parse, running

BUSY_RETRIES = 400


@pytest.fixture
def settings(settings):
    return replace(settings, header_seconds=1, body_seconds=1, connections=12)


def trickle(connection, data, seconds):
    """Sends a byte now and then until the other side hangs up; whether it did within so many seconds."""
    end = time.monotonic() + seconds
    for byte in data:
        try:
            connection.sendall(bytes([byte]))
            connection.settimeout(0.1)
            if not connection.recv(1):
                return True
        except TimeoutError:
            pass
        except ConnectionError:
            return True
        if time.monotonic() > end:
            return False
    return False


def is_alive(server):
    return parse(server.send(server.head("GET", "/healthz"))).status == 204


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_request_that_trickles_in_is_ended_however_steady_it_is(server, part):
    head = server.head(Content_Length=10_000)
    with server.connect() as connection:
        if part == "head":
            assert trickle(connection, head, seconds=8)
        else:
            connection.sendall(head)
            assert trickle(connection, bytes(1000), seconds=8)
    assert is_alive(server)


def test_silence_is_ended_and_more_of_it_than_there_is_room_for_keeps_nobody_out_for_long(server):
    with ExitStack() as stack:
        silent = [stack.enter_context(server.connect()) for _ in range(20)]
        assert is_alive(server)
        assert silent[0].recv(1) == b""


def test_what_follows_a_refused_request_is_not_answered(server):
    refused = server.head("GET", "/v1/info", Host="rebound.example", Connection="keep-alive")
    both = refused + server.head("GET", "/v1/info")
    answer = server.send(both)
    assert code_of(parse(answer)) == "host_refused"
    assert answer.count(b"HTTP/1.1") == 1


def test_a_stranger_is_refused_before_the_body_and_not_invited_to_send_it(server):
    with server.connect() as connection:
        connection.sendall(server.head(Authorization=None, Expect="100-continue", Content_Length=10_000_000))
        answer = server.receive(connection)
    assert answer.startswith(b"HTTP/1.1 401 ")


def test_where_no_token_is_needed_no_body_reaches_the_disk(server, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "not there"))  # chunks over 512 kB would be written to it
    monkeypatch.setattr(server.helper.spool, "receive", pytest.fail)  # and a body over 512 kB into the spool
    for method, path in (("GET", "/healthz"), ("POST", "/page/x")):
        with server.connect() as connection:
            connection.sendall(server.head(method, path, Authorization=None, Content_Length=10**9))
            for _ in range(8):
                with suppress(ConnectionError):
                    connection.sendall(bytes(2**20))
            answer = server.receive(connection)
        assert not answer or code_of(parse(answer)) == "bad_request"
        assert is_alive(server)


def test_a_client_that_writes_all_of_its_body_first_reads_the_refusal(server):
    with server.connect() as connection:
        connection.sendall(server.head(Authorization=None, Content_Length=20_000_000))
        for _ in range(20):
            connection.sendall(bytes(10**6))
        assert code_of(parse(server.receive(connection))) == "unauthorized"
    assert is_alive(server)


def test_a_refused_client_that_goes_on_and_on_is_cut_off(tmp_path, settings, retoucher):
    with running(replace(settings, linger_seconds=1), retoucher, tmp_path / "spool") as server:
        with server.connect() as connection:
            connection.sendall(server.head(Authorization=None, Content_Length=900_000_000))
            assert trickle(connection, bytes(1000), seconds=8)
        assert eventually(lambda: len(server.server.active_channels) == 0)


@pytest.mark.parametrize("how", ["length", "chunked"])
def test_a_disk_that_is_full_while_a_body_comes_in_is_said(server, monkeypatch, how):
    def is_full(number):
        def write(*_):
            raise OSError(number, "it is full")

        monkeypatch.setattr("waitress.buffers.TempfileBasedBuffer.append", write)
        monkeypatch.setattr("lutbridge_server.spool.Upload.write", write)

    is_full(errno.ENOSPC)
    body, size = bytes(10**6), 10**6
    head = server.head(Content_Length=3 * size)
    if how == "chunked":
        head, body = server.head(Transfer_Encoding="chunked"), b"%x\r\n%b\r\n" % (size, body)
    answer = parse(server.send(head + 3 * body))
    assert (answer.status, code_of(answer)) == (507, "no_space")
    is_full(errno.EIO)
    assert code_of(parse(server.send(head + 3 * body))) == "internal"
    assert is_alive(server)
    assert eventually(lambda: not spooled(server))


@pytest.mark.parametrize(("method", "path"), [("GET", "/healthz"), ("DELETE", "/v1/groups/GROUP")])
def test_an_answer_without_content_keeps_the_connection(server, method, path):
    group = json.loads(server.post(b"", "/v1/groups").body)["group"]
    with server.connect() as connection:
        connection.sendall(server.head(method, path.replace("GROUP", group), Connection="keep-alive"))
        assert parse(connection.recv(65536)).status == 204
        connection.sendall(server.head("GET", "/healthz"))
        assert parse(server.receive(connection)).status == 204
    with server.connect() as connection:
        connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1:%d\r\n\r\n" % server.port)
        assert parse(server.receive(connection)).status == 204, "and then it is closed"


def test_the_log_has_every_number_but_those_of_polls(server, photo, caplog):
    caplog.set_level(logging.INFO, "lutbridge_server")
    refused = parse(server.send(server.head(Host="rebound.example")))
    unread = parse(server.send(b"nonsense\r\n\r\n"))
    served = server.post(photo)
    missing = parse(server.send(server.head("GET", "/v1/jobs/j-1")))
    for answer, told in (
        (refused, "refused unread: host_refused"),
        (unread, "refused unread: bad_request"),
        (served, "POST /v1/lut 200 in"),
        (missing, "GET /v1/jobs/<job_id> 404 in"),
    ):
        assert f"request {answer.headers['Lutbridge-Request']} {told}" in caplog.text
    polled = [
        parse(server.send(server.head("GET", path))).headers["Lutbridge-Request"] for path in ("/healthz", "/v1/info")
    ]
    assert not [number for number in polled if f"request {number} " in caplog.text]


def test_a_client_that_hangs_up_is_called_that_in_the_log(server, retoucher, photo, caplog):
    caplog.set_level(logging.INFO, "lutbridge_server")
    hold_up(server, retoucher, photo).close()
    assert eventually(lambda: "POST /v1/lut client hung up in" in caplog.text)
    assert " 504 in" not in caplog.text


def test_several_requests_over_one_connection(server, photo):
    with server.connect() as connection:
        connection.sendall(server.head("GET", "/v1/info", Connection="keep-alive"))
        first = connection.recv(65536)
        while len(parse(first).body) < int(parse(first).headers["Content-Length"]):
            first += connection.recv(65536)
        connection.sendall(server.head(Content_Length=len(photo)) + photo)
        second = parse(server.receive(connection))
    assert parse(first).status == second.status == 200
    assert second.body.startswith(b"TITLE")


def spooled(server):
    return list(server.helper.spool.folder.iterdir())


def eventually(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


@pytest.mark.parametrize("path", ["/v1/lut?size=33", "/v1/render"])
def test_nothing_of_a_photo_stays_in_the_spool(server, photo, path):
    assert server.post(photo, path).status == 200
    assert eventually(lambda: not spooled(server))
    assert server.post(b"no photo", path).status == 422
    assert eventually(lambda: not spooled(server))


def test_a_large_photo_is_written_to_the_spool_once(server, monkeypatch, tmp_path):
    tifffile.imwrite(tmp_path / "large.tif", np.random.default_rng(0).integers(0, 65535, (400, 600, 3), np.uint16))
    monkeypatch.setattr(server.helper.spool, "keep", pytest.fail)  # which copies; the result of a render is no copy
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "not there"))  # where waitress keeps bodies over 512 kB
    answer = server.post((tmp_path / "large.tif").read_bytes(), "/v1/render")
    assert answer.status == 200 and len(answer.body) > 400 * 600 * 6
    assert eventually(lambda: not spooled(server))


def test_where_there_is_no_folder_for_a_large_photo_it_is_said(server, monkeypatch):
    def receive():
        raise no_folder()

    monkeypatch.setattr(server.helper.spool, "receive", receive)
    assert code_of(parse(server.send(server.head(Content_Length=10**6) + bytes(10**6)))) == "no_space"
    assert is_alive(server)


def test_a_client_that_hangs_up_in_the_middle_of_a_large_photo_leaves_no_file(server):
    with server.connect() as connection:
        connection.sendall(server.head(Content_Length=10**7) + bytes(10**6))
        assert eventually(lambda: [path.stat().st_size for path in spooled(server)] == [10**6])
    assert eventually(lambda: not spooled(server))
    assert is_alive(server)


def test_a_client_that_hangs_up_while_it_is_sent_its_answer_leaves_no_file(server, photo):
    with server.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(server.head(path="/v1/lut?size=65", Content_Length=len(photo)) + photo)
        assert connection.recv(100)
    assert eventually(lambda: not spooled(server))
    assert is_alive(server)


def hold_up(server, retoucher, photo):
    """A photo in work that does not end."""
    retoucher.gate.clear()
    connection = server.connect()
    connection.sendall(server.head(Content_Length=len(photo)) + photo)
    assert retoucher.entered.wait(10)
    return connection


def test_a_client_that_hangs_up_frees_its_place_in_the_queue(server, retoucher, photo):
    with hold_up(server, retoucher, photo):
        with server.connect() as second:
            second.sendall(server.head(Content_Length=len(photo)) + photo)
            assert eventually(lambda: server.helper.worker.counts()["waiting"] == 1)
        assert eventually(lambda: server.helper.worker.counts()["waiting"] == 0)
        retoucher.gate.set()
    assert eventually(lambda: server.helper.worker.counts() == {"running": 0, "waiting": 0})
    assert len(retoucher.calls) == 1, "nobody wanted the second"
    assert eventually(lambda: not spooled(server))


def test_a_full_queue_refuses_at_once_and_says_when_to_come_back(tmp_path, settings, retoucher, fast_reader, photo):
    settings = replace(settings, waiting=2, connections=40, body_seconds=30)
    with running(settings, retoucher, tmp_path / "spool") as server, ExitStack() as stack:
        stack.enter_context(hold_up(server, retoucher, photo))
        waiting = [stack.enter_context(server.connect()) for _ in range(2)]
        for connection in waiting:
            connection.sendall(server.head(Content_Length=len(photo)) + photo)
        assert eventually(lambda: server.helper.worker.counts()["waiting"] == 2)
        refused = server.post(photo)
        assert (refused.status, code_of(refused), refused.headers["Retry-After"]) == (503, "busy", "2")
        assert parse(server.send(server.head("GET", "/v1/info"))).status == 200, "others are answered meanwhile"
        retoucher.gate.set()
        assert [parse(server.receive(connection)).status for connection in waiting] == [200, 200]


def test_many_clients_at_once_lose_no_answer_and_mix_none_up(tmp_path, settings, retoucher, fast_reader, make_photo):
    clients, photos_each = 50, 4
    settings = replace(settings, connections=100, body_seconds=60, header_seconds=30)
    photos = [make_photo(tmp_path / "photos" / f"{i}.png", seed=i).read_bytes() for i in range(12)]
    wrong = []

    def client(number):
        for turn in range(photos_each):
            mine = (number + 5 * turn) % len(photos)
            for _ in range(BUSY_RETRIES):
                answer = server.post(photos[mine], f"/v1/lut?size=2&name={mine}.png")
                if answer.status != 503:
                    break
                time.sleep(0.02)
            title = re.match(rb'TITLE "(\d+)\.png', answer.body)
            if answer.status != 200 or int(title[1]) != mine or not is_mean_of(answer.body, mine):
                wrong.append((number, turn, answer.status))

    means = []
    for path in sorted((tmp_path / "photos").iterdir(), key=lambda path: int(path.stem)):
        from PIL import Image

        means.append(np.asarray(Image.open(path)).reshape(-1, 3).mean(0) / 255)

    def is_mean_of(body, mine):
        row = next(line for line in body.decode().splitlines() if line[:1].isdigit()).split()
        return np.allclose(np.array(row, float), means[mine], atol=1e-5)

    with running(settings, retoucher, tmp_path / "spool") as server:
        threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    assert wrong == []
    assert len(retoucher.calls) == clients * photos_each


def test_at_the_end_the_photo_in_work_is_finished_and_the_others_are_refused(
    tmp_path, settings, retoucher, fast_reader, photo
):
    with running(replace(settings, connections=40, body_seconds=30), retoucher, tmp_path / "spool") as server:
        first = hold_up(server, retoucher, photo)
        second = server.connect()
        second.sendall(server.head(Content_Length=len(photo)) + photo)
        assert eventually(lambda: server.helper.worker.counts()["waiting"] == 1)
        server.server.stop()
        with second:
            assert code_of(parse(server.receive(second))) == "shutting_down"
        retoucher.gate.set()
        with first:
            assert parse(server.receive(first)).body.startswith(b"TITLE")
    with pytest.raises(ConnectionError):
        server.connect()


def ask(server, path, method="GET", body=b""):
    return parse(server.send(server.head(method, path, Content_Length=len(body)) + body))


@pytest.fixture
def stopping(tmp_path, settings, retoucher, fast_reader, photo):
    """A server that is told to stop while a job is in work and another one waits; what it is, and their addresses."""
    with running(replace(settings, connections=40), retoucher, tmp_path / "spool") as server:
        retoucher.gate.clear()
        jobs = [ask(server, "/v1/render?format=png&job=true", "POST", photo).headers["Location"] for _ in range(2)]
        assert retoucher.entered.wait(10)
        server.server.stop()
        assert eventually(lambda: server.helper.guard.is_closing)
        yield server, jobs
        retoucher.gate.set()


def test_a_job_in_work_is_finished_and_fetched_though_the_helper_stops(stopping, retoucher):
    server, (first, second) = stopping
    assert json.loads(ask(server, first).body)["state"] == "running"
    told = json.loads(ask(server, second).body)
    assert (told["state"], told["error"]["code"]) == ("failed", "shutting_down")
    retoucher.gate.set()
    assert eventually(lambda: json.loads(ask(server, first).body)["state"] == "done")
    assert ask(server, f"{first}/result").body.startswith(b"\x89PNG")
    assert eventually(lambda: refuses_connections(server)), "everything is collected"


def refuses_connections(server):
    try:
        server.connect().close()
    except ConnectionError:
        return True
    return False


@pytest.mark.parametrize("path", ["/v1/info", "/", "/page/app.js", "/v1/openapi.json"])
def test_new_requests_are_told_that_the_helper_stops(stopping, photo, path):
    server, _ = stopping
    assert code_of(ask(server, path)) == "shutting_down"
    assert code_of(ask(server, "/v1/lut", "POST", photo)) == "shutting_down"
    assert ask(server, "/healthz").status == 204


def test_a_result_that_nobody_asks_for_is_not_waited_for(tmp_path, settings, retoucher, fast_reader, photo):
    settings = replace(settings, asking_seconds=1)
    with running(settings, retoucher, tmp_path / "spool") as server:
        ask(server, "/v1/render?job=true", "POST", photo)
        server.server.stop()
        assert eventually(lambda: refuses_connections(server), 20)


def test_a_result_that_is_left_behind_goes_though_nobody_asks(tmp_path, settings, retoucher, fast_reader, photo):
    with running(replace(settings, keep_seconds=1), retoucher, tmp_path / "spool") as server:
        ask(server, "/v1/render?job=true", "POST", photo)
        ask(server, "/v1/groups", "POST")
        assert eventually(lambda: retoucher.calls and not spooled(server) and not server.helper.groups._groups)


def test_in_a_hurry_nothing_is_waited_for(stopping):
    server, _ = stopping
    server.server.hurry()
    assert eventually(lambda: refuses_connections(server)), "though a photo is in work"


def test_a_request_that_takes_too_long_is_told_to_become_a_job(tmp_path, settings, retoucher, fast_reader, photo):
    with running(replace(settings, seconds=1), retoucher, tmp_path / "spool") as server:
        retoucher.gate.clear()
        answer = server.post(photo)
        retoucher.gate.set()
        assert (answer.status, json.loads(answer.body)["hint"]) == (504, "ask for a job")


def test_no_limit_hangs_on_the_time_of_day(tmp_path, settings, retoucher, fast_reader, monkeypatch):
    with running(replace(settings, header_seconds=1, idle_seconds=1), retoucher, tmp_path / "spool") as server:
        now = time.time
        with server.connect() as silent, server.connect() as trickling, server.connect() as idle:
            trickling.sendall(b"GET /v1/info HTTP/1.1\r\n")
            idle.sendall(server.head("GET", "/healthz", Connection=None))
            assert idle.recv(65536).startswith(b"HTTP/1.1 204")
            monkeypatch.setattr(time, "time", lambda: now() - 3600)
            for connection in (silent, trickling, idle):
                assert connection.recv(65536) == b"", "it is closed"


def test_who_shows_no_right_makes_room(tmp_path, settings, retoucher, fast_reader, monkeypatch):
    monkeypatch.setattr(channel, "GRACE", 0.05)
    settings = replace(settings, connections=20, header_seconds=600, idle_seconds=600, body_seconds=600)
    with running(settings, retoucher, tmp_path / "spool") as server, ExitStack() as stack:
        mine = stack.enter_context(server.connect())
        mine.sendall(server.head("GET", "/healthz", Connection=None))
        assert mine.recv(65536).startswith(b"HTTP/1.1 204")
        for number in range(30):
            stranger = stack.enter_context(server.connect())
            if number % 2:
                stranger.sendall(server.head("GET", "/healthz", Connection=None, Authorization=None))
        assert parse(server.send(server.head("GET", "/v1/info"))).status == 200
        mine.sendall(server.head("GET", "/v1/info"))
        assert parse(server.receive(mine)).status == 200, "who has shown the token keeps its place"


def test_a_client_that_asks_on_and_on_without_reading_costs_no_thread(
    tmp_path, settings, retoucher, fast_reader, photo
):
    with running(replace(settings, connections=60), retoucher, tmp_path / "spool") as server, ExitStack() as stack:
        address = json.loads(server.post(photo, "/v1/render?job=true").body)["job"]
        job = server.helper.jobs.get(address)
        assert job.wait(10)
        job.result.path.write_bytes(bytes(20 << 20))
        job.result = replace(job.result, size=20 << 20)
        for _ in range(settings.threads + 1):
            connection = stack.enter_context(server.connect())
            connection.sendall(4 * server.head("GET", f"/v1/jobs/{address}/result", Connection=None))
        assert parse(server.send(server.head("GET", "/v1/info"), wait=10)).status == 200


@pytest.mark.parametrize("method, path", [("GET", "/v1/info"), ("POST", "/v1/groups"), ("POST", "/v1/lut")])
def test_an_offer_to_wait_for_the_go_ahead_with_nothing_is_answered(server, method, path):
    answer = server.send(server.head(method, path, Content_Length=0, Expect="100-continue"), wait=10)
    assert not answer.startswith(b"HTTP/1.1 100") and parse(answer).status in (200, 201, 422)


def test_where_descriptors_are_short_nothing_runs_hot(server, monkeypatch):
    tries = []

    def refuse(self):
        tries.append(time.monotonic())
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(http, "_PAUSE", 0.2)
    with monkeypatch.context() as patch:
        patch.setattr(TcpWSGIServer, "accept", refuse)
        with server.connect() as connection:
            assert eventually(lambda: len(tries) == 2)
            assert tries[1] - tries[0] >= 0.2
            patch.undo()
            connection.sendall(server.head("GET", "/healthz"))
            assert parse(server.receive(connection)).status == 204


def test_cookies_of_other_servers_leave_the_page_open(server):
    cookies = "; ".join(f"other{number}={1000 * 'x'}" for number in range(21))
    cookies += f"; {server.helper.identity.cookie_name}={server.helper.identity.cookie}"
    assert parse(server.send(server.head("GET", "/", Authorization=None, Cookie=cookies))).status == 200


def test_a_stranger_who_does_not_read_does_not_keep_the_helper_from_stopping(tmp_path, settings, retoucher):
    with running(settings, retoucher, tmp_path / "spool") as server, socket.socket() as greedy:
        greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        greedy.connect(("127.0.0.1", server.port))
        greedy.sendall(7 * f"GET /page/app.js HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        time.sleep(0.3)
        server.server.stop()
        assert eventually(lambda: refuses_connections(server), 8)


class Crowd:
    """Strangers who keep so many connections busy, and come again as soon as one is hung up on."""

    def __init__(self, server, request, connections):
        self.address, self.request, self.ends, self.answers = ("127.0.0.1", server.port), request, False, 0
        self.threads = [threading.Thread(target=self._stay) for _ in range(connections)]

    def _stay(self):
        while not self.ends:
            with suppress(OSError), socket.create_connection(self.address, timeout=0.5) as connection:
                while not self.ends:
                    connection.sendall(self.request)
                    if not connection.recv(65536):
                        break
                    self.answers += 1

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ends = True
        for thread in self.threads:
            thread.join()


@pytest.mark.parametrize("asks", ["", "GET /v1/in", "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"])
@pytest.mark.parametrize("path", ["/healthz", "/nothing"])
def test_strangers_who_come_again_and_again_keep_nobody_out(tmp_path, settings, retoucher, fast_reader, asks, path):
    settings = replace(settings, connections=12, header_seconds=600, idle_seconds=600)
    with running(settings, retoucher, tmp_path / "spool") as server:
        with Crowd(server, asks.format(path=path, port=server.port).encode(), 40):
            time.sleep(0.5)
            for _ in range(5):
                assert parse(server.send(server.head("GET", "/v1/info"), wait=10)).status == 200


def test_answers_that_a_stranger_does_not_read_take_neither_descriptors_nor_the_helper(server):
    """Each was an open file, and woke the loop through a pipe that was full: thread and loop waited for each other."""
    request = f"GET /page/photo_view.js HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
    before = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
    with ExitStack() as stack:
        for _ in range(12):
            greedy = stack.enter_context(socket.socket())
            greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            greedy.connect(("127.0.0.1", server.port))
            with suppress(OSError):
                greedy.settimeout(0.2)
                greedy.sendall(1000 * request)
        assert parse(server.send(server.head("GET", "/v1/info"), wait=10)).status == 200
        if before:
            assert len(os.listdir("/proc/self/fd")) < before + 60


def test_no_thread_waits_for_the_loop_that_waits_for_it(server, monkeypatch):
    """The pipe that wakes the loop holds 64 kB; the loop reads it only between two things it does."""
    entered, gate = threading.Event(), threading.Event()
    monkeypatch.setattr(server.server, "maintenance", lambda now: [entered.set(), gate.wait(30)])
    assert entered.wait(10)
    puller = threading.Thread(target=lambda: [server.server.pull_trigger() for _ in range(200_000)], daemon=True)
    puller.start()
    puller.join(20)
    assert not puller.is_alive()
    gate.set()
    assert is_alive(server)


def test_the_end_does_not_wait_by_the_time_of_day(monkeypatch):
    now, dispatcher, began, release = time.time, http.Dispatcher(1), threading.Event(), threading.Event()
    dispatcher.add_task(SimpleNamespace(service=lambda: [began.set(), release.wait(20)]))
    assert began.wait(10)
    monkeypatch.setattr(time, "time", lambda: now() - 3600)
    start = time.monotonic()
    dispatcher.shutdown(timeout=0.5)
    assert time.monotonic() - start < 10
    release.set()


def test_connections_leave_descriptors_for_what_answers_them(monkeypatch):
    resource = pytest.importorskip("resource")
    for files, places in ((resource.RLIM_INFINITY, 100), (1024, 100), (256, 100), (100, 30), (60, 10), (20, 6)):
        monkeypatch.setattr(resource, "getrlimit", lambda kind, files=files: (files, files))
        assert http.places(100) == places


@pytest.mark.parametrize("wide", [b"GET a://" + 8000 * b"1" + b" x", b"GET / HTTP/1.1\r\nX:" + 100_000 * b" " + b"x"])
def test_no_head_takes_time_by_the_square_of_its_length(server, wide):
    start = time.monotonic()
    assert code_of(parse(server.send(wide + b"\r\n\r\n"))) == "bad_request"
    assert time.monotonic() - start < 3


def test_who_goes_before_a_refusal_is_written_costs_no_traceback(server, caplog, monkeypatch):
    def hang_up(self, data):
        self.will_close = True
        raise ClientDisconnected

    monkeypatch.setattr(channel.Channel, "write_soon", hang_up)
    server.send(b"nonsense\r\n\r\n")
    monkeypatch.undo()
    assert is_alive(server)
    assert "Traceback" not in caplog.text and "Exception" not in caplog.text
