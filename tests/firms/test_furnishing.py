"""What a firm begins with, by hand; `test_firms` furnishes shops and services of the engine."""

from __future__ import annotations

import pytest

from sim.firms.firms import Firms
from sim.firms.furnishing import TERMS, TRAITS, furnish, furnish_firm
from sim.firms.settings import FirmSettings

TRAITS_OF = (0.1, 0.3, 0.05, 0.5, 2.0, 0.8, 0.5)
TERMS_OF = (0.4, 0.6, 0.5, 0.75, 0.4)
KNOWN = {"sales": 1_000, "market": 400, "labour": 250, "size_class": 1, "outside_bank": 1, "thrift": 2.0, "luck": 1.5,
         "season_buffer": 0.3, "traits": TRAITS_OF, "terms": TERMS_OF}  # fmt: skip


def test_who_has_traded_for_long_and_who_begins():
    """Sales with luck are 600 + 600; wages 300, fixed cost 100; 0.75 x 0.6 of 600 is sold on credit."""
    old = furnish_firm.py_func(stationary=1, **KNOWN)
    assert old.expected == 1_200 and (old.fixed_cost, old.profit_average) == (100, 50)
    assert (old.inventory, old.pledge, old.overdraft) == (1_200, 400, 600)
    # Twice half a month of 400 and 300 of the season, and what inputs of 600 need beyond four fifths of 600 and 270.
    assert old.cash == 1_000 + max(600 - 480 - 270, 0) and old.receivables == int(270 / 0.8) and old.owed == 1_200
    new = furnish_firm.py_func(stationary=0, **{**KNOWN, "luck": 1.0})
    # 180 on credit for a quarter of a month more, orders of 600 for one more, fixed cost twice.
    assert new.cash == 1_000 + 45 + 600 + 200 and (new.receivables, new.owed) == (0, 0.0)
    short = furnish_firm.py_func(stationary=1, **{**KNOWN, "market": 900})
    assert short.cash == 1_000 + int(0.5 * 1_450 - 0.8 * 100 - 0.45 * 1_350)
    dear = furnish_firm.py_func(stationary=0, **{**KNOWN, "labour": 700, "size_class": 0, "outside_bank": 0})
    assert (dear.pledge, dear.overdraft) == (0, 0) and dear.cash - 45 * 1.5 == pytest.approx(1_400 + 800, abs=1)


def test_every_trait_and_term_is_asked_for_by_its_name():
    assert len(TRAITS) == len(TRAITS_OF) and all(hasattr(FirmSettings(), name) for name in TERMS)
    assert Firms.furnish.__globals__["furnish"] is furnish
