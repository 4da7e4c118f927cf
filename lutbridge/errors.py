"""The exception tree, and how sentences quote what is typed; imports nothing.

LutbridgeError                a sentence for the user; carries the process's exit code
├── PhotoError           1    one photo cannot be read, retouched or written; the others continue
│   ├── ReadError
│   │   └── SizeError
│   └── WriteError
│       └── ClippedError 4    the format would clip the LUT's values, and --allow-clipping was not given
├── UsageError           2    invalid request: an option, a path, names that collide
└── SetupError           3    setup problem: a damaged model, no GPU, an unwritable or full disk

Every other exception that reaches the command line is a bug (exit 70).
"""


class LutbridgeError(Exception):
    """Base of every expected error. The message is one sentence: what, where, what to do."""

    exit_code = 70


class PhotoError(LutbridgeError):
    """One photo failed; a batch records it and continues.

    Args:
        path: the file, as the user named it.
        fault: what is wrong with it, without the path.
        remedy: what the user can do, or "" if nothing helps.
    """

    exit_code = 1

    def __init__(self, path, fault: str, remedy: str = ""):
        self.path, self.fault, self.remedy = str(path), fault, remedy
        super().__init__(f"{path}: {fault}" + (f"; {remedy}" if remedy else ""))


class ReadError(PhotoError):
    """The file cannot be decoded into a whole photo."""


class SizeError(ReadError):
    """The header shows more pixels than are accepted."""


class WriteError(PhotoError):
    """The result cannot be written; no half-written file is left."""


class ClippedError(WriteError):
    """The format would clip the LUT's values; nothing was written."""

    exit_code = 4


class UsageError(LutbridgeError):
    """Invalid request."""

    exit_code = 2


class SetupError(LutbridgeError):
    """A problem with the machine, the installation or the model."""

    exit_code = 3


class RefusedError(Exception):
    """A file that cannot be handled: `fault` and `remedy` as in `PhotoError`, to which the reader adds the path."""

    def __init__(self, fault: str, remedy: str = ""):
        super().__init__(fault)
        self.fault, self.remedy = fault, remedy


def as_typed(name: object) -> str:
    """A name or path within a command that the user is told to type: in quotes if it holds spaces."""
    return f'"{name}"' if " " in str(name) else str(name)
