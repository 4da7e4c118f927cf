"""Recognises our own results by the mark in their metadata."""

from dataclasses import replace
from pathlib import Path

from lutbridge.errors import ReadError
from lutbridge.image.metadata.mark import Mark, has_mark, with_mark
from lutbridge.image.metadata.read import read_metadata
from lutbridge.image.photo import Photo


def marked(photo: Photo, mark: Mark) -> Photo:
    """The photo with the mark in the metadata of its result; a packet that is no RDF is left without."""
    container = photo.container
    return replace(photo, container=replace(container, xmp=with_mark(container.xmp, mark)))


def is_result(path: Path) -> bool:
    """Whether a photo's file says that lutbridge made it; a few reads, and no pixel."""
    try:
        return has_mark(read_metadata(path).xmp)
    except ReadError:
        return False
