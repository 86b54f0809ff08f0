"""Relief reaches firms as it reaches persons: in a payment holiday nothing is asked for."""

import numpy as np

import sim

WORLD = ("population.borrowers=150", "firms.per_person=0.3", "firms.credit_share=1", "study.burn_in=3")
LENT = (
    "policy/approval=everyone",
    "firms.working_capital_months=2",
    "policy.relief.most_reliefs=9",
    "machine.driver=mesa",
)


def lived(months, *relief):
    """Months in a holiday of firms that went on trading, those in which they repaid, and the longest holiday left."""
    model = sim.Model(sim.compose([*WORLD, *LENT, *relief]))
    held = fell = longest = 0
    for _ in range(months):
        book = model.firms.accounts
        before, in_holiday = book["principal"].copy(), book["holiday"] > 0
        model.step()
        rows = np.flatnonzero(in_holiday & (before > 0) & (model.firms.private["trading"][: len(before)] > 0))
        held += len(rows)
        fell += int((book["principal"][rows] < before[rows]).sum())
        longest = max(longest, int(book["holiday"].max()))
    return held, fell, longest


def test_no_firm_repays_in_a_payment_holiday():
    held, fell, longest = lived(6, "policy/relief=moratorium", "policy.relief.relief_gap=0")
    assert held > 30 and fell == 0 and longest == 6


def test_the_plan_of_a_firm_has_the_grace_of_the_plan():
    plan = ("policy/relief=restructuring", "policy.relief.relief_share=1", "policy.relief.grace_months=5")
    held, fell, longest = lived(9, *plan)
    assert held > 0 and fell == 0 and longest == 5
