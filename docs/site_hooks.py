"""Pages of the docs site that are not in docs/: files from elsewhere in the repository, and the commands' own help."""

import os
import re
import runpy
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
OUTSIDE = {  # page of the site: file in the repository
    "index.md": "README.md",
    "model-card.md": "lutbridge/weights/portrait-v2.md",
    "training-photos.md": "lutbridge/weights/ATTRIBUTION.md",
    "demo-photos.md": "examples/shoot/SOURCES.md",
    "changelog.md": "CHANGELOG.md",
    "contributing.md": "CONTRIBUTING.md",
}
CODE = re.compile(r"<code>[^<]*</code>")
LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)\s]*)?\)")


def on_files(files, config):
    """Adds the pages that are not in docs/."""
    pages = {page: (ROOT / file).read_text(encoding="utf-8") for page, file in OUTSIDE.items()}
    for page, text in (pages | {"commands.md": _commands()}).items():
        files.append(File.generated(config, page, content=text))
    return files


def _commands() -> str:
    return runpy.run_path(str(DOCS / "command_help.py"))["commands"]()


def on_page_markdown(markdown, page, config, files):
    """Points links between repository files to the pages that these have become."""
    path = page.file.src_uri
    source = ROOT / OUTSIDE[path] if path in OUTSIDE else DOCS / path
    return LINK.sub(lambda link: _linked(link, source, path), markdown)


def on_page_content(html, page, config, files):
    """Takes the backslash out of `a\\|b` in tables, as GitHub does."""
    return CODE.sub(lambda code: code[0].replace("\\|", "|"), html)


def _linked(link: re.Match, source: Path, page: str) -> str:
    mark, text, target, anchor = link[1], link[2], link[3], link[4] or ""
    file = Path(os.path.normpath(source.parent / target))
    pages = {ROOT / name: uri for uri, name in OUTSIDE.items()}
    if not file.exists():
        return link[0]  # the build says that it is broken
    if file in pages:
        uri = pages[file]
    elif file.is_relative_to(DOCS) and file.is_file() and file.suffix != ".py":
        uri = file.relative_to(DOCS).as_posix()
    elif file == DOCS / "decisions":
        uri = "decisions/dependencies.md"
    else:  # code, which the site does not show
        return f"{text} (`{file.relative_to(ROOT).as_posix()}`)"
    return f"{mark}[{text}]({os.path.relpath(uri, Path(page).parent)}{anchor})"
