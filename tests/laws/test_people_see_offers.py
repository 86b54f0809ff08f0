"""Law 4 from the other side: a customer knows the contract, the bill and the letters, not what the lender thinks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

import sim
from sim.engine.loops.stage import StageError, stage
from sim.loan.postings import FIRM
from sim.month.agenda import Phase
from sim.month.opening import add_tallies
from sim.persons.borrower import BOOK_COLUMNS
from tests.laws.policies import BUNDLES, OPTIONS

MONTHS = 12
WORLD = (
    *("population=tiny", "population.borrowers=250", "population.arrival_rate=0.02", "machine.threads=1"),
    *("economy=severe_recession", "economy.shock_lag=0", "study.burn_in=6", "lender.charge_off_months=5"),
    *("sharing=guarantee_80_20", "behaviour.evergreening=1", "fraud=takeovers", "firms.per_person=0.1"),
)
HIDDEN = tuple(name for name, column in BOOK_COLUMNS.items() if column.hidden)


def permute(model, luck: np.random.Generator) -> None:
    """Give every account somebody else's entries among those that the lender keeps to itself, each on its own."""
    for book in model.books:
        for name in HIDDEN:
            book[name][:] = luck.permutation(book[name])


def saved(model) -> dict[str, dict[str, np.ndarray]]:
    return {name: table.save() for name, table in model.tables.items()}


def load(model, tables: dict[str, dict[str, np.ndarray]]) -> None:
    for name, table in model.tables.items():
        table.load(tables[name])


def customers(item) -> bool:
    """Whether an item of the agenda holds decisions of persons or of firms, row by row."""
    return isinstance(item, Phase) and not item.book and any(not rule.both_sides for rule in item.stages)


def test_no_decision_of_a_customer_depends_on_what_the_lender_hides():
    """Before each of their rules every hidden column is permuted: all that is not hidden comes out to the bit."""
    model = sim.Model(sim.compose([*WORLD, *BUNDLES[1]]))
    luck = np.random.default_rng(3)
    decided: set[str] = set()

    def disturbed(phase: Phase):
        def live() -> None:
            population, numbers = model._side(phase.firms)
            for rule in phase.stages:
                before = saved(model)
                tallies, bins = found = population.run(((rule, False),), numbers, model.month, model.config.machine)
                add_tallies(found, model.ledger, model.bins, FIRM * phase.firms)
                if rule.both_sides:
                    continue
                after = saved(model)
                load(model, before)
                permute(model, luck)
                again, bins_again = population.run(((rule, False),), numbers, model.month, model.config.machine)
                assert again == tallies and all(np.array_equal(bins_again[name], bins[name]) for name in bins)
                for name, table in model.tables.items():
                    told = [column for column in table.columns if column not in HIDDEN]
                    assert all(np.array_equal(table[column], after[name][column]) for column in told), rule.name
                load(model, after)
                decided.add(rule.name)

        return live

    model.agenda = tuple(disturbed(item) if customers(item) else item for item in model.agenda)
    for _ in range(MONTHS):
        model.step()
    assert decided >= {"want_to_borrow", "ask_to_draw", "apply_for_line", "weigh_stopping", "pay_debts", "consume"}
    assert decided >= {"ask_for_credit", "pay_lender", "apply_for_firm_line"}


class BorrowByScore(NamedTuple):
    """What `borrow_by_score` leaves."""

    balance_wanted: int


@stage()
def borrow_by_score(score: float) -> BorrowByScore:
    return BorrowByScore(balance_wanted=int(score))


class Confess(NamedTuple):
    """What `confess` leaves."""

    score: float


@stage()
def confess(honesty: float) -> Confess:
    return Confess(score=honesty)


def test_a_customers_rule_that_asks_for_a_hidden_column_is_refused():
    model = sim.Model(sim.compose([*WORLD]))
    model.step()
    with pytest.raises(StageError, match="borrow_by_score: argument score is neither a column it may see"):
        model.run(Phase("peeping", (borrow_by_score,)))
    with pytest.raises(StageError, match="confess: column score is not one it may touch"):
        model.run(Phase("peeping", (confess,)))


