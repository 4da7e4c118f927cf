import sys

from lutbridge import extras


def test_an_extra_is_installed_by_pip_and_beside_the_bundle_where_this_is_one(monkeypatch):
    assert extras.remedy("train") == 'install with: pip install "lutbridge[train]"'
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    said = extras.remedy("train")
    assert said == 'not part of the bundle; install lutbridge with Python as well: pip install "lutbridge[train]"'
