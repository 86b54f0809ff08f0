"""The page: sections in order, figures and tables numbered, one self-contained HTML document."""

from __future__ import annotations

import html

from sim.figures.catalog import ACCESS, FIRMS
from sim.reports.chapters import (
    blind,
    causes,
    comparison,
    controls,
    dominance,
    funds,
    guarantee,
    inclusion,
    protection,
    tables,
    tails,
)
from sim.reports.document import DOCUMENT, Page, prose, told
from sim.reports.drawing import alluvial, bars, dots, forest, paths, style
from sim.reports.folder import Study
from sim.reports.words import findings
from sim.reports.words.formats import counted, listing, number, scenario_title
from sim.reports.words.standing import CALCULATION, DEFINITIONS, JUDGED, MONTH, UNSEEN, provenance, subtitle


def render(study: Study) -> str:
    """Return the whole report of ``study`` as an HTML document."""
    places = listing([study.place(name) for name in study.scenarios])
    compared = " compared" if len(study.arms) > 1 else ""
    title = f"{counted(len(study.arms), 'policy package')}{compared} in {places}"
    front, rest = Page(), Page()
    _summary(front, study, title)
    rest.figures, rest.tables = front.figures, front.tables
    for chapter in (
        _packages,
        _results,
        _tails,
        _schemes,
        _bearers,
        _fund,
        _buckets,
        _controls,
        _closing,
        _blind,
        _access,
        _firms,
        _method,
        _provenance,
    ):
        chapter(rest, study)
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
        f" The sentences are about {worst}, in which {findings.quoted(study.root.name)} loses most."
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
    return (
        "The intervals are Monte Carlo error alone: they say how far the number of replications pins a "
        "figure down, not whether the model or its parameters are right. Results of a simulation, not "
        "forecasts." + many
    )


def _packages(page: Page, study: Study) -> None:
    page.chapter("packages", "What differs between the packages, and what it does")
    page.table(tables.package_table(study))
    meanings = [(name, study.scenario_meaning.get(name, "")) for name in study.scenarios]
    if any(meaning for _, meaning in meanings):
        page.add("<h3>The scenarios</h3>")
        page.bullets([told(name, meaning) for name, meaning in meanings if meaning])
    totals = study.manifest.get("control_totals")
    if totals:
        page.add("<h3>The loan tape, as it was read</h3>")
        first, *others = map(str, totals)  # the first begins with the name of a file
        page.bullets([f"{first}.", *(f"{clause[:1].upper()}{clause[1:]}." for clause in others)])
    page.figure(paths.scenarios_figure(study))
    page.figure(forest.differences_figure(study))


def _results(page: Page, study: Study) -> None:
    for index, scenario in enumerate(study.scenarios):
        page.chapter(f"scenario-{index}", f"Results: {scenario_title(scenario)}")
        page.bullets(findings.scenario_findings(study, scenario))
        page.table(comparison.main_table(study, scenario, "Main results"))
        for picture in paths.path_figures(study, scenario):
            page.figure(picture)


def _tails(page: Page, study: Study) -> None:
    """Write how bad it may get, and whether a package is better in every respect."""
    risk, better = tails.risk_table(study), dominance.dominance_table(study)
    if risk is None and better is None:
        return
    page.chapter("tails", "How bad it may get, and whether a package is better in every respect")
    found = dominance.dominating(study)
    page.bullets(found)
    if found:
        page.paragraph(dominance.margins(study))
    if risk is not None:
        page.table(risk)
    if better is not None:
        page.table(better)


def _schemes(page: Page, study: Study) -> None:
    """Write what each scheme says, what it costs, and who pays."""
    sharing = [arm.name for arm in study.arms if guarantee.shares(study, arm.name)]
    if not sharing:
        return
    page.chapter("schemes", "Risk sharing: the contracts, their price, who pays")
    page.bullets([f"`{arm.name}`: {arm.scheme}" for arm in study.arms if arm.name in sharing and arm.scheme])
    page.table(protection.price_table(study, sharing))
    page.figure(alluvial.alluvial_figure(study, sharing, findings.severest(study)))
    gained = protection.gains_table(study, sharing)
    if gained is not None:
        page.table(gained)


def _bearers(page: Page, study: Study) -> None:
    columns = bars.bearers_of(study)
    page.chapter("bearers", "Who bears the loss")
    if not columns:
        page.paragraph("n/a: the results hold no loss by bearer.")
        return
    page.figure(bars.bearers_figure(study))
    page.table(tables.bearer_table(study, columns))


