"""Cards by sector: features from the book, one formula for rule and fit, lines of the configuration, refits."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.config.errors import UsageError
from sim.economy.sectors import SECTORS
from sim.lender.policies.discrimination import area_under_curve
from sim.lender.policies.features import REGISTRY, remember_flows, values_of
from sim.lender.policies.scorecards import USUAL, SectorCards, Weight
from sim.lender.policies.scoring import ANCHOR, POINTS
from sim.persons.watching import see_balance, see_statements
from tests.laws.calling import call

ALL_FEATURES = f"policy.scoring.features=[{','.join(REGISTRY)}]"
SECTOR = ("policy/scoring=sector", ALL_FEATURES)


def started(*overrides: str, borrowers: int = 2000, months: int = 0):
    fixed = (f"population.borrowers={borrowers}", "machine.threads=1", "study.burn_in=24")
    model = sim.Model(sim.compose([*fixed, *overrides]))
    for _ in range(months):
        model.step()
    return model


def test_scores_are_what_the_written_cards_say_of_persons_and_of_firms():
    model = started("seed=5", *SECTOR, months=8)
    for keeper, accounts in ((model.scores, model.accounts), (model.firm_scores, model.firms.accounts)):
        rows = np.flatnonzero(accounts["alive"])
        cards = keeper.card[accounts["stated_sector"][rows]]
        odds = cards[:, 0] + cards[:, 1] * accounts["thin_file"][rows]
        odds += np.sum(cards[:, 2:] * values_of(keeper.features, accounts, rows), axis=1)
        points = np.clip(ANCHOR - POINTS * (odds + model.config.lender.score_intercept), 350, 950)
        # Limits and payments may have moved since the score was worked out; most have not.
        assert (np.abs(points - accounts["score"][rows]) < 0.05).mean() > 0.9
    persons, firms = model.scores.card, model.firm_scores.card
    assert not np.allclose(firms[SECTORS.index("manufacturing")], firms[SECTORS.index("technology")])
    assert not np.allclose(persons, firms)


def test_every_feature_reaches_the_book():
    # So many firms, none refused, that some that are new owe, too
    young = ("firms.per_person=0.3", "firms.entry_hazard=0.05", "policy/approval=everyone")
    model = started("seed=5", *SECTOR, "bureau=full", *young, months=20, borrowers=6000)
    for accounts, missing in ((model.accounts, {"owes", "receivables", "inventory", "research"}),
                              (model.firms.accounts, {"owes", "bureau", "large_outflows", "social"})):  # fmt: skip
        rows = np.flatnonzero((accounts["alive"] != 0) & (accounts["principal"] > 0))
        spread = values_of(tuple(REGISTRY), accounts, rows).std(axis=0)
        assert {name for name, sd in zip(REGISTRY, spread, strict=True) if sd == 0.0} == missing


def test_the_page_says_what_each_feature_is():
    page = (Path(__file__).parents[2] / "docs" / "scoring.md").read_text(encoding="utf-8")
    assert [name for name, feature in REGISTRY.items() if f"| `{name}` | {feature.meaning} |" not in page] == []


def test_columns_stay_empty_where_no_card_asks():
    model = started("seed=5", months=3, borrowers=300)
    for column in {c for name in ("volatility", "growth", "social") for c in REGISTRY[name].columns}:
        assert column == "inflow_slow" or not model.accounts[column].any()
    assert model.accounts["balance_seen"].any() and model.firms.accounts["balance_seen"].any(), "the usual card asks"
    few = ("policy.scoring.features=[used]", "policy.scoring.cards=[{feature: used, weight: 1}]")
    other = started("seed=5", "policy/scoring=sector", *few, months=3, borrowers=300)
    assert not other.accounts["balance_seen"].any() and not other.firms.accounts["balance_seen"].any()


def test_the_most_particular_line_counts():
    lines = (
        Weight("trend", -1.0, "all", "firm"),
        Weight("trend", -2.0),
        Weight("trend", -3.0, "technology"),
        Weight("base", 0.5),
    )
    chosen = SectorCards(features=("trend", "bureau"), cards=lines)
    assert chosen.names == ("base", "thin", "trend", "bureau")
    person, firm = (chosen.cards_of("us_cards", customer, SECTORS, 1.0) for customer in ("person", "firm"))
    assert person[:, 2].tolist() == [-2.0, -2.0, -2.0, -3.0, -2.0, -2.0]
    assert firm[:, 2].tolist() == [-1.0, -1.0, -1.0, -3.0, -1.0, -1.0]
    assert set(person[:, 0]) == {USUAL + 0.5}
    assert set(person[:, 3]) == {0.4}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("policy.scoring.features=[signal,trendd]", "policy.scoring.features[1]: trendd is not allowed"),
        ("policy.scoring.features=[signal,signal]", "each feature once"),
        ("policy.scoring.cards=[{feature: inflow, weight: 1}]", "policy.scoring.cards[0].feature: inflow"),
        (
            "policy.scoring.cards=[{feature: balance, weight: 1}]",
            "balance is not allowed: one of policy.scoring.features",
        ),
        ("policy.scoring.cards=[{feature: trend, weight: 1, sector: tecnology}]", "did you mean technology?"),
        ("policy.scoring.cards=[{feature: trend, weight: 1, customer: bank}]", "customer: bank is not allowed"),
        ("policy.scoring.cards=[{feature: trend, weight: 1e9}]", "a number from -100 to 100"),
    ],
)
def test_a_card_that_cannot_be_is_refused_in_one_line(given, says):
    with pytest.raises(UsageError) as refused:
        sim.compose(["policy/scoring=sector", given])
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_sectors_with_enough_defaults_get_a_card_of_their_own():
    """Where nobody is refused and sudden expenses are many, three sectors have 28 to 46 defaults, three 8 to 10."""
    overrides = ("seed=3", "economy=severe_recession", "firms=none", "policy.scoring.refit_months=12")
    overrides += ("policy/approval=everyone", "behaviour.expense_probability=0.05")
    model = started(*SECTOR, *overrides, "policy.scoring.smallest_sample=20", borrowers=6000, months=50)
    keeper = model.scores
    assert keeper.figures["refits"] >= 1
    bad, sector = (np.concatenate([sample[name] for sample in keeper.matured]) for name in ("bad", "sector"))
    counts = np.bincount(sector, bad, len(SECTORS))
    assert (counts >= 20).any()
    assert (counts < 20).sum() >= 2
    pooled = keeper.card[counts < 20]
    np.testing.assert_array_equal(pooled[:, 1:], np.tile(pooled[0, 1:], (len(pooled), 1)))
    for code in np.flatnonzero(counts >= 20):
        assert not np.allclose(keeper.card[code, 1:], pooled[0, 1:])


def test_a_fork_of_another_card_fits_to_its_own_samples_only():
    root = started("seed=3", "firms=none", months=24)
    assert root.scores.waiting
    asked = [
        *("seed=3", "firms=none", "population.borrowers=2000", "machine.threads=1", "study.burn_in=24"),
        *SECTOR,
        *("policy.scoring.refit_months=6", "policy.scoring.smallest_sample=1"),
    ]
    fork = sim.Model.fork(sim.compose(asked), root.save())
    for _ in range(10):
        fork.step()
        again = sim.Model.fork(fork.config, fork.save())
        fork.step()
        again.step()
        assert again.record == fork.record
    assert fork.scores.card.shape == (len(SECTORS), 2 + len(REGISTRY))


def test_memories_of_the_inflow():
    state = {"inflow_fast": 50.0, "inflow_slow": 99.0, "inflow_swing": 0.1, "inflow_long": 0.0}
    first = call(remember_flows, **state)
    assert first["inflow_long"] == 99.0
    assert first["inflow_swing"] == pytest.approx(0.1 + (0.5 - 0.1) / 12)
    later = call(remember_flows, **{**state, "inflow_long": 75.0})
    assert later["inflow_long"] == 76.0


def test_a_large_outflow_is_a_large_part_of_the_balance():
    base = {"footprint": 0.5, "inflow_slow": 100.0, "outflow_memory": 1.0, "balance_shift": 0.2, "large_outflow": 0.6,
            "luck_balance_share": 0.5, "balance_seen": 1000.0}  # fmt: skip
    assert call(see_balance, **base, cash=1000) == {"balance_seen": 500.0, "outflow_memory": 0.92}
    assert call(see_balance, **base, cash=700)["outflow_memory"] == 1.92
    # What is hardly a balance is no outflow.
    assert call(see_balance, **{**base, "balance_seen": 20.0}, cash=0)["outflow_memory"] == 0.92


def test_statements_by_hand():
    state = {"sales": 100, "receivables": 150, "claims": 49, "inventory": 99, "research": 2.0,
             "receivable_turnover": 0.0, "inventory_turnover": 6.0, "research_seen": 0.0,
             "research_share_by_sector": 0.05, "statement_error": 0.2, "luck_statement_error": 0.5}  # fmt: skip
    seen = call(see_statements, **state)
    assert seen["receivable_turnover"] == pytest.approx(6.0)
    assert seen["inventory_turnover"] == pytest.approx(6.0 + (12.0 - 6.0) / 6)
    assert seen["research_seen"] == pytest.approx(0.1 / 6)


# ---- what features say, where what drives them is there ---------------------------------------------

PERSONS = ("population.borrowers=8000", "firms=none", "feedback=none", "economy=severe_recession")
FIRMS = ("population.borrowers=6000", "firms.per_person=0.5", "firms.credit_share=1", "economy=severe_recession")
MADE = (SECTORS.index("manufacturing"),)
# Feature, world, what drives it, what stops that (none: held against a coin), sectors looked at, sign of what points
# to default. Without bills a large outflow is a job lost, which says more still; without credit that forgoes orders too
# few firms default to measure anything. Sales that turn receivables over slowly tie up cash.
DRIVEN = {
    "volatility": (PERSONS, ("behaviour.job_risk_spread=1",), ("economy=calm", "economy.unemployment=0.005"), (), 1),
    "growth": ((*PERSONS, "economy=calm"), (), ("economy.unemployment=0.005",), (), -1),
    "large_outflows": (PERSONS, ("behaviour.expense_probability=0.1",), None, (), 1),
    "social": (
        (*PERSONS, "population.community_size=10"), ("behaviour.contagion=200",), ("behaviour.contagion=0",), (), 1
    ),
    "inventory": (FIRMS, ("feedback.credit=1",), None, MADE, 1),
    "receivables": (FIRMS, ("firms.credit_sales=1",), ("firms.credit_sales=0",), MADE, -1),
}  # fmt: skip


@functools.cache
def says(feature: str, seed: int, overrides: tuple[str, ...], sectors: tuple[int, ...], sign: int) -> float:
    """AUC of a score made of one feature alone, a year on, of accounts in order; mean over sectors looked at."""
    model = started(f"seed={seed}", *SECTOR, *(text for text in overrides if text))
    accounts = model.firms.accounts if feature in ("inventory", "receivables") else model.accounts
    place, waiting, found = tuple(REGISTRY).index(feature), [], []
    for month in range(60):
        model.step()
        if month >= 24 and month % 6 == 0 and month <= 47:
            rows = np.flatnonzero(
                (accounts["alive"] != 0) & (accounts["principal"] > 0) & (accounts["months_past_due"] == 0)
            )
            danger = sign * values_of(tuple(REGISTRY), accounts, rows)[:, place]
            waiting.append((model.month - 1, rows, danger, accounts["stated_sector"][rows].copy()))
        for sample in [sample for sample in waiting if sample[0] + 12 == model.month - 1]:
            waiting.remove(sample)
            became = accounts["default_month"][sample[1]]
            found.append((sample[2], (became > sample[0]) & (became <= sample[0] + 12), sample[3]))
    danger, bad, sector = (np.concatenate(part) for part in zip(*found, strict=True))
    inside = [sector == code for code in sectors] or [np.ones(len(sector), dtype=bool)]
    return float(np.mean([area_under_curve(danger[rows], bad[rows]) for rows in inside]))


def gain(feature: str, seeds: range) -> tuple[float, float]:
    """Mean rise of that AUC when what drives the feature is there, over a half where nothing else is, and its error."""
    world, on, without, sectors, sign = DRIVEN[feature]

    def of(seed: int, others: tuple[str, ...]) -> float:
        return says(feature, seed, (*world, *others), sectors, sign)

    rises = [of(seed, on) - (0.5 if without is None else of(seed, without)) for seed in seeds]
    return float(np.mean(rises)), float(np.std(rises, ddof=1) / np.sqrt(len(rises)))


@pytest.mark.slow
@pytest.mark.parametrize("feature", DRIVEN)
def test_a_feature_says_more_where_what_drives_it_is_there(feature):
    rise, error = gain(feature, range(21, 27))
    assert rise > 2.0 * error
    assert rise > 0.01


def test_neighbours_say_something_where_default_spreads():
    world = (*DRIVEN["social"][0], "behaviour.contagion=200")
    assert np.mean([says("social", seed, world, (), 1) for seed in (21, 22)]) > 0.52


def test_statements_tell_who_does_research():
    """What a firm spends on it; whether it then defaults is another matter (it does not show in this model)."""
    model = started("seed=7", *SECTOR, "firms.per_person=0.3", "firms.research_spread=0.5", months=24)
    firms = model.firms
    rows = np.flatnonzero((firms.private["trading"] > 0) & (firms.private["sector"] == SECTORS.index("technology")))
    seen, true = firms.accounts["research_seen"][rows], firms.private["research"][rows]
    assert len(rows) > 30
    assert np.corrcoef(seen, true)[0, 1] > 0.6
