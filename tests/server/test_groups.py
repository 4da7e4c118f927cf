import time
from pathlib import Path

import numpy as np
import pytest

from lutbridge.shoot import Facts
from lutbridge_server.errors import ApiError
from lutbridge_server.groups import Groups, OpenGroup, Solution


def solution(takes):
    return Solution(np.eye(takes, dtype=np.float32), {}, 1.0, None, (range(takes),))


def test_a_take_that_comes_while_the_group_is_being_solved_is_not_passed_over():
    group = OpenGroup("m", most=5)
    group.add("a", (), None, Facts(Path()))
    group.add("b", (), None, Facts(Path()))
    with pytest.raises(ApiError) as refused:
        group.solve(1, solution(1))
    assert refused.value.code == "group_unsolved"
    group.solve(2, solution(2))
    assert group.weights_of("t2").tolist() == [0, 1]


def test_there_is_room_for_so_many_takes():
    group = OpenGroup("m", most=1)
    group.add("a", (), None, Facts(Path()))
    with pytest.raises(ApiError, match="at most 1 takes"):
        group.add("b", (), None, Facts(Path()))


def test_a_group_is_forgotten_some_time_after_its_last_use(monkeypatch):
    groups = Groups(most=2, takes=5, all_takes=9, seconds=60)
    used, unused = groups.open("m"), groups.open("m")
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 50)
    groups.get(used.id)
    monkeypatch.setattr(time, "monotonic", lambda: now + 100)
    groups.expire()
    assert groups.get(used.id) is used
    with pytest.raises(ApiError, match="no such group"):
        groups.get(unused.id)


def test_there_is_room_for_so_many_takes_of_all_groups_together():
    groups = Groups(most=2, takes=5, all_takes=3, seconds=60)
    one, other = groups.open("m"), groups.open("m")
    for name in "abc":
        groups.check_room(one)
        one.add(name, (), None, Facts(Path()))
    with pytest.raises(ApiError) as refused:
        groups.check_room(other)
    assert (refused.value.code, refused.value.message) == ("too_many_takes", "the open groups have 3 takes together")
    groups.close(one.id)
    groups.check_room(other)
