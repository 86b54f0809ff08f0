"""How persons behave: every number of the rules in this folder, with unit, range and source."""

from __future__ import annotations

from dataclasses import dataclass

from sim.engine.tables.declare import setting


@dataclass(frozen=True)
class BehaviourSettings:
    """Parameters of the persons' rules; field names are the rules' argument names."""

    income_persistence_annual: float = setting(
        0.95,
        0.0,
        0.999,
        unit="a year",
        meaning="persistence of log income (Storesletten, Telmer and Yaron, 2004)",
    )
    income_noise: float = setting(
        0.08, 0.0, 2.0, unit="log points a month", meaning="sd of passing income shocks (assumption)"
    )
    job_risk_spread: float = setting(
        1.0,
        0.0,
        1.0,
        unit="share",
        meaning="how far the chance to lose a job goes with a small buffer (Hall and Kudlyak, 2019)",
    )
    settling_months: float = setting(
        3.5,
        0.0,
        480.0,
        unit="months",
        meaning="in a job until the chance to lose it has halved (Farber, 1999); 0: it stays",
    )
    benefit_share: float = setting(
        0.338, 0.0, 1.0, unit="share of permanent income", meaning="unemployment benefit (calibrated)"
    )
    benefit_months: int = setting(12, 0, 120, unit="months", meaning="longest benefit (assumption)")
    family_probability: float = setting(
        0.395,
        0.0,
        1.0,
        unit="a month",
        meaning="family covers a jobless person's missing essentials (assumption)",
    )
    essential_flexibility: float = setting(
        0.30,
        0.0,
        1.0,
        unit="share of essentials",
        meaning="how far essentials fall with income (Gruber, 1997)",
    )
    expense_probability: float = setting(
        0.0117, 0.0, 1.0, unit="a month", meaning="chance of an unexpected bill (calibrated)"
    )
    expense_size: float = setting(
        2.5, 0.0, 60.0, unit="months of essentials", meaning="mean of an unexpected bill (calibrated)"
    )
    buffer_return: float = setting(
        0.12,
        0.0,
        1.0,
        unit="share a month",
        meaning="pace at which cash returns to its target (Carroll, 1997)",
    )
    precaution_slope: float = setting(
        10.2, 0.0, 50.0, unit="per unit of unemployment", meaning="rise of the buffer target with unemployment"
    )
    precaution_memory: int = setting(
        0,
        0,
        120,
        unit="months",
        meaning="the worst unemployment of so long still moves the buffer target (Malmendier and Shen, 2024)",
    )
    want_probability: float = setting(
        0.16, 0.0, 1.0, unit="a month", meaning="chance of wanting to borrow for a purchase (calibrated)"
    )
    limit_response: float = setting(
        1.0,
        0.0,
        1.0,
        unit="yuan per yuan of limit",
        meaning="debt wanted on top by whoever has no cash or no patience (Agarwal et al., 2018, by score)",
    )
    ample_liquidity: float = setting(
        2.2,
        0.1,
        36.0,
        unit="months of income",
        meaning="liquid wealth, held and aimed at, from which a higher limit makes nobody borrow (calibrated)",
        needs="behaviour.limit_response>0",
    )
    price_response: float = setting(
        2.0, 0.0, 50.0, unit="per unit of annual rate", meaning="fall of demand with the price (assumption)"
    )
    reference_rate: float = setting(
        0.15, 0.0, 1.0, unit="a year", meaning="price at which demand is at its norm (assumption)"
    )
    caution_slope: float = setting(
        2.26,
        0.0,
        50.0,
        unit="per unit of unemployment",
        meaning="fall of wanting with unemployment (Carroll, 1992)",
    )
    liquidity_draws: int = setting(1, 0, 1, meaning="an open line serves as liquidity insurance (1) or not (0)")
    evergreening: int = setting(1, 0, 1, meaning="a draw may pay the same lender's instalment (1) or not (0)")
    smallest_draw: int = setting(10_000, 1, 10_000_000, unit="fen", meaning="smallest draw")
    apply_probability: float = setting(0.08, 0.0, 1.0, unit="a month", meaning="applying when without a line")
    strategic_hazard: float = setting(
        0.00072, 0.0, 1.0, unit="a month", meaning="stopping to pay by choice, least honest (calibrated)"
    )
    closed_line_factor: float = setting(
        2.0,
        1.0,
        20.0,
        unit="factor",
        meaning="strategic hazard once the line is closed (willingness channel)",
    )
    closed_line_last: int = setting(
        1, 0, 1, meaning="a closed line is paid after other lenders (1) or as before (0; willingness channel)"
    )
    contagion: float = setting(
        10.0,
        0.0,
        1000.0,
        unit="per unit of share",
        meaning="strategic hazard with defaulting neighbours (Lu et al., 2012)",
    )
    burden_factor: float = setting(
        1.0,
        0.0,
        20.0,
        unit="per unit of debt service to income",
        meaning="strategic hazard under heavy debt service",
    )
    resume_hazard: float = setting(
        0.0006, 0.0, 1.0, unit="a month", meaning="paying again after stopping by choice (calibrated)"
    )
    sunk_hazard: float = setting(
        0.98,
        0.0,
        1.0,
        unit="a month",
        meaning="giving up by the least honest once 30 days past due (calibrated)",
    )
    oversight: float = setting(
        0.0228, 0.0, 0.5, unit="a month", meaning="forgetting a payment for a month (calibrated)"
    )
    arrears_habit: float = setting(
        0.005,
        0.0,
        1.0,
        unit="share of persons",
        meaning="once late, pay the instalment of the month and leave the arrears",
    )
    prepay_probability: float = setting(0.03, 0.0, 1.0, unit="a month", meaning="prepaying out of spare cash")
    other_interest: float = setting(0.013, 0.0, 0.1, unit="a month", meaning="interest of other lenders")
    other_due_share: float = setting(
        0.08, 0.0, 1.0, unit="share a month", meaning="due to other lenders when rolled over"
    )
    other_rollover_slope: float = setting(
        1.1, 0.0, 50.0, unit="per unit of unemployment", meaning="rise of that share with unemployment"
    )
    other_limit: float = setting(
        6.0, 0.0, 60.0, unit="months of income per unit of appetite", meaning="limit elsewhere"
    )
    other_appetite: float = setting(0.17, 0.0, 1.0, unit="a month", meaning="other lenders help when money is short")
    other_appetite_slope: float = setting(
        9.7, 0.0, 50.0, unit="per unit of unemployment", meaning="fall of that help with unemployment"
    )
    stacking: float = setting(
        1.0,
        0.0,
        1.0,
        unit="share",
        meaning="of that help that other lenders also give to pay what is due, to them or the platform (assumption)",
        needs="behaviour.other_appetite>0",
    )
    other_growth: float = setting(0.0297, 0.0, 1.0, unit="a month", meaning="borrowing elsewhere from appetite")
    same_engine_share: float = setting(
        0.0,
        0.0,
        1.0,
        unit="share of other lines",
        meaning="other lenders that cut whom the platform cuts (many lenders, one engine)",
    )
    other_run_off_share: float = setting(
        0.33,
        0.0,
        1.0,
        unit="share a month",
        meaning="due on other lines that do not roll over (assumption)",
        needs="behaviour.same_engine_share>0",
    )
    other_charge_off_months: int = setting(6, 1, 60, unit="months", meaning="write-off age at other lenders")
    leave_hazard: float = setting(
        0.002, 0.0, 1.0, unit="a month", meaning="leaving for good when free of debt to the platform"
    )
    give_up_hazard: float = setting(
        0.0, 0.0, 1.0, unit="a month", meaning="closing an unused line by choice, at the reference price"
    )
    block_churn: float = setting(
        0.0, 0.0, 1.0, unit="share of blocked draws", meaning="leaving for good after an honest draw was blocked"
    )
    closing_churn: float = setting(
        0.0, 0.0, 1.0, unit="a month", meaning="leaving for good after a line in order was closed, beside the usual"
    )
    leave_without_line: float = setting(
        0.12, 0.0, 1.0, unit="a month", meaning="leaving for good when without a line (assumption)"
    )
    expected_loss: float = setting(
        0.06, 0.0, 1.0, unit="share of income", meaning="set aside for joblessness and accidents"
    )
    signal_noise: float = setting(0.10, 0.0, 2.0, unit="share of inflow", meaning="noise of observed inflows")
    thin_file_noise: float = setting(0.15, 0.0, 2.0, unit="share of inflow", meaning="further noise of thin files")
