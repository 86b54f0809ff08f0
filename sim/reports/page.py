"""The page: sections in order, figures and tables numbered, one self-contained HTML document."""

from __future__ import annotations

import html

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
    inclusion,
    method,
    packages,
    protection,
    rolls,
    tails,
    worlds,
)
from sim.reports.document import DOCUMENT, Page, prose
from sim.reports.drawing import dots, style
from sim.reports.folder import Study
from sim.reports.words import findings, payers
from sim.reports.words.formats import counted, listing
from sim.reports.words.standing import subtitle
from sim.reports.words.worlds import error_words

CHAPTERS = (
    packages.write,
    comparison.write,
    worlds.write,
    tails.write,
    protection.write,
    bearers.write,
    funds.write,
    causes.write,
    exposure.write,
    rolls.write,
    controls.write,
    closing.write,
    blind.write,
    inclusion.write,
    firms.write,
    method.write,
    method.write_provenance,
)
"""What writes each chapter, in the order of the page; one that has nothing to say writes nothing."""


def render(study: Study) -> str:
    """Return the whole report of ``study`` as an HTML document."""
    places = listing([study.place(name) for name in study.scenarios])
    compared = " compared" if len(study.arms) > 1 else ""
    title = f"{counted(len(study.arms), 'policy package')}{compared} in {places}"
    front, rest = Page(), Page()
    _summary(front, study, title)
    rest.figures, rest.tables = front.figures, front.tables
    for write in CHAPTERS:
        write(rest, study)
    contents = "".join(f'<li><a href="#{key}">{html.escape(name)}</a></li>' for key, name in rest.chapters)
    front.add(f'<nav aria-label="Contents"><ol class="contents">{contents}</ol></nav></section>')
    body = "\n".join(front.parts + rest.parts)
    return DOCUMENT.substitute(title=html.escape(title), sheet=style.sheet(), body=body)


def _summary(page: Page, study: Study, title: str) -> None:
    """Write the executive summary: what was asked, what was found, how sure it is."""
    page.add(
        '<section class="summary"><p class="kicker">CreditCycle &middot; Simulation report</p>'
        f"<h1>{html.escape(title)}</h1>"
    )
    page.add(f'<p class="facts">{html.escape(subtitle(study))}</p>')
    page.add("<h2>Summary</h2>")
    if study.manifest.get("status") == "partial":
        page.paragraph("This study is partial: only the replications finished so far are in the figures.")
    for warning in study.manifest.get("warnings") or ():
        page.paragraph(f"Warning. {warning}.")
    worst = study.place(findings.severest(study))
    lead = (
        f" The sentences are about {worst}, the scenario that costs {payers.quoted(study.root.name)} most."
        if len(study.scenarios) > 1
        else ""
    )
    ranges = f"Ranges in brackets are {study.coverage} intervals."
    if study.replications < 2:
        ranges = "One replication: no interval can be given, and no difference told from luck."
    page.paragraph(ranges + lead)
    for heading, sentences in findings.headline(study):
        page.add(f'<div class="group"><h3>{html.escape(heading)}</h3>')
        page.bullets(sentences)
        page.add("</div>")
    page.figure(dots.glance_figure(study))
    page.add(f'<p class="note">{prose(_caution(study))}</p>')


def _caution(study: Study) -> str:
    compared = sum(1 for arm in study.arms if arm.parent) * len(study.scenarios)
    chance = round(1 / max(1 - study.confidence, 1e-9))
    many = (
        f" One interval in {chance} excludes zero by chance where nothing differs; there are {compared} "
        f"comparisons for each metric, and the intervals are not widened for that.{tails.holm_sentence(study)}"
        if compared > 1
        else ""
    )
    pins = "the number of replications pins" if study.worlds.empty else "replications and worlds pin"
    return (
        f"The intervals are {error_words(study)}: they say how far {pins} a "
        f"figure down, not whether the model{' or its parameters are' if study.worlds.empty else ' is'} right. "
        "Results of a simulation, not forecasts. Which figures of the shipped presets lie within published bands, and "
        "which do not, stands in docs/plausibility.md; sources of values stand in configs/, and a value that names "
        "none there is an assumption." + many
    )
