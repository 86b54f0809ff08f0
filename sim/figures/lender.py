"""Figures of the lender: its book over persons and firms, its controls, collections, provisions, capital and debt."""

from __future__ import annotations

import functools
from operator import sub

from sim.figures.figure import count, flow, index, number, pooled, share, stock
from sim.figures.formula import booked, both, entries, entries_of_both, entry, figure_told, if_any, tally, told
from sim.lender.impairment import CLASS_STARTS, CLASSES
from sim.loan.states import MONTHS_30, MONTHS_90, MONTHS_LAST

FIRMS = "firms a month"
RULES = range(1, 13)
AGES = range(MONTHS_LAST)
OWED = entries_of_both("balance")
RECOVERED = both("recoveries.received") + if_any(both("debt_sold.received"))
LOST = both("charged_off") - RECOVERED
YEAR, TWO_YEARS = 12, 24
LOSSES_OF_OTHERS = ("loss_partner", "loss_fund", "loss_reguarantee", "loss_insurer", "loss_government")
LEFT_TO_THE_LENDER = functools.reduce(sub, (if_any(figure_told(name)) for name in LOSSES_OF_OTHERS), LOST)


def reached(months: int) -> str:
    """What it needs that a loan of anybody can be so many months past due when the book is measured.

    All are charged off before at `MONTHS_LAST` at the latest, none at one month.
    """
    firms = f"firms.per_person>0 and firms.charge_off_months>{months}"
    return f"lender.charge_off_months>{months} or {firms}" if months > 1 else ""


MOVING = "policy/limit!=fixed"
CHECKED = (
    "policy.authentication.check_cost>0 or "
    "policy.authentication.access_control>0 and policy.authentication.access_cost>0"
)
PLANS_FOR_BAD = "policy/relief=restructuring and policy.relief.relief_latest>3 or policy/engine!=none"
LATE = dict(zip(CLASSES, map(reached, CLASS_STARTS), strict=True))
"""What it needs that a loan comes into a class by its arrears; none of the worst is left when the book is measured."""
LATE["substandard"] += " or provisioning=five_category"

BOOK = (
    stock("outstanding", "principal outstanding", OWED, called="Loans outstanding", span="at the end of the month"),
    flow("drawn", "new lending", both("loans_drawn.paid")),
    flow("repaid", "principal repaid", both("principal_repaid.received")),
    flow("interest_received", "interest received", both("interest_paid.received")),
    flow("charged_off", "principal charged off", both("charged_off")),
    flow("recovered", "recovered on charged-off debts", RECOVERED),
    share(
        "loss_rate", "fraction of outstanding a year", "net charge-offs over loans outstanding", 12.0 * (LOST / OWED),
        over="annual", called="Loss rate", span="of outstanding, a year",
    ),
    flow(
        "loss_lender", "net charge-offs borne by the lender",
        LEFT_TO_THE_LENDER,
        called="Loss borne by the lender", span="a month",
    ),
    share(
        "delinquent_30", "fraction of outstanding", "30 days past due and more, by balance",
        entries_of_both("balance", MONTHS_30) / OWED,
        called="30+ days past due", span="of outstanding balance, mean over months",
    ),
    share(
        "delinquent_90", "fraction of outstanding", "90 days past due and more, by balance",
        entries_of_both("balance", MONTHS_90) / OWED,
        called="90+ days past due", span="of outstanding balance, mean over months",
    ),
    share(
        "delinquent_30_accounts", "fraction of accounts with a balance", "30 days past due and more, by account",
        entries_of_both("accounts", MONTHS_30) / entries_of_both("accounts"),
    ),
    share(
        "utilisation", "fraction of open limits", "principal on open lines over their limits",
        both("open_principal") / both("open_limits"), called="Utilisation", span="of limits, mean over months",
    ),
    stock("limit_total", "limits of open lines", both("open_limits")),
    pooled(
        "price", "a year", "mean rate of new lending", "drawn", both("new_lending_rate") / both("loans_drawn.paid"),
        called="Price of new lending", span="a year, of what was drawn",
    ),
    *(
        stock(f"balance_m{k}", f"principal {k} months past due", entries_of_both("balance", k, k + 1),
              needs=reached(k))
        for k in AGES
    ),
    *(
        number(f"accounts_m{k}", "accounts", f"accounts with a balance {k} months past due",
               entries_of_both("accounts", k, k + 1), needs=reached(k))
        for k in AGES
    ),
    stock(
        "npl_stock", "persons' principal 90 days past due and more", entries("balance", MONTHS_90)
    ),
    flow("npl_new", "principal that came to be 90 days past due", tally("npl_new")),
    flow("npl_cured", "principal that came back from 90 days past due", tally("npl_cured")),
    flow("npl_repaid", "principal repaid on accounts 90 days past due", tally("npl_repaid")),
    flow("npl_charged_off", "principal charged off, 90 days past due before", tally("npl_charged_off")),
    flow(
        "npl_restructured", "90 days past due, restructured at the end of the month: out of the stock from the next on",
        tally("npl_restructured"), needs=PLANS_FOR_BAD),
    flow(
        "recovered_year_1", "recovered from persons within a year of the charge-off",
        entries("recovered_by_age", 0, YEAR),
    ),
    flow(
        "recovered_year_2", "recovered from persons in the second year", entries("recovered_by_age", YEAR, TWO_YEARS),
        needs="lender.exclusion_months>12"),
    flow("recovered_later", "recovered from persons after two years", entries("recovered_by_age", TWO_YEARS),
         needs="lender.exclusion_months>24"),
)  # fmt: skip

