"""The helper as a process of its own: started, found, killed, told to stop."""

import json
import os
import shutil
import signal
import stat
import sys
import time
from pathlib import Path

import pytest

from lutbridge.errors import SetupError
from lutbridge_server import client, state
from lutbridge_server.serve import listening

from .conftest import PlainHttp
from .processes import PATIENCE, Process


@pytest.fixture
def user(tmp_path, toy_model):
    user = Process(tmp_path / "home", toy_model)
    yield user
    user.end()


def children_of(process):
    threads = Path(f"/proc/{process.pid}/task").iterdir()
    return [int(child) for thread in threads for child in (thread / "children").read_text().split()]


def files_of(user, name):
    return [path for path in (user.home / name).rglob("*") if path.is_file()]


def test_from_start_to_shutdown(user, photo):
    process = user.start()
    found = user.wait_for(process)
    assert stat.S_IMODE((user.folder / state.FILE).stat().st_mode) == 0o600
    http = PlainHttp(found["port"], found["token"])
    assert client.info(found)["device"] == "cpu"
    answer = http.post(photo, "/v1/lut?size=5&name=anna.jpg")
    assert answer.body.startswith(b'TITLE "anna.jpg - toy fitted LUT')
    assert http.post(photo, "/v1/render").body.startswith(b"\xff\xd8\xff")
    client.shut_down(found)
    assert process.wait(30) == 0
    assert not (user.folder / state.FILE).exists()
    assert files_of(user, "cache") == []
    log = "".join(path.read_text() for path in files_of(user, "state"))
    assert "POST /v1/lut 200" in log
    assert found["token"] not in log and "anna" not in log


def test_a_second_one_says_where_the_first_is_and_starts_nothing(user):
    first = user.start()
    port = user.wait_for(first)["port"]
    second = user.start("--json")
    out, err = second.communicate(timeout=PATIENCE)
    assert (second.returncode, json.loads(out)) == (0, {"port": port, "state": "running already"}), err
    assert first.poll() is None


def test_two_that_do_not_know_of_each_other_leave_each_others_photos_alone(user, photo):
    """Another session of the same user has another runtime folder and the same cache."""
    first = user.wait_for(user.start())
    http = PlainHttp(first["port"], first["token"])
    job = json.loads(http.post(photo, "/v1/render?job=true").body)["job"]
    other = Process(user.home / "other", user.model)
    other.environment["XDG_CACHE_HOME"] = user.environment["XDG_CACHE_HOME"]
    try:
        second = other.start()
        client.shut_down(other.wait_for(second))
        assert second.wait(30) == 0
    finally:
        other.end()
    while b'"running"' in (state_ := http.send(http.head("GET", f"/v1/jobs/{job}"))) or b'"waiting"' in state_:
        time.sleep(0.05)
    assert http.send(http.head("GET", f"/v1/jobs/{job}/result")).startswith(b"HTTP/1.1 200 OK")
    assert http.post(photo).status == 200


def test_after_kill_9_the_next_start_takes_over(user, photo):
    first = user.start()
    before = user.wait_for(first)
    (folder,) = [path for path in (user.home / "cache" / "lutbridge" / "spool").iterdir() if path.is_dir()]
    left = folder / "0123456789abcdef"
    left.write_bytes(b"a photo")
    first.kill()
    first.wait(10)
    assert state.read_state(user.folder) == before, "nobody was left to remove it"
    assert not client.answers(before)
    after = user.wait_for(user.start())
    assert after["token"] != before["token"] and after["instance"] != before["instance"]
    assert not left.exists()
    assert PlainHttp(after["port"], after["token"]).post(photo).status == 200
    assert PlainHttp(after["port"], before["token"]).post(photo).status == 401


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists the children of a process")
def test_a_killed_helper_leaves_no_process(user, photo):
    first = user.start()
    found = user.wait_for(first)
    assert PlainHttp(found["port"], found["token"]).post(photo).status == 200
    readers = children_of(first)
    assert readers, "photos are read in a process of its own"
    first.kill()
    first.wait(10)
    end = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in readers) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{pid}").exists() for pid in readers)


@pytest.fixture(autouse=True)
def terminal():
    """Helpers start as from a terminal, also where the tests themselves run under nohup, which they would inherit."""
    if not hasattr(signal, "SIGHUP"):
        yield
        return
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def rendering(user, make_photo, tmp_path):
    """A helper with a large photo in work; its process, its state, and the connection that waits for the answer."""
    process = user.start()
    found = user.wait_for(process)
    large = make_photo(tmp_path / "large.png", size=(3000, 2000)).read_bytes()
    http = PlainHttp(found["port"], found["token"])
    assert http.post(make_photo(tmp_path / "small.png").read_bytes()).status == 200, "it has warmed up"
    with http.connect(PATIENCE) as connection:
        connection.sendall(http.head(path="/v1/render", Content_Length=len(large)) + large)
        while client.info(found)["queue"]["running"] == 0:
            time.sleep(0.005)
        yield process, found, connection


