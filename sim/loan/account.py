"""The lender's book: one account a row, the same layout for persons and firms."""

from __future__ import annotations

from sim.engine.tables.declare import column

INT32 = 2**31 - 1
LATER_ORDINAL = 2**29  # who comes later counts from here: the first month has both, and a key is nobody else's


class Account:
    """What the lender knows of a customer: contract, arrears, signals and decisions.

    Row ``i`` of the book belongs to row ``i`` of the private table. Identity (``arrival_month``,
    ``ordinal``) keys every random draw; ``alive`` guards every stage. Customers know their contract, what they owe
    and paid, and the letters that they got; what is ``hidden`` is the lender's own.
    """

    alive = column("int8", 0, 1, "", "row in use")
    arrival_month = column("int16", -30000, 30000, "month", "when the person arrived")
    ordinal = column("int32", 0, INT32, "", "place among the arrivals of that month; who came later: from 2**29 on")
    line = column("int8", 0, 6, "state", "none, applied, open, closed, charged off, refused, frozen")
    months_in_state = column("int8", 0, 120, "months", "time in that state")
    limit = column("int32", 0, INT32, "fen", "credit limit")
    limit_before = column("int32", 0, INT32, "fen", "limit before this month's decisions", passing=True)
    offer_rate = column("float32", 0, 0.36, "a year", "price of the next draw")
    rate = column("float32", 0, 0.36, "a year", "price of the balance")
    term = column("int8", 0, 60, "months", "instalments that the product foresees; 0 for a minimum payment")
    offer_term = column("int8", 0, 60, "months", "instalments of the next draw; 0 for a minimum payment")
    product = column("int8", 0, 4, "state", "person, working capital, farm, technology, project")
    grace = column("int8", 0, 120, "months", "left without instalments of principal")
    misuse = column("int8", 0, 1, "", "a loan was found to have gone elsewhere")
    principal = column("int32", 0, INT32, "fen", "principal outstanding, arrears included")
    interest = column("int32", 0, INT32, "fen", "interest billed and not paid")
    payment = column("int32", 0, INT32, "fen a month", "instalment, interest included")
    overdue = column("int32", 0, INT32, "fen", "billed in earlier months and not paid")
    due = column("int32", 0, INT32, "fen", "billed this month, arrears included", passing=True)
    paid = column("int32", 0, INT32, "fen", "received this month")
    request = column("int32", 0, INT32, "fen", "draw asked for this month", passing=True)
    refused = column("int8", 0, 1, "", "the draw asked for is blocked, or waits for funds", passing=True)
    drawn = column("int32", 0, INT32, "fen", "draw granted this month", passing=True)
    holiday = column("int8", 0, 60, "months", "payment holiday left")
    reliefs = column("int8", 0, 120, "times", "relief granted so far")
    months_past_due = column("int8", 0, 13, "months", "M1 is 1-29 days, M2 30-59, and so on")
    default_month = column("int16", -30000, 30000, "month", "last entry into 90 days and more", hidden=True)
    closed_month = column("int16", -30000, 30000, "month", "first closure by the lender")
    inflow_fast = column("float32", 0, None, "fen a month", "inflow seen, 3-month average", hidden=True)
    inflow_slow = column("float32", 0, None, "fen a month", "inflow seen, 12-month average", hidden=True)
    delinquency_memory = column("float32", 0, 13, "months past due", "worst arrears, fading", hidden=True)
    months_on_book = column("int8", 0, 120, "months", "time since arrival", hidden=True)
    bureau_debt = column("int32", 0, INT32, "fen", "owed elsewhere, as far as the bureau shows it", hidden=True)
    bureau_past_due = column("int8", 0, 60, "months", "arrears elsewhere, as far as the bureau shows them", hidden=True)
    alert = column("int8", 0, 120, "months", "since the last warning, up to 12; 0 without one", hidden=True)
    cusum = column("float32", 0, None, "months of inflow", "falls of the inflow added up", hidden=True)
    signal = column("float32", None, None, "standard deviations", "quality by alternative data", hidden=True)
    signal_used = column(
        "float32", None, None, "standard deviations", "that signal as it reaches the card", hidden=True
    )
    decided_by = column("int8", 0, 12, "", "rule of the list that decided last; 0 for none", hidden=True)
    review = column("float32", None, None, "standard deviations", "what a manual review found", hidden=True)
    thin_file = column("int8", 0, 1, "", "little history outside", hidden=True)
    score = column("float32", 350, 950, "points", "higher is safer", hidden=True)
    # What one rule of the lender leaves to the next.
    limit_review = column("int8", 0, 1, "", "its limit is set or reviewed this month", passing=True, hidden=True)
    weak_sign = column("int8", 0, 1, "", "something speaks for a lower limit", passing=True, hidden=True)
    line_standing = column("int8", -1, 1, "state", "weak, neither, sound", passing=True, hidden=True)
    plan_agreed = column("int8", 0, 1, "", "a new plan was agreed on", passing=True)
    worth_lending = column("int8", 0, 1, "", "an application to accept", passing=True, hidden=True)
    eligible = column("int8", 0, 1, "", "its next draw may come under the scheme", passing=True, hidden=True)
    default_expected = column("float64", 0, 1, "within 12 months", "default of an applicant", passing=True, hidden=True)
    default_bearable = column("float64", -1, 1, "within 12 months", "bar of an applicant", passing=True, hidden=True)
    small_loan_cost = column("float64", 0, 1, "a year", "of an account over its balance", passing=True, hidden=True)
    break_even = column("float64", None, None, "a year", "price at which a loan breaks even", passing=True, hidden=True)
    danger_seen = column("float64", None, None, "log-odds", "of falling behind", passing=True, hidden=True)
    score_due = column("int8", 0, 1, "", "its score is worked out anew this month", passing=True, hidden=True)
    segment = column(
        "int8", 0, 3, "state", "card: application or account that owes, thick or thin file", passing=True, hidden=True
    )
    stated_sector = column("int8", 0, 5, "", "sector of work as stated on arrival")
    cover_part = column("float32", 0, 1, "", "part of the next draw that the scheme would cover", hidden=True)
    contribution = column("int32", 0, INT32, "fen", "premium paid out of this month's draw", passing=True)
    covered = column("int32", 0, INT32, "fen", "principal made under the scheme, not claimed", hidden=True)
    triggered = column(
        "int32", 0, INT32, "fen", "principal claimed under the scheme, not recovered", hidden=True, spare=True
    )
    claimed = column("int32", 0, INT32, "fen", "principal of the last claim under the scheme", hidden=True)
    claim_month = column("int16", -30000, 30000, "month", "when that claim was made", hidden=True)
    court = column("int8", 0, 101, "months", "since a suit; 100 won, 101 lost", spare=True)
    written_off = column("int32", 0, INT32, "fen", "charged off and still pursued")
    # What scorecards by sector ask for; at 0 where nothing does.
    inflow_swing = column(
        "float32", 0, None, "share of inflow", "how far the inflow seen swings, 12-month memory", hidden=True
    )
    inflow_long = column(
        "float32", 0, None, "fen a month", "inflow seen, 24-month memory of its 12-month average", hidden=True
    )
    balance_seen = column("float32", 0, None, "fen", "liquid wealth kept with the platform", hidden=True)
    outflow_memory = column("float32", 0, None, "months", "with a large outflow, fading", hidden=True, spare=True)
    social_default = column("float32", 0, None, "share", "online neighbours 90 days past due", hidden=True)
    receivable_turnover = column(
        "float32", 0, None, "times a year", "sales over receivables by a firm's statements", hidden=True
    )
    inventory_turnover = column(
        "float32", 0, None, "times a year", "sales over inventory by a firm's statements", hidden=True
    )
    research_seen = column("float32", 0, None, "share of sales", "research by a firm's statements", hidden=True)