CONTROLS = (
    count("closures_month", "lines closed by the lender", tally("closures")),
    count("reopenings", "closed lines opened again", tally("reopenings")),
    count("freezes", "lines frozen", tally("freezes")),
    count("thaws", "frozen lines given back", tally("thaws"), since="Next"),
    count("recalls", "balances called", tally("recalls")),
    flow("balance_called", "principal of the balances called", tally("recalled_balance"), since="Next"),
    count("limits_raised", "limits raised", both("limits_raised"), needs=MOVING),
    count("limits_cut", "limits cut", both("limits_cut"), needs=MOVING),
    count("limits_capped", "limits lowered to a cap by law", both("limits_capped")),
    count("draws_cut", "draws refused for want of funds", both("draws_cut")),
    count("restructured", "accounts restructured", tally("restructured")),
    count("holidays_begun", "payment holidays begun", tally("holidays_begun")),
    share(
        "in_holiday", "fraction of persons' loans", "persons' loans in a payment holiday that the path offers",
        tally("in_holiday") / entries("accounts"), since="Next",
    ),
    index("appetite_points", "points given to every score", "risk appetite", told("the lender's appetite"),
          needs="policy/appetite!=steady"),
    count("watched", "accounts in order of which a warning could be given", both("watched"), unit="accounts a month",
          since="Next"),
    count("alerts", "given about persons and firms", both("alerts"), unit="warnings a month"),
    count(
        "alerts_true", "followed by a default within 12 months", told("count of defaults that a warning preceded"),
        unit="warnings a month",
    ),
    share(
        "warning_recall", "fraction of defaults",
        "defaults of persons and firms that a warning preceded by up to 12 months", told("alerts_true / defaults"),
    ),
    index(
        "warning_lead", "months", "from a warning to the default that it preceded",
        told("mean over the defaults that a warning preceded"),
    ),
    flow("warning_cost", "cost of looking at warnings", booked("warning_cost", "alerts")),
    count("reviews", "applications looked at by hand", tally("reviews")),
    flow("review_cost", "cost of manual reviews and referred cases", booked("review_cost", "reviews", "referrals")),
    count("referrals", "cases referred to staff by the list of rules", tally("referrals")),
    *(count(f"rule_hits_{k}", f"accounts decided by rule {k} of the list", entry("rule_hits", k)) for k in RULES),
    count("draws_blocked", "honest draws blocked by authentication", tally("draws_blocked"),
          needs="policy.authentication.draw_blocked>0"),
    count("lines_abandoned", "lines given up over checks", tally("lines_abandoned")),
    flow("check_cost", "cost of authentication and access control", tally("check_cost"), needs=CHECKED),
    count("contacts", "of collections with persons past due", tally("contacts"), unit="contacts a month"),
    index(
        "complaints", "complaints a month", "about collections, expected",
        told("accounts past due, by the complaints that each contact draws"),
    ),
    count("suits", "charged-off debts taken to court", tally("suits")),
    count("judgments_won", "suits won", tally("judgments_won")),
    count("judgments_lost", "suits lost", tally("judgments_lost")),
    count("pledges_enforced", "firms in business whose pledge is sold", tally("pledges_enforced"), unit=FIRMS),
    count("owners_called", "firms in business whose owner is called", tally("owners_called"), unit=FIRMS),
    flow(
        "security_brought", "paid on loans of firms in business from pledges and by owners", tally("security_brought")
    ),
    flow("face_sold", "charged-off debt sold, what was owed", both("face_sold")),
    flow(
        "debt_sold", "charged-off debt sold, what it fetched (part of what was recovered)", both("debt_sold.received")
    ),
    flow("collections_cost", "cost of collections", tally("collections_cost")),
)  # fmt: skip

