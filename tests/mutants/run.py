"""Small faults, each put into a copy of the tree: do the tests that should notice it fail?

    python tests/mutants/run.py [WORD...]

With words, only the mutants whose name holds one of them. mutants.toml lists them. Ends with 0 where every mutant is
killed, or survives for a reason that the list states; with 1 otherwise; with 2 where the list, or the tests without any
mutant, do not hold.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("mutants.toml")
LONGEST = 900  # seconds that the tests of one mutant may take; one that makes them endless is noticed too
PASSED, FAILED = 0, 1  # pytest's exit codes; the others mean that no test was run


@dataclass(frozen=True)
class Mutant:
    """One fault.

    Attributes:
        name: what is wrong, in words.
        file: where, from the root of the tree.
        old, new: the text that is replaced, which stands there once, and what by.
        tests: files of which one test at least should fail.
        survives: why no test needs to notice it; "" where one must.
    """

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    survives: str = ""


class ListError(Exception):
    """What is wrong with the list, or with the tests that it names."""


def read_list(path: Path = LIST) -> list[Mutant]:
    """The mutants of a TOML file with tables [[mutant]].

    Raises:
        ListError: one holds a key too many or too few.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]
        return [Mutant(**table | {"tests": tuple(table["tests"])}) for table in tables]
    except (KeyError, TypeError) as error:
        raise ListError(f"{path}: {error}") from error


def fault_of(mutant: Mutant, root: Path) -> str:
    """Why a mutant cannot be made or tested in a tree; "" where it can."""
    missing = [name for name in (mutant.file, *mutant.tests) if not (root / name).is_file()]
    if missing:
        return f"{mutant.name}: there is no {', '.join(missing)}"
    count = (root / mutant.file).read_text(encoding="utf-8").count(mutant.old)
    return "" if count == 1 else f"{mutant.name}: its old text stands {count} times in {mutant.file}, and not once"


def run(mutants: list[Mutant], root: Path) -> int:
    """Try every mutant, and print a line for each; the exit code.

    Raises:
        ListError: a mutant cannot be made, or its tests fail without it.
    """
    faults = [fault for mutant in mutants if (fault := fault_of(mutant, root))]
    if faults:
        raise ListError("\n".join(faults))
    tests = sorted({name for mutant in mutants for name in mutant.tests})
    with _copy(root) as tree:
        code, output = _pytest(tests, Path(tree))
    if code != PASSED:
        raise ListError(f"without any mutant, the tests do not pass:\n{output[-3000:]}")
    unexpected = 0
    for mutant in mutants:
        killed = _is_killed(mutant, root)
        unexpected += not killed and not mutant.survives
        reason = f" ({mutant.survives})" if mutant.survives and not killed else ""
        print(f"{'killed' if killed else 'survived'}: {mutant.name}{reason}", flush=True)
    print(f"{len(mutants)} mutants, {unexpected} of them unnoticed")
    return 1 if unexpected else 0


def _is_killed(mutant, root):
    # A tree of its own, so that no code compiled from another one is found beside it.
    with _copy(root) as tree:
        path = Path(tree) / mutant.file
        path.write_text(path.read_text(encoding="utf-8").replace(mutant.old, mutant.new), encoding="utf-8")
        code, output = _pytest(mutant.tests, Path(tree))
    if code not in (PASSED, FAILED):
        raise ListError(f"{mutant.name}: its tests could not be run:\n{output[-3000:]}")
    return code == FAILED


def _copy(root):
    """A temporary folder with the files that git tracks or would track."""
    tree = tempfile.TemporaryDirectory(prefix="mutant-")
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, cwd=root, capture_output=True, text=True, check=True).stdout.split("\0"):
        if name and (root / name).is_file():
            (Path(tree.name) / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, Path(tree.name) / name)
    return tree


def _pytest(tests, tree):
    """pytest's exit code, and what it printed; the tree's packages go before the installed ones."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (tree, tree / "server")))}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(
            command,
            cwd=tree,
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=LONGEST,
        )
    except subprocess.TimeoutExpired:
        return FAILED, f"longer than {LONGEST} s"
    return done.returncode, done.stdout + done.stderr


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("word", nargs="*", help="only the mutants whose name holds one of them")
    words = parser.parse_args().word
    try:
        chosen = [mutant for mutant in read_list() if not words or any(word in mutant.name for word in words)]
        if not chosen:
            raise ListError(f"no mutant's name holds {' or '.join(words)}")
        return run(chosen, ROOT)
    except ListError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
