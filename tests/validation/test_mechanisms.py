"""Every option of every policy group has a claim, and the claims hold or say why not (all among the slow tests)."""

from dataclasses import replace

import pytest

from tests.laws.policies import OPTIONS
from validation.claims import CLAIMS
from validation.mechanisms import PAGE, Effect, effect, table

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


def test_the_page_says_when_a_claim_fails_and_why():
    claim = replace(CLAIMS[0], unmet="")
    told = replace(claim, unmet="few draw")
    moves, stays = 2.0 * claim.sign * claim.least, 0.0
    assert "| NO |" in table([Effect(claim, 1.0, stays, 1.0, 1.0)], 3, 1000)
    assert "| no: few draw |" in table([Effect(told, 1.0, stays, 1.0, 1.0)], 3, 1000)
    assert "| yes |" in table([Effect(claim, 1.0, moves, 1e-9, 0.0)], 3, 1000)
    assert "| yes, in spite of: few draw |" in table([Effect(told, 1.0, moves, 1e-9, 0.0)], 3, 1000)


def test_every_row_of_the_page_passes_or_says_why():
    words = PAGE.read_text(encoding="utf-8")
    assert "| NO |" not in words and "in spite of" not in words
    assert words.count("| yes |") + words.count("| no: ") == len(CLAIMS)


@pytest.mark.slow
@pytest.mark.parametrize("claim", [claim for claim in CLAIMS if not claim.unmet], ids=lambda claim: claim.control)
def test_every_claim_holds(claim):
    found = effect(claim, range(41, 51), 6000)
    assert claim.sign * found.difference > 2 * found.error
    assert claim.sign * found.relative > claim.least / 2
