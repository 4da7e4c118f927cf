import io
import stat

import pytest

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
    Spool(tmp_path / "spool").keep(io.BytesIO(b"photo"))
    assert list(Spool(tmp_path / "spool").folder.iterdir()) == []


def test_a_full_disk_is_said_and_leaves_no_half_file(tmp_path):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise OSError(28, "No space left on device")
            return super().read(4)

    spool = Spool(tmp_path / "spool")
    with pytest.raises(ApiError) as refused:
        spool.keep(Broken(b"12345678"))
    assert refused.value.code == "no_space"
    assert list(spool.folder.iterdir()) == []
