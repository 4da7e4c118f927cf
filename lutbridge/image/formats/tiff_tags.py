"""Which tags of a TIFF directory describe the stored pixels and are written again; all others are carried over."""

from lutbridge.image.metadata import credentials
from lutbridge.image.metadata.ifd import EXIF_IFD, MAKER_NOTE, Entry, Layout
from lutbridge.image.metadata.photoshop_resources import without_thumbnail

NEW_SUBFILE_TYPE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 254, 256, 257, 258, 259, 262
STRIP_OFFSETS, SAMPLES, ROWS_PER_STRIP, STRIP_BYTES, PLANAR, PREDICTOR, COLOUR_MAP = 273, 277, 278, 279, 284, 317, 320
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES = 322, 323, 324, 325
INK_SET, EXTRA_SAMPLES, SAMPLE_FORMAT, JPEG_TABLES = 332, 338, 339, 347
SUB_IFDS, XMP, IPTC, RESOURCES, ICC, LAYERS, DNG_VERSION = 330, 700, 33723, 34377, 34675, 37724, 50706
_TYPE_BYTE, _TYPE_IFD, _TYPE_IFD8 = 1, 13, 18

# Besides the named ones: 255 old subfile type; 263-266 thresholding, cells, fill order; 280-281, 340-341 extreme
# codes; 288-291 free space, grey response; 292-293 fax; 297 page; 301 transfer tables; 326-328 fax; 333-336 inks;
# 400 global directory; 512-521 old JPEG; 529-532 YCbCr; 559 strips.
# Of a sensor's data, by DNG 1.7 and TIFF/EP: a TIFF with one of them counts as a RAW file. 50784, 50838-50839 and 50844
# are other programs'.
_OF_A_SENSOR = {33421, 33422, *range(50706, 50784), *range(50827, 50835), *range(50879, 50974), *range(50974, 51023)}
_OF_A_SENSOR |= {*range(51041, 51203), *range(52525, 52545), *range(52546, 52554)}

_OF_THE_PIXELS = {
    *_OF_A_SENSOR,
    credentials.TIFF_TAG,
    *(NEW_SUBFILE_TYPE, 255, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, 263, 264, 265, 266, STRIP_OFFSETS),
    *(SAMPLES, ROWS_PER_STRIP, STRIP_BYTES, 280, 281, PLANAR, 288, 289, 290, 291, 292, 293, 297, 301, PREDICTOR),
    *(
        COLOUR_MAP,
        TILE_WIDTH,
        TILE_HEIGHT,
        TILE_OFFSETS,
        TILE_BYTES,
        326,
        327,
        328,
        SUB_IFDS,
        INK_SET,
        333,
        334,
        336,
        EXTRA_SAMPLES,
    ),
    *(SAMPLE_FORMAT, 340, 341, JPEG_TABLES, 400, *range(512, 522), *range(529, 533), 559, LAYERS, ICC, XMP),
}


def carried_over(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The entries that hold for new pixels as well, without ICC and XMP, which travel as blocks."""
    kept = []
    for entry in entries:
        unknown_directory = entry.type in (_TYPE_IFD, _TYPE_IFD8) and isinstance(entry.value, bytes)
        if entry.tag in _OF_THE_PIXELS or unknown_directory:
            continue
        if entry.tag == RESOURCES and isinstance(entry.value, bytes):
            resources = without_thumbnail(entry.value)
            if not resources:
                continue
            entry = Entry(entry.tag, _TYPE_BYTE, len(resources), resources, entry.offset)
        kept.append(entry)
    return tuple(kept)


def block(entries: tuple[Entry, ...], tag: int) -> bytes | None:
    """A tag's bytes; None if it is missing."""
    return next((entry.value for entry in entries if entry.tag == tag and isinstance(entry.value, bytes)), None)


def numbers(entries: tuple[Entry, ...], layout: Layout, tag: int, default: tuple[int, ...] = ()) -> tuple[int, ...]:
    """A tag's integers; `default` if it is missing."""
    return next((entry.numbers(layout) for entry in entries if entry.tag == tag), default)


def pieces(entries: tuple[Entry, ...], layout: Layout) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Offsets and lengths of the strips or tiles, as the directory has them."""
    strips, tiles = (STRIP_OFFSETS, STRIP_BYTES), (TILE_OFFSETS, TILE_BYTES)
    offsets, lengths = (
        numbers(entries, layout, strip) or numbers(entries, layout, tile)
        for strip, tile in zip(strips, tiles, strict=True)
    )
    return offsets, lengths


def maker_note(entries: tuple[Entry, ...]) -> Entry | None:
    """The maker note in the EXIF directory, if it is too large for its entry."""
    exif = next((entry.value for entry in entries if entry.tag == EXIF_IFD and isinstance(entry.value, tuple)), ())
    return next((entry for entry in exif if entry.tag == MAKER_NOTE and len(entry.value) > 8), None)