def _fund(page: Page, study: Study) -> None:
    page.chapter("fund", "The guarantee fund", new_page=False)
    funded = study.funded()
    if not funded:
        page.paragraph("No package of this study has a guarantee fund.")
        return
    page.bullets(findings.fund(study))
    page.figure(funds.fund_figure(study, funded))
    page.table(tables.fund_table(study, funded))
    if study.has("fund_put_in"):
        page.table(protection.ruin_table(study, funded))


def _buckets(page: Page, study: Study) -> None:
    page.chapter("buckets", "Delinquency and default")
    picture = paths.bucket_figure(study)
    if picture is None:
        page.paragraph("n/a: the results hold no balance by bucket.")
        return
    page.figure(picture)
    page.table(tables.bucket_table(study))
    found = causes.causes_of(study)
    if found:
        page.table(causes.cause_table(study, found))


def _controls(page: Page, study: Study) -> None:
    """Write what the lender's controls did, where any acted."""
    if not controls.acts(study):
        return
    page.chapter("controls", "The lender's controls")
    for text in controls.control_tables(study):
        page.table(text)
    hits = controls.rule_table(study, findings.severest(study))
    if hits is not None:
        page.table(hits)


def _blind(page: Page, study: Study) -> None:
    """Write what the lender could not see, where its score was judged."""
    if not blind.judged(study):
        return
    scenario = findings.severest(study)
    page.chapter("blind", "What the lender could not see")
    page.paragraph(UNSEEN)
    page.bullets(blind.blind_findings(study, scenario))
    page.figure(blind.calibration_figure(study, scenario))
    for text in blind.blind_tables(study):
        page.table(text)


def _closing(page: Page, study: Study) -> None:
    page.chapter("closing", "Wrong closures, and defaults that closing causes")
    closing = study.closing()
    if not closing:
        page.paragraph("No package of this study closes a line, or closures were not recorded (n/a).")
        return
    page.paragraph(JUDGED)
    page.figure(bars.closing_figure(study, closing))
    page.table(tables.closing_table(study, closing))


def _access(page: Page, study: Study) -> None:
    page.chapter("access", "Access to credit", new_page=False)
    metrics = [name for name in ACCESS if study.has(name)]
    if not metrics:
        page.paragraph("n/a: the results hold no figures on access.")
        return
    page.figure(dots.access_figure(study))
    page.table(tables.means_table(study, metrics, "Access and price"))
    if inclusion.measured(study):
        page.figure(inclusion.income_figure(study, findings.severest(study)))
        found = inclusion.income_table(study)
        if found is not None:
            page.table(found)


def _firms(page: Page, study: Study) -> None:
    """Write what firms made, whom they employed, how many failed, and what they owe."""
    # Without firms their figures stand at 0.
    alive = [study.paths(name, arm.name, "firms") for name in study.scenarios for arm in study.arms]
    if not any(paths.any() for paths in alive):
        return
    page.chapter("firms", "Firms, jobs and output")
    page.bullets(findings.firms(study))
    for picture in paths.path_figures(study, findings.severest(study), paths.FIRM_ROWS, "Firms and jobs"):
        page.figure(picture)
    page.table(tables.means_table(study, [name for name in FIRMS if study.has(name)], "Firms and jobs"))


def _method(page: Page, study: Study) -> None:
    page.chapter("method", "Method")
    page.paragraph(MONTH)
    for text in CALCULATION:
        page.paragraph(text.replace("95 %", study.coverage))
    page.add("<h3>Definitions</h3>")
    items = "".join(f"<dt>{html.escape(term)}</dt><dd>{html.escape(text)}</dd>" for term, text in DEFINITIONS)
    page.add(f"<dl>{items}</dl>")
    assumed = study.manifest.get("assumptions")
    if assumed:
        page.add("<h3>What the loan tape did not show, and what was assumed</h3>")
        page.bullets([str(sentence) for sentence in assumed])


def _provenance(page: Page, study: Study) -> None:
    page.chapter("provenance", "Provenance, and how to do it again", new_page=False)
    facts, command = provenance(study)
    page.table(tables.facts_table("<b>Provenance.</b> From the study's manifest.", facts))
    if command:
        page.paragraph("The same command with the same versions gives the same results, bit for bit:")
        page.add(f"<pre><code>{html.escape(command)}</code></pre>")
    months = ", ".join(f"{scenario_title(name)} {number(study.months(name), 0)}" for name in study.scenarios)
    page.add(
        "<footer>Made from manifest.json, summary.csv and results/ of the study folder alone. Months after "
        f"the policy date: {html.escape(months)}. Money: 1 yuan = 100 fen.</footer>"
    )
