"""The helper under load (`make soak`): fifty clients for SOAK_SECONDS, then SOAK_REQUESTS one after another.

A process of its own with the built-in model on the CPU. Every answer is checked against its own photo, the memory of
the helper and of its reading process stays flat, and nothing is left in its folders.
"""

import os
import re
import threading
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from lutbridge_server import client

from ..server.conftest import PlainHttp
from ..server.processes import Process

CLIENTS = 50
SECONDS = float(os.environ.get("SOAK_SECONDS", "20"))
REQUESTS = int(os.environ.get("SOAK_REQUESTS", "300"))
WARM_UP = 100  # requests, while caches and memory pools fill
GROWTH = 48 * 2**20  # bytes; a leaked photo each would be far more
PHOTOS = 8
SIZE = (480, 320)


@pytest.fixture(scope="module")
def user(tmp_path_factory):
    user = Process(tmp_path_factory.mktemp("soak") / "home", "portrait-v1")
    user.state = user.wait_for(user.start())
    yield user
    user.end()


@pytest.fixture
def http(user):
    return PlainHttp(user.state["port"], user.state["token"])


@pytest.fixture
def photos(make_photo, tmp_path):
    return [make_photo(tmp_path / f"{seed}.png", SIZE, seed).read_bytes() for seed in range(PHOTOS)]


def ask(http, photo, name):
    return http.post(photo, f"/v1/lut?size=9&view=fused&name={name}")


def test_fifty_clients_lose_no_answer_and_mix_none_up(http, photos):
    expected = [ask(http, photo, f"{mine}.png").body for mine, photo in enumerate(photos)]
    assert len(set(expected)) == PHOTOS
    end, outcomes, wrong = time.monotonic() + SECONDS, Counter(), []

    def run(number):
        turn = number
        while time.monotonic() < end:
            mine, turn = turn % PHOTOS, turn + 1
            answer = ask(http, photos[mine], f"{mine}.png")
            outcomes[answer.status] += 1
            if answer.status == 503:
                time.sleep(0.2)
            elif answer.status != 200 or answer.body != expected[mine]:
                wrong.append((number, mine, answer.status, answer.body[:80]))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS + 120)
    print(
        f"{CLIENTS} clients, {SECONDS:g} s: {outcomes[200]} answers, "
        f"{outcomes[503]} told to come back, {len(wrong)} wrong"
    )
    assert wrong == []
    assert set(outcomes) <= {200, 503} and outcomes[200] > SECONDS / 4


def memory(pid):
    """Resident bytes of a process and of its children."""
    pids = [pid]
    for thread in Path(f"/proc/{pid}/task").iterdir():
        pids += [int(child) for child in (thread / "children").read_text().split()]
    pages = sum(int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in pids)
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_memory_is_flat_and_nothing_is_left(user, http, photos):
    seen = []
    for number in range(WARM_UP + REQUESTS):
        path = "/v1/render?format=jpeg" if number % 2 else "/v1/lut?size=9&view=fused"
        assert http.post(photos[number % PHOTOS], path).status == 200
        if number % 10 == 0 and number >= WARM_UP:
            seen.append(memory(user.state["pid"]))
    slope = np.polyfit(np.arange(len(seen)) * 10, seen, 1)[0]
    print(f"{REQUESTS} requests: {seen[0] / 2**20:.0f} MB, then {seen[-1] / 2**20:.0f} MB, {slope:.0f} bytes a request")
    assert seen[-1] - seen[0] < GROWTH
    assert len(os.listdir(f"/proc/{user.state['pid']}/fd")) < 60
    spool = user.home / "cache" / "lutbridge" / "spool"
    assert [path for path in spool.rglob("*") if path.is_file() and path.suffix != ".lock"] == []


def test_it_stops_as_if_nothing_had_been(user):
    client.shut_down(user.state)
    assert user.started[0].wait(30) == 0
    logs = [path.read_text() for path in (user.home / "state").rglob("helper.log*")]
    assert logs and not re.search(r"ERROR|Traceback", "".join(logs))
    assert user.state["token"] not in "".join(logs)
