import json
import stat

import pytest

from lutbridge_server import state
from lutbridge_server.lasting import FILE, Lasting, recall, remember


@pytest.fixture
def folder(tmp_path):
    return state.make_private(tmp_path / "lutbridge")


def test_what_is_remembered_is_recalled_by_its_user_alone(folder):
    lasting = Lasting(49731)
    remember(folder, lasting)
    assert recall(folder) == lasting
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    assert lasting.page_key not in repr(lasting)


def test_without_a_past_there_is_a_new_key(folder):
    first, second = recall(folder), recall(folder)
    assert first.port == second.port == 0 and first.page_key != second.page_key


@pytest.mark.parametrize(
    ("left", "port"),
    [
        ("", 0),
        ("[]", 0),
        ('{"port": 0}', 0),
        ('{"port": 65536}', 0),
        ('{"port": true}', 0),
        ('{"port": 80, "page_key": "short"}', 80),
        ('{"port": 80, "page_key": 7}', 80),
    ],
)
def test_what_makes_no_sense_is_a_new_beginning(folder, left, port):
    (folder / FILE).write_text(left)
    found = recall(folder)
    assert found.port == port and len(found.page_key) == 43


def test_a_link_is_not_followed(folder, tmp_path):
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_text(json.dumps({"port": 80, "page_key": "x" * 43}))
    (folder / FILE).symlink_to(elsewhere)
    assert recall(folder).port == 0
