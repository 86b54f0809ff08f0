"""The audit pack as a page: headings, sentences and tables, from the facts alone and nothing else."""

from __future__ import annotations

import html
import json

from sim.language.words import ENGLISH, MARKS, Words
from sim.reports.audit_figures import calibration, estimates, monitored
from sim.reports.audit_tables import TABLES, places
from sim.reports.document import DOCUMENT, Page
from sim.reports.drawing import style
from sim.reports.words.audit_standing import HEADINGS
from sim.reports.words.auditing import Facts, economy_of, statements
from sim.reports.words.formats import IN_ENGLISH

WRITERS = {**TABLES, "outcomes": (estimates, calibration), "monitoring": (monitored,)}
"""What writes the tables below each heading; one that has no rows writes nothing."""


def render(facts: Facts, say: Words = IN_ENGLISH) -> str:
    """Return the audit pack as an HTML document in one file, no script, no network.

    Parameters
    ----------
    facts : mapping
        As ``audit.json`` holds them.
    say : Words
        Texts of the language.
    """
    page, said, title = Page(say), statements(facts, say), _title(facts, say)
    page.add(f'<section class="summary"><p class="kicker">{say("audit.kicker")}</p>')
    page.add(f"<h1>{html.escape(title)}</h1>")
    page.paragraph(say("audit.guidance"))
    if say.language != ENGLISH:
        page.add(f'<p class="note">{html.escape(say("audit.as_declared"))}</p>')
    page.table(places(say))
    page.add("</section>")
    for key in HEADINGS:
        page.chapter(key, say(f"audit.heading.{key}"))
        sentences = said.get(key, [])
        if len(sentences) > 1:
            page.bullets(sentences)
        elif sentences:
            page.paragraph(sentences[0])
        for made in WRITERS.get(key, ()):
            page.table(made(facts, say))
    page.add(f"<footer>{html.escape(say('audit.footer'))}</footer>")
    body, sheet, mark = "\n".join(page.parts), style.sheet(say.language), MARKS[say.language]
    head = html.escape(say("audit.head", title=title))
    return DOCUMENT.substitute(title=head, sheet=sheet, body=body, language=mark)


def as_json(facts: Facts, say: Words = IN_ENGLISH) -> str:
    """Return the audit pack to be read by programs: the facts, and what the page says about them by heading."""
    whole = {**facts, "statements": statements(facts, say)}
    return json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _title(facts: Facts, say: Words) -> str:
    packages = say("list.comma").join(one["name"] for one in facts["use"]["packages"])
    economies = say("list.comma").join(economy_of(one["name"], say) for one in facts["use"]["economies"])
    return say("audit.title", packages=packages, economies=economies)
