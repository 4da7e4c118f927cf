"""The docs: links lead somewhere, the site has every page, and the command reference every command and option."""

import re
import runpy
from pathlib import Path

import click
import pytest

from lutbridge.cli.main import cli

ROOT = Path(__file__).parents[1]
FOLDERS = ("*.md", "docs/**/*.md", "examples/**/*.md", "lutbridge/weights/*.md")
PAGES = sorted(page for folder in FOLDERS for page in ROOT.glob(folder))
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_within_the_repository_leads_somewhere(page):
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_site_has_every_page():
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2]
    listed = set(re.findall(r"[\w/-]+\.md", nav))
    assert {path.relative_to(ROOT / "docs").as_posix() for path in ROOT.glob("docs/**/*.md")} <= listed


def test_the_command_reference_has_every_command_and_option():
    page = runpy.run_path(str(ROOT / "docs" / "command_help.py"))["commands"]()

    def check(group, path):
        context = click.Context(group, info_name=path)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            _, heading, section = page.partition(f"\n## {path} {name}\n")
            assert heading, f"{path} {name} is missing"
            section = section.partition("\n## ")[0]
            for parameter in command.params:
                if isinstance(parameter, click.Option) and not parameter.hidden:
                    assert parameter.opts[-1] in section, f"{path} {name} {parameter.opts[-1]} is missing"
            if isinstance(command, click.Group):
                check(command, f"{path} {name}")

    check(cli, "lutbridge")
    assert page.count("\n## ") > 20
