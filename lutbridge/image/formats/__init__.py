"""One codec per file format; each module offers the functions that `codec.Codec` lists."""

from collections.abc import Callable
from typing import BinaryIO

from lutbridge.image.formats import heif, jpeg, png, raw, tiff, webp
from lutbridge.image.formats.codec import Codec, Decoded
from lutbridge.image.photo import Format, Kind

CODECS: dict[Format, Codec] = {"jpeg": jpeg, "png": png, "tiff": tiff, "webp": webp}
DECODERS: dict[Kind, Callable[[BinaryIO], Decoded]] = {name: codec.decode for name, codec in CODECS.items()}
DECODERS |= {"raw": raw.decode, "heic": heif.decode_heic, "avif": heif.decode_avif}
MOST_SIDE: dict[Format, int] = {"jpeg": 65500, "webp": 16383}  # px; what libjpeg and WebP's container hold
EXTENSIONS: dict[Format, str] = {"jpeg": ".jpg", "png": ".png", "tiff": ".tif", "webp": ".webp"}