BOOKS = (
    *(stock(f"stage_{k}", f"principal in stage {k} (IFRS 9)", told("balance by months past due")) for k in (1, 2, 3)),
    *(stock(f"class_{name}", f"principal classed as {name.replace('_', '-')}", told("balance by class"),
            needs=LATE[name])
      for name in CLASSES[:-1]),
    stock(
        "contaminated", "principal in a worse class than its own arrears call for, for its obligor's sake",
        told("balance by class less that by the account's own arrears"), needs="provisioning=five_category"),
    stock(
        "rwa_irb", "risk-weighted assets by internal ratings, unsecured retail",
        told("balance before default * weight(default probability, loss given default)"),
    ),
    stock("rwa_standardised", "risk-weighted assets, standardised approach",
          told("75 % of the balance before default, 150 % after")),
    index("coverage", "of principal 90 days past due", "provisions over bad loans", told("provisions / bad loans")),
    index(
        "raroc", "a year", "lender's profit over 8 % of risk-weighted assets by internal ratings",
        told("12 * lender_profit / (0.08 * rwa_irb)"),
    ),
    index("roe", "a year", "lender's profit over equity", told("12 * lender_profit / lender_equity")),
    flow(
        "lender_profit", "lender's profit before dividends", told("change of equity before dividends"),
        called="Lender's profit", span="a month, mean over months",
    ),
    stock("lender_equity", "lender's equity",
          told("cash + own loans + interest + compensation due - provisions - debt")),
    share(
        "capital_ratio", "equity over own loans", "lender's capital ratio",
        told("lender_equity / own loans, -1 at least"), called="Lender's capital ratio", span="mean over months",
    ),
    stock("provisions", "lender's provisions", told("loss rates by months past due * what the lender may lose")),
    stock("funding", "lender's debt", told("debt")),
    stock("notes", "asset-backed notes outstanding (part of the lender's debt)", told("notes")),
    stock("notes_amortising", "notes past their revolving period", told("notes")),
    flow("notes_due", "notes at the end of their revolving period", told("notes")),
    flow("notes_rolled", "of these rolled over", told("notes")),
    index(
        "excess_spread", "a year of the pool", "yield of own loans less defaults, servicing and note interest",
        told("12 * (interest - defaults - servicing - note interest) / own loans"),
    ),
    number("early_amortisation", "0 or 1", "notes are repaid early, the excess spread is used up", told("notes"),
           kind="level"),
    stock(
        "debt_beyond_caps", "lender's debt beyond what its funding allows",
        told("debt less the cap on it, and notes less theirs, each at least 0"),
    ),
    number("lender_failed", "0 or 1", "the lender has failed", told("1 once equity was below 0"), kind="level"),
)  # fmt: skip
LENDER = (*BOOK, *CONTROLS, *BOOKS)
