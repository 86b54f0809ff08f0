"""The lender's controls: what was decided, by which rule, what warnings were worth, what collections brought."""

from __future__ import annotations

import html
import math

import numpy as np

from sim.language.words import ENGLISH
from sim.reports.chapters.tables import cell, group_heading, table
from sim.reports.columns import Column, amount, columns_table, digits, mean, ratio, share, weighted, yearly
from sim.reports.document import Page
from sim.reports.drawing.figures import mean_known
from sim.reports.folder import Study
from sim.reports.glossary.links import figured
from sim.reports.words import findings
from sim.reports.words.formats import number

DECIDED = ("limits_raised", "limits_cut", "closures_month", "freezes", "alerts", "restructured", "reviews")
RULES = range(1, 13)
YEAR = 12
DECISIONS = (
    Column("back_controls.limits_raised", yearly("limits_raised"), digits(1), unit="yearly"),
    Column("back_controls.limits_cut", yearly("limits_cut"), digits(1), unit="yearly"),
    Column("back_controls.frozen", yearly("freezes"), digits(1), unit="yearly"),
    Column("back_controls.closed", yearly("closures_month"), digits(1), unit="yearly"),
    Column("back_controls.reopened", yearly("reopenings"), digits(1), unit="yearly"),
    Column("back_controls.called", yearly("recalls"), digits(1), unit="yearly"),
    Column("back_controls.restructured", yearly("restructured"), digits(1), unit="yearly"),
    Column("back_controls.holidays", yearly("holidays_begun"), digits(1), unit="yearly"),
    Column("back_controls.by_hand", yearly("reviews"), digits(1), unit="yearly"),
    Column("back_controls.referred", yearly("referrals"), digits(1), unit="yearly"),
    Column("back_controls.courses", yearly("courses"), digits(1), unit="yearly"),
)
WARNINGS = (
    Column("back_controls.given", yearly("alerts"), digits(1), unit="yearly"),
    Column("back_controls.came_true", ratio("alerts_true", "alerts"), share()),
    Column("back_controls.preceded", weighted("warning_recall", "defaults"), share()),
    Column("back_controls.ahead", weighted("warning_lead", "alerts_true"), digits(1)),
    Column("back_controls.cost", amount("warning_cost"), digits(0)),
    Column(
        "back_controls.cost_true",
        lambda study, scenario, arm: ratio("warning_cost", "alerts_true")(study, scenario, arm) / study.say.fen,
        digits(0),
    ),
)
PRICES = (
    Column("back_controls.price", weighted("price", "drawn"), share(2)),
    Column("back_controls.utilisation", mean("utilisation"), share()),
    Column("back_controls.approved", ratio("approvals", "applications"), share()),
    Column("back_controls.appetite", mean("appetite_points"), digits(1)),
    Column("back_controls.left_block", yearly("lost_after_block"), digits(1), unit="yearly"),
    Column("back_controls.left_closing", yearly("lost_after_closing"), digits(1), unit="yearly"),
    Column("back_controls.given_up", yearly("lines_given_up"), digits(1), unit="yearly"),
    Column("back_controls.abandoned", yearly("lines_abandoned"), digits(1), unit="yearly"),
)
COLLECTIONS = (
    Column("back_controls.contacts", yearly("contacts"), digits(0), unit="yearly"),
    Column("back_controls.complaints", yearly("complaints"), digits(2), unit="yearly"),
    Column(
        "back_controls.cost",
        amount("collections_cost"),
        digits(0),
        entry="back_controls.cost_collections",
    ),
    Column("back_controls.recovered", ratio("recovered", "charged_off"), share()),
    Column("back_controls.suits", yearly("suits"), digits(1), unit="yearly"),
    Column(
        "back_controls.won",
        lambda study, scenario, arm: _won(
            *(float(np.nansum(study.paths(scenario, arm, f"judgments_{end}"))) for end in ("won", "lost"))
        ),
        share(0),
    ),
    Column("back_controls.sold", ratio("debt_sold", "face_sold"), share()),
)
CAPTIONS = (
    (DECISIONS, "back_controls.decided"),
    (WARNINGS, "back_controls.warnings"),
    (PRICES, "back_controls.prices"),
    (COLLECTIONS, "back_controls.collections"),
)


def _won(won: float, lost: float) -> float:
    return won / (won + lost) if won + lost else math.nan


def acts(study: Study) -> bool:
    """Whether the results hold any decision of the lender's controls."""
    return any(study.has(name) and (study.monthly[name] != 0).any() for name in DECIDED)


def control_tables(study: Study) -> list[str]:
    """Return the tables of decisions, warnings, prices and collections; those without figures are left out."""
    made = [columns_table(study, columns, key) for columns, key in CAPTIONS]
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
    say, rows = study.say, []
    marked = "" if say.language == ENGLISH else f' lang="{ENGLISH}"'  # rules are told as they are configured
    for arm, rules in found.items():
        if not rules:
            continue
        rows.append(group_heading(arm, "", 2 + len(years)))
        for rule, paths in rules.items():
            means = [float(mean_known(paths[:, year])) for year in years]
            whole = float(mean_known(paths))
            cells = "".join(cell(number(value, 1), value) for value in [*means, whole])
            told = study.arm(arm).rules
            words = html.escape(told[rule - 1]) if rule <= len(told) else say("back_controls.rule_number", number=rule)
            rows.append(f'<tr><td class="words"{marked}>{words}</td>{cells}</tr>')
    by_year = [say("back_controls.year", number=place + 1) for place in range(len(years))]
    by_year = [figured("back_controls.rule_hits", text) for text in (*by_year, say("back_controls.whole"))]
    heads = [say("back_controls.rule"), *by_year]
    caption = say("back_controls.rules", place=study.place(scenario))
    return table(caption, heads, rows, kind=' class="grouped"', say=say)


def append(page: Page, study: Study) -> None:
    """Write what the lender's controls did, where any acted."""
    if not acts(study):
        return
    page.chapter("controls", study.say("back_controls.chapter"))
    for text in control_tables(study):
        page.table(text)
    hits = rule_table(study, findings.severest(study))
    if hits is not None:
        page.table(hits)
