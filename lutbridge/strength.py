"""How much of a retouch a photo gets."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Strength:
    """How far a photo goes from itself to its full retouch: 0 (untouched) to 1 (full).

    It travels whole, from the option to whoever renders.

    Attributes:
        person: on the person.
        background: on all the rest. As yet always the same.
    """

    person: float
    background: float

    @classmethod
    def of(cls, strength: "float | Strength") -> "Strength":
        """One number for the whole photo, or a strength as it is."""
        return strength if isinstance(strength, Strength) else cls(person=strength, background=strength)

    @property
    def everywhere(self) -> float:
        """The one number, for what does not tell a person from the background.

        Raises:
            ValueError: there are two.
        """
        if self.person != self.background:
            raise ValueError("the person and the background have a strength each")
        return self.person


FULL = Strength.of(1.0)
