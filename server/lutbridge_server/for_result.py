"""What the reading process does besides reading: scale the photo, and prepare the container of its result.

A module of its own, because that process imports it and nothing else of the helper. It moves the photo's metadata, so
it is to happen within the limits of reading.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from lutbridge.color.codes import to_codes
from lutbridge.image.photo import Photo
from lutbridge.image.target import Target, profile_for, retarget
from lutbridge.image.thumbnail import area_picture


@dataclass(frozen=True)
class ForResult:
    """Gives a photo the size and the container of its result.

    Attributes:
        long_side: px, 0 for the photo's own.
    """

    target: Target
    long_side: int

    def __call__(self, photo: Photo) -> Photo:
        """Raises WriteError if the format does not support the request."""
        return retarget(self._shrunk(photo), self.target)

    def _shrunk(self, photo: Photo) -> Photo:
        if not 0 < self.long_side < max(photo.pixels.shape[:2]):
            return photo
        pixels, alpha = (
            None if codes is None else to_codes(area_picture(codes, self.long_side), codes.dtype)
            for codes in (photo.pixels, photo.alpha)
        )
        return replace(photo, pixels=pixels, alpha=alpha)


def for_result(options: dict[str, Any]) -> Callable[[Photo], Photo]:
    """What is done for options as `contract.RENDER` lists them."""
    format_ = None if options["format"] == "same" else options["format"]
    target = Target(format_, options["bits"], options["quality"], profile_for(options["icc"]))
    return ForResult(target, options["long_side"])
