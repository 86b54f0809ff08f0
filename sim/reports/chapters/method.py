"""Method, definitions, and where the study comes from."""

from __future__ import annotations

import html

from sim.reports.chapters.tables import facts_table
from sim.reports.document import Page
from sim.reports.folder import Study
from sim.reports.words.formats import number, scenario_title
from sim.reports.words.standing import DEFINITIONS, MONTH, calculation, provenance


def write(page: Page, study: Study) -> None:
    """Write how figures and intervals are worked out, and what words mean."""
    page.chapter("method", "Method")
    page.paragraph(MONTH)
    for text in calculation(study):
        page.paragraph(text)
    page.add("<h3>Definitions</h3>")
    items = "".join(f"<dt>{html.escape(term)}</dt><dd>{html.escape(text)}</dd>" for term, text in DEFINITIONS)
    page.add(f"<dl>{items}</dl>")
    assumed = study.manifest.get("assumptions")
    if assumed:
        page.add("<h3>What the loan tape did not show, and what was assumed</h3>")
        page.bullets([str(sentence) for sentence in assumed])


def write_provenance(page: Page, study: Study) -> None:
    """Write what was run, and how to do it again."""
    page.chapter("provenance", "Provenance, and how to do it again", new_page=False)
    facts, command = provenance(study)
    page.table(facts_table("<b>Provenance.</b> From the study's manifest.", facts))
    if command:
        page.paragraph("The same command with the same versions gives the same results, bit for bit:")
        page.add(f"<pre><code>{html.escape(command)}</code></pre>")
    months = ", ".join(f"{scenario_title(name)} {number(study.months(name), 0)}" for name in study.scenarios)
    page.add(
        "<footer>Made from manifest.json, summary.csv and results/ of the study folder alone. Months after "
        f"the policy date: {html.escape(months)}. Money: 1 yuan = 100 fen.</footer>"
    )
