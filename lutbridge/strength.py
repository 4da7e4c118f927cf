"""How much of a retouch is wanted: on the person, and on the background."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Strength:
    """x + s · (f(x) − x): 0 leaves a pixel as it is, 1 is the full retouch.

    Attributes:
        person, background: [0, 1]; between the two, s goes over with the soft mask. A model without one takes two
            equal values only.
    """

    person: float = 1.0
    background: float = 1.0

    @classmethod
    def of_all(cls, strength: float) -> "Strength":
        """The same all over the photo."""
        return cls(strength, strength)

    @property
    def is_even(self) -> bool:
        """Whether it is the same all over the photo."""
        return self.person == self.background

    @property
    def is_zero(self) -> bool:
        """Whether the photo stays as it is."""
        return self.person == self.background == 0

    def __str__(self) -> str:
        """As a title or report says it: "60%", or "person 100%, background 40%"."""
        if self.is_even:
            return f"{self.person:.0%}"
        return f"person {self.person:.0%}, background {self.background:.0%}"
