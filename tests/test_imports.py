"""Who may know whom: the direction of imports that docs/architecture.md draws, held for every module of the package."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE, SERVER = ROOT / "lutbridge", ROOT / "server" / "lutbridge_server"

# Each row: a room of the house, and the rooms whose modules it may import, at the top of a file or inside a function.
MAY_IMPORT = {
    "errors": "",
    "strength": "",
    "files": "errors",
    "lut": "files errors",  # and so no colour space
    "color": "lut files errors",  # of lut, the compiled lookup: profiles made of tables are lattices
    "weights": "",
    "model": "weights lut color files errors",
    "image": "lut color files errors",
    "render": "model lut color errors",
    "retouch": "render image model lut color errors strength",
    "group": "render image model lut color errors",
    "shoot": "retouch group image lut errors strength",
    "looks": "image lut color errors strength",  # no model: a LUT is all it needs
    "batch": "image lut color files errors strength",  # a Retoucher comes in as an argument
    # Of batch and group, which photos a folder holds and what is a group.
    "train": "batch group image model lut color files errors",
    "research": "train shoot retouch group image render model lut color files errors",
    "server": "shoot retouch group image model lut color files errors strength",  # lutbridge_server
    "cli": "server research train batch looks shoot group retouch image model lut color files errors strength",
}

# What still knows the networks in torch, module by module. Torch leaves these rooms next; nothing may join the list.
KNOWS_TRAIN = (
    "group/agree.py",
    "group/pictures.py",
    "group/shared.py",
    "group/solve.py",
    "model/network.py",
    "model/selftest.py",
    "render/cpu.py",
    "render/gpu.py",
    "render/reference.py",
    "render/whole_photo.py",
    "retouch.py",
)

# What the modules of a room may import at the top, besides the standard library and lutbridge itself.
LIGHT = {"errors": "", "cli": "click"}


# `python -m lutbridge` and `python -m lutbridge_server` are doors of the command line.
DOORS = (PACKAGE / "__init__.py", PACKAGE / "__main__.py", SERVER / "__main__.py")


def modules():
    return sorted(path for package in (PACKAGE, SERVER) for path in package.rglob("*.py") if path not in DOORS)


def room_of(path):
    return "server" if path.is_relative_to(SERVER) else path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(nodes):
    """Dotted names of everything that the statements import."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            if node.module == "lutbridge":
                yield from (f"lutbridge.{alias.name}" for alias in node.names)
            else:
                yield node.module


def rooms_imported(path):
    names = imported(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    parts = [name.split(".") for name in names]
    rooms = {part[1] for part in parts if part[0] == "lutbridge" and len(part) > 1}
    return rooms | {"server" for part in parts if part[0] == "lutbridge_server"}


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_imports_only_what_its_room_may(path):
    room = room_of(path)
    allowed = {room, "__version__", *MAY_IMPORT[room].split()}
    if path in (PACKAGE / name for name in KNOWS_TRAIN):
        allowed |= {"train"}
    assert rooms_imported(path) <= allowed


@pytest.mark.parametrize("name", KNOWS_TRAIN)
def test_the_exceptions_are_needed(name):
    assert "train" in rooms_imported(PACKAGE / name)


def test_no_two_rooms_import_each_other():
    def reachable(room):
        seen, todo = set(), [room]
        while todo:
            for other in MAY_IMPORT[todo.pop()].split():
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return seen

    assert not [room for room in MAY_IMPORT if room in reachable(room)]


@pytest.mark.parametrize("room", LIGHT)
def test_light_rooms_import_nothing_heavy_at_the_top(room):
    import sys

    for path in modules():
        if room_of(path) == room:
            top = {name.split(".")[0] for name in imported(ast.parse(path.read_text(encoding="utf-8")).body)}
            assert top <= {"lutbridge", *LIGHT[room].split(), *sys.stdlib_module_names}, path


def test_the_table_names_no_room_that_is_not_there():
    rooms = {path.name.removesuffix(".py") for path in PACKAGE.iterdir() if path.name[:2] not in ("__", ".")}
    assert set(MAY_IMPORT) == rooms | {"server"}
