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
    "extras": "errors",
    "device": "extras errors",  # what is computed on
    "files": "errors",
    "memory": "",
    "lut": "files errors",  # and so no colour space
    "color": "lut files errors",  # of lut, the compiled lookup: profiles made of tables are lattices
    "weights": "",
    "model": "weights lut color files errors",
    "image": "extras memory lut color files errors",
    "render": "model image lut color strength errors",
    "retouch": "device render image model lut color strength errors",
    "warm_up": "render image model lut strength errors",
    "group": "render image model lut color strength files errors",
    "shoot": "retouch group image lut color strength errors",
    "arrivals": "shoot retouch group image strength errors",
    "looks": "extras image lut color strength files errors",  # no model: a LUT is all it needs
    "batch": "extras strength image lut color files errors",  # a Retoucher comes in as an argument
    # Of batch and group, which photos a folder holds and what is a group.
    "train": "batch group render image model lut color files errors",
    "research": "memory train shoot strength retouch group image render model lut color files errors",
    # lutbridge_server
    "server": "memory device warm_up shoot strength retouch group image model lut color files errors",
    "cli": "server research train batch looks arrivals warm_up shoot group retouch image model lut color strength "
    "device extras files errors",
}

# The rooms that may import torch, and the modules of the CUDA renderer: everything else runs without it.
TORCH_ROOMS = {"train", "research"}
CUDA_RENDERER = {"render/gpu.py", "render/plain_torch.py", "render/torch_footprints.py"} | {
    f"render/triton_{name}.py" for name in ("context", "footprint", "regions")
}
ASKS_TORCH = {"device.py"}  # whether there is CUDA, where torch is there


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
    assert rooms_imported(path) <= allowed


def imports_torch(path):
    return any(name.split(".")[0] in ("torch", "triton") for name in imported(ast.walk(ast.parse(path.read_text()))))


def test_torch_stays_in_its_rooms():
    named = {
        f"server/{path.relative_to(SERVER)}" if room_of(path) == "server" else path.relative_to(PACKAGE).as_posix()
        for path in modules()
        if room_of(path) not in TORCH_ROOMS and imports_torch(path)
    }
    assert named == CUDA_RENDERER | ASKS_TORCH


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


def test_scipy_is_for_training():
    for path in (path for path in modules() if room_of(path) not in TORCH_ROOMS):
        names = {name.split(".")[0] for name in imported(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))}
        assert "scipy" not in names, path


@pytest.mark.parametrize("room", LIGHT)
def test_light_rooms_import_nothing_heavy_at_the_top(room):
    import sys

    for path in modules():
        if room_of(path) == room:
            top = {name.split(".")[0] for name in imported(ast.parse(path.read_text(encoding="utf-8")).body)}
            assert top <= {"lutbridge", *LIGHT[room].split(), *sys.stdlib_module_names}, path


def names_its_encoding(call):
    """Whether a call that opens a text file says in which encoding, or opens no text file."""
    name = getattr(call.func, "attr", None) or getattr(call.func, "id", None)
    given = {keyword.arg for keyword in call.keywords}
    texts = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    if name == "open":  # by its mode: other functions of this name have none
        modes = [text for text in texts if set(text) <= set("rwaxbt+")]
        return "encoding" in given or not modes or "b" in modes[-1]
    return name not in ("read_text", "write_text") or "encoding" in given


def test_text_files_are_read_in_the_same_encoding_on_every_system():
    """Windows would take its code page."""
    calls = [
        (path, node)
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    assert [f"{path}:{call.lineno}" for path, call in calls if not names_its_encoding(call)] == []


def test_the_table_names_no_room_that_is_not_there():
    rooms = {path.name.removesuffix(".py") for path in PACKAGE.iterdir() if path.name[:2] not in ("__", ".")}
    assert set(MAY_IMPORT) == rooms | {"server"}
