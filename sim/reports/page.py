"""The page: the first screen, chapters in front, the appendix; one self-contained HTML document."""

from __future__ import annotations

import html

from sim.language.words import MARKS
from sim.reports.chapters import (
    bearers,
    blind,
    causes,
    closing,
    comparison,
    controls,
    exposure,
    firms,
    funds,
    gainers,
    inclusion,
    method,
    packages,
    paths,
    protection,
    rolls,
    tails,
    verdict,
    worlds,
)
from sim.reports.document import DOCUMENT, Page
from sim.reports.drawing import style
from sim.reports.folder import Study
from sim.reports.glossary import chapter as glossary
from sim.reports.verdict import Verdict, shown, verdict_of
from sim.reports.words.formats import listing

FRONT = (
    shown.chapter,
    packages.write,
    paths.write,
    bearers.write,
    gainers.write,
    inclusion.write,
    firms.write,
    method.write,
)
"""What writes each chapter in front, after the first page, in order; one that has nothing to say writes nothing."""

APPENDIX = (
    verdict.append,
    shown.append,
    packages.append,
    comparison.append,
    worlds.append,
    tails.append,
    protection.append,
    bearers.append,
    funds.append,
    causes.append,
    exposure.append,
    rolls.append,
    controls.append,
    closing.append,
    blind.append,
    inclusion.append,
    firms.append,
    gainers.append,
    method.append,
)
"""What writes each chapter of the appendix, but for what figures mean and where the study comes from at its end."""


def title_of(study: Study) -> str:
    """Return the title of a report: how many packages were compared, and where."""
    say, count = study.say, len(study.arms)
    places = listing([study.place(name) for name in study.scenarios], say)
    key = f"front_counts.{count}"
    told = say(key) if key in say else str(count)
    return say("front_page.one" if count == 1 else "front_page.title", count=told, places=places)


def render(study: Study, found: Verdict | None = None) -> str:
    """Return the whole report of ``study`` as an HTML document; the verdict is worked out where it is not given."""
    found = found or verdict_of(study)
    say = study.say
    title = title_of(study)
    front, rest = Page(say), Page(say)
    verdict.write(front, study, title, found, say)
    rest.figures, rest.tables = front.figures, front.tables
    for write in FRONT:
        write(rest, study)
    rest.appendix(say("front_page.behind"))
    for write in APPENDIX:
        write(rest, study)
    glossary.append(rest, [*front.parts, *rest.parts])
    method.append_provenance(rest, study)
    front.add(f"{rest.contents()}</section>")
    body = glossary.explained("\n".join([*front.parts, *rest.parts, "</section>"]), say)
    language = MARKS[say.language]
    return DOCUMENT.substitute(title=html.escape(title), sheet=style.sheet(say.language), body=body, language=language)
