"""Each link between firms, persons and the lender, on and off: the right output moves the right way."""

from __future__ import annotations

import functools

import numpy as np

import sim
from sim.figures.catalog import METRICS
from sim.firms.winding_up import resale_price

SMALL = ("population.borrowers=5000", "machine.threads=1")
# Firms that live from hand to mouth and depend on one large customer each.
TIGHT = (
    *("firms.network_share=1", "firms.degree=1", "firms.largest_customer=1", "firms.concentration=0"),
    *("firms.liquidity_months=0.2", "firms.accident_hazard=0.004", "firms.prudence=0", "feedback=none"),
)


@functools.cache
def lived(months: int, seed: int, *overrides: str) -> sim.Model:
    # Calm years are lived with the terms of the shock beside them, which do nothing there.
    model = sim.Model(sim.compose([*SMALL, f"seed={seed}", *overrides], idle=True))
    for _ in range(months):
        model.step()
    return model


def total(model: sim.Model, name: str, first: int = 0) -> int:
    assert name in METRICS
    return sum(record.get(name, 0) for record in model.records[first:])  # absent where nothing can come of it


def test_losses_on_customers_make_suppliers_fail():
    """Paired: the failures of twelve seeds with and without losses, of as many firms beside fewer persons."""
    more = []
    for seed in range(1, 13):
        months = ("population.borrowers=2000", "firms.per_person=0.15", "study.burn_in=6", *TIGHT)
        insured, exposed = (lived(40, seed, *months, f"feedback.trade_credit={on}") for on in (0, 1))
        more.append(total(exposed, "firm_failures", 6) - total(insured, "firm_failures", 6))
        assert total(exposed, "trade_credit_lost") > 0
        assert total(insured, "firm_failures_by_customers") == 0 < total(exposed, "firm_failures_by_customers")
    # The mean paired difference over its standard error; by luck above 2.6 once in eighty times (t, 11 degrees).
    assert np.mean(more) / (np.std(more, ddof=1) / len(more) ** 0.5) > 2.6, more


def difficulty_after_a_loss(model: sim.Model, months: int, follow: int = 12) -> tuple[int, float, float]:
    """Shares of sound firms in difficulty within a year: those whose customers failed to pay, and the others."""
    private, book = model.firms.private, model.firms.accounts
    seen, struck = [], []
    for _ in range(months):
        rows = private.size
        sound = (private["trading"] > 0) & (private["months_short"] == 0) & (private["cash"] > 0)
        sound &= (book["months_past_due"] == 0) & (private["hit"] == 0)
        model.step()
        loss = private["hit"][:rows] > 0.02 * private["normal_sales"][:rows]
        struck.append((np.flatnonzero(sound & loss), np.flatnonzero(sound & ~loss)))
        short = (private["months_short"] > 0) | (private["cash"] + private["overdraft"] < 0)
        seen.append(short | (private["trading"] == 0) | (book["months_past_due"] >= 2))
    hit, other = [], []
    for month in range(months - follow):
        later = np.zeros(private.size, dtype=bool)
        for short in seen[month + 1 : month + follow + 1]:
            later[: len(short)] |= short
        hit.extend(later[struck[month][0]])
        other.extend(later[struck[month][1]])
    return len(hit), float(np.mean(hit)), float(np.mean(other))


def test_a_sound_firm_with_distressed_customers_gets_into_difficulty_as_often_as_found():
    """Boissay (2006): with probability 4.1 to 12.8 %; ours is the excess over sound firms without such customers."""
    model = sim.Model(sim.compose(["population.borrowers=60000", "machine.threads=1", "study.burn_in=12"]))
    for _ in range(12):
        model.step()
    count, hit, other = difficulty_after_a_loss(model, 36)
    error = (hit * (1.0 - hit) / count) ** 0.5
    assert count > 50
    assert 0.041 - 2 * error < hit - other < 0.128 + 2 * error, (count, hit, other, error)
    assert hit > other + error


def test_owners_who_stand_in_raise_recovery_and_default_more_often():
    recovered, defaults = [], []
    for seed in (1, 2, 3):
        harsh = ("study.burn_in=6", "firms.accident_hazard=0.01", "firms.pledge_share=0", "firms.credit_share=1")
        harsh += ("firms.opening_multiple=0.4",)  # loans that an owner's means can make a difference to
        free, bound = (lived(48, seed, *harsh, f"firms.owner_guarantee={share}") for share in (0.0, 1.0))
        assert total(free, "owner_guarantee_paid") == 0 < total(bound, "owner_guarantee_paid")
        recovered.append(total(free, "firm_charged_off") - total(bound, "firm_charged_off"))
        defaults.append(owners_in_default(bound) - owners_in_default(free))
    assert sum(recovered) > 0, recovered
    assert sum(defaults) > 0, defaults


def owners_in_default(model: sim.Model) -> int:
    """Owners of failed firms whose own loan has been 90 days past due since."""
    private, accounts = model.firms.private, model.accounts
    failed = np.flatnonzero((private["trading"] == 0) & (private["failed_month"] > -30000) & (private["owner"] > 0))
    owner = private["owner"][failed]
    return int(np.sum(accounts["default_month"][owner] >= private["failed_month"][failed]))


