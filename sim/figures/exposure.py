"""Figures of lines before their owners default, and of allowances for expected losses by stage."""

from __future__ import annotations

import itertools

from sim.figures.figure import flow, index, number, pooled, share, stock
from sim.figures.formula import Formula, figure_told, told
from sim.figures.lender import LEFT_TO_THE_LENDER, OWED
from sim.lender.lines import ALONG, BACK
from sim.lender.staging import STAGES

SINCE = "Next"
TOLD = told("what the lender remembers of the lines of those who default")
OF_STAGES = told("accounts by stage at two closes")


def ago(months: int) -> str:
    """So many months before."""
    return f"{months} month{'s' * (months > 1)} before" if months else "at default"


def charge(stage: int) -> Formula:
    """What a stage cost in the month: the change of its allowance, and in stage 3 what was lost."""
    change = figure_told(f"allowance_change_{stage}")
    return change + LEFT_TO_THE_LENDER if stage == STAGES[-1] else change


LINES = (
    flow("exposure_at_default", "owed with interest by persons who came to be 90 days past due", TOLD, since=SINCE),
    *(flow(f"undrawn_before_{k}", f"left on their open lines {ago(k)}", TOLD, since=SINCE) for k in BACK),
    *(
        pooled(
            f"conversion_before_{k}", "fraction of what was left", f"owed on top at default of what was left {ago(k)}",
            f"undrawn_before_{k}", TOLD, since=SINCE, called=f"Conversion factor, {k} months before",
            span="of what was left on the lines of those who defaulted",
        )
        for k in BACK
    ),
    flow(
        "undrawn_of_cohort", "left a year ago on lines of accounts in order that have defaulted since", TOLD,
        since=SINCE,
    ),
    pooled(
        "conversion_of_cohort", "fraction of what was left",
        "owed on top at default of what was left a year ago, by all who have defaulted since", "undrawn_of_cohort",
        TOLD, since=SINCE, called="Loan equivalent, a year's cohort",
        span="of what was left on the lines of those who defaulted",
    ),
    *(flow(f"limit_before_{k}", f"limits of open lines of those who default, {ago(k)}", TOLD, since=SINCE)
      for k in ALONG),
    *(
        pooled(
            f"utilisation_before_{k}", "fraction of those limits", f"owed of their limits {ago(k)}",
            f"limit_before_{k}", TOLD, since=SINCE, called=f"Utilisation {ago(k)}",
            span="of the limits of those who defaulted",
        )
        for k in ALONG
    ),
    share(
        "conversion_believed", "fraction of what is left on a line", "conversion that the lender reckons with",
        told("its own defaults so far and a prior, by credibility"), since=SINCE,
    ),
    share(
        "loss_believed", "fraction of exposure", "loss given default that an allowance in stages reckons with",
        told("its own losses so far and the setting, by credibility"), since=SINCE,
    ),
)  # fmt: skip

ALLOWANCES = (
    stock("commitments", "undrawn lines that the allowance counts as owed", told("conversion_believed * undrawn"),
          since=SINCE),
    *(stock(f"allowance_stage_{k}", f"allowance for stage {k}", told("loss rates * what the lender may lose"),
            since=SINCE) for k in STAGES),
    *(flow(f"allowance_change_{k}", f"change of the allowance for stage {k}", told("allowance less that of last month"),
           since=SINCE) for k in STAGES),
    *(
        share(
            f"coverage_stage_{k}", "fraction of principal", f"allowance over principal of stage {k}",
            figure_told(f"allowance_stage_{k}") / figure_told(f"stage_{k}"), since=SINCE,
            called=f"Coverage of stage {k}", span="of its principal, mean over months",
        )
        for k in STAGES
    ),
    *(
        index(
            f"cost_of_risk_{k}", "a year, of all loans",
            f"change of the allowance for stage {k}{', and what was lost,' * (k == 3)} over loans outstanding",
            12.0 * (charge(k) / OWED), since=SINCE,
        )
        for k in STAGES
    ),
    *(
        figure
        for a, b in itertools.permutations(STAGES, 2)
        for figure in (
            flow(f"stage_{a}_to_{b}", f"principal that went from stage {a} to stage {b}", OF_STAGES, since=SINCE),
            number(f"stage_{a}_to_{b}_accounts", "accounts a month", f"accounts that went from stage {a} to {b}",
                   OF_STAGES, over="sum", since=SINCE),
        )
    ),
)  # fmt: skip
EXPOSURE = (*LINES, *ALLOWANCES)