def test_what_is_hidden_is_the_lenders_view_and_what_is_told_the_contract():
    assert {"score", "default_expected", "bureau_debt", "inflow_fast", "alert", "covered", "thin_file"} <= set(HIDDEN)
    told = set(BOOK_COLUMNS) - set(HIDDEN)
    assert {"limit", "line", "principal", "due", "payment", "offer_rate", "rate", "months_past_due", "grace"} <= told


# All are offered the same, and the lender has the capital for it: where funds are short, scores say who waits.
OFFERS = (
    *("policy/approval=everyone", "policy/limit=income_multiple", "policy/pricing=flat", "policy/closing=never"),
    "lender.equity_per_borrower=10000000",
)


def lived(*overrides: str) -> tuple[tuple[int, int], np.ndarray]:
    """What persons and firms came to, and the scores that the lender gave them."""
    model = sim.Model(sim.compose([*WORLD, "sharing=none", *overrides]))
    for _ in range(3 * MONTHS):
        model.step()
    scores = [book["score"][book["alive"] != 0].astype(float) for book in model.books]
    return (model.persons.checksum(), model.firms.private.checksum()), np.concatenate(scores)


def offers(*overrides: str) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Lines and limits, and prices, of persons and firms after every month."""
    model = sim.Model(sim.compose([*WORLD, "sharing=none", *overrides]))
    lines, prices = [], []
    for _ in range(3 * MONTHS):
        model.step()
        for book in model.books:
            lines.append(np.stack([book["line"].astype(np.int64), book["limit"]]))
            prices.append(book["offer_rate"].astype(float))
    return lines, prices


@pytest.mark.parametrize("scoring", ["static", "sector"])
def test_what_the_points_stand_for_moves_no_person(scoring):
    """Points are a convention: another one, and a card that errs where all are offered the same, move nobody."""
    card = f"policy/scoring={scoring}"
    people, scores = lived(*OFFERS, card)
    for change in ("lender.score_intercept=4.3", "policy.scoring.bias=0.5"):
        again, moved = lived(*OFFERS, card, change)
        assert again == people, change
        inside = (np.abs(scores - 650.0) < 269.0) & (np.abs(moved - 650.0) < 299.0)
        by = 30.0 if change.startswith("lender") else -30.0
        assert inside.sum() > 100 and np.allclose((moved - scores)[inside], by, atol=1e-3), "half of log-odds"


def test_what_the_points_stand_for_moves_no_decision_that_goes_by_default():
    """Approval and price weigh the probability of default, so that they are the same, too; points cut no limit."""
    card = ("policy/pricing=risk_based", "policy/closing=never", "policy/limit=income_multiple")
    (lines, prices), (again, priced) = offers(*card), offers(*card, "lender.score_intercept=4.3")
    assert all(map(np.array_equal, lines, again))
    # A score is kept in single precision, so that a price may differ in its last digit, and a fen by it.
    assert max(np.abs(one - other).max() for one, other in zip(prices, priced, strict=True)) < 1e-6
    erring = offers(*card, "policy.scoring.bias=0.5")[1]
    assert max(np.abs(one - other[: len(one)]).max() for one, other in zip(prices, erring, strict=True)) > 1e-3


def test_another_card_changes_no_person_as_long_as_offers_stay():
    """A lender that offers all the same to all may score as it likes: what people do is the same to the bit."""
    people, scores = set(), set()
    for scoring in OPTIONS["policy/scoring"]:
        model = sim.Model(sim.compose([*WORLD, *OFFERS, f"policy/scoring={scoring}", "sharing=none"]))
        for _ in range(3 * MONTHS):
            model.step()
        people.add((model.persons.checksum(), model.firms.private.checksum()))
        scores.add(model.accounts["score"].tobytes())
    assert len(people) == 1 < len(scores)
