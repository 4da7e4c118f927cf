"""How much of a retouch a photo gets: on the person, and on the background."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Strength:
    """How far a photo goes from itself to its full retouch: x + s · (f(x) − x), 0 untouched to 1 full.

    It is passed on whole, from the option to the renderer.

    Attributes:
        person: on the person.
        background: on the rest; in between, s follows the soft mask.
    """

    person: float
    background: float

    @classmethod
    def of(cls, strength: "float | Strength") -> "Strength":
        """From one number for the whole photo; a Strength is returned unchanged."""
        return strength if isinstance(strength, Strength) else cls(person=strength, background=strength)

    @property
    def is_even(self) -> bool:
        """Whether it is the same all over the photo."""
        return self.person == self.background

    @property
    def is_zero(self) -> bool:
        """Whether the photo stays unchanged."""
        return self.person == self.background == 0

    @property
    def everywhere(self) -> float:
        """The one number, for renderers that do not separate person and background.

        Raises:
            ValueError: there are two.
        """
        if not self.is_even:
            raise ValueError("the person and the background have a strength each")
        return self.person

    def to_dict(self) -> dict[str, float | None]:
        """For programs: "person", "background", and "strength", which is None if the two differ."""
        return {
            "strength": self.person if self.is_even else None,
            "person": self.person,
            "background": self.background,
        }

    def __str__(self) -> str:
        """As a title or report says it: "60%", or "person 100%, background 40%"."""
        return f"{self.person:.0%}" if self.is_even else f"person {self.person:.0%}, background {self.background:.0%}"


FULL = Strength.of(1.0)
