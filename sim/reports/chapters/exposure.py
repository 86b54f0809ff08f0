"""Lines before default and what is set aside: exposure, utilisation, conversion; allowance and transfers by stage."""

from __future__ import annotations

from sim.reports.columns import Column, Value, columns_table, last, mean, ratio, share, weighted
from sim.reports.document import Page
from sim.reports.folder import Study

WAY = ((12, "12 months before"), (6, "6 months"), (3, "3 months"), (1, "a month"), (0, "at default"))
BACK = (12, 6, 3)
STAGES = (1, 2, 3)
TRANSFERS = ((1, 2), (2, 3), (2, 1), (3, 1))


def a_year(top: str, bottom: str) -> Value:
    """One flow over another figure, for twelve months."""
    monthly = ratio(top, bottom)
    return lambda study, scenario, arm: 12.0 * monthly(study, scenario, arm)


LINES = (
    Column("Exposure at default, a year", a_year("exposure_at_default", "outstanding"), share(2)),
    *(Column(f"Used, {words}", weighted(f"utilisation_before_{k}", f"limit_before_{k}"), share(0)) for k, words in WAY),
    *(Column(f"CCF, {k} months", weighted(f"conversion_before_{k}", f"undrawn_before_{k}"), share(0)) for k in BACK),
    Column("LEQ, a year's cohort", weighted("conversion_of_cohort", "undrawn_of_cohort"), share(0)),
    Column("Reckoned with", last("conversion_believed"), share(0)),
)
ALLOWANCES = (
    Column("Allowance", ratio("provisions", "outstanding"), share(2)),
    *(Column(f"Coverage, stage {k}", ratio(f"allowance_stage_{k}", f"stage_{k}"), share(1)) for k in STAGES),
    *(Column(f"Cost of risk, stage {k}", mean(f"cost_of_risk_{k}"), share(2)) for k in STAGES),
    *(Column(f"{a} to {b} a month", ratio(f"stage_{a}_to_{b}", f"stage_{a}"), share(1)) for a, b in TRANSFERS),
    Column("Undrawn, counted as owed", ratio("commitments", "outstanding"), share(0)),
)
CAPTIONS = (
    (
        LINES,
        "<b>Lines before default.</b> Persons who came to be 90 days past due. Exposure at default: what they owed, "
        "per cent of all loans. Used: of the limits of those whose line was open, n/a where none was. CCF: of what "
        "was left on the line so many months before, the part owed on top at default; below zero where they had "
        "repaid. LEQ: the same for all who were in order a year ago and have defaulted since. Reckoned with: what "
        "the lender believes of lines that are open. All pooled by amount.",
    ),
    (
        ALLOWANCES,
        "<b>Allowance by stage.</b> Stage 2 from 30, stage 3 from 90 days past due. Allowance: the lender's own, per "
        "cent of all loans, whoever funds or guarantees them; coverage: of the stage's principal. Cost of risk: "
        "change of the allowance, in stage 3 with what was lost, a year over all loans. Transfers: of the stage's "
        "principal.",
    ),
)


def append(page: Page, study: Study) -> None:
    """Write the chapter, where the results hold any of its figures."""
    if not study.has("exposure_at_default"):
        return
    page.chapter("exposure", "Lines before default, and provisions")
    for columns, caption in CAPTIONS:
        text = columns_table(study, columns, caption)
        if text is not None:
            page.table(text)
