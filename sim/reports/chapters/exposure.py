"""Lines before default and what is set aside: exposure, utilisation, conversion; allowance and transfers by stage."""

from __future__ import annotations

from sim.reports.columns import Column, Value, columns_table, last, mean, ratio, share, weighted
from sim.reports.document import Page
from sim.reports.folder import Study

WAY = (12, 6, 3, 1, 0)
BACK = (12, 6, 3)
STAGES = (1, 2, 3)
TRANSFERS = ((1, 2), (2, 3), (2, 1), (3, 1))


def a_year(top: str, bottom: str) -> Value:
    """One flow over another figure, for twelve months."""
    monthly = ratio(top, bottom)
    return lambda study, scenario, arm: 12.0 * monthly(study, scenario, arm)


LINES = (
    Column("back_exposure.at_default", a_year("exposure_at_default", "outstanding"), share(2)),
    *(
        Column(f"back_exposure.used_{k}", weighted(f"utilisation_before_{k}", f"limit_before_{k}"), share(0))
        for k in WAY
    ),
    *(
        Column(f"back_exposure.ccf_{k}", weighted(f"conversion_before_{k}", f"undrawn_before_{k}"), share(0))
        for k in BACK
    ),
    Column("back_exposure.leq", weighted("conversion_of_cohort", "undrawn_of_cohort"), share(0)),
    Column("back_exposure.reckoned", last("conversion_believed"), share(0)),
)
ALLOWANCES = (
    Column("back_exposure.allowance", ratio("provisions", "outstanding"), share(2)),
    *(Column(f"back_exposure.coverage_{k}", ratio(f"allowance_stage_{k}", f"stage_{k}"), share(1)) for k in STAGES),
    *(Column(f"back_exposure.cost_{k}", mean(f"cost_of_risk_{k}"), share(2)) for k in STAGES),
    *(
        Column(f"back_exposure.from_{a}_to_{b}", ratio(f"stage_{a}_to_{b}", f"stage_{a}"), share(1))
        for a, b in TRANSFERS
    ),
    Column("back_exposure.undrawn", ratio("commitments", "outstanding"), share(0)),
)
CAPTIONS = ((LINES, "back_exposure.lines_caption"), (ALLOWANCES, "back_exposure.allowance_caption"))


def append(page: Page, study: Study) -> None:
    """Write the chapter, where the results hold any of its figures."""
    if not study.has("exposure_at_default"):
        return
    page.chapter("exposure", study.say("back_exposure.chapter"))
    for columns, key in CAPTIONS:
        text = columns_table(study, columns, key)
        if text is not None:
            page.table(text)
