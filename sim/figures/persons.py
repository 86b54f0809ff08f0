"""Figures of the persons: work, debts, access to credit, defaults and their causes, fraud that befalls them."""

from __future__ import annotations

from sim.figures.figure import count, flow, index, number, pooled, share, stock
from sim.figures.formula import booked, entries, if_any, tally, told
from sim.loan.states import CAUSES, MONTHS_30, MONTHS_90

TENTHS = range(1, 11)
OWED = entries("balance")
LOST = tally("charged_off") - tally("recoveries.received") - if_any(tally("debt_sold.received"))
BY_TRUE_INCOME = "by decile of true income, where study.inclusion measures it"
PAIRED = "the run is compared with its pair in which every applicant is approved"

PERSONS = (
    share(
        "unemployment", "fraction of persons", "persons without work", tally("jobless") / tally("persons"),
        called="Unemployment", span="of the labour force",
    ),
    number("persons", "persons", "persons in the population", tally("persons")),
    stock("person_outstanding", "principal owed by persons", OWED),
    share(
        "person_loss_rate", "fraction of persons' loans a year", "net charge-offs on persons' loans, annualised",
        12.0 * (LOST / OWED),
    ),
    share(
        "person_delinquent_30", "fraction of persons' loans", "30 days past due and more, by balance",
        entries("balance", MONTHS_30) / OWED,
    ),
    share(
        "person_delinquent_90", "fraction of persons' loans", "90 days past due and more, by balance",
        entries("balance", MONTHS_90) / OWED,
    ),
    share(
        "flow_to_m3", "fraction of M0 balance a month", "three monthly bucket flows in a row, M0 to M3, persons",
        told("balance M1 / M0 * M2 / M1 * M3 / M2, each over the month before; 0 in the first three months"),
    ),
    number(
        "over_indebted", "persons", "with debt service above half of their permanent income", tally("over_indebted")
    ),
    number("several_lenders", "persons", "who owe the platform and other lenders", tally("several_lenders")),
    pooled(
        "approval_rate", "fraction of applications decided", "applications approved", "applications_decided",
        tally("approvals") / tally("applications_decided"), called="Approval rate", span="of applications decided",
    ),
    count("applications", "applications for a line", tally("applications")),
    count("applications_decided", "applications decided", tally("applications_decided"), since="Next"),
    count("applications_thin", "applications of thin files decided", tally("applications_thin"), since="Next"),
    count("approvals", "lines opened", tally("approvals")),
    pooled(
        "approval_gap_thin", "fraction of applications decided", "approval of thick files less that of thin files",
        "applications_thin",
        told("(approvals - approvals_thin) / (applications_decided - applications_thin) - approvals_thin / "
             "applications_thin; 0 in a month without both"), needs="policy/approval!=everyone"),
    count("lines_given_up", "lines closed by the customer", tally("lines_given_up"),
          needs="behaviour.give_up_hazard>0"),
    count("lost_after_block", "left for good after an honest draw was blocked", tally("lost_after_block"),
          needs="behaviour.block_churn>0 and policy.authentication.draw_blocked>0"),
    count(
        "lost_after_closing", "left for good after a line in order was closed, beside the usual",
        tally("lost_after_closing"), needs="behaviour.closing_churn>0"),
    count("courses", "who attended a course", tally("courses")),
    flow("education_cost", "cost of courses", booked("education_cost", "courses")),
    number("taught", "persons", "who have been to a course", told("count of the living who were taught")),
    count(
        "defaults_taught", "entering 90 days past due who have been to a course", told("count of defaults by taught")
    ),
    count("lines_cut_elsewhere", "persons whom other lenders cut after the platform", tally("lines_cut_elsewhere")),
    number("open_lines", "persons", "persons with an open line", tally("open_lines")),
    share(
        "access_all", "fraction of persons", "persons with an open line", tally("open_lines") / tally("persons"),
        called="Open line", span="of persons",
    ),
    share(
        "access_thin_file", "fraction of thin-file persons", "thin files with an open line",
        tally("thin_open") / tally("thin_persons"), called="Open line, thin files", span="of thin-file persons",
    ),
    share(
        "access_low_income", "fraction of low-income persons", "low incomes with an open line",
        tally("low_open") / tally("low_persons"), called="Open line, low incomes", span="of low-income persons",
    ),
    *(
        share(f"access_decile_{k}", "fraction of persons", f"open line, income decile {k}, 1 the lowest",
              told(f"open lines over persons, {BY_TRUE_INCOME}"))
        for k in TENTHS
    ),
    *(
        count(f"applications_decile_{k}", f"applications decided, income decile {k}",
              told(f"applicants, {BY_TRUE_INCOME}"))
        for k in TENTHS
    ),
    *(
        count(f"approvals_decile_{k}", f"applications approved, income decile {k}",
              told(f"applicants less refused, {BY_TRUE_INCOME}"))
        for k in TENTHS
    ),
    *(
        index(f"price_decile_{k}", "a year", f"mean rate of the balance, income decile {k}",
              told(f"interest over balance, {BY_TRUE_INCOME}"))
        for k in TENTHS
    ),
    index(
        "price_thin_file", "a year", "mean rate of the balance, thin files",
        tally("thin_interest") / tally("thin_balance"),
    ),
    index(
        "price_thick_file", "a year", "mean rate of the balance, thick files",
        (entries("interest_by_decile") - tally("thin_interest"))
        / (entries("balance_by_decile") - tally("thin_balance")),
    ),
    index(
        "credit_concentration", "index, -1 to 1", "concentration of credit over persons by income",
        told("concentration index of the balance over persons ranked by true income (Kakwani, 1977)"),
    ),
    *(
        count(f"{what}{group}", f"first refusals {meaning}{whose}", told(f"refusals {meaning}: {PAIRED}"))
        for what, meaning in (
            ("rejections_judged", "judged by the paired run"),
            ("wrong_rejections", "that were wrong"),
        )
        for group, whose in (
            ("", ""),
            ("_thin", ", thin files"),
            *((f"_decile_{k}", f", income decile {k}") for k in TENTHS),
        )
    ),
    number(
        "median_cash", "fen", "median liquid wealth (of every k-th person)", told("median of cash of the living"),
        kind="money", over="mean", called="Median cash of borrowers", span="mean over months",
    ),
    stock("other_debt", "persons' debt to other lenders", tally("sum_other_debt")),
    stock(
        "bureau_debt", "persons' debt to other lenders as the bureau reports it", tally("sum_bureau_debt"), since="Next"
    ),
    flow(
        "other_losses", "persons' debt written off by other lenders", tally("others_written_off"),
        called="Losses of other lenders", span="a month, mean over months",
    ),
    flow("evergreened", "draws kept to pay the same lender's instalment", tally("drawn_to_repay")),
    count(
        "defaults", "persons entering 90 days past due", told("count of accounts whose default month is this one"),
        called="Defaults (90+ reached)", span="a month",
    ),
    count(
        "defaults_missed", "entering 90 days past due, not warned of and not closed before the arrears began",
        told("count of defaults without warning and without closing three months before"),
    ),
    count(
        "redefaults", "defaults of accounts that had relief before", told("count of defaults with relief before")
    ),
    share(
        "neighbours_of_defaulters", "fraction", "online neighbours 90 days past due, of persons entering it",
        told("mean over defaults of the share of their neighbourhood 90 days past due at the last close"),
    ),
    share(
        "neighbours_of_all", "fraction", "online neighbours 90 days past due, mean of all neighbourhoods",
        told("mean over neighbourhoods of the share 90 days past due at the last close"),
    ),
    share(
        "can_pay_defaults", "fraction of defaults", "could pay an instalment after essentials",
        told("mean over defaults of whether cash covers the instalment after essentials"),
    ),
    *(
        count(f"default_{cause}", f"defaults first missed through {cause}", told("count of defaults by cause"))
        for cause in CAUSES
        if cause != "none"
    ),
    count("fraud_attempts", "attempts to take over an account", tally("fraud_attempts")),
    count("fraud_stopped", "attempts that authentication stopped", tally("fraud_stopped")),
    count("fraud_cases", "accounts taken over", tally("fraud_cases")),
    count("fraud_rings", "that strike a group of neighbours together", tally("fraud_rings"), unit="rings a month",
          needs="fraud=organised"),
    count("data_leaks", "of customer data", tally("data_leaks"), unit="leaks a month", needs="fraud=organised"),
    flow(
        "transfers", "paid by the government to persons beside benefits", tally("transfers.received"), since="Next",
        called="Transfers by the government", span="a month, mean over months",
    ),
    flow("fraud_loss", "drawn by strangers", tally("fraud.paid")),
    flow("fraud_on_persons", "drawn by strangers and left with the persons", tally("fraud_on_book")),
)  # fmt: skip