def test_a_failed_harvest_shows_in_farm_loans_at_harvest_and_nowhere_else():
    """The path of the harvest alone differs, so all other differences are its consequence.

    Over eight seeds: the few firms of a sector that fail more or less are some per cent of its sales.
    """
    fixed = ("study.burn_in=14", "firms.credit_share=1", "feedback=none")
    paths = (("economy=calm",), ("economy=harvest_failure", "economy.shock_lag=0"))
    changes: dict[str, list[float]] = {name: [] for name in ("agriculture", "manufacturing", "technology")}
    late: list[float] = []  # few farms borrow, so that one alone may be late in either
    for seed in range(3, 11):
        usual, failed = (lived(14 + 13, seed, *fixed, *path) for path in paths)
        autumn = [k for k in range(13) if failed.economy.month(k).calendar_month in (8, 9, 10)]
        for name, change in changes.items():
            sold = [sum(model.records[14 + k][f"output_{name}"] for k in autumn) for model in (usual, failed)]
            change.append(sold[1] / sold[0] - 1.0)
        share = [np.array([r["firm_delinquent_30_farm"] for r in model.records[14:]]) for model in (usual, failed)]
        late.append((share[1] - share[0])[autumn[-1] + 1 :].max())
    error = np.std(late, ddof=1) / len(late) ** 0.5
    assert np.mean(late) > max(0.1, 2 * error), late
    farms = changes["agriculture"]  # few of them, so that one that fails or not weighs a tenth of the sector
    assert max(farms) < 0.0 and np.mean(farms) < -0.25, farms
    for name in ("manufacturing", "technology"):
        error = np.std(changes[name], ddof=1) / len(changes[name]) ** 0.5
        assert abs(np.mean(changes[name])) < 0.03 + 2 * error and error < 0.07, (name, changes[name])


def test_a_season_shows_in_sales_and_orders_by_month():
    strong = "[2.2,0.2,0.9,1,1,1,0.5,0.5,1,1.2,1.3,1.2]"
    flat = "[1,1,1,1,1,1,1,1,1,1,1,1]"
    seasons = ("study.burn_in=24", "feedback=none")
    sales = []
    for season in (flat, strong):
        model = lived(24, 5, *seasons, f"sectors.wholesale_retail.season={season}")
        last = [record["output_wholesale_retail"] for record in model.records[12:]]
        sales.append(np.array(last) / np.mean(last))
    assert sales[1][0] > 1.3 * sales[0][0] and sales[1][1] < 0.6 * sales[0][1]


def test_with_all_links_off_persons_live_as_without_firms():
    off = (*SMALL[1:], "population.borrowers=600", "study.burn_in=6", "economy=severe_recession", "economy.shock_lag=0")
    # Owners of failed firms pay for them; here nobody is bound, and funds never bind.
    free = ("feedback=none", "firms.owner_guarantee=0", "lender.equity_per_borrower=10000000")
    beside = sim.Model(sim.compose([*off, *free]))
    alone = sim.Model(sim.compose([*off, "firms=none", "lender.equity_per_borrower=10000000"]))
    for month in range(30):
        alone.step()
        beside.step()
        for name in alone.persons.columns:
            if name not in ("employer", "owns"):
                assert (alone.persons[name] == beside.persons[name]).all(), f"month {month}: {name}"
        assert alone.accounts.checksum() == beside.accounts.checksum(), f"month {month}"
    assert beside.record["firms"] > 20


def test_firms_that_decide_on_jobs_make_unemployment():
    """A shock to demand alone: with the link off the path's unemployment, with it on the firms' own."""
    shock = ("economy=severe_recession", "economy.shock_lag=0", "study.burn_in=24", "economy.systematic.severity_sd=0")
    calm = lived(48, 2, "economy=calm", *shock[1:3])
    worse = lived(48, 2, *shock)
    rise = [r["unemployment"] - c["unemployment"] for r, c in zip(worse.records[24:], calm.records[24:], strict=True)]
    assert max(rise) > 0.015
    assert total(worse, "layoffs", 24) > 1.2 * total(calm, "layoffs", 24)


def test_a_freeze_of_funding_cuts_lending():
    frozen = lived(36, 2, "economy=funding_freeze", "economy.shock_lag=0", "study.burn_in=18")
    free = lived(36, 2, "economy=calm", "economy.shock_lag=0", "study.burn_in=18")
    assert total(frozen, "drawn", 18) < 0.9 * total(free, "drawn", 18)
    assert total(frozen, "draws_cut") > total(free, "draws_cut")


