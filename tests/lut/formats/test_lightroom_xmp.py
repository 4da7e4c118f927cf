import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from lutbridge.errors import ReadError, RefusedError
from lutbridge.lut.formats import lightroom_table as tables
from lutbridge.lut.formats import load
from lutbridge.lut.formats.lightroom_xmp import decode, to_bytes
from lutbridge.lut.lut3d import Lut3D

from .samples import look, random_lut
from .test_lightroom_table import PUBLISHED, exchanged

CRS = "{http://ns.adobe.com/camera-raw-settings/1.0/}"


def description(profile):
    return ET.fromstring(profile)[0][0]


@pytest.mark.parametrize("order", PUBLISHED)
def test_published_fingerprints_come_out_of_the_encoder_with_gamut_clip(order):
    lut = Lut3D(exchanged(order).astype(np.float32) / np.float32(65535), order)
    assert description(to_bytes(lut, gamut="clip")).get(CRS + "RGBTable") == PUBLISHED[order]


@pytest.mark.parametrize("M", [2, 17, 32])
def test_profiles_come_back_exactly(M):
    lut = Lut3D(tables.codes_of(random_lut(M).lattice) / np.float32(65535), "Zoë & 婚礼 <1>")
    again = decode(to_bytes(lut))
    assert np.array_equal(again.lut.lattice, lut.lattice)
    assert again.lut.title == lut.title and again.lut.is_plain and again.notices == ()
    assert to_bytes(again.lut) == to_bytes(lut)


def test_rounding_to_16_bits_is_all_that_is_lost():
    lut = look(32)
    assert np.abs(decode(to_bytes(lut)).lut.lattice - lut.lattice).max() <= 0.51 / 65535


def test_lightroom_finds_what_it_asks_for():
    profile = description(to_bytes(look(32, "Studio")))
    table = tables.unpack(tables.read_spelling(profile.get(CRS + "Table_" + profile.get(CRS + "RGBTable"))))
    assert (table.primaries, table.gamma, table.gamut, table.amounts) == (0, 1, 1, (0.0, 2.0))
    assert profile.get(CRS + "PresetType") == "Look"
    for name in ("SupportsAmount", "SupportsColor", "SupportsOutputReferred", "SupportsSceneReferred", "HasSettings"):
        assert profile.get(CRS + name) == "True"
    assert profile.get(CRS + "CameraProfile") is None  # it rides on whatever profile the photo has
    names = {child.tag.removeprefix(CRS): "".join(child.itertext()).strip() for child in profile}
    assert names == {"Name": "Studio", "ShortName": "", "SortName": "", "Group": "lutbridge", "Description": ""}


def test_the_uuid_stays_for_the_same_look_and_changes_for_another():
    def uuid(lut, **options):
        return description(to_bytes(lut, **options)).get(CRS + "UUID")

    first = uuid(look(32, "Studio"))
    assert re.fullmatch("[0-9A-F]{32}", first) and uuid(look(32, "Studio")) == first
    others = [uuid(look(32, "Street")), uuid(look(31, "Studio")), uuid(look(32, "Studio"), gamut="clip")]
    assert len({first, *others}) == 4


def test_what_does_not_fit_is_not_written():
    with pytest.raises(ValueError, match="2 to 32"):
        to_bytes(look(33))
    with pytest.raises(ValueError, match="plain"):
        to_bytes(look(17, domain=((0, 0, 0), (2, 2, 2))))


def changed(old, new, lut=None):
    text = to_bytes(lut or look(4)).decode()
    assert old in text
    return text.replace(old, new).encode()


def test_a_byte_order_mark_and_the_element_form_are_read():
    lut = look(4, "Studio")
    profile = to_bytes(lut).decode()
    name, text = re.search(r'crs:Table_(\w+)="([^"]+)"', profile).groups()
    profile = re.sub(r'   crs:(Table_\w+|RGBTable)="[^"]+"\n', "", profile)
    elements = f"<crs:RGBTable>{name.lower()}</crs:RGBTable><crs:Table_{name}>\n{text}\n</crs:Table_{name}>"
    profile = profile.replace("  </rdf:Description>", elements + "  </rdf:Description>")
    again = decode(b"\xef\xbb\xbf" + profile.replace(f"Table_{name}", f"Table_{name.lower()}").encode())
    assert np.abs(again.lut.lattice - lut.lattice).max() < 1e-5 and again.notices == ()


