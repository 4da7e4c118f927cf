import json
from pathlib import Path

import pytest

from lutbridge.errors import UsageError
from lutbridge.group.listed import Listed, listed_groups

PHOTOS = [Path("shoot/a/1.jpg"), Path("shoot/a/2.jpg"), Path("shoot/b/1.jpg"), Path("shoot/b/3.jpg")]


def read(tmp_path, text, photos=PHOTOS):
    file = tmp_path / "groups.txt"
    file.write_text(text, encoding="utf-8")
    return listed_groups(file, photos)


@pytest.mark.parametrize(
    "text",
    [
        "[one]\nshoot/a/1.jpg\nshoot/a/2.jpg\n\n[two]  # why\nshoot/b/1.jpg\n",
        "# remarks\n[one]\n\na/1.jpg\n  2.jpg  \n# more\n[two]\nb/1.jpg",
        "\ufeff[one]\r\nshoot/a/1.jpg\r\n./shoot/a/2.jpg\r\n\r\n[two]\r\nshoot/a/../b/1.jpg\r\n",
        '{"name": "one", "photos": ["shoot/a/1.jpg", "2.jpg"]}\n\n{"name": "two", "photos": ["b/1.jpg"]}\n'
        '{"type": "photo", "photo": "shoot/a/9.jpg", "status": "failed"}\n{"type": "summary", "photos": 3}\n',
    ],
)
def test_lines_and_json_say_the_same(tmp_path, text):
    assert read(tmp_path, text) == [Listed("one", (0, 1)), Listed("two", (2,))]


def test_a_blank_line_ends_a_group_without_a_name(tmp_path):
    assert read(tmp_path, "a/1.jpg\n2.jpg\n\n\n3.jpg\n") == [Listed("", (0, 1)), Listed("", (3,))]


def test_paths_from_the_file_s_own_folder(tmp_path):
    photos = [tmp_path / "shoot" / "1.jpg", tmp_path / "other" / "1.jpg"]
    assert read(tmp_path, "shoot/1.jpg\n", photos) == [Listed("", (0,))]


def test_names_that_look_like_headings_and_remarks(tmp_path):
    photos = [Path("[a].jpg"), Path("#1.jpg")]
    assert read(tmp_path, "[a].jpg\n./#1.jpg\n", photos) == [Listed("", (0, 1))]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a/1.jpg\n\n4.jpg\n", "groups.txt, line 3: there is no photo 4.jpg among the 4 given"),
        ("1.jpg\n", "line 1: 1.jpg may be shoot/a/1.jpg and shoot/b/1.jpg; write more of the path"),
        ("a/1.jpg\n2.jpg\n\n# so\nshoot/a/1.jpg\n", "line 5: shoot/a/1.jpg is in a group already, by line 1"),
        ("[x]\n2.jpg\n\n[x]\n3.jpg\n", "line 4: there is a group x already, at line 1"),
        ('{"photos": ["2.jpg"]}\n{"photos": \n', "line 2: this is no JSON object"),
        ('{"photos": ["2.jpg"]}\n["3.jpg"]\n', "line 2: a group was expected here"),
        ('{"name": "x", "photos": "2.jpg"}\n', "line 1: a group was expected here"),
        ('{"name": 3, "photos": ["2.jpg"]}\n', "line 1: a group was expected here"),
    ],
)
def test_faults_name_their_line(tmp_path, text, sentence):
    with pytest.raises(UsageError) as raised:
        read(tmp_path, text)
    assert sentence in str(raised.value)


def test_what_is_no_list_is_named(tmp_path):
    with pytest.raises(UsageError, match="name folder, time, auto, all, or a file"):
        listed_groups(tmp_path / "tme", PHOTOS)
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(UsageError, match="no text in UTF-8"):
        listed_groups(tmp_path / "photo.jpg", PHOTOS)


def test_an_empty_file_lists_nothing(tmp_path):
    assert read(tmp_path, "") == []
    assert read(tmp_path, json.dumps({"name": "none", "photos": []})) == []
