"""Consumption by hand: what is left of the month after what is owed, and the way back to the buffer."""

from __future__ import annotations

from sim.persons.consumption import consume
from tests.laws.calling import call, does

# 376 000 of income not set aside, less 150 000, 50 000 and 8 000 elsewhere, is 168 000; in season 184 800.
SPENDS = {"cash": 500_000, "employed": 1, "income": 400_000, "income_permanent": 300_000, "essential": 150_000,
          "payment": 50_000, "other_debt": 100_000, "other_due_share": 0.08, "other_squeeze": 0,
          "squeezed_due": 0.25, "patience": 1.5, "buffer_return": 0.12, "precaution": 1.0, "expected_loss": 0.06,
          "season": 1.1}  # fmt: skip


def spends(state, amount):
    does(consume, state, {"cash": state["cash"] - amount, "discretionary.paid": amount})


def test_what_is_free_is_spent_and_the_buffer_is_approached():
    """The target is 450 000; 12 % of the 50 000 above it are 6 000."""
    spends(SPENDS, 190_800)
    spends({**SPENDS, "cash": 400_000}, 178_800)
    spends({**SPENDS, "precaution": 1.2}, 180_000)
    spends({**SPENDS, "patience": 1.0}, 208_800)
    spends({**SPENDS, "season": 1.0}, 174_000)
    spends({**SPENDS, "expected_loss": 0.16}, 146_800)
    spends({**SPENDS, "payment": 60_000}, 179_800)
    spends({**SPENDS, "essential": 160_000}, 179_800)


def test_debts_elsewhere_are_served_before_anything_is_spent():
    spends({**SPENDS, "other_debt": 200_000}, 182_000)
    spends({**SPENDS, "other_squeeze": 50}, 177_050)  # 20 500 are due there
    spends({**SPENDS, "other_debt": 10_000_000}, 6_000)


def test_the_jobless_spend_only_above_the_buffer_and_nobody_more_than_there_is():
    spends({**SPENDS, "employed": 0}, 6_000)
    spends({**SPENDS, "employed": 0, "cash": 450_000}, 0)
    spends({**SPENDS, "employed": 0, "cash": 400_000}, 0)
    spends({**SPENDS, "cash": 100_000}, 100_000)
    spends({**SPENDS, "cash": 0}, 0)


def test_more_of_each_moves_spending_one_way():
    for name, sign, step in (
        ("cash", 1, 50_000), ("income", 1, 50_000), ("essential", -1, 20_000), ("payment", -1, 20_000),
        ("other_debt", -1, 100_000), ("other_squeeze", -1, 20), ("patience", -1, 0.3), ("precaution", -1, 0.2),
        ("expected_loss", -1, 0.05), ("season", 1, 0.1),
    ):  # fmt: skip
        spent = [call(consume, **{**SPENDS, name: SPENDS[name] + k * step})["discretionary.paid"] for k in range(4)]
        assert spent == sorted(set(spent), reverse=sign < 0), name
