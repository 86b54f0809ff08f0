"""The cards that come with the package: every weight of the file, in the order in which the rule takes them."""

from __future__ import annotations

import csv
from itertools import product

from sim.lender.policies.features import FEATURES
from sim.lender.policies.shipped import FILE, SEGMENTS, WEIGHTS, shipped


def test_the_file_holds_every_weight_of_every_card_once():
    with FILE.open(newline="", encoding="utf-8") as file:
        lines = {(line["customer"], line["bureau"], line["segment"], line["weight"]): float(line["log_odds"])
                 for line in csv.DictReader(file)}  # fmt: skip
    assert set(lines) == set(product(("person", "firm"), ("none", "full"), SEGMENTS, WEIGHTS))
    assert len(FILE.read_text(encoding="utf-8").splitlines()) == 1 + len(lines)
    assert SEGMENTS == ("application, thick", "application, thin", "account, thick", "account, thin")
    assert ("base", *FEATURES, "floor") == WEIGHTS, "in the order in which the rule takes them"
    assert shipped("firm", bureau=True)[2, 9] == lines["firm", "full", "account, thick", "scarcity"]
    assert shipped("person", bureau=False)[1, 10] == lines["person", "none", "application, thin", "floor"]
    assert not shipped("person", bureau=False)[:, 8].any(), "debts elsewhere weigh nothing where no bureau shows them"


def test_what_is_handed_out_is_a_copy():
    shipped("person", bureau=False)[:] = 7.0
    assert shipped("person", bureau=False)[0, 0] < 0.0, "whoever fits a card anew leaves the shipped one as it is"
