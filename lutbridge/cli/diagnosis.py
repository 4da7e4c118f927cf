"""What a check of `lutbridge doctor` finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Diagnosis:
    name: str
    ok: bool
    detail: str
