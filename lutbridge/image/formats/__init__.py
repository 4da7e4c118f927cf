"""One codec per file format; each module offers the functions that `codec.Codec` lists."""

from lutbridge.image.formats import jpeg, png, tiff, webp
from lutbridge.image.formats.codec import Codec
from lutbridge.image.photo import Format

CODECS: dict[Format, Codec] = {"jpeg": jpeg, "png": png, "tiff": tiff, "webp": webp}
MOST_SIDE: dict[Format, int] = {"jpeg": 65500, "webp": 16383}  # px; what libjpeg and WebP's container hold
EXTENSIONS: dict[Format, str] = {"jpeg": ".jpg", "png": ".png", "tiff": ".tif", "webp": ".webp"}
