import pytest

from lutbridge.image.metadata.photoshop_resources import without_thumbnail

from .. import samples


def test_takes_out_the_thumbnail_alone():
    resources = samples.resources()
    kept = without_thumbnail(resources)
    assert samples.THUMBNAIL not in kept and samples.IPTC in kept and b"odd" in kept
    start = resources.index(b"8BIM", 4)
    end = resources.index(b"8BIM", start + 1)
    assert kept == resources[:start] + resources[end:]


@pytest.mark.parametrize("resources", [b"", b"not resources", b"8BIM\x04", b"8BIM\x03\xe7\xff" + bytes(20)])
def test_keeps_what_it_does_not_understand(resources):
    assert without_thumbnail(resources) == resources
