import os
import sqlite3

import pytest

from lutbridge.batch import tables
from lutbridge.batch.manifest import NAME, Manifest
from lutbridge.batch.planned import PlannedPhoto
from lutbridge.batch.record import MadeWith


@pytest.fixture
def planned(tmp_path):
    """Three photos and their results, all of them there."""
    photos = [PlannedPhoto(tmp_path / f"{name}.jpg", tmp_path / "out" / f"{name}.jpg") for name in "abc"]
    (tmp_path / "out").mkdir()
    for photo in photos:
        photo.source.write_bytes(b"photo")
        photo.output.write_bytes(b"result")
    return photos


def states(folder):
    with Manifest(folder) as manifest:
        return {path.name: entry.state for path, entry in manifest.entries.items()}


def test_what_is_entered_together_is_there_together(planned, tmp_path):
    with Manifest(tmp_path / "out") as manifest:
        manifest.begin(planned, [], MadeWith("model", {}))
        with manifest.together():
            for photo in planned[:2]:
                manifest.done(photo, 1.0, {})
        manifest.done(planned[2], 1.0, {})
    assert states(tmp_path / "out") == {"a.jpg": "done", "b.jpg": "done", "c.jpg": "done"}


def test_what_breaks_in_between_leaves_none_of_it_and_the_record_usable(planned, tmp_path):
    with Manifest(tmp_path / "out") as manifest:
        manifest.begin(planned, [], MadeWith("model", {}))
        with pytest.raises(KeyboardInterrupt), manifest.together():
            manifest.done(planned[0], 1.0, {})
            raise KeyboardInterrupt
        manifest.done(planned[1], 1.0, {})
    assert states(tmp_path / "out") == {"a.jpg": "started", "b.jpg": "done", "c.jpg": "started"}


def test_photos_on_another_drive_are_entered_by_their_whole_path(planned, tmp_path, monkeypatch):
    def apart(path, start):
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    with Manifest(tmp_path / "out") as manifest, monkeypatch.context() as patch:
        patch.setattr(os.path, "relpath", apart)
        manifest.begin(planned, [], MadeWith("model", {}))
        manifest.done(planned[0], 1.0, {})
    with Manifest(tmp_path / "out") as manifest:
        entry = manifest.entries[planned[0].output]
    assert (entry.state, entry.photo) == ("done", planned[0].source)


def test_no_statement_looks_through_all_photos(planned, tmp_path, monkeypatch):
    """Else a photo takes time in proportion to all that were entered before."""
    asked = []
    with Manifest(tmp_path / "out") as manifest:
        manifest.begin(planned, [], MadeWith("model", {}))
        manifest._database.set_trace_callback(asked.append)
        manifest.done(planned[0], 1.0, {})
        manifest._database.set_trace_callback(None)
        statements = [text for text in asked if text.startswith(("INSERT", "DELETE", "SELECT", "UPDATE"))]
        plans = [row[-1] for text in statements for row in manifest._database.execute(f"EXPLAIN QUERY PLAN {text}")]
    assert len(statements) >= 3 and any("result_of_output" in plan for plan in plans)
    assert not [plan for plan in plans if plan.startswith("SCAN")]


def test_a_record_of_the_first_version_gets_the_index(planned, tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "STEPS", tables.STEPS[:1])
    with Manifest(tmp_path / "out") as manifest:
        manifest.begin(planned, [], MadeWith("model", {}))
        manifest.done(planned[0], 1.0, {})
    monkeypatch.undo()
    assert states(tmp_path / "out")["a.jpg"] == "done"
    with sqlite3.connect(tmp_path / "out" / NAME) as database:
        assert database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'result_of_output'").fetchone() == (1,)
    database.close()
