import errno
import io
import os
import shutil
import stat

import pytest
from filelock import FileLock

from lutbridge.errors import SetupError
from lutbridge_server.errors import ApiError
from lutbridge_server.spool import Spool


def test_a_spool_is_private_and_leaves_nothing(tmp_path):
    spool = Spool(tmp_path / "spool")
    assert stat.S_IMODE(spool.folder.stat().st_mode) == 0o700
    path = spool.keep(io.BytesIO(b"photo"))
    assert path.read_bytes() == b"photo"
    spool.drop(path)
    spool.drop(path)
    spool.keep(io.BytesIO(b"another"))
    spool.close()
    assert not spool.folder.exists()


def test_what_a_killed_helper_left_is_removed(tmp_path):
    left = tmp_path / "spool" / "0123456789abcdef"
    left.mkdir(parents=True)
    (left / "fedcba9876543210").write_bytes(b"photo")
    (left / ".lutbridge-fedcba9876543210.tmp").write_bytes(b"half a result")
    left.with_suffix(".lock").touch()
    spool = Spool(tmp_path / "spool")
    spool.close()
    assert list((tmp_path / "spool").iterdir()) == []


def everything_below(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_no_helper_made_is_left_alone(tmp_path):
    """Other names; no lock; other files; links, and what they lead to."""
    parent, photos = tmp_path / "spool", tmp_path / "photos"
    for folder in (parent / "sub", parent / "0123456789abcdef", parent / "1123456789abcdef", photos / "sub"):
        folder.mkdir(parents=True)
        (folder / "anna.jpg").write_bytes(b"photo")
    (photos / "0123456789abcdef").write_bytes(b"a photo of that name")
    for name in ("sub", "1123456789abcdef", "2123456789abcdef", "3123456789abcdef"):
        (parent / f"{name}.lock").touch()
    (parent / "2123456789abcdef").symlink_to(photos)
    (parent / "1123456789abcdef" / "0123456789abcdef").symlink_to(photos)
    before = everything_below(tmp_path / "photos"), (parent / "sub" / "anna.jpg").read_bytes()
    Spool(parent).close()
    assert (everything_below(tmp_path / "photos"), (parent / "sub" / "anna.jpg").read_bytes()) == before
    assert (parent / "0123456789abcdef" / "anna.jpg").exists() and (parent / "1123456789abcdef" / "anna.jpg").exists()
    assert (parent / "2123456789abcdef").is_symlink()


def test_a_spool_that_is_a_link_is_refused_and_nothing_behind_it_touched(tmp_path):
    photos = tmp_path / "photos"
    (photos / "sub").mkdir(parents=True, mode=0o755)
    (photos / "sub" / "anna.jpg").write_bytes(b"photo")
    mode = photos.stat().st_mode
    (tmp_path / "spool").symlink_to(photos)
    with pytest.raises(SetupError, match="a link or a file"):
        Spool(tmp_path / "spool")
    assert (photos / "sub" / "anna.jpg").read_bytes() == b"photo" and photos.stat().st_mode == mode


def test_a_folder_that_cannot_be_made_again_is_said_and_made_later(tmp_path, monkeypatch):
    spool = Spool(tmp_path / "spool")
    shutil.rmtree(tmp_path / "spool")
    with monkeypatch.context() as patch:

        def refuse(*_):
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

        patch.setattr(FileLock, "acquire", refuse)
        for _ in range(2):
            with pytest.raises(ApiError) as refused:
                spool.keep(io.BytesIO(b"photo"))
            assert refused.value.code == "no_space"
    assert spool.keep(io.BytesIO(b"photo")).read_bytes() == b"photo"
    spool.close()
    assert list((tmp_path / "spool").iterdir()) == []


def test_what_a_living_helper_keeps_is_left_alone(tmp_path):
    """Two helpers with another runtime folder each (cron, su, a sandbox) have one cache."""
    first = Spool(tmp_path / "spool")
    path = first.keep(io.BytesIO(b"photo"))
    second = Spool(tmp_path / "spool")
    assert first.folder != second.folder and path.read_bytes() == b"photo"
    second.close()
    assert path.read_bytes() == b"photo"
    first.close()
    assert list((tmp_path / "spool").iterdir()) == []


def test_a_folder_that_was_cleaned_away_is_made_again(tmp_path):
    spool = Spool(tmp_path / "spool")
    shutil.rmtree(tmp_path / "spool")
    path = spool.keep(io.BytesIO(b"photo"))
    assert path.read_bytes() == b"photo" and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    Spool(tmp_path / "spool").close()
    assert path.exists(), "it is claimed again"
    spool.close()
    with pytest.raises(OSError, match="No such file"):
        spool.keep(io.BytesIO(b"late"))


def test_a_body_that_comes_in_is_private_and_removed_unless_it_is_taken(tmp_path):
    spool = Spool(tmp_path / "spool")
    with spool.receive() as left:
        left.append(b"pho")
        left.append(b"to")
        (path,) = spool.folder.iterdir()
        assert (len(left), left.getfile().read(), stat.S_IMODE(path.stat().st_mode)) == (5, b"photo", 0o600)
    assert list(spool.folder.iterdir()) == []
    taken = spool.receive()
    taken.append(b"another")
    path = taken.take()
    taken.close()
    assert path.read_bytes() == b"another"
    spool.close()
    assert not path.exists()


class Broken(io.BytesIO):
    """Fails in the middle."""

    def __init__(self, number):
        super().__init__(b"12345678")
        self.number = number

    def read(self, size=-1):
        if self.tell():
            raise OSError(self.number, os.strerror(self.number))
        return super().read(4)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_said_and_leaves_no_half_file(tmp_path, number):
    spool = Spool(tmp_path / "spool")
    with pytest.raises(ApiError) as refused:
        spool.keep(Broken(number))
    assert refused.value.code == "no_space"
    assert list(spool.folder.iterdir()) == []


def test_another_fault_of_the_disk_is_not_called_a_full_one(tmp_path):
    spool = Spool(tmp_path / "spool")
    with pytest.raises(OSError, match="Input/output error"):
        spool.keep(Broken(errno.EIO))
    assert list(spool.folder.iterdir()) == []
