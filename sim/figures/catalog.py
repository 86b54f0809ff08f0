"""The month's figures: name, unit, meaning. Money is whole fen; the kind says how months combine."""

from __future__ import annotations

from dataclasses import dataclass

from sim.economy.sectors import PRIVATE_SECTORS, SECTORS
from sim.lender.impairment import CLASSES
from sim.loan.states import CAUSES, MONTHS_LAST, PRODUCTS


@dataclass(frozen=True)
class Metric:
    """One figure of the month.

    Attributes
    ----------
    unit, meaning : str
        For tables and axes.
    kind : str
        ``money`` (whole fen), ``count``, ``share`` or ``level``.
    over : str
        How months combine: ``sum`` for flows, ``mean`` for ratios, ``last`` for stocks, ``pooled`` for ratios whose
        base a month may lack.
    base : str
        Metric by which months count in a pooled figure: one without any says nothing, and does not count as 0.
    """

    unit: str
    meaning: str
    kind: str
    over: str
    base: str = ""


def _flow(meaning: str) -> Metric:
    return Metric("fen a month", meaning, "money", "sum")


def _stock(meaning: str) -> Metric:
    return Metric("fen", meaning, "money", "last")


def _count(meaning: str) -> Metric:
    return Metric("persons a month", meaning, "count", "sum")


def _share(unit: str, meaning: str) -> Metric:
    return Metric(unit, meaning, "share", "mean")


def _pooled(unit: str, meaning: str, base: str) -> Metric:
    return Metric(unit, meaning, "share", "pooled", base)


def _firms(meaning: str) -> Metric:
    return Metric("firms a month", meaning, "count", "sum")


TENTHS = range(1, 11)

