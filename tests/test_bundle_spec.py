"""The bundle's list of what stays out, held to what lutbridge imports: nothing that it needs may be left out."""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TRAINS = ("train", "research")  # are not in the bundle


def left_out():
    for node in ast.walk(ast.parse((ROOT / "bundle" / "lutbridge.spec").read_text())):
        if isinstance(node, ast.Assign) and node.targets[0].id == "WITHOUT":
            return set(ast.literal_eval(node.value))
    raise AssertionError("lutbridge.spec has no WITHOUT")


def imported():
    """Module → a file that imports it, of all that goes into the bundle."""
    found = {}
    for package in (ROOT / "lutbridge", ROOT / "server" / "lutbridge_server", ROOT / "plugin_lua"):
        for path in package.rglob("*.py"):
            if path.relative_to(package).parts[0] in TRAINS:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
                found |= {name.partition(".")[0]: path for name in names}
    return found


def test_nothing_of_the_standard_library_that_is_imported_stays_out():
    found = imported()
    assert {"sqlite3", "tomllib", "hashlib"} <= found.keys()  # the manifest, configs, digests
    assert {name: found[name] for name in left_out() & sys.stdlib_module_names & found.keys()} == {}
