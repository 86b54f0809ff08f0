"""Every option of every policy group has a claim, and the claims hold (all of them among the slow tests)."""

import pytest

from tests.laws.policies import OPTIONS
from validation.claims import CLAIMS
from validation.mechanisms import effect, table

# What the default lender does, and so what the others are compared with.
COMPARED_WITH = {
    *("policy/approval=profit", "policy/limit=fixed", "policy/closing=never", "policy/pricing=flat"),
    *("policy/warning=silent", "policy/scoring=static", "policy/term=fixed", "policy/relief=none"),
    *("policy/appetite=steady", "policy/collections=staged", "policy/engine=none", "policy/authentication=password"),
    *("policy/education=none", "funding=debt", "regulation=none"),
    *("bureau=none", "fraud=none", "provisioning=matrix"),
}


def test_every_option_has_a_claim():
    claimed = {word for claim in CLAIMS for word in claim.control.split()}
    options = {f"{group}={name}" for group, found in OPTIONS.items() for name in found}
    assert options - COMPARED_WITH <= claimed


@pytest.mark.parametrize("claim", CLAIMS[:4], ids=lambda claim: claim.control)
def test_a_few_claims_hold(claim):
    found = effect(claim, range(41, 47), 4000)
    assert claim.sign * found.difference > 2 * found.error
    assert claim.sign * found.relative > claim.least / 2


def test_the_page_says_when_a_claim_fails():
    measured = effect(CLAIMS[0], range(41, 44), 1000)
    wrong = type(measured)(measured.claim, 1.0, 0.0, 1.0, 1.0)
    assert "| NO |" in table([wrong], 3, 1000)


@pytest.mark.slow
@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.control)
def test_every_claim_holds(claim):
    found = effect(claim, range(41, 51), 6000)
    assert claim.sign * found.difference > 2 * found.error
    assert claim.sign * found.relative > claim.least / 2