def test_a_preset_that_carries_its_look_is_read():
    """The look's settings stand inside, its table at the top, as Camera Raw writes it into sidecars."""
    lut = look(4, "Studio")
    name, text = re.search(r'crs:Table_(\w+)="([^"]+)"', to_bytes(lut).decode()).groups()
    preset = f"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description xmlns:crs="{CRS[1:-1]}" crs:PresetType="Normal" crs:Table_{name}="{text}"><crs:Look>
    <rdf:Description crs:Name="Studio" crs:Amount="1"><crs:Parameters><rdf:Description crs:RGBTable="{name}"/>
    </crs:Parameters></rdf:Description></crs:Look></rdf:Description></rdf:RDF></x:xmpmeta>"""
    again = decode(preset.encode())
    assert np.abs(again.lut.lattice - lut.lattice).max() < 1e-5
    assert again.lut.title == "Studio" and again.notices == ()


def with_table(table):
    """A profile that holds another table than its fingerprint names."""
    packed = tables.pack(table)
    own = re.search(rb'RGBTable="(\w+)"', to_bytes(look(4)))[1].decode()
    return re.sub(rb'Table_\w+="[^"]+"', f'Table_{own}="{tables.spell(packed)}"'.encode(), to_bytes(look(4)))


@pytest.mark.parametrize(
    ("space", "name"),
    [
        ({"primaries": 1, "gamma": 3}, "Adobe RGB with gamma 2.2"),
        ({"primaries": 2, "gamma": 2}, "ProPhoto RGB with gamma 1.8"),
        ({"gamma": 0}, "sRGB with linear light"),
    ],
)
def test_a_table_for_another_space_says_which_and_is_not_taken_for_srgb(space, name, tmp_path):
    """Applied to sRGB, it would give every photo wrong colours."""
    data = with_table(tables.Table(tables.codes_of(look(4).lattice), **space))
    assert " with ".join(decode(data).space) == name
    path = tmp_path / "a.xmp"
    path.write_bytes(data)
    with pytest.raises(ReadError, match=f"made for {name}, and LUTs are applied to sRGB here"):
        load(path)
    assert " with ".join(load(path, any_space=True).space) == name


def test_what_is_unusual_is_said():
    profile = with_table(tables.Table(tables.codes_of(look(5).lattice)))
    notices = decode(profile.replace(b"crs:HasSettings", b'crs:Exposure2012="+0.5" crs:HasSettings')).notices
    assert any("(Exposure2012)" in notice for notice in notices)
    assert any("not the one that its fingerprint names" in notice for notice in notices)


def test_the_table_s_own_amount_is_applied():
    lut = look(4)
    half = decode(changed("crs:HasSettings", 'crs:RGBTableAmount="0.5" crs:HasSettings', lut))
    expected = (lut.lattice + Lut3D.identity(4).lattice) / 2
    assert np.abs(half.lut.lattice - expected).max() < 1e-5 and "by 0.5" in half.notices[0]


@pytest.mark.parametrize(
    "data, message",
    [
        (changed('crs:RGBTable="', 'crs:Nothing="'), "holds no colour table"),
        (changed('crs:RGBTable="', 'crs:LookTable="'), "hue and saturation for one camera"),
        (changed('crs:RGBTable="', 'crs:RGBTable="0'), "that it does not hold"),
        (changed("crs:HasSettings", 'crs:RGBTableAmount="much" crs:HasSettings'), "RGBTableAmount is “much”"),
        (changed("crs:HasSettings", 'crs:RGBTableAmount="nan" crs:HasSettings'), "RGBTableAmount is “nan”"),
        (to_bytes(look(4))[:-40], "XML is damaged"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + to_bytes(look(4)), "document type"),
    ],
)
def test_bad_profiles_are_refused(data, message):
    with pytest.raises(RefusedError, match=message):
        decode(data)
