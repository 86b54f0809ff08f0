"""The document of a report: sections, figures and tables in order, one self-contained page."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from string import Template

from sim.reports.drawing.figures import Picture
from sim.reports.words.formats import scenario_title

DOCUMENT = Template("""<!DOCTYPE html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>$sheet</style>
</head>
<body>
<main>
$body
</main>
</body>
</html>
""")


@dataclass
class Page:
    """Collects the parts of the report and numbers its figures and tables in the order of the page."""

    parts: list[str] = field(default_factory=list)
    chapters: list[tuple[str, str]] = field(default_factory=list)
    figures: int = 0
    tables: int = 0

    def add(self, text: str) -> None:
        """Append ready HTML."""
        self.parts.append(text)

    def chapter(self, key: str, title: str, *, new_page: bool = True) -> None:
        """Begin a chapter, on a new printed page unless told otherwise."""
        self.chapters.append((key, title))
        start = f'<h2 id="{key}" class="chapter">' if new_page else f'<h2 id="{key}">'
        self.add(f"{start}{html.escape(title)}</h2>")

    def paragraph(self, text: str) -> None:
        """Append a paragraph of plain text in which names stand between backticks."""
        self.add(f"<p>{prose(text)}</p>")

    def bullets(self, sentences: Sequence[str]) -> None:
        """Append sentences as a list."""
        if sentences:
            items = "".join(f"<li>{prose(text)}</li>" for text in sentences)
            self.add(f'<ul class="findings">{items}</ul>')

    def figure(self, picture: Picture | None) -> None:
        """Append a figure with its number, title and caption."""
        if picture is None:
            return
        self.figures += 1
        self.add(
            f'<figure id="figure-{self.figures}">{picture.svg}<figcaption><b>Figure {self.figures}. '
            f"{html.escape(picture.title)}.</b> {html.escape(picture.caption)}</figcaption></figure>"
        )

    def table(self, text: str) -> None:
        """Append a table; its caption gets the next number."""
        self.tables += 1
        self.add(text.replace("<caption><b>", f"<caption><b>Table {self.tables}. ", 1))


def prose(text: str) -> str:
    """Return plain text as HTML; what stands between backticks is a package's name."""
    return re.sub(r"`([^`]+)`", r'<span class="name">\1</span>', html.escape(text, quote=False))


def told(name: str, meaning: str) -> str:
    """A scenario's meaning under its name; one that begins with its own, as the shipped ones do, is left as it is."""
    title, own = scenario_title(name), meaning.partition(":")[0]
    of_title, of_own = (set(re.findall(r"\w+", words.casefold())) for words in (title, own))
    begins_so = ":" in meaning and ". " not in own and bool(of_title & of_own)
    return meaning if begins_so else f"{title}: {meaning}"
