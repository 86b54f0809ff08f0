"""The lender's controls: what was decided, by which rule, what warnings were worth, what collections brought."""

from __future__ import annotations

import html
import math

import numpy as np

from sim.figures.scales import FEN_PER_YUAN
from sim.reports.chapters.tables import cell, group_heading, table
from sim.reports.columns import Column, columns_table, digits, mean, ratio, share, weighted, yearly
from sim.reports.document import Page
from sim.reports.drawing.figures import mean_known
from sim.reports.folder import Study
from sim.reports.words import findings
from sim.reports.words.formats import number

DECIDED = ("limits_raised", "limits_cut", "closures_month", "freezes", "alerts", "restructured", "reviews")
RULES = range(1, 13)
YEAR = 12
DECISIONS = (
    Column("Limits raised", yearly("limits_raised"), digits(1)),
    Column("Limits cut", yearly("limits_cut"), digits(1)),
    Column("Lines frozen", yearly("freezes"), digits(1)),
    Column("Lines closed", yearly("closures_month"), digits(1)),
    Column("Reopened", yearly("reopenings"), digits(1)),
    Column("Balances called", yearly("recalls"), digits(1)),
    Column("Restructured", yearly("restructured"), digits(1)),
    Column("Payment holidays", yearly("holidays_begun"), digits(1)),
    Column("Reviewed by hand", yearly("reviews"), digits(1)),
    Column("Referred", yearly("referrals"), digits(1)),
    Column("Courses", yearly("courses"), digits(1)),
)
WARNINGS = (
    Column("Given a year", yearly("alerts"), digits(1)),
    Column("Came true", ratio("alerts_true", "alerts"), share()),
    Column("Defaults preceded", weighted("warning_recall", "defaults"), share()),
    Column("Months ahead", weighted("warning_lead", "alerts_true"), digits(1)),
    Column("Cost a month, yuan", mean("warning_cost", 1 / FEN_PER_YUAN), digits(0)),
    Column(
        "Cost of one that came true, yuan",
        lambda study, scenario, arm: ratio("warning_cost", "alerts_true")(study, scenario, arm) / FEN_PER_YUAN,
        digits(0),
    ),
)
PRICES = (
    Column("Price of new lending", weighted("price", "drawn"), share(2)),
    Column("Utilisation", mean("utilisation"), share()),
    Column("Approved of all applications", ratio("approvals", "applications"), share()),
    Column("Appetite, points", mean("appetite_points"), digits(1)),
    Column("Left after a block", yearly("lost_after_block"), digits(1)),
    Column("Left after a closing", yearly("lost_after_closing"), digits(1)),
    Column("Lines given up", yearly("lines_given_up"), digits(1)),
    Column("Lines abandoned over checks", yearly("lines_abandoned"), digits(1)),
)
COLLECTIONS = (
    Column("Contacts", yearly("contacts"), digits(0)),
    Column("Complaints", yearly("complaints"), digits(2)),
    Column("Cost a month, yuan", mean("collections_cost", 1 / FEN_PER_YUAN), digits(0)),
    Column("Recovered of charged off", ratio("recovered", "charged_off"), share()),
    Column("Suits", yearly("suits"), digits(1)),
    Column(
        "Suits won",
        lambda study, scenario, arm: _won(
            *(float(np.nansum(study.paths(scenario, arm, f"judgments_{end}"))) for end in ("won", "lost"))
        ),
        share(0),
    ),
    Column("Price of debt sold", ratio("debt_sold", "face_sold"), share()),
)
PER = "Counts are a year per 1\u202f000 borrowers. "
CAPTIONS = (
    (DECISIONS, f"<b>What was decided.</b> {PER}Columns in which nothing happened are left out."),
    (
        WARNINGS,
        f"<b>Warnings, and whether they came true.</b> {PER}A warning comes true when 90+ follows within 12 months; "
        "preceded: defaults that such a warning came before. Either is known a year later.",
    ),
    (
        PRICES,
        "<b>Price, use of lines, approval.</b> Price weighted by what was drawn. Approved of all applications: those "
        f"not decided stand in the base. {PER}".rstrip(),
    ),
    (
        COLLECTIONS,
        f"<b>Collections.</b> {PER}Recovered and sold as a share of principal charged off and of face value.",
    ),
)


def _won(won: float, lost: float) -> float:
    return won / (won + lost) if won + lost else math.nan


def acts(study: Study) -> bool:
    """Whether the results hold any decision of the lender's controls."""
    return any(study.has(name) and (study.monthly[name] != 0).any() for name in DECIDED)


def control_tables(study: Study) -> list[str]:
    """Return the tables of decisions, warnings, prices and collections; those without figures are left out."""
    made = [columns_table(study, columns, caption) for columns, caption in CAPTIONS]
    return [text for text in made if text is not None]


def rule_table(study: Study, scenario: str) -> str | None:
    """Return how often each rule of the list decided, a month, year by year; None where no package has a list."""
    names = [f"rule_hits_{rule}" for rule in RULES]
    found = {
        arm.name: {rule: paths for rule, name in zip(RULES, names, strict=True)
                   if (paths := study.paths(scenario, arm.name, name)).size and np.nansum(paths) > 0}
        for arm in study.arms
    }  # fmt: skip
    if not any(found.values()):
        return None
    years = [slice(start, start + YEAR) for start in range(0, study.months(scenario), YEAR)]
    rows = []
    for arm, rules in found.items():
        if not rules:
            continue
        rows.append(group_heading(arm, "", 2 + len(years)))
        for rule, paths in rules.items():
            means = [float(mean_known(paths[:, year])) for year in years]
            whole = float(mean_known(paths))
            cells = "".join(cell(number(value, 1), value) for value in [*means, whole])
            told = study.arm(arm).rules
            words = html.escape(told[rule - 1]) if rule <= len(told) else f"Rule {rule}"
            rows.append(f'<tr><td class="words">{words}</td>{cells}</tr>')
    heads = ["Rule", *(f"Year {place + 1}" for place in range(len(years))), "All"]
    caption = (
        f"<b>Which rule decided, in {study.place(scenario)}.</b> Accounts a month and run on which a rule of the list "
        "acted, by year after the policy date; rules in the order of <code>policy.engine.rules</code>. "
        "For each account the first rule that applies acts and no other."
    )
    return table(caption, heads, rows, kind=' class="grouped"')


def append(page: Page, study: Study) -> None:
    """Write what the lender's controls did, where any acted."""
    if not acts(study):
        return
    page.chapter("controls", "The lender's controls")
    for text in control_tables(study):
        page.table(text)
    hits = rule_table(study, findings.severest(study))
    if hits is not None:
        page.table(hits)
