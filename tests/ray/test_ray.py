"""`--ray`, on a real cluster of two nodes: the bytes of one machine, whoever dies on the way."""

import json
import signal
import time

PHOTOS = 19  # in examples/shoot


def done(process):
    """Waits for a run that succeeds; returns its stdout and stderr."""
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out, err


def contents(folder):
    """Every result in a folder, by its path; not the record of the run, nor its page, which tell times."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".sqlite", ".html")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def wait_for(what, process):
    end = time.monotonic() + 120
    while not what():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)


def test_two_machines_write_what_one_does(machines, lutbridge, tmp_path):
    two = machines(), machines()
    arguments = ("render", "shoot", "--group", "folder", "--report", "--json", "-o")
    done(lutbridge(*arguments, "one"))
    out, err = done(lutbridge(*arguments, "two", "--ray", machines.address, "-v"))
    assert "sharing the work among 2 machines with 2 CPUs" in err
    assert len(contents(tmp_path / "two")) == PHOTOS
    assert contents(tmp_path / "two") == contents(tmp_path / "one")
    assert all([machine.opened for machine in two]), [machine.opened for machine in two]
    told = [json.loads(line) for line in out.splitlines()]
    assert [fact["type"] for fact in told] == ["group"] * 3 + ["photo"] * PHOTOS + ["summary"]
    assert told[-1]["done"] == PHOTOS
    page = (tmp_path / "two" / "report.html").read_text()
    assert page.count("data:image/jpeg") == (tmp_path / "one" / "report.html").read_text().count("data:image/jpeg")

    # What one machine then finds in the record is what it would have written itself.
    out, err = done(lutbridge(*arguments, "two"))
    assert f"{PHOTOS} of {PHOTOS} photos already done and kept" in err


def test_two_machines_write_the_luts_that_one_does(machines, lutbridge, tmp_path):
    machines(), machines()
    arguments = ("cube", "shoot", "--group", "folder", "--parts", "--size", "9", "-o")
    done(lutbridge(*arguments, "one"))
    done(lutbridge(*arguments, "two", "--ray", machines.address))
    assert contents(tmp_path / "two") == contents(tmp_path / "one")
    assert len(contents(tmp_path / "two")) > 4 * PHOTOS  # three LUTs and a mask for each, and those of the groups


def test_a_photo_whose_machine_dies_is_retouched_on_another(machines, lutbridge, tmp_path):
    done(lutbridge("render", "shoot", "-o", "one"))
    first, second = machines(), machines(HELD=".jpg")  # whichever it opens first
    run = lutbridge("render", "shoot", "-o", "two", "--ray", machines.address)
    wait_for(lambda: second.opened, run)
    held = second.opened[0]
    assert held not in first.opened
    second.die()
    done(run)
    assert held in first.opened
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_a_photo_that_kills_its_worker_twice_fails_and_the_others_are_done(machines, lutbridge, tmp_path):
    deadly = "too-bright.jpg"
    two = machines(DEADLY=deadly), machines(DEADLY=deadly)
    run = lutbridge("render", "shoot", "-o", "two", "--ray", machines.address)
    _, err = run.communicate(timeout=300)
    assert run.returncode == 1
    assert f"shoot/portraits/{deadly}: the process that worked on it died 2 times" in err
    assert [*two[0].opened, *two[1].opened].count(deadly) == 2
    done(lutbridge("render", "shoot", "-o", "one"))
    expected = contents(tmp_path / "one")
    del expected[f"portraits/{deadly}"]
    assert contents(tmp_path / "two") == expected

    # Without the other machines it is done, and nothing else is.
    _, err = done(lutbridge("render", "shoot", "-o", "two"))
    assert f"{PHOTOS - 1} of {PHOTOS} photos already done and kept; 1 to do: 1 failed before" in err
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_a_run_that_is_killed_on_one_machine_ends_on_two(machines, lutbridge, tmp_path):
    done(lutbridge("render", "shoot", "-o", "one"))
    machines()
    run = lutbridge("render", "shoot", "-o", "two", "--ray", machines.address)
    wait_for(lambda: len(list((tmp_path / "two").rglob("*.jpg"))) > 4, run)
    run.kill()
    run.wait()
    second = machines()
    _, err = done(lutbridge("render", "shoot", "-o", "two", "--ray", machines.address))
    assert "photos already done and kept" in err
    assert second.opened
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_a_machine_that_joins_takes_part(machines, lutbridge, tmp_path):
    machines(HELD="4-speaker.jpg")  # one of the first: the machine has no time for another
    run = lutbridge("render", "shoot", "-o", "two", "--ray", machines.address)
    wait_for(lambda: len(list((tmp_path / "two").rglob("*.jpg"))) == 3, run)
    second = machines()
    wait_for(lambda: len(second.opened) > 10, run)
    for _ in range(2):
        run.send_signal(signal.SIGINT)
        time.sleep(1)
    run.communicate(timeout=60)


def test_ctrl_c_finishes_what_is_begun_and_the_next_run_goes_on(machines, lutbridge, tmp_path):
    machines(), machines()
    run = lutbridge("render", "shoot", "-o", "two", "--ray", machines.address)
    wait_for(lambda: len(list((tmp_path / "two").rglob("*.jpg"))) > 2, run)
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "Finishing the photos that are begun" in err
    assert not list(tmp_path.rglob(".lutbridge-*"))
    count = len(contents(tmp_path / "two"))
    assert f"{count} of {PHOTOS} photos done" in err
    done(lutbridge("render", "shoot", "-o", "two", "--ray", machines.address))
    done(lutbridge("render", "shoot", "-o", "one"))
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_ctrl_c_twice_ends_at_once(machines, lutbridge, tmp_path):
    machines(HELD="4-speaker.jpg")
    run = lutbridge("render", "shoot", "-o", "two", "--ray", machines.address)
    wait_for(lambda: len(list((tmp_path / "two").rglob("*.jpg"))) == 3, run)
    run.send_signal(signal.SIGINT)
    time.sleep(1)
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=60)
    assert run.returncode == 130
    assert not list(tmp_path.rglob(".lutbridge-*"))


def test_an_edited_result_stays(machines, lutbridge, tmp_path):
    machines()
    arguments = ("render", "shoot/headshots", "-o", "two", "--ray", machines.address)
    done(lutbridge(*arguments))
    edited = tmp_path / "two" / "1.jpg"
    edited.write_bytes(edited.read_bytes() + b"edited")
    before = contents(tmp_path / "two")
    run = lutbridge(*arguments, "--strength", "0.5")
    _, err = run.communicate(timeout=120)
    assert run.returncode == 2 and "1.jpg" in err
    assert contents(tmp_path / "two") == before
    done(lutbridge(*arguments, "--strength", "0.5", "--existing", "skip"))
    assert edited.read_bytes() == before["1.jpg"]
    assert all(content != before[name] for name, content in contents(tmp_path / "two").items() if name != "1.jpg")


def test_no_cluster_is_one_sentence(lutbridge, tmp_path):
    run = lutbridge("render", "shoot", "-o", "two", "--ray", "127.0.0.1:9")
    _, err = run.communicate(timeout=120)
    assert run.returncode == 3
    assert not list(tmp_path.rglob(".lutbridge-*"))
    assert "--ray 127.0.0.1:9: this machine is in no such cluster" in err
    assert "Traceback" not in err
