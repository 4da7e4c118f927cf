from collections import Counter

import pytest
from click.testing import CliRunner
from PIL import Image

from lutbridge.errors import UsageError
from lutbridge.research import attribution
from lutbridge.train.data.portraits import LICENCES


def test_every_source_stands_with_its_licence_and_its_photos(tmp_path):
    (tmp_path / "photos").mkdir()
    rows = ["id,width,height,person,split,licence,source"]
    for name, split, licence, source in [
        ("sec508-000", "train", "CC0-1.0", "GSA/Section508.gov a/b.jpg"),
        ("okfde-000", "train", "CC-BY-3.0-DE", "okfde/old.okfn.de a b.jpg"),
        ("okfde-001", "train", "CC-BY-3.0-DE", "okfde/old.okfn.de c.jpg"),
        ("schule-000", "train", "CC-BY-3.0-DE", "okfde/datenschule.de d.jpg"),
        ("corps-000", "val", "CC0-1.0", "GSA/digitalcorps.gsa.gov e.jpg"),
        ("nature-000", "train", "Unsplash", "unsplash f.jpg"),
    ]:
        rows.append(f"{name},40,60,0,{split},{licence},{source}")
        Image.new("RGB", (40, 60)).save(tmp_path / "photos" / f"{name}.jpg")
    (tmp_path / "manifest.csv").write_text("\n".join(rows))
    done = CliRunner().invoke(attribution.main, [str(tmp_path), "-o", str(tmp_path / "page.md")])
    assert done.exit_code == 0, done.output
    text = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "| [GSA/Section508.gov](https://github.com/GSA/Section508.gov) | CC0 1.0 | 1 | 0 |" in text
    assert "| CC BY 3.0 DE | 2 | 0 |" in text and "| CC BY 3.0 DE | 0 | 1 |" in text, "schule is held out"
    assert "| in all | | 3 | 1 |" in text and "digitalcorps" not in text and "unsplash" not in text
    credits = text.partition("## Credit")[2]
    assert "- Open Knowledge Foundation Deutschland e. V.: photos of [okfde/old.okfn.de]" in credits
    assert "https://creativecommons.org/licenses/by/3.0/de/" in credits and "Section508" not in credits


def test_nobody_who_asks_for_credit_is_forgotten():
    with pytest.raises(UsageError, match=r"some/one: licensed CC-BY-4.0, which asks for credit"):
        attribution.page(Counter({("some/one", "CC-BY-4.0"): 1}), Counter())


def test_every_licence_that_is_trained_on_has_its_name():
    assert set(LICENCES) == set(attribution.LICENCE_TEXTS)