METRICS: dict[str, Metric] = {
    "unemployment": _share("fraction of persons", "persons without work"),
    "persons": Metric("persons", "persons in the population", "count", "last"),
    "outstanding": _stock("principal outstanding"),
    "drawn": _flow("new lending"),
    "repaid": _flow("principal repaid"),
    "interest_received": _flow("interest received"),
    "charged_off": _flow("principal charged off"),
    "recovered": _flow("recovered on charged-off debts"),
    "loss_rate": _share("fraction of outstanding a year", "net charge-offs, annualised"),
    "loss_lender": _flow("net charge-offs borne by the lender"),
    "loss_partner": _flow("net charge-offs borne by partner banks"),
    "loss_fund": _flow("net charge-offs borne by the guarantee fund"),
    "loss_reguarantee": _flow("net charge-offs borne by the re-guarantee fund"),
    "loss_insurer": _flow("net charge-offs borne by the insurer"),
    "loss_government": _flow("net charge-offs borne by the government"),
    "delinquent_30": _share("fraction of outstanding", "30 days past due and more, by balance"),
    "delinquent_90": _share("fraction of outstanding", "90 days past due and more, by balance"),
    "delinquent_30_accounts": _share("fraction of accounts with a balance", "30 days past due and more, by account"),
    "person_outstanding": _stock("principal owed by persons"),
    "person_loss_rate": _share("fraction of persons' loans a year", "net charge-offs on persons' loans, annualised"),
    "person_delinquent_30": _share("fraction of persons' loans", "30 days past due and more, by balance"),
    "person_delinquent_90": _share("fraction of persons' loans", "90 days past due and more, by balance"),
    "flow_to_m3": _share("fraction of M0 balance a month", "three monthly bucket flows in a row, M0 to M3, persons"),
    "approval_rate": _pooled("fraction of applications decided", "applications approved", "applications_decided"),
    "applications": _count("applications for a line"),
    "applications_decided": _count("applications decided"),
    "applications_thin": _count("applications of thin files decided"),
    "approvals": _count("lines opened"),
    "closures_month": _count("lines closed by the lender"),
    "reopenings": _count("closed lines opened again"),
    "freezes": _count("lines frozen"),
    "recalls": _count("balances called"),
    "lines_given_up": _count("lines closed by the customer"),
    "lost_after_block": _count("left for good after an honest draw was blocked"),
    "lost_after_closing": _count("left for good after a line in order was closed, beside the usual"),
    "courses": _count("who attended a course"),
    "education_cost": _flow("cost of courses"),
    "taught": Metric("persons", "who have been to a course", "count", "last"),
    "defaults_taught": _count("entering 90 days past due who have been to a course"),
    "lines_cut_elsewhere": _count("persons whom other lenders cut after the platform"),
    "restructured": _count("accounts restructured"),
    "holidays_begun": _count("payment holidays begun"),
    "redefaults": _count("defaults of accounts that had relief before"),
    "appetite_points": Metric("points given to every score", "risk appetite", "share", "mean"),
    "alerts": Metric("warnings a month", "given about persons and firms", "count", "sum"),
    "alerts_true": Metric("warnings a month", "followed by a default within 12 months", "count", "sum"),
    "warning_recall": _share(
        "fraction of defaults", "defaults of persons and firms that a warning preceded by up to 12 months"
    ),
    "warning_lead": _share("months", "from a warning to the default that it preceded"),
    "warning_cost": _flow("cost of looking at warnings"),
    "over_indebted": Metric("persons", "with debt service above half of their permanent income", "count", "last"),
    "several_lenders": Metric("persons", "who owe the platform and other lenders", "count", "last"),
    "score_auc": _share("probability", "a bad account scored worse than a good one, last judged; 0 before"),
    "score_auc_thin": _share("probability", "the same among thin files, last judged; 0 before"),
    "score_auc_thick": _share("probability", "the same among thick files, last judged; 0 before"),
    "score_gini": _share("2 AUC - 1", "Gini coefficient of the score, last judged; 0 before"),
    "score_ks": _share("fraction", "Kolmogorov-Smirnov distance of good and bad, last judged; 0 before"),
    "score_psi": _share("index", "population stability of the score against the first sample; 0 before"),
    "score_predicted": _share("within 12 months", "default rate that the score stood for, last judged; 0 before"),
    "score_realised": _share("within 12 months", "default rate that came, last judged; 0 before"),
    **{
        f"score_{what}_{file}": _share("within 12 months", f"default rate {what}, {file} files, last judged; 0 before")
        for what in ("predicted", "realised")
        for file in ("thin", "thick")
    },
    "score_hosmer_lemeshow": _share("chi-squared, 10 deciles", "misfit of predicted default rates, last judged"),
    **{
        f"score_gini_{name}": _share(
            "2 AUC - 1", f"Gini of the score, persons in {name.replace('_', ' ')}, last judged"
        )
        for name in SECTORS
    },
    **{
        f"score_{what}_{k}": _share("within 12 months", f"default rate {what}, decile {k} of the score, 1 the safest")
        for what in ("predicted", "realised")
        for k in TENTHS
    },
    "firm_score_auc": _share("probability", "a bad firm scored worse than a good one, last judged; 0 before"),
    "firm_score_gini": _share("2 AUC - 1", "Gini coefficient of firms' scores, last judged; 0 before"),
    "firm_score_ks": _share("fraction", "Kolmogorov-Smirnov distance of firms' scores, last judged; 0 before"),
    "firm_score_psi": _share("index", "population stability of firms' scores against the first sample; 0 before"),
    "firm_score_predicted": _share("within 12 months", "default rate that firms' scores stood for, last judged"),
    "firm_score_realised": _share("within 12 months", "default rate of firms that came, last judged"),
    **{
        f"firm_score_gini_{name}": _share("2 AUC - 1", f"Gini of the score, firms in {name.replace('_', ' ')}")
        for name in PRIVATE_SECTORS
    },
    "refits": Metric("cards", "fitted so far", "share", "last"),
    "firm_refits": Metric("cards", "of firms fitted so far", "share", "last"),
    "reviews": _count("applications looked at by hand"),
    "review_cost": _flow("cost of manual reviews and referred cases"),
    "approval_gap_thin": _pooled(
        "fraction of applications decided", "approval of thick files less that of thin files", "applications_thin"
    ),
    **{f"stage_{k}": _stock(f"principal in stage {k} (IFRS 9)") for k in (1, 2, 3)},
    **{f"class_{name}": _stock(f"principal classed as {name.replace('_', '-')}") for name in CLASSES},
    "contaminated": _stock("principal in a worse class than its own arrears call for, for its obligor's sake"),
    "rwa_irb": _stock("risk-weighted assets by internal ratings, unsecured retail"),
    "rwa_standardised": _stock("risk-weighted assets, standardised approach"),
    "coverage": _share("of principal 90 days past due", "provisions over bad loans"),
    "raroc": _share("a year", "lender's profit over 8 % of risk-weighted assets by internal ratings"),
    "roe": _share("a year", "lender's profit over equity"),
    "fraud_attempts": _count("attempts to take over an account"),
    "fraud_stopped": _count("attempts that authentication stopped"),
    "fraud_cases": _count("accounts taken over"),
    "fraud_rings": Metric("rings a month", "that strike a group of neighbours together", "count", "sum"),
    "data_leaks": Metric("leaks a month", "of customer data", "count", "sum"),
    "fraud_loss": _flow("drawn by strangers"),
    "fraud_on_persons": _flow("drawn by strangers and left with the persons"),
    "draws_blocked": _count("honest draws blocked by authentication"),
    "lines_abandoned": _count("lines given up over checks"),
    "check_cost": _flow("cost of authentication and access control"),
    "other_losses": _flow("persons' debt written off by other lenders"),
    "referrals": _count("cases referred to staff by the list of rules"),
    **{f"rule_hits_{k}": _count(f"accounts decided by rule {k} of the list") for k in range(1, 13)},
    "contacts": Metric("contacts a month", "of collections with persons past due", "count", "sum"),
    "complaints": Metric("complaints a month", "about collections, expected", "share", "mean"),
    "suits": _count("charged-off debts taken to court"),
    "judgments_won": _count("suits won"),
    "judgments_lost": _count("suits lost"),
    "pledges_enforced": _firms("firms in business whose pledge is sold"),
    "owners_called": _firms("firms in business whose owner is called"),
    "security_brought": _flow("paid on loans of firms in business from pledges and by owners"),
    "face_sold": _flow("charged-off debt sold, what was owed"),
    "debt_sold": _flow("charged-off debt sold, what it fetched (part of what was recovered)"),
    "npl_stock": _stock("persons' principal 90 days past due and more"),
    "npl_new": _flow("principal that came to be 90 days past due"),
    "npl_cured": _flow("principal that came back from 90 days past due"),
    "npl_repaid": _flow("principal repaid on accounts 90 days past due"),
    "npl_charged_off": _flow("principal charged off, 90 days past due before"),
    "npl_restructured": _flow(
        "90 days past due, restructured at the end of the month: out of the stock from the next on"
    ),
    "recovered_year_1": _flow("recovered from persons within a year of the charge-off"),
    "recovered_year_2": _flow("recovered from persons in the second year"),
    "recovered_later": _flow("recovered from persons after two years"),
    "limits_raised": _count("limits raised"),
    "limits_cut": _count("limits cut"),
    "limits_capped": _count("limits lowered to a cap by law"),
    "draws_cut": _count("draws refused for want of funds"),
    "utilisation": _share("fraction of open limits", "principal on open lines over their limits"),
    "open_lines": Metric("persons", "persons with an open line", "count", "last"),
    "limit_total": _stock("limits of open lines"),
    "price": _pooled("a year", "mean rate of new lending", "drawn"),
    "access_all": _share("fraction of persons", "persons with an open line"),
    "access_thin_file": _share("fraction of thin-file persons", "thin files with an open line"),
    "access_low_income": _share("fraction of low-income persons", "low incomes with an open line"),
    **{
        f"access_decile_{k}": _share("fraction of persons", f"open line, income decile {k}, 1 the lowest")
        for k in TENTHS
    },
    **{f"applications_decile_{k}": _count(f"applications decided, income decile {k}") for k in TENTHS},
    **{f"approvals_decile_{k}": _count(f"applications approved, income decile {k}") for k in TENTHS},
    **{f"price_decile_{k}": _share("a year", f"mean rate of the balance, income decile {k}") for k in TENTHS},
    "price_thin_file": _share("a year", "mean rate of the balance, thin files"),
    "price_thick_file": _share("a year", "mean rate of the balance, thick files"),
    "credit_concentration": _share("index, -1 to 1", "concentration of credit over persons by income"),
    **{
        f"{what}{group}": _count(f"first refusals {meaning}{whose}")
        for what, meaning in (
            ("rejections_judged", "judged by the paired run"),
            ("wrong_rejections", "that were wrong"),
        )
        for group, whose in (
            ("", ""),
            ("_thin", ", thin files"),
            *((f"_decile_{k}", f", income decile {k}") for k in TENTHS),
        )
    },
    "median_cash": Metric("fen", "median liquid wealth (of every k-th person)", "money", "mean"),
    "other_debt": _stock("persons' debt to other lenders"),
    "evergreened": _flow("draws kept to pay the same lender's instalment"),
    "defaults": _count("persons entering 90 days past due"),
    "defaults_missed": _count("entering 90 days past due, not warned of and not closed before the arrears began"),
    "neighbours_of_defaulters": _share("fraction", "online neighbours 90 days past due, of persons entering it"),
    "neighbours_of_all": _share("fraction", "online neighbours 90 days past due, mean of all neighbourhoods"),
    "can_pay_defaults": _share("fraction of defaults", "could pay an instalment after essentials"),
    "lender_profit": _flow("lender's profit before dividends"),
    "lender_equity": _stock("lender's equity"),
    "capital_ratio": _share("equity over own loans", "lender's capital ratio"),
    "provisions": _stock("lender's provisions"),
    "funding": _stock("lender's debt"),
    "notes": _stock("asset-backed notes outstanding (part of the lender's debt)"),
    "notes_amortising": _stock("notes past their revolving period"),
    "notes_due": _flow("notes at the end of their revolving period"),
    "notes_rolled": _flow("of these rolled over"),
    "excess_spread": _share("a year of the pool", "yield of own loans less defaults, servicing and note interest"),
    "early_amortisation": Metric("0 or 1", "notes are repaid early, the excess spread is used up", "level", "last"),
    "debt_beyond_caps": _stock("lender's debt beyond what its funding allows"),
    "collections_cost": _flow("cost of collections"),
    "lender_failed": Metric("0 or 1", "the lender has failed", "level", "last"),
    "fund_capital": _stock("guarantee fund's net assets"),
    "fund_leverage": _share("times net assets", "guarantee fund's liabilities over net assets"),
    "fund_state": Metric("0 open, 1 suspended, 2 exhausted", "guarantee fund's state", "level", "last"),
    "fund_reserve": _stock("guarantee fund's reserve for compensation"),
    "fund_liabilities": _stock("guarantee fund's liabilities"),
    "premium_paid": _flow("premium paid to the guarantee fund"),
    "premium_borrowers": _flow("part of that premium that borrowers paid out of their draws"),
    "premium_layers": _flow("premium paid to re-guarantee fund, insurer and government"),
    "premium_rate": _share("a year, or once on new loans", "guarantee fund's premium"),
    "fund_recoveries": _flow("recoveries passed on to the guarantee fund"),
    "fund_income": _flow("guarantee fund's return on its cash"),
    "fund_put_in": _stock("capital put into the guarantee fund so far"),
    "premium_subsidy": _flow("part of the fund's premium that the government paid"),
    "replenishment": _flow("capital that the government put into the fund"),
    "compensation_unpaid": _flow("compensation that the guarantee fund owed and could not pay"),
    "compensation_fund": _flow("compensation paid by the guarantee fund"),
    "compensation_reguarantee": _flow("compensation paid by the re-guarantee fund"),
    "compensation_insurer": _flow("compensation paid by the insurer"),
    "compensation_government": _flow("compensation paid by the government"),
    "net_partner": _flow("cash that partner banks received less what they paid"),
    "net_reguarantee": _flow("cash that the re-guarantee fund received less what it paid"),
    "net_insurer": _flow("cash that the insurer received less what it paid"),
    "reach_of_fund": _share("fraction of others' capital", "DebtRank of the guarantee fund's failure"),
    "reach_of_lender": _share("fraction of others' capital", "DebtRank of the lender's failure"),
    "clearing_shortfall": Metric("fen", "claims that would stay unpaid if all fell due now", "money", "last"),
    "government_cost": _flow("paid by the government under the scheme, less what it received"),
    "compensation_paid": _flow("compensation paid by guarantors"),
    "compensation_rate_outstanding": _share("a year of guaranteed outstanding", "compensation rate"),
    "compensation_rate_released": _share("a year of guarantees released", "compensation rate"),
    "compensation_rate_cumulative": _share("of all guaranteed volume", "compensation rate"),
    "covered_outstanding": _stock("principal under the scheme"),
    "guaranteed_lending": _flow("new lending under the scheme"),
    "coverage_won": _share("fraction", "guaranteed share won at auction"),
    "partner_claim": _stock("principal that partner banks own"),
    "partner_tier_one": _stock("tier-1 capital of the partner banks"),
    "partners_withdrawn": Metric("banks", "partner banks that fund no new loans", "level", "last"),
    **{f"balance_m{k}": _stock(f"principal {k} months past due") for k in range(MONTHS_LAST + 1)},
    **{
        f"accounts_m{k}": Metric("accounts", f"accounts with a balance {k} months past due", "count", "last")
        for k in range(MONTHS_LAST + 1)
    },
    **{f"default_{cause}": _count(f"defaults first missed through {cause}") for cause in CAUSES if cause != "none"},
    "firms": Metric("firms", "firms in business", "count", "last"),
    "firm_failures": _firms("firms that fail"),
    "firm_failure_rate": _share("fraction of firms a year", "failures, annualised"),
    "firm_failures_by_customers": _firms("firms that fail for lack of cash after losses on customers"),
    "firms_entered": _firms("firms founded"),
    "firms_distressed": _share("fraction of firms", "behind with their suppliers"),
    "output": _flow("sales of firms"),
    "unsold_for_capacity": _flow("final demand that staff or stocks could not serve"),
    "orders_forgone": _flow("inputs that firms could not pay for"),
    **{f"output_{name}": _flow(f"sales of {name.replace('_', ' ')}") for name in PRIVATE_SECTORS},
    "staff": Metric("persons", "employed by firms, owners included", "count", "last"),
    "vacancies": Metric("places", "vacant at firms", "count", "last"),
    "layoffs": _count("layoffs by firms in business"),
    "firm_wages": _flow("wages paid by firms"),
    "trade_credit": _stock("owed by firms to firms"),
    "trade_credit_lost": _flow("lost by firms on failed customers"),
    "owner_guarantee_paid": _flow("paid by owners on the loans of failed firms"),
    "firm_cash": _stock("cash of firms"),
    "firm_inventory": _stock("stocks of firms at cost"),
    "firm_outstanding": _stock("principal owed by firms"),
    "firm_drawn": _flow("new lending to firms"),
    "firm_charged_off": _flow("principal of firms charged off"),
    "firm_recovered": _flow("recovered on charged-off debts of firms"),
    "firm_loss_rate": _share("fraction of firms' loans a year", "net charge-offs on firms' loans, annualised"),
    "firm_npl_stock": _stock("firms' principal 90 days past due and more"),
    "firm_npl_new": _flow("firms' principal that came to be 90 days past due"),
    "firm_npl_cured": _flow("firms' principal that came back from 90 days past due"),
    "firm_npl_repaid": _flow("principal repaid on firms' accounts 90 days past due"),
    "firm_npl_charged_off": _flow("firms' principal charged off, 90 days past due before"),
    "firm_npl_restructured": _flow(
        "firms, restructured 90 days past due at the end of the month: out of the stock from the next on"
    ),
    "firm_recovered_year_1": _flow("recovered from firms and their owners within a year of the charge-off"),
    "firm_recovered_later": _flow("recovered from firms and their owners after that year"),
    "firm_delinquent_30": _share("fraction of firms' loans", "30 days past due and more, by balance"),
    "firm_delinquent_90": _share("fraction of firms' loans", "90 days past due and more, by balance"),
    **{
        f"firm_delinquent_30_{name}": _share(f"fraction of {name.replace('_', ' ')} loans", "30 days past due and more")
        for name in PRODUCTS[1:]
    },
    "projects_turned_away": _firms("projects too large for the platform"),
    "projects_turned_away_fen": _flow("cost of projects too large for the platform: unmet demand"),
    "projects_misused": _firms("projects found to be diverted"),
    "firm_approval_rate": _pooled(
        "fraction of firms' applications decided", "firms' applications approved", "firm_applications_decided"
    ),
    "firm_applications_decided": _firms("firms' applications decided"),
    "firm_draws_cut": _firms("draws refused for want of funds"),
}
