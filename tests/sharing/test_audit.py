"""One line for each claim: which loans are listed, and who bears which part."""

from __future__ import annotations

import numpy as np
import pytest

from sim.sharing.audit import ClaimLine, by_claim, claims_of


def test_the_claims_of_a_month_are_those_of_that_month_with_an_amount():
    persons = {"claim_month": np.array([3, 3, 2, 3]), "claimed": np.array([700, 0, 500, 1])}
    firms = {"claim_month": np.array([-1, 3]), "claimed": np.array([0, 299])}
    assert claims_of(3, (persons, firms), {"lender": 200, "guarantee_fund": 800}) == [
        ClaimLine("person", 0, 3, 700, {"lender": 140, "guarantee_fund": 560}),
        ClaimLine("person", 3, 3, 1, {"lender": 0, "guarantee_fund": 1}),
        ClaimLine("firm", 1, 3, 299, {"lender": 60, "guarantee_fund": 239}),
    ]
    assert claims_of(4, (persons, firms), {"lender": 0}) == []


def test_who_bears_nothing_has_no_part_and_no_fen_is_lost():
    assert by_claim([3, 3], {"lender": 6, "insurer": 0}) == [{"lender": 3}, {"lender": 3}]
    with pytest.raises(ValueError, match="claims of 6 fen cannot be borne by 5 fen"):
        by_claim([3, 3], {"lender": 5})
