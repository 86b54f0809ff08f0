"""What `mkdocs` is told of the documentation site (``make docs``): which files it has, and where they stand.

Pages keep their place in the repository, so that one and the same relative link leads on where the files are read as
plain Markdown, and on the site. The site has the pages that the navigation names and the files that these link to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ITEM = re.compile(r"(?:[-*]|\d+\.) ")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)\s]*)?\)")


def on_config(config: Any) -> Any:
    """Put the pages of a folder in place of its ``*``."""
    config.nav = expanded(config.nav, {page for page in named(config.nav) if "*" not in page})
    return config


def on_files(files: Any, config: Any) -> Any:
    """Take the pages of the navigation and what they link to, at their places in the repository."""
    from mkdocs.structure.files import File, Files

    theirs = [file for file in files if not str(file.abs_src_path or "").startswith(str(ROOT / "docs"))]
    pages = set(named(config.nav)) | {str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")}
    pages |= set(config.extra["polyfills"])
    paths = sorted(pages | {path for page in pages for path in linked(page)})
    places = (str(ROOT), config.site_dir, config.use_directory_urls)
    return Files([*theirs, *(File(path, *places) for path in paths)])


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Tell a list as the site's reader of Markdown wants it."""
    return with_wide_items(markdown)


def with_wide_items(markdown: str) -> str:
    """Indent what belongs to an item of a list by four, and leave a blank line before an item that follows such a part.

    Elsewhere an item's own width is enough (two for ``- ``); the reader of the site would take a paragraph or
    a block of code in it for one beside the list.
    """
    lines: list[str] = []
    width, fenced, parted = 0, False, False  # of the item that a line stands in; in a block of code; after a blank line
    for line in markdown.split("\n"):
        fenced ^= line.lstrip().startswith("```")
        item = ITEM.match(line) if not fenced else None
        if item:
            lines += [""] if parted and lines[-1] else []
            width, parted = len(item[0]), False
        elif line and not line.startswith(" " * max(width, 1)):
            width = 0
        if width and not item:
            parted |= not line
            line = line and " " * (4 - width) + line
        lines.append(line)
    return "\n".join(lines)


def expanded(nav: Any, taken: set[str]) -> Any:
    """Give the navigation with a page for each that a ``*`` stands for, in the order of their names.

    Parameters
    ----------
    nav : list, dict or str
        A part of the navigation.
    taken : set of str
        Pages that are named themselves; a ``*`` does not stand for them.
    """
    if isinstance(nav, str):
        return nav
    if isinstance(nav, dict):
        return {name: _found(part, taken) if "*" in part else expanded(part, taken) for name, part in nav.items()}
    parts: list[Any] = []
    for part in nav:
        parts += _found(part, taken) if isinstance(part, str) and "*" in part else [expanded(part, taken)]
    return parts


def _found(pattern: str, taken: set[str]) -> list[str]:
    return sorted({str(path.relative_to(ROOT)) for path in ROOT.glob(pattern)} - taken)


def named(nav: Any) -> Iterator[str]:
    """Every page that a part of the navigation names."""
    if isinstance(nav, str):
        yield nav
    else:
        for part in nav.values() if isinstance(nav, dict) else nav:
            yield from named(part)


def linked(page: str) -> Iterator[str]:
    """Files that a page links to and that are no pages, by their place in the repository."""
    text = (ROOT / page).read_text(encoding="utf-8") if (ROOT / page).is_file() else ""
    for target in LINK.findall(text):
        path = ((ROOT / page).parent / target).resolve()
        if path.is_file() and path.suffix != ".md" and path.is_relative_to(ROOT):
            yield str(path.relative_to(ROOT))
