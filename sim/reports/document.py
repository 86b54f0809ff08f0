"""The document of a report: sections, figures and tables in order, one self-contained page."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from string import Template

from sim.language.words import ENGLISH, Words
from sim.reports.drawing.figures import Picture
from sim.reports.glossary.entries import entry_of
from sim.reports.glossary.links import figured
from sim.reports.words.formats import IN_ENGLISH, in_words, scenario_title

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

    say: Words = IN_ENGLISH
    parts: list[str] = field(default_factory=list)
    chapters: list[tuple[str, str]] = field(default_factory=list)
    figures: int = 0
    tables: int = 0
    appendix_from: int | None = None
    """Chapters in front of the appendix, where there is one."""

    def add(self, text: str) -> None:
        """Append ready HTML."""
        self.parts.append(text)

    def chapter(self, key: str, title: str) -> None:
        """Begin a chapter, numbered in front and lettered in the appendix."""
        place = len(self.chapters)
        mark = f"{place + 1}" if self.appendix_from is None else _letter(place - self.appendix_from)
        self.chapters.append((key, title))
        self.add(f'<h2 id="{key}"><span class="mark">{mark}</span> {html.escape(title)}</h2>')

    def appendix(self, words: str) -> None:
        """Begin the appendix, on a new printed page; chapters from here on have letters."""
        self.appendix_from = len(self.chapters)
        self.add(
            f'<section class="appendix"><h2 id="appendix" class="part">{html.escape(self.say("front_page.appendix"))}'
            f'</h2><p class="note">{prose(words)}</p>'
        )

    def contents(self) -> str:
        """Return links to all chapters, those in front and those of the appendix."""
        start = len(self.chapters) if self.appendix_from is None else self.appendix_from
        parts = [self.chapters[:start], self.chapters[start:]]
        kinds = ("1", "A")
        lists = [
            f'<ol type="{kind}">'
            + "".join(f'<li><a href="#{key}">{html.escape(name)}</a></li>' for key, name in part)
            + "</ol>"
            for kind, part in zip(kinds, parts, strict=True)
            if part
        ]
        label = html.escape(self.say("front_page.contents"))
        return f'<nav class="contents" aria-label="{label}">{"".join(lists)}</nav>'

    def untranslated(self, sentences: Sequence[str]) -> None:
        """Append sentences that are told in English alone as a list; another language says so and marks them."""
        if self.say.language == ENGLISH:
            self.bullets(sentences)
        elif sentences:
            self.add(f'<p class="note">{html.escape(self.say("front_page.untranslated"))}</p><div lang="en">')
            self.bullets(sentences)
            self.add("</div>")

    def paragraph(self, text: str) -> None:
        """Append a paragraph of plain text in which names stand between backticks."""
        self.add(f"<p>{prose(text)}</p>")

    def bullets(self, sentences: Sequence[str]) -> None:
        """Append sentences as a list."""
        if sentences:
            items = "".join(f"<li>{prose(text)}</li>" for text in sentences)
            self.add(f'<ul class="findings">{items}</ul>')

    def figure(self, picture: Picture | None) -> None:
        """Append a figure with its number, title and caption, which links what is drawn."""
        if picture is None:
            return
        self.figures += 1
        words = {"title": html.escape(picture.title), "caption": html.escape(picture.caption)}
        caption = self.say("front_page.figure", number=self.figures, **words)
        if picture.figures:
            names = [figured(name, html.escape(entry_of(name, self.say).label)) for name in picture.figures]
            drawn = self.say("glossary.drawn", names=self.say("list.semicolon").join(names))
            caption += f' <span class="drawn">{drawn}</span>'
        self.add(
            f'<figure id="figure-{self.figures}"><div>{picture.svg}</div><figcaption>{caption}</figcaption></figure>'
        )

    def table(self, text: str) -> None:
        """Append a table, unless it is empty; its caption gets the next number."""
        if not text:
            return
        self.tables += 1
        number = self.say("front_page.table", number=self.tables)
        self.add(text.replace("<caption><b>", f"<caption><b>{number}", 1))


def _letter(place: int) -> str:
    return chr(ord("A") + place) if place < LETTERS else f"A{place - LETTERS + 1}"


LETTERS = 26


def prose(text: str) -> str:
    """Return plain text as HTML; what stands between backticks is a package's name."""
    return re.sub(r"`([^`]+)`", r'<span class="name">\1</span>', html.escape(text, quote=False))


def told(name: str, meaning: str, say: Words = IN_ENGLISH) -> str:
    """A scenario's meaning under its name; one that begins with its own, as the shipped ones do, is left as it is."""
    own_words = in_words(f"memo.economies.{name}", meaning, say)
    if own_words != meaning:
        return own_words
    title, own = scenario_title(name, say), meaning.partition(":")[0]
    of_title, of_own = (set(re.findall(r"\w+", words.casefold())) for words in (title, own))
    begins_so = ":" in meaning and ". " not in own and bool(of_title & of_own)
    return meaning if begins_so else say("front_page.told", title=title, meaning=meaning)
