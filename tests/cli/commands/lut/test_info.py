import json
import subprocess
import sys

import pytest

from lutbridge.lut.lut3d import Lut3D


def test_facts_for_scripts(lutbridge, warm):
    result = lutbridge("lut", "info", warm, "--json")
    facts = json.loads(result.out)
    assert result.code == 0
    assert (facts["format"], facts["title"], facts["grid_size"], facts["shaper"]) == ("cube", "Warm", 17, None)
    assert facts["domain"] == [[0, 0, 0], [1, 1, 1]]
    assert facts["range"] == [pytest.approx([0.02] * 3), pytest.approx([0.97] * 3)]
    assert facts["falling"] == 0 and 0.02 < facts["from_identity"]["mean"] < 0.2


def test_facts_for_people(lutbridge, warm, write_lut):
    other = write_lut("same.cube", Lut3D.identity(9))
    result = lutbridge("lut", "info", warm, other)
    assert result.code == 0
    for text in (
        "Warm",
        "grid size      17",
        "0.02 to 0.97",
        "monotonic      yes",
        "by 0.0 of 255",
    ):
        assert text in result.out


def test_a_file_that_is_no_lut_is_named_and_the_others_are_shown(lutbridge, warm, tmp_path):
    (tmp_path / "bad.cube").write_text("LUT_3D_SIZE 2\n0 0 0\n")
    result = lutbridge("lut", "info", tmp_path / "bad.cube", warm)
    assert result.code == 1
    assert f"{tmp_path / 'bad.cube'}: " in result.err and "Warm" in result.out


def test_it_answers_without_loading_torch(warm):
    script = (
        "import sys\n"
        "from lutbridge.cli.main import main\n"
        f"sys.argv = ['lutbridge', 'lut', 'info', {str(warm)!r}]\n"
        "try:\n    main()\n"
        "finally:\n    assert 'torch' not in sys.modules"
    )
    result = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
