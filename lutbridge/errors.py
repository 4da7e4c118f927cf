"""The exception tree; imports nothing.

LutbridgeError                a sentence for the user; carries the process's exit code
├── PhotoError           1    one photo cannot be read, retouched or written; the others go on
│   ├── ReadError
│   │   └── SizeError
│   └── WriteError
│       └── ClippedError 4    a LUT holds values that the wished format would cut off, and that was not allowed
├── UsageError           2    what was asked for: an option, a path, names that collide
└── SetupError           3    what it runs on: a damaged model, no GPU, an unwritable or full disk

Every other exception that reaches the command line is a bug (exit 70).
"""


class LutbridgeError(Exception):
    """Base of every expected error. The message is one sentence: what, where, what to do."""

    exit_code = 70


class PhotoError(LutbridgeError):
    """One photo failed; a batch records it and goes on.

    Args:
        path: the file, as the user named it.
        fault: what is wrong with it, without the path.
        remedy: what the user can do, or "" where nothing helps.
    """

    exit_code = 1

    def __init__(self, path, fault: str, remedy: str = ""):
        self.path, self.fault, self.remedy = str(path), fault, remedy
        super().__init__(f"{path}: {fault}" + (f"; {remedy}" if remedy else ""))


class ReadError(PhotoError):
    """The file cannot be decoded into a whole photo."""


class SizeError(ReadError):
    """It has more pixels than are accepted, which its header says."""


class WriteError(PhotoError):
    """The result cannot be written; nothing stands under the final name."""


class ClippedError(WriteError):
    """What would be written holds values that its format cuts off; nothing was written."""

    exit_code = 4


class UsageError(LutbridgeError):
    """The command was asked for something it cannot do."""

    exit_code = 2


class SetupError(LutbridgeError):
    """The machine, the installation or the model stands in the way."""

    exit_code = 3


class RefusedError(Exception):
    """A file that cannot be handled: `fault` and `remedy` as in `PhotoError`, to which the reader adds the path."""

    def __init__(self, fault: str, remedy: str = ""):
        super().__init__(fault)
        self.fault, self.remedy = fault, remedy
