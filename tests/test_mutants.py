"""The list of mutants fits the tree, and its runner tells who is noticed."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
spec = importlib.util.spec_from_file_location("mutants_run", ROOT / "tests" / "mutants" / "run.py")
mutants = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(mutants)


@pytest.mark.parametrize("mutant", mutants.read_list(), ids=lambda mutant: mutant.name)
def test_every_mutant_can_be_made(mutant):
    assert mutants.fault_of(mutant, ROOT) == ""


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "sums.py").write_text("def twice(x):\n    return x + x\n\n\ndef half(x):\n    return x / 2\n")
    (tmp_path / "test_sums.py").write_text("from sums import twice\n\n\ndef test_twice():\n    assert twice(3) == 6\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def mutant(old, new, survives=""):
    return mutants.Mutant(f"{old} is {new}", "sums.py", old, new, ("test_sums.py",), survives)


def test_killed_survived_and_excused(tree, capsys):
    killed, unnoticed = mutant("x + x", "x"), mutant("x / 2", "x")
    assert mutants.run([killed], tree) == 0
    assert capsys.readouterr().out == "killed: x + x is x\n1 mutants, 0 of them unnoticed\n"
    assert mutants.run([killed, unnoticed], tree) == 1
    assert "survived: x / 2 is x\n2 mutants, 1 of them unnoticed" in capsys.readouterr().out
    assert mutants.run([mutant("x / 2", "x", "nobody calls it")], tree) == 0
    assert "survived: x / 2 is x (nobody calls it)\n" in capsys.readouterr().out
    assert "x + x" in (tree / "sums.py").read_text(), "the tree itself is left as it is"


def test_a_list_that_does_not_hold_is_told(tree):
    with pytest.raises(mutants.ListError, match=r"stands 0 times in sums\.py"):
        mutants.run([mutant("x - x", "x")], tree)
    with pytest.raises(mutants.ListError, match=r"there is no gone\.py"):
        mutants.run([mutants.Mutant("gone", "gone.py", "a", "b", ("test_sums.py",))], tree)
    (tree / "test_sums.py").write_text("def test_it():\n    assert False\n")
    with pytest.raises(mutants.ListError, match="without any mutant, the tests do not pass"):
        mutants.run([mutant("x + x", "x")], tree)
    (tree / "test_sums.py").write_text("import nothing_of_that_name\n")
    with pytest.raises(mutants.ListError, match="do not pass"):
        mutants.run([mutant("x + x", "x")], tree)
