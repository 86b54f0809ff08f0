"""The first page: what was compared, what was found, how sure it is."""

from __future__ import annotations

import html

from sim.language.words import Words
from sim.reports.document import Page, prose
from sim.reports.folder import Study
from sim.reports.verdict import Verdict
from sim.reports.verdict.shown import first_screen
from sim.reports.words import findings, payers
from sim.reports.words.formats import in_words
from sim.reports.words.standing import caution, subtitle


def write(page: Page, study: Study, title: str, verdict: Verdict, say: Words) -> None:
    """Write the first page, which the contents close: what was compared, the bottom line, how sure it is."""
    page.add(f'<section class="summary"><p class="kicker">{say("front_page.kicker")}</p><h1>{html.escape(title)}</h1>')
    page.add(f'<p class="facts">{html.escape(subtitle(study))}</p>')
    page.add(f'<p class="note">{html.escape(say("glance.caution"))}</p>')
    first_screen(page, verdict, say, {arm.name: in_words(f"memo.packages.{arm.name}", arm.meaning, say)
                                      for arm in study.arms})  # fmt: skip
    page.add(f'<p class="note">{prose(caution(study))}</p>')


def append(page: Page, study: Study) -> None:
    """Write what each package does in the scenario that costs most, sentence by sentence."""
    page.chapter("sentences", study.say("back_sentences.chapter", place=study.place(findings.severest(study))))
    page.paragraph(_ranges(study))
    for heading, sentences in findings.headline(study):
        page.add(f'<div class="group"><h3>{html.escape(heading)}</h3>')
        page.bullets(sentences)
        page.add("</div>")


def _ranges(study: Study) -> str:
    """Say what stands in brackets, and which scenario the sentences are about."""
    say = study.say
    ranges = say("back_sentences.ranges", coverage=study.coverage)
    if study.replications < 2:
        ranges = say("back_sentences.one_run")
    if len(study.scenarios) < 2:
        return ranges
    worst, root = study.place(findings.severest(study)), payers.quoted(study.root.name)
    return say("back_sentences.about", ranges=ranges, place=worst, root=root)
