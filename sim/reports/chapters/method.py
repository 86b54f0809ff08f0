"""Method, definitions, and where the study comes from."""

from __future__ import annotations

import html

from sim.reports.chapters import tails
from sim.reports.chapters.tables import facts_table
from sim.reports.document import Page
from sim.reports.folder import Study
from sim.reports.words.formats import number, scenario_title
from sim.reports.words.standing import DEFINITIONS, MONTH, SOURCES, calculation, many, provenance


def write(page: Page, study: Study) -> None:
    """Write how figures and intervals are worked out, and how to do the study again."""
    page.chapter("method", "Method")
    page.paragraph(MONTH)
    for text in (*calculation(study), f"{many(study)}{tails.holm_sentence(study)}".strip(), SOURCES):
        if text:
            page.paragraph(text)
    assumed = study.manifest.get("assumptions")
    if assumed:
        page.add("<h3>What the loan tape did not show, and what was assumed</h3>")
        page.bullets([str(sentence) for sentence in assumed])
    _, command = provenance(study)
    if command:
        page.paragraph("The same command with the same versions gives the same results, bit for bit:")
        page.add(f"<pre><code>{html.escape(command)}</code></pre>")


def append(page: Page, study: Study) -> None:
    """Write what words mean."""
    page.chapter("definitions", "Definitions")
    items = "".join(f"<dt>{html.escape(term)}</dt><dd>{html.escape(text)}</dd>" for term, text in DEFINITIONS)
    page.add(f"<dl>{items}</dl>")


def append_provenance(page: Page, study: Study) -> None:
    """Write what was run."""
    page.chapter("provenance", "Provenance")
    facts, _ = provenance(study)
    page.table(facts_table("<b>Provenance.</b> From the study's manifest.", facts))
    months = ", ".join(f"{scenario_title(name)} {number(study.months(name), 0)}" for name in study.scenarios)
    page.add(
        "<footer>Made from manifest.json, summary.csv and results/ of the study folder alone. Months after "
        f"the policy date: {html.escape(months)}. Money: 1 yuan = 100 fen.</footer>"
    )
