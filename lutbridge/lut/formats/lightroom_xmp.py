"""Creative profiles of Lightroom Classic and Camera Raw (.xmp), whose look is an RGB table.

Lightroom loads no .cube; it loads these. The table works on sRGB primaries with the sRGB curve. Lightroom blends it by
the profile's Amount slider: 100 is our strength 1, 0 leaves the photo alone, 200 moves it twice as far.
"""

import hashlib
import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

import numpy as np

from lutbridge.errors import RefusedError
from lutbridge.lut.formats import lightroom_table as tables
from lutbridge.lut.formats.codec import Decoded
from lutbridge.lut.formats.rows import numbers, shown
from lutbridge.lut.formats.title import one_line
from lutbridge.lut.formats.xml import parse
from lutbridge.lut.lut3d import Lut3D

GROUP = "lutbridge"  # under which Lightroom's profile browser lists them
_CRS = "{http://ns.adobe.com/camera-raw-settings/1.0/}"
_LI = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li"
# A profile's description of itself and its hosts; anything else is a setting besides the table.
_ABOUT = re.compile(
    "PresetType|Cluster|UUID|Supports.*|RequiresRGBTables|ShowIn.*|CameraModelRestriction|Copyright|ContactInfo|"
    "Version|ProcessVersion|CameraProfile|CameraProfileDigest|RGBTable|RGBTableAmount|Table_.*|HasSettings|"
    "ConvertToGrayscale|Name|ShortName|SortName|Group|Description|Look|Amount|Stubbed|Parameters"
)
_PROFILE = """\
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="lutbridge">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"{comments}
   crs:PresetType="Look"
   crs:Cluster=""
   crs:UUID="{uuid}"
   crs:SupportsAmount="True"
   crs:SupportsColor="True"
   crs:SupportsMonochrome="True"
   crs:SupportsHighDynamicRange="True"
   crs:SupportsNormalDynamicRange="True"
   crs:SupportsSceneReferred="True"
   crs:SupportsOutputReferred="True"
   crs:RequiresRGBTables="False"
   crs:CameraModelRestriction=""
   crs:Copyright=""
   crs:ContactInfo=""
   crs:Version="14.3"
   crs:ProcessVersion="11.0"
   crs:ConvertToGrayscale="False"
   crs:RGBTable="{fingerprint}"
   crs:Table_{fingerprint}="{text}"
   crs:HasSettings="True">
{names}  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
"""
_URI = "urn:lutbridge:provenance"
_OWN = '''
    xmlns:lutbridge="{uri}"
   lutbridge:Provenance="{text}"'''
_NAME = """\
   <crs:{tag}>
    <rdf:Alt>
     <rdf:li xml:lang="x-default">{text}</rdf:li>
    </rdf:Alt>
   </crs:{tag}>
"""


def to_bytes(lut: Lut3D, gamut: str = "extend", comments: Sequence[str] = ()) -> bytes:
    """A profile that carries the LUT; its title is the profile's name.

    The UUID follows from name and content: the same LUT exported again replaces its profile, another one does not.

    Args:
        lut: plain, grid size up to 32; values outside [0, 1] are clamped.
        gamut: what Lightroom does with colours outside sRGB: "extend" looks up the nearest inside and adds the rest
            back, so that the identity changes nothing; "clip" cuts them off.
        comments: lines of text, in a property of our own, which Lightroom leaves aside.
    """
    if not lut.is_plain or lut.grid_size > tables.LARGEST_GRID:
        raise ValueError(f"a profile holds a plain LUT of grid size 2 to {tables.LARGEST_GRID}")
    packed = tables.pack(tables.Table(tables.codes_of(lut.lattice), gamut=tables.GAMUTS.index(gamut)))
    title = one_line(lut.title) or "Untitled"
    uuid = hashlib.md5(f"{title}\n{tables.fingerprint(packed)}".encode(), usedforsecurity=False).hexdigest().upper()
    texts = {"Name": title, "ShortName": "", "SortName": "", "Group": GROUP, "Description": ""}
    names = "".join(_NAME.format(tag=tag, text=escape(text)) for tag, text in texts.items())
    own = _OWN.format(uri=_URI, text=escape("\n".join(comments), {'"': "&quot;", "\n": "&#10;"})) if comments else ""
    profile = _PROFILE.format(
        comments=own, uuid=uuid, fingerprint=tables.fingerprint(packed), text=tables.spell(packed), names=names
    )
    return profile.encode("utf-8")


