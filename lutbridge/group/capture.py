"""When, with what and how a photo was taken, as its file tells; no pixel is decoded.

Tags are those of EXIF 2.32 (CIPA DC-008); XMP properties those of the XMP specification, part 2, and EXIF for XMP.
"""

import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from math import log2
from pathlib import Path
from typing import Literal

from lutbridge.image.metadata.ifd import Entry
from lutbridge.image.metadata.read import Metadata, read_metadata

_MAKE, _MODEL, _SOFTWARE = 271, 272, 305
_TAKEN, _DIGITISED = 36867, 36868  # DateTimeOriginal, DateTimeDigitized
_OFFSETS = {_TAKEN: 36881, _DIGITISED: 36882}  # OffsetTimeOriginal, OffsetTimeDigitized
_SUBSECONDS = {_TAKEN: 37521, _DIGITISED: 37522}  # SubSecTimeOriginal, SubSecTimeDigitized
_SERIAL = 42033  # BodySerialNumber
_EXPOSURE_TIME, _F_NUMBER, _SENSITIVITY, _EXPOSURE_MODE = 33434, 33437, 34855, 41986
_AUTO_BRACKET = 2  # of ExposureMode
_ASCII, _RATIONAL = 2, 5
_XMP_TIMES = ("exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate")
_XMP_SERIALS = ("exifEX:BodySerialNumber", "aux:SerialNumber")
_DATE = re.compile(
    r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?\s*(Z|[+-]\d\d:\d\d)?\s*"
)  # EXIF's form and XMP's (ISO 8601)


@dataclass(frozen=True)
class Facts:
    """What a file says about how its photo was taken.

    Attributes:
        path: as the user named it.
        time: the moment of the exposure by the camera's clock; with the zone if the file has it.
        time_from: the source of `time`; "file" is the date of the last change, which may be meaningless.
        camera: make and model, such as "Canon EOS R5"; "" if the file has none.
        serial: of the camera's body, or "".
        exposure: log2 of (exposure time · ISO / f-number²), EV; None if one of them is missing.
        bracketed: the camera says that it bracketed the exposure.
        software: the program that wrote the file, such as "darktable 5.4.1"; "" if unknown.
    """

    path: Path
    time: datetime | None = None
    time_from: Literal["EXIF", "XMP", "file", ""] = ""
    camera: str = ""
    serial: str = ""
    exposure: float | None = None
    bracketed: bool = False
    software: str = ""

    @property
    def folder(self) -> Path:
        return self.path.parent

    @property
    def body(self) -> tuple[str, str]:
        """What tells one camera from another, as far as the file says."""
        return self.camera, self.serial


def read_facts(path: str | Path) -> Facts:
    """Reads the facts of a photo file.

    Raises:
        ReadError: as `read_metadata` does.
    """
    path = Path(path)
    found = read_metadata(path)
    time, time_from = _time(found)
    exposure_mode = next((entry.numbers(found.layout) for entry in found.camera if entry.tag == _EXPOSURE_MODE), ())
    return Facts(
        path=path,
        time=time,
        time_from=time_from,
        camera=_camera(found),
        software=_text(found.main, _SOFTWARE) or _property(found.xmp, ("xmp:CreatorTool",)),
        serial=_text(found.camera, _SERIAL) or _property(found.xmp, _XMP_SERIALS),
        exposure=_exposure(found),
        bracketed=exposure_mode == (_AUTO_BRACKET,),
    )


def file_time(path: Path) -> datetime | None:
    """When a file was last changed: a last resort if no photo of a shoot has a time."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError):
        return None


def _time(found: Metadata) -> tuple[datetime | None, Literal["EXIF", "XMP", ""]]:
    for tag in (_TAKEN, _DIGITISED):
        text = _text(found.camera, tag)
        subseconds = re.match(r"\d*", _text(found.camera, _SUBSECONDS[tag]))[0]
        if subseconds and "." not in text:
            text += "." + subseconds
        if time := _parsed(text + _text(found.camera, _OFFSETS[tag])):
            return time, "EXIF"
    for name in _XMP_TIMES:
        if time := _parsed(_property(found.xmp, (name,))):
            return time, "XMP"
    return None, ""


def _parsed(text: str) -> datetime | None:
    """A date as EXIF or XMP writes it; None if it is empty, all zeros, or no date."""
    match = _DATE.fullmatch(text.strip())
    if not match:
        return None
    *numbers, fraction, zone = match.groups()
    try:
        time = datetime(*(int(number or 0) for number in numbers))
        if fraction:
            time += timedelta(seconds=float(f"0.{fraction}"))
        return time.replace(tzinfo=_zone(zone)) if zone else time
    except (ValueError, OverflowError):
        return None


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[4:6])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _camera(found: Metadata) -> str:
    make = _text(found.main, _MAKE) or _property(found.xmp, ("tiff:Make",))
    model = _text(found.main, _MODEL) or _property(found.xmp, ("tiff:Model",))
    brand = make.split(" ")[0]
    # "Canon" and "Canon EOS R5", "NIKON CORPORATION" and "NIKON Z 9": the model mostly says it all
    return model if model.casefold().startswith(brand.casefold()) else f"{make} {model}".strip()


def _exposure(found: Metadata) -> float | None:
    time, number = _ratio(found, _EXPOSURE_TIME), _ratio(found, _F_NUMBER)
    sensitivity = next((e.numbers(found.layout)[:1] for e in found.camera if e.tag == _SENSITIVITY), ())
    if not time or not number or not sensitivity or not sensitivity[0]:
        return None
    return log2(time * sensitivity[0] / number**2)


def _ratio(found: Metadata, tag: int) -> float | None:
    value = next((e.value for e in found.camera if e.tag == tag and e.type == _RATIONAL and len(e.value) == 8), b"")
    if not value:
        return None
    above, below = struct.unpack(found.layout.order + "II", value)
    return above / below if below else None


def _text(entries: tuple[Entry, ...], tag: int) -> str:
    value = next((entry.value for entry in entries if entry.tag == tag and entry.type == _ASCII), b"")
    return " ".join(value.partition(b"\0")[0].decode("utf-8", "replace").split())


def _property(xmp: bytes | None, names: tuple[str, ...]) -> str:
    """The first of some simple properties that an XMP packet holds, as attribute or as element, or "".

    Prefixes are assumed to have their usual meaning, so that even a damaged packet can be used.
    """
    for name in names:
        match = re.search(rb"[<\s]" + name.encode() + rb"\s*(?:=\s*[\"']|>)\s*([^<\"']{1,80})", xmp or b"")
        if match:
            return match[1].decode("utf-8", "replace").strip()
    return ""
