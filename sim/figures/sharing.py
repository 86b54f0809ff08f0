"""Figures of risk sharing: who bears losses, premiums and compensation, the guarantors' and the partners' books."""

from __future__ import annotations

from sim.figures.figure import flow, index, number, share, stock
from sim.figures.formula import told

LOSS = told("charged off of covered loans less recovered on it, by who bears it under the contract")
PAID = told("premium rate * its base under the contract")
FUND = told("the fund's book under the contract")
COMPENSATED = told("claims due, as far as the guarantor can pay")
NET = told("cash received less cash paid under the contract")
DEBTRANK = told("share of the others' capital that the failure takes (DebtRank, Battiston et al., 2012)")
PARTNERS = told("the partner banks' books")
WITH_FUND = "sharing.participants=guarantee_fund"
BANKS = "sharing.partners!="
# Others than the fund pay whatever they owe, unless the scheme says what stands behind them.
LIMITED = f"{WITH_FUND} or sharing.backing!="
WAITING = f"sharing.payment_lag>0 and {WITH_FUND} or sharing.payment_lag>0 and sharing.backing!="
GUARANTEED = "sharing.bearers=guarantee_fund|re_guarantee_fund|insurer|government"
GOVERNED = (
    f"sharing.bearers=government or sharing.premium_subsidy>0 or {WITH_FUND} and fund.replenishment!=none or "
    "sharing.wind_down.surplus_to=government"
)

SHARING = (
    flow("loss_partner", "net charge-offs borne by partner banks", LOSS,
         called="Loss borne by partner banks", span="a month"),
    flow("loss_fund", "net charge-offs borne by the guarantee fund", LOSS,
         called="Loss borne by the guarantee fund", span="a month"),
    flow("loss_reguarantee", "net charge-offs borne by the re-guarantee fund", LOSS),
    flow("loss_insurer", "net charge-offs borne by the insurer", LOSS),
    flow("loss_government", "net charge-offs borne by the government", LOSS),
    stock("fund_capital", "guarantee fund's net assets", FUND,
          called="Fund capital left", span="at the end of the horizon"),
    index("fund_leverage", "times net assets", "guarantee fund's liabilities over net assets",
          told("fund_liabilities / fund_capital")),
    number("fund_state", "0 open, 1 suspended, 2 exhausted", "guarantee fund's state", FUND, kind="level"),
    stock("fund_reserve", "guarantee fund's reserve for compensation", FUND, needs="fund.compensation_reserve>0"),
    stock("fund_liabilities", "guarantee fund's liabilities", FUND),
    flow("premium_paid", "premium paid to the guarantee fund", PAID, needs="sharing.premium_basis!=none"),
    flow("premium_borrowers", "part of that premium that borrowers paid out of their draws", PAID,
         needs="sharing.premium_payer=borrower"),
    flow("premium_layers", "premium paid to re-guarantee fund, insurer and government", PAID),
    index("premium_rate", "a year, or once on new loans", "guarantee fund's premium", FUND),
    flow("fund_recoveries", "recoveries passed on to the guarantee fund", FUND),
    flow("fund_income", "guarantee fund's return on its cash", FUND, needs="fund.investment_yield!=0"),
    stock("fund_put_in", "capital put into the guarantee fund so far", FUND),
    flow("premium_subsidy", "part of the fund's premium that the government paid", PAID,
         needs="sharing.premium_subsidy>0"),
    flow("replenishment", "capital that the government put into the fund", FUND, needs="fund.replenishment!=none"),
    flow("compensation_unpaid", "compensation that the guarantee fund owed and could not pay", COMPENSATED,
         needs=LIMITED),
    flow("compensation_fund", "compensation paid by the guarantee fund", COMPENSATED),
    flow("compensation_reguarantee", "compensation paid by the re-guarantee fund", COMPENSATED),
    flow("compensation_insurer", "compensation paid by the insurer", COMPENSATED),
    flow("compensation_government", "compensation paid by the government", COMPENSATED),
    flow("net_partner", "cash that partner banks received less what they paid", NET),
    flow("net_reguarantee", "cash that the re-guarantee fund received less what it paid", NET),
    flow("net_insurer", "cash that the insurer received less what it paid", NET),
    share("reach_of_fund", "fraction of others' capital", "DebtRank of the guarantee fund's failure", DEBTRANK),
    share("reach_of_lender", "fraction of others' capital", "DebtRank of the lender's failure", DEBTRANK, needs=BANKS),
    stock("clearing_shortfall", "claims that would stay unpaid if all fell due now",
          told("claims less what clears (Eisenberg and Noe, 2001)"), needs=WAITING),
    flow("government_cost", "paid by the government under the scheme, less what it received", NET, needs=GOVERNED),
    flow("compensation_paid", "compensation paid by guarantors", COMPENSATED, needs=GUARANTEED),
    index("compensation_rate_outstanding", "a year of guaranteed outstanding", "compensation rate",
          told("compensation of twelve months / mean guaranteed outstanding"), needs=WITH_FUND),
    index("compensation_rate_released", "a year of guarantees released", "compensation rate",
          told("compensation of twelve months / guarantees released in them"), needs=WITH_FUND),
    index("compensation_rate_cumulative", "of all guaranteed volume", "compensation rate",
          told("compensation so far / guaranteed volume so far"), needs=WITH_FUND),
    stock("covered_outstanding", "principal under the scheme", told("covered principal")),
    flow("guaranteed_lending", "new lending under the scheme", told("drawn_covered + firm.drawn_covered")),
    share("coverage_won", "fraction", "guaranteed share won at auction", told("the year's winning bid")),
    stock("partner_claim", "principal that partner banks own", PARTNERS),
    stock("partner_tier_one", "tier-1 capital of the partner banks", PARTNERS, needs=BANKS),
    number("partners_withdrawn", "banks", "partner banks that fund no new loans", PARTNERS, kind="level", needs=BANKS),
)  # fmt: skip