def test_a_crowd_of_sellers_lowers_what_estates_bring_and_what_the_lender_recovers():
    """Many fail at once; paired by seed, the one difference is the fall of the resale price with their number."""
    crowd = ("study.burn_in=6", "feedback=none", "firms.accident_hazard=0.02", "firms.owner_guarantee=0")
    crowd += ("firms.credit_share=1", "firms.pledge_share=3", "firms.small_share=1", "firms.resale_price=1")
    lost = []
    for seed in (1, 2, 3):
        steady, falling = (lived(40, seed, *crowd, f"feedback.fire_sale={strength}") for strength in (0.0, 3.0))
        lost.append(total(falling, "firm_charged_off") - total(steady, "firm_charged_off"))
    assert all(more > 0 for more in lost), lost


def test_the_resale_price_holds_up_to_the_usual_number_of_sellers():
    model = lived(2, 1, "study.burn_in=6", "feedback.fire_sale=0.5", "firms.normal_failures=0.12")
    usual = 0.12 / 12 * model.firms.count
    base = model.config.firms.resale_price
    assert resale_price(model.firms, 1) == resale_price(model.firms, int(usual)) == base
    assert abs(resale_price(model.firms, round(4 * usual)) - 0.5 * base) < 1e-9


def test_funders_run_from_a_lender_whose_loans_go_bad():
    """Tolerating next to nothing they leave, and lending follows; at strength 0 they stay."""
    wary = ("study.burn_in=24", "feedback=none", "feedback.tolerated_overdue=0.004")
    stayed, ran = (lived(48, 1, *wary, f"feedback.funding={strength}") for strength in (0.0, 1.0))
    assert total(ran, "drawn", 24) < 0.8 * total(stayed, "drawn", 24)
    assert total(ran, "draws_cut") > total(stayed, "draws_cut")


def test_firms_short_of_cash_order_less_where_working_capital_binds():
    """Under a lender that expects much default and lends less; by firm, because more of them live on."""
    short = ("study.burn_in=6", "feedback=none", "firms.liquidity_months=0.1", "firms.prudence=1")
    stock, failures = [], 0
    for seed in (1, 2, 3):
        runs = [lived(30, seed, *short, "policy.scoring.bias=1", f"feedback.credit={strength}") for strength in (0, 1)]
        free, bound = runs
        assert total(free, "orders_forgone") == 0 < total(bound, "orders_forgone")
        of_a_firm = [total(model, "firm_inventory") / total(model, "firms") for model in runs]
        stock.append(of_a_firm[1] / of_a_firm[0] - 1.0)
        failures += total(bound, "firm_failures") - total(free, "firm_failures")
    # Stocks are lower, and fewer fail of what they could not pay for.
    assert max(stock) < -0.02 and failures < -30, (stock, failures)


def test_what_persons_do_not_spend_firms_do_not_sell():
    """Persons who save more in a recession, for no reason of the firms': seen by firms only where the link is on.

    But for what owners, who are persons too, have to stand in with.
    """
    severe = ("study.burn_in=24", "economy.shock_lag=0", "economy=severe_recession", "feedback=none")
    seen = []
    for seed in (1, 2, 3):
        change = []
        for strength in (0.0, 1.0):
            linked = (*severe, "firms.demand_share=0.6", f"feedback.demand={strength}")
            loose, careful = (lived(48, seed, *linked, f"behaviour.precaution_slope={slope}") for slope in (0, 40))
            change.append(total(careful, "output", 24) / total(loose, "output", 24) - 1.0)
        seen.append(change)
    off, on = (sum(change[link] for change in seen) / len(seen) for link in (0, 1))
    assert abs(off) < 0.1 * abs(on) and on < -0.02, seen


def test_whoever_leaves_the_platform_goes_on_working():
    """After the policy date a third leaves within three years: firms keep their staff, and as few places are vacant."""
    stay, leave = (lived(48, 3, "study.burn_in=12", f"behaviour.leave_hazard={hazard}") for hazard in (0.002, 0.04))

    def kept(model: sim.Model, name: str) -> float:
        return sum(model.records[-1 - k][name] for k in range(6)) / sum(model.records[11 - k][name] for k in range(6))

    persons, staff, output = (kept(leave, name) / kept(stay, name) for name in ("persons", "staff", "output"))
    assert persons < 0.75 and 0.92 < staff < 1.08 and output > 0.92, (persons, staff, output)
    assert kept(leave, "vacancies") < 1.5 * kept(stay, "vacancies")


def late_by_a_month(seed: int, lender_first: float) -> float:
    """Share of firms' loans that is 30-59 days late in two calm years."""
    model = sim.Model(sim.compose([*SMALL, f"seed={seed}", "firms=us_cards", f"firms.lender_first={lender_first}"]))
    late = loans = 0
    for month in range(36):
        model.step()
        if month >= 12:
            past_due, principal = model.firms.accounts["months_past_due"], model.firms.accounts["principal"]
            late += int(principal[past_due == 2].sum())
            loans += int(principal.sum())
    return late / loans


def test_firms_that_put_the_lender_first_are_not_late_for_long():
    """Paired: four seeds, of which each falls by luck alone once in two."""
    before, after = ([late_by_a_month(seed, kept) for seed in (1, 2, 3, 4)] for kept in (0.0, 0.7))
    assert all(now < was for now, was in zip(after, before, strict=True)), (before, after)
    assert sum(after) < 0.6 * sum(before), (before, after)
