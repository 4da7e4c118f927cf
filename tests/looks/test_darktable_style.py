"""A .dtstyle file's modules; that darktable makes a LUT of them is tested in tests/hosts."""

from xml.etree import ElementTree

import pytest

from lutbridge.errors import ReadError, SetupError
from lutbridge.looks import darktable_style
from lutbridge.looks.darktable_style import lut_of_style, read_style, sidecar


def plugin(operation, enabled=1, params="0000c842"):
    return (
        f"<plugin><num>0</num><module>2</module><operation>{operation}</operation><op_params>{params}</op_params>"
        f"<enabled>{enabled}</enabled><multi_priority>0</multi_priority><multi_name></multi_name></plugin>"
    )


def write(path, *plugins, name="Lively"):
    path.write_text(
        f'<?xml version="1.0"?><darktable_style version="1.0"><info><name>{name}</name></info>'
        f"<style>{''.join(plugins)}</style></darktable_style>"
    )
    return path


def test_modules_that_are_no_colours_are_left_out_by_name(tmp_path):
    path = write(tmp_path / "a.dtstyle", plugin("velvia"), plugin("sharpen"), plugin("vibrance", enabled=0))
    style = read_style(path)
    assert style.name == "Lively" and style.left_out == ("sharpen",)
    assert [module["operation"] for module in style.modules] == ["velvia"]


def test_the_sidecar_is_xml_that_holds_the_modules_in_order(tmp_path):
    path = write(tmp_path / "a.dtstyle", plugin("exposure"), plugin("velvia", params="gz03&amp;&quot;"))
    root = ElementTree.fromstring(sidecar(read_style(path)))
    items = list(root.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li"))
    own = "{http://darktable.sf.net/}"
    assert [(item.get(f"{own}num"), item.get(f"{own}operation")) for item in items] == [
        ("0", "exposure"),
        ("1", "velvia"),
    ]
    assert items[1].get(f"{own}params") == 'gz03&"'


@pytest.mark.parametrize(
    "content, why",
    [
        ("<no", "no darktable style"),
        ("<other/>", "no darktable style"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><darktable_style/>', "declares nothing"),
        ("<darktable_style/>", "none of its modules changes colours alone"),
    ],
)
def test_what_is_no_style_of_colours_is_refused(tmp_path, content, why):
    path = tmp_path / "a.dtstyle"
    path.write_text(content)
    with pytest.raises(ReadError, match=why):
        read_style(path)


def test_without_darktable_it_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(darktable_style.shutil, "which", lambda name: None)
    with pytest.raises(SetupError, match="install darktable"):
        lut_of_style(read_style(write(tmp_path / "a.dtstyle", plugin("velvia"))))