def decode(data: bytes) -> Decoded:
    """Reads the table of a profile, or of a preset that carries its look; see `codec.Codec`.

    Grid sizes and codes come back exactly as they were written.
    """
    elements = list(parse(data).iter())
    element, name = _reference(elements)
    text = next(filter(None, (_property(other, f"Table_{name}") for other in elements)), None)
    if text is None:
        raise RefusedError(
            f"it refers to a colour table, {shown(name.encode())}, that it does not hold",
            "use the profile that the table came with",
        )
    packed = tables.read_spelling(text)
    table = tables.unpack(packed)
    lattice = table.codes.astype(np.float32) / np.float32(65535)
    notices = list(_remarks(table, elements))
    if tables.fingerprint(packed) != name.upper():
        notices.append("its table is not the one that its fingerprint names; Lightroom uses it all the same")
    amount = _amount(element)
    if amount != 1:
        lattice = _blend(lattice, amount)
        notices.append(f"it blends its table by {amount:g} when the slider is at 100; so it was read")
    comments = next((text for e in elements if (text := e.get(f"{{{_URI}}}Provenance"))), "")
    lines = tuple(comments.split("\n")) if comments else ()
    return Decoded(Lut3D(lattice, _title(elements)), tuple(notices), lines, _space(table))


def _reference(elements):
    """The element that names a table, and the name."""
    for element in elements:
        name = _property(element, "RGBTable")
        if name:
            return element, name.strip()
    if any(_property(element, "LookTable") for element in elements):
        raise RefusedError("its look is a table of hue and saturation for one camera, which is no 3D LUT")
    raise RefusedError(
        "it holds no colour table (crs:RGBTable), so it is a preset of sliders or another kind of XMP file",
        "export the look as .cube or as a profile with a table",
    )


def _property(element, name):
    """A Camera Raw property of an RDF description, as an attribute or an element; or None."""
    value = element.get(_CRS + name)
    if value is None:  # `name` may hold anything, so no path is made of it
        value = next((child.text for child in element if child.tag == _CRS + name), None)
    return value


def _amount(element):
    text = _property(element, "RGBTableAmount") or "1"
    return min(max(numbers(text.encode().split(), "its crs:RGBTableAmount", 1)[0], 0.0), 2.0)


def _blend(lattice, amount):
    """What the host shows at slider 100: linear in the encoded values, clipped."""
    identity = Lut3D.identity(len(lattice)).lattice
    return np.clip(identity + np.float32(amount) * (lattice - identity), 0, 1)


def _space(table):
    """Primaries and curve other than sRGB's."""
    if (table.primaries, table.gamma) == (tables.SRGB_PRIMARIES, tables.SRGB_GAMMA):
        return None
    return tables.PRIMARIES[table.primaries], tables.GAMMAS[table.gamma]


def _remarks(table, elements):
    names = {tag.removeprefix(_CRS) for element in elements for tag in (element.tag, *element.keys()) if _CRS in tag}
    others = sorted(name for name in names if not _ABOUT.fullmatch(name))
    if others:
        listed = ", ".join(name[:40] for name in others[:4]) + (", …" if len(others) > 4 else "")
        yield f"it holds settings beside its table, which are left out ({listed})"


def _title(elements):
    for element in elements:
        if element.tag == _CRS + "Name":
            title = "".join(element.itertext()) if element.find(f".//{_LI}") is not None else element.text or ""
            return one_line(title)
    return next((one_line(name) for e in elements if (name := e.get(_CRS + "Name"))), "")
