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
from sim.reports.manifest import words_of
from sim.reports.verdict import Verdict, shown, verdict_of
from sim.reports.words.formats import counted, listing

FRONT = (
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
    method.append_provenance,
)
"""What writes each chapter of the appendix."""

BEHIND = "What stands behind the chapters in front: every scenario's tables and paths, and what few readers ask for."


def render(study: Study, found: Verdict | None = None) -> str:
    """Return the whole report of ``study`` as an HTML document; the verdict is worked out where it is not given."""
    found = found or verdict_of(study)
    places = listing([study.place(name) for name in study.scenarios])
    compared = " compared" if len(study.arms) > 1 else ""
    title = f"{counted(len(study.arms), 'policy package')}{compared} in {places}"
    front, rest = Page(), Page()
    say = words_of(study.manifest)
    verdict.write(front, study, title, found, say)
    rest.figures, rest.tables = front.figures, front.tables
    shown.chapter(rest, study, found, say)
    for write in FRONT:
        write(rest, study)
    rest.appendix(BEHIND)
    for write in APPENDIX:
        write(rest, study)
    front.add(f"{rest.contents()}</section>")
    body = "\n".join([*front.parts, *rest.parts, "</section>"])
    language = MARKS[say.language]
    return DOCUMENT.substitute(title=html.escape(title), sheet=style.sheet(), body=body, language=language)
