"""The glossary of a page: the figures that it links, and what each link says where the mouse rests on it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from sim.language.words import CHINESE, Words
from sim.reports.document import Page, prose
from sim.reports.glossary.entries import Entry, entry_of

LINK = re.compile(r'<a class="figure" href="#meaning-([^"]+)"')


def shown(parts: Iterable[str], say: Words) -> list[Entry]:
    """Return what the figures mean that some HTML links, each once, in the order of their labels."""
    names = dict.fromkeys(name for part in parts for name in LINK.findall(part))
    return sorted((entry_of(name, say) for name in names), key=lambda entry: (_place(entry.label, say), entry.name))


def _place(label: str, say: Words) -> bytes:
    """Order of a label; common Chinese signs stand in the order of their sounds in the national code."""
    return label.casefold().encode("gb18030" if say.language == CHINESE else "utf-8")


def append(page: Page, parts: Iterable[str]) -> None:
    """Write the chapter of the figures that a page shows so far, ``parts`` of it; nothing where there is none."""
    say = page.say
    entries = shown(parts, say)
    if not entries:
        return
    page.chapter("figures", say("glossary.chapter"))
    page.add(f'<p class="note">{prose(say("glossary.opening"))}</p>')
    page.add(f'<dl class="glossary">{"".join(_item(entry, say) for entry in entries)}</dl>')


def _item(entry: Entry, say: Words) -> str:
    back = html.escape(say("glossary.back"))
    return (
        f'<dt id="meaning-{entry.name}">{html.escape(entry.label)} '
        f'<a class="back" href="#shown-{entry.name}" title="{back}" aria-label="{back}">&uarr;</a></dt>'
        f"<dd>{html.escape(entry.told(say))} <code>{html.escape(entry.source)}</code></dd>"
    )


def explained(body: str, say: Words) -> str:
    """Return a page whose links say what the figure means; the first of each is where the glossary leads back to."""
    seen: set[str] = set()
    said: dict[str, str] = {}

    def told(link: re.Match[str]) -> str:
        name = link[1]
        if name not in said:
            said[name] = html.escape(entry_of(name, say).told(say))
        first = "" if name in seen else f' id="shown-{name}"'
        seen.add(name)
        return f'{link[0]}{first} title="{said[name]}"'

    return LINK.sub(told, body)
