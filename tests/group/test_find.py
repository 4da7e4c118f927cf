import os
from dataclasses import replace
from pathlib import Path

import pytest

from lutbridge.errors import UsageError
from lutbridge.group.capture import Facts
from lutbridge.group.find import find_groups

from .scenery import PHOTOS, ROOMS, Shoot

SCENES = [*PHOTOS, *ROOMS]


def members(groups):
    return [group.members for group in groups]


def test_each_folder_is_a_group():
    facts = [Facts(Path(name)) for name in ("b/1.jpg", "a/1.jpg", "b/2.jpg", "b/c/1.jpg")]
    groups = find_groups(facts, "folder")
    assert members(groups) == [(0, 2), (1,), (3,)]
    assert [group.name for group in groups] == ["b", "a", str(Path("b/c"))]
    assert groups[0].reason == "2 photos in the folder b"


def test_all_are_one_group():
    (group,) = find_groups([Facts(Path("a/1.jpg")), Facts(Path("b/1.jpg"))], "all")
    assert group.members == (0, 1) and group.name == "all"
    assert find_groups([], "all") == []


def test_a_pause_ends_a_group_in_time():
    shoot = Shoot()
    for after in (0, 4, 6, 200, 5, 3):
        shoot.take("cat", after)
    shoot.take("cat", camera="B", clock=-3600).take("cat", timed=False)
    groups = find_groups(shoot.facts, "time")
    assert members(groups) == [(0, 1, 2), (3, 4, 5), (6,), (7,)]
    assert [group.reason for group in groups] == [
        "3 photos, within 10 s by Camera A",
        "3 photos, within 8 s by Camera A",
        "1 photo, by Camera B",
        "1 photo that does not say when it was taken",
    ]
    assert [group.name for group in groups] == ["1", "2", "3", "4"]


def test_members_come_in_the_order_of_the_clock():
    shoot = Shoot().take("cat").take("cat").take("cat")
    assert members(find_groups(shoot.facts[::-1], "time")) == [(2, 1, 0)]
    assert members(find_groups(shoot.facts[::-1], "auto", shoot.likeness)) == [(2, 1, 0)]


def test_the_time_of_files_only_where_no_photo_tells_one(make_photo, tmp_path):
    facts = []
    for number, changed in enumerate((1000, 1005, 9000)):
        path = make_photo(tmp_path / f"{number}.jpg")
        os.utime(path, (changed, changed))
        facts.append(Facts(path))
    groups = find_groups(facts, "time")
    assert members(groups) == [(0, 1), (2,)]
    assert all("by the time of the files, because no photo says when" in group.reason for group in groups)
    taken = Shoot().take("cat").facts[0]
    assert len(find_groups([replace(taken, path=facts[0].path), *facts[1:]], "time")) == 3


def one_camera(shoot):
    for name in SCENES:
        for _ in range(4):
            shoot.take(name)
        shoot.take(name, after=200).take(name).take(name)
        shoot.seconds += 600


def quick_changes(shoot):
    for name in SCENES:
        for _ in range(5):
            shoot.take(name, after=4)


def two_cameras(shoot):
    for name in SCENES:
        for number in range(6):
            shoot.take(name, camera="AB"[number % 2], clock=-4000 * (number % 2))


def some_without_a_time(shoot):
    for name in SCENES:
        for number in range(6):
            shoot.take(name, timed=number % 3 > 0)


def none_with_a_time(shoot):
    for name in SCENES:
        for _ in range(4):
            shoot.take(name, timed=False)


def back_and_forth(shoot):
    for _ in range(3):
        for name in SCENES[:3]:
            shoot.take(name).take(name)


def brackets(shoot):
    for name in SCENES:
        for _ in range(3):
            for ev in (0, -2, 2):
                shoot.take(name, after=4 if ev == 0 else 0.3, ev=ev)


def a_new_folder_in_the_middle(shoot):
    for name in SCENES:
        for number in range(4):
            shoot.take(name, folder=f"{100 + number // 2 + len(shoot.facts) // 8}CANON")


@pytest.mark.parametrize(
    "play",
    [
        one_camera,
        quick_changes,
        two_cameras,
        some_without_a_time,
        none_with_a_time,
        back_and_forth,
        brackets,
        a_new_folder_in_the_middle,
    ],
)
def test_looks_and_time_find_the_scenes(play):
    shoot = Shoot()
    play(shoot)
    groups = find_groups(shoot.facts, "auto", shoot.likeness)
    assert shoot.groups_are(groups), [[shoot.truth[i] for i in group.members] for group in groups]


def test_looks_alone_do_not_join_what_hours_part():
    shoot = Shoot()
    shoot.take("cat").take("cat").take("cat", after=4000).take("cat")
    groups = find_groups(shoot.facts, "auto", shoot.likeness)
    assert members(groups) == [(0, 1), (2, 3)]
    assert groups[0].reason == "2 takes that look alike, within 5 s by Camera A"


def test_the_reason_names_every_camera_and_what_has_no_time():
    shoot = Shoot().take("cat").take("cat").take("cat", camera="B", clock=500).take("cat", timed=False).take("coffee")
    cat, coffee = find_groups(shoot.facts, "auto", shoot.likeness)
    assert cat.reason == "4 takes that look alike, within 5 s by Camera A, and by Camera B; 1 without a capture time"
    assert coffee.reason == "1 take, unlike the others, by Camera A"


def test_no_photo_and_one_photo():
    assert find_groups([], "auto", Shoot().likeness) == []
    shoot = Shoot().take("cat")
    for by in ("folder", "time", "auto", "all"):
        assert members(find_groups(shoot.facts, by, shoot.likeness)) == [(0,)]


def test_a_file_says_it_and_what_it_does_not_name_is_left_alone(tmp_path):
    facts = [Facts(Path(f"shoot/{number}.jpg")) for number in range(4)]
    file = tmp_path / "mine.txt"
    file.write_text("[2]\n3.jpg\n1.jpg\n")
    groups = find_groups(facts, str(file))
    assert [(group.name, group.members) for group in groups] == [("1", (0,)), ("2", (3, 1)), ("3", (2,))]
    assert groups[0].reason == f"1 photo that {file} does not name"
    assert groups[1].reason == f"2 photos, as {file} says"
    with pytest.raises(UsageError, match="name folder, time, auto, all"):
        find_groups(facts, "atuo")
