"""Figures of the firms: output, jobs, failures, trade credit, their loans and projects."""

from __future__ import annotations

from sim.economy.sectors import PRIVATE_SECTORS
from sim.figures.figure import count, flow, number, pooled, share, stock
from sim.figures.formula import booked, entries, entry, if_any, tally, told
from sim.figures.lender import PLANS_FOR_BAD
from sim.loan.states import MONTHS_30, MONTHS_90, PRODUCTS

A_MONTH = "firms a month"
FIRMS_THERE = tally("firm.firms")
OWED = entries("firm.balance")
RECOVERED = tally("firm.recoveries.received") + if_any(tally("firm.debt_sold.received"))
YEAR = 12

BUSINESS = (
    number("firms", "firms", "firms in business", FIRMS_THERE),
    count("firm_failures", "firms that fail", tally("firm.failures"), unit=A_MONTH),
    share("firm_failure_rate", "fraction of firms a year", "failures, annualised",
          12.0 * (tally("firm.failures") / FIRMS_THERE), called="Failures of firms", span="of firms, a year"),
    count("firm_failures_by_customers", "firms that fail for lack of cash after losses on customers",
          tally("firm.failures_by_customers"), unit=A_MONTH, needs="feedback.trade_credit>0"),
    count("firms_entered", "firms founded", booked("firms_entered", "firm.firms"), unit=A_MONTH),
    share("firms_distressed", "fraction of firms", "behind with their suppliers",
          tally("firm.distressed") / FIRMS_THERE),
    flow("output", "sales of firms", tally("firm.sold"), called="Sales of firms", span="a month, mean over months"),
    flow("unsold_for_capacity", "final demand that staff or stocks could not serve", tally("firm.unsold")),
    flow("orders_forgone", "inputs that firms could not pay for", tally("firm.orders_forgone"),
         needs="feedback.credit>0 and firms.prudence>0"),
    *(flow(f"output_{name}", f"sales of {name.replace('_', ' ')}", entry("firm.sales_by_sector", k))
      for k, name in enumerate(PRIVATE_SECTORS)),
    number("staff", "persons", "employed by firms, on the platform or not, owners too", tally("firm.sum_staff"),
           called="Employed by firms", span="at the end of the month"),
    number("vacancies", "places", "vacant at firms", tally("firm.sum_vacancies")),
    count("layoffs", "layoffs by firms in business", tally("firm.layoffs_planned")),
    flow("firm_wages", "wages paid by firms to persons on the platform", tally("firm.wages.paid")),
    stock("trade_credit", "owed by firms to firms", told("claims of firms on firms")),
    flow("trade_credit_lost", "lost by firms on failed customers", booked("trade_credit_lost", "firm.firms"),
         called="Lost on customers", span="a month, mean over months"),
    flow("owner_guarantee_paid", "paid by owners on the loans of failed firms", booked("owner_guarantee", "firm.firms"),
         called="Paid by owners", span="a month, mean over months"),
    stock("firm_cash", "cash of firms", tally("firm.sum_cash")),
    stock("firm_inventory", "stocks of firms at cost", tally("firm.sum_inventory")),
)  # fmt: skip

LOANS = (
    stock("firm_outstanding", "principal owed by firms", OWED),
    flow("firm_drawn", "new lending to firms", tally("firm.loans_drawn.paid")),
    flow("firm_charged_off", "principal of firms charged off", tally("firm.charged_off")),
    flow("firm_recovered", "recovered on charged-off debts of firms", RECOVERED),
    share("firm_loss_rate", "fraction of firms' loans a year", "net charge-offs on firms' loans, annualised",
          12.0 * ((tally("firm.charged_off") - RECOVERED) / OWED),
          called="Loss rate on firms", span="of firms' loans, a year"),
    stock("firm_npl_stock", "firms' principal 90 days past due and more", entries("firm.balance", MONTHS_90)),
    flow("firm_npl_new", "firms' principal that came to be 90 days past due", tally("firm.npl_new")),
    flow("firm_npl_cured", "firms' principal that came back from 90 days past due", tally("firm.npl_cured")),
    flow("firm_npl_repaid", "principal repaid on firms' accounts 90 days past due", tally("firm.npl_repaid")),
    flow("firm_npl_charged_off", "firms' principal charged off, 90 days past due before",
         tally("firm.npl_charged_off")),
    flow("firm_npl_restructured",
         "firms, restructured 90 days past due at the end of the month: out of the stock from the next on",
         tally("firm.npl_restructured"), needs=PLANS_FOR_BAD),
    flow("firm_recovered_year_1", "recovered from firms and their owners within a year of the charge-off",
         entries("firm.recovered_by_age", 0, YEAR)),
    flow("firm_recovered_later", "recovered from firms and their owners after that year",
         entries("firm.recovered_by_age", YEAR), needs="lender.exclusion_months>12"),
    share("firm_delinquent_30", "fraction of firms' loans", "30 days past due and more, by balance",
          entries("firm.balance", MONTHS_30) / OWED),
    share("firm_delinquent_90", "fraction of firms' loans", "90 days past due and more, by balance",
          entries("firm.balance", MONTHS_90) / OWED,
          called="Firms' loans 90+ days past due", span="of firms' loans, mean over months"),
    *(share(f"firm_delinquent_30_{name}", f"fraction of {name.replace('_', ' ')} loans", "30 days past due and more",
            entry("firm.overdue_by_product", k) / entry("firm.balance_by_product", k))
      for k, name in enumerate(PRODUCTS) if k),
    count("projects_turned_away", "projects too large for the platform", tally("firm.projects_turned_away"),
          unit=A_MONTH),
    flow("projects_turned_away_fen", "cost of projects too large for the platform: unmet demand",
         tally("firm.projects_turned_away_fen")),
    count("projects_misused", "projects found to be diverted", tally("firm.projects_misused"), unit=A_MONTH),
    pooled("firm_approval_rate", "fraction of firms' applications decided", "firms' applications approved",
           "firm_applications_decided", tally("firm.approvals") / tally("firm.applications_decided")),
    count("firm_applications_decided", "firms' applications decided", tally("firm.applications_decided"),
          unit=A_MONTH, since="Next"),
    count("firm_draws_cut", "draws refused for want of funds", tally("firm.draws_cut"), unit=A_MONTH),
)  # fmt: skip
FIRMS = (*BUSINESS, *LOANS)
