"""Method, definitions, and where the study comes from."""

from __future__ import annotations

import html

from sim.reports.chapters import tails
from sim.reports.chapters.tables import facts_table
from sim.reports.document import Page
from sim.reports.folder import Study
from sim.reports.words.formats import number, scenario_title
from sim.reports.words.standing import DEFINED, calculation, many, provenance


def write(page: Page, study: Study) -> None:
    """Write how figures and intervals are worked out, and how to do the study again."""
    page.chapter("method", study.say("front_method.chapter"))
    sources = study.say("front_standing.sources")
    page.paragraph(study.say("front_standing.month"))
    for text in (*calculation(study), f"{many(study)}{tails.holm_sentence(study)}".strip(), sources):
        if text:
            page.paragraph(text)
    assumed = study.manifest.get("assumptions")
    if assumed:
        page.add(f"<h3>{study.say('front_method.assumed')}</h3>")
        page.untranslated([str(sentence) for sentence in assumed])
    _, command = provenance(study)
    if command:
        page.paragraph(study.say("front_method.again"))
        page.add(f"<pre><code>{html.escape(command)}</code></pre>")


def append(page: Page, study: Study) -> None:
    """Write what words mean."""
    say = study.say
    page.chapter("definitions", say("back_definitions.chapter"))
    items = [(say(f"back_definitions.{key}"), say(f"back_definitions.{key}_means")) for key in DEFINED]
    page.add(f"<dl>{''.join(f'<dt>{html.escape(term)}</dt><dd>{html.escape(text)}</dd>' for term, text in items)}</dl>")


def append_provenance(page: Page, study: Study) -> None:
    """Write what was run."""
    say = study.say
    page.chapter("provenance", say("back_provenance.chapter"))
    facts, _ = provenance(study)
    page.table(facts_table(say("back_provenance.caption"), facts))
    lengths = [
        say("back_provenance.length", scenario=scenario_title(name, say), months=number(study.months(name), 0))
        for name in study.scenarios
    ]
    footer = say("back_provenance.footer", months=html.escape(say("list.comma").join(lengths)))
    page.add(f"<footer>{footer}</footer>")