@pytest.mark.parametrize("how", [[signal.SIGTERM], [signal.SIGINT], [signal.SIGHUP, signal.SIGHUP]])
def test_a_signal_finishes_the_photo_in_work(user, rendering, how):
    process, _, connection = rendering
    for number in how:
        process.send_signal(number)
        time.sleep(0.1)
    answer = PlainHttp.receive(connection)
    assert answer.startswith(b"HTTP/1.1 200 OK") and answer.endswith(b"IEND\xae\x42\x60\x82")
    assert user.ended(process) == 0
    assert not (user.folder / state.FILE).exists()
    assert files_of(user, "cache") == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists the children of a process")
def test_a_signal_to_all_processes_finishes_the_photo_too(rendering):
    """What systemd does to the processes of a service."""
    process, _, connection = rendering
    for pid in [process.pid, *children_of(process)]:
        os.kill(pid, signal.SIGTERM)
    assert PlainHttp.receive(connection).startswith(b"HTTP/1.1 200 OK")
    assert process.wait(30) == 0


def test_the_second_signal_gives_up_what_is_in_work(user, rendering):
    process, _, connection = rendering
    process.send_signal(signal.SIGINT)
    while (user.folder / state.FILE).exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert PlainHttp.receive(connection) == b""
    assert files_of(user, "cache") == []


def test_one_that_is_started_while_the_last_one_stops_waits_for_it(user, rendering):
    process, found, connection = rendering
    stopping = user.run("--stop")
    while (user.folder / state.FILE).exists():
        time.sleep(0.01)
    second = user.start()
    assert PlainHttp.receive(connection).startswith(b"HTTP/1.1 200 OK")
    assert user.wait_for(second)["instance"] != found["instance"]
    assert process.wait(30) == stopping.wait(30) == 0


def test_the_next_one_takes_the_same_port_and_another_where_that_is_taken(user):
    first = user.start()
    before = user.wait_for(first)
    PlainHttp(before["port"], before["token"]).post(b"no photo")  # a connection that is still fading
    first.kill()
    first.wait()
    second = user.start()
    after = user.wait_for(second)
    assert after["port"] == before["port"] and after["token"] != before["token"]
    second.kill()
    second.wait()
    with listening(before["port"]):
        third = user.start()
        assert user.wait_for(third)["port"] != before["port"]


@pytest.mark.parametrize("gone", ["file", "folder"])
def test_a_helper_whose_state_is_removed_is_found_and_stopped_all_the_same(user, gone):
    process = user.start()
    before = user.wait_for(process)
    (user.folder / state.FILE).unlink()
    if gone == "folder":
        shutil.rmtree(user.folder)
    stopping = user.run("--stop")
    assert stopping.wait(30) == 0, stopping.communicate()
    assert user.ended(process) == 0
    assert not client.answers(before)


def test_of_two_helpers_in_one_place_the_first_one_ends_and_says_so(user):
    first = user.start()
    user.wait_for(first)
    first.send_signal(signal.SIGSTOP)
    for name in (state.FILE, state.LOCK):
        (user.folder / name).unlink()
    second = user.start()
    found = user.wait_for(second)
    first.send_signal(signal.SIGCONT)
    assert user.ended(first) == 3
    assert "another helper was started" in first.communicate()[1]
    assert state.read_state(user.folder) == found and client.answers(found)


def test_a_taken_port_is_a_sentence_and_not_a_traceback(user):
    with listening(0) as taken:
        process = user.start("--port", str(taken.getsockname()[1]))
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 3
    assert err.startswith("lutbridge: port ") and "leave --port out" in err and "Traceback" not in err


def test_the_port_is_none_that_a_connection_might_take_while_the_helper_is_away(monkeypatch):
    def port():
        return sock.getsockname()[1]

    lent = Path("/proc/sys/net/ipv4/ip_local_port_range")
    first_lent = int(lent.read_text().split()[0]) if lent.exists() else 49152
    with listening(0) as sock:
        assert 1024 < port() < first_lent
        taken = port()
        with listening(0, taken) as sock:
            assert port() not in (0, taken)
        monkeypatch.setattr("lutbridge_server.serve._PORTS", range(taken, taken + 1))
        monkeypatch.setattr("lutbridge_server.serve._PORT_TRIES", 1)
        with listening(0, taken) as sock:  # where none of them is free
            assert port() != taken


def test_the_socket_is_on_the_loopback_interface_only():
    with listening(0) as sock:
        assert sock.getsockname()[0] == "127.0.0.1"
        with pytest.raises(SetupError, match="cannot be had"), listening(sock.getsockname()[1]):
            pass
