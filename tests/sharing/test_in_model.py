"""Schemes in the model itself, under identical lending: who bears a loss changes, the loss does not."""

import pytest

import sim
from sim.sharing.figures import SHORT

LOSSES = tuple(f"loss_{name}" for name in SHORT.values())
# Nobody is refused for the margin and nothing is rationed, so that no scheme can change what is lent.
SAME_LENDING = (
    "population=tiny",
    "firms=none",
    "population.borrowers=3000",
    "economy=severe_recession",
    "study.burn_in=12",
    "study.months=30",
    "policy.approval.weighs_retained_loss=false",
    "policy.approval.highest_default=0.03",
    "lender.equity_per_borrower=100000000",
    "lender.charge_off_months=7",
    "machine.threads=1",
)
FOUR_PARTIES = (
    "sharing=guarantee_80_20",
    "sharing.layers=[{participant: guarantee_fund, share: 0.4},{participant: re_guarantee_fund, share: 0.3},"
    "{participant: lender, share: 0.2},{participant: government, share: 0.1}]",
)
FIVE_LAYERS = (
    "sharing.layers=[{kind: first_loss, participant: lender, detachment: 0.0001},"
    "{participant: guarantee_fund, share: 0.7, lifetime_cap: 0.2, lifetime_cap_base: guaranteed_volume},"
    "{participant: lender, share: 0.3},"
    "{kind: stop_loss, participant: insurer, of: lender, attachment: 0.0002, detachment: 0.1},"
    "{participant: re_guarantee_fund, of: guarantee_fund, share: 0.5}]",
    "sharing.claim_trigger=months_past_due",
    "sharing.insolvent_share_falls_on=government",
    "fund.capital=300000",
    "fund.leverage_cap=1000",
)
SCHEMES = {
    "none": ("sharing=none",),
    "joint": ("sharing=joint_loan_30_70",),
    "guarantee": ("sharing=guarantee_80_20",),
    "existing": ("sharing=guarantee_80_20", "sharing.covers_existing=true", "fund.leverage_cap=1000"),
    "four parties": FOUR_PARTIES,
    "five layers": FIVE_LAYERS,
}


@pytest.fixture(scope="module")
def runs():
    """Records of each scheme, forked from one burn-in."""
    burnt_in = sim.Model(sim.compose([*SAME_LENDING]))
    for _ in range(12):
        burnt_in.step()
    checkpoint = burnt_in.save()
    made = {}
    for name, overrides in SCHEMES.items():
        model = sim.Model.fork(sim.compose([*SAME_LENDING, *overrides]), checkpoint)
        for _ in range(30):
            model.step()
        made[name] = model
    return made


@pytest.mark.parametrize("name", list(SCHEMES)[1:])
def test_sharing_moves_losses_and_never_changes_their_sum(runs, name):
    alone, shared = runs["none"].records, runs[name].records
    for without, with_scheme in zip(alone, shared, strict=True):
        assert with_scheme["drawn"] == without["drawn"]
        assert sum(with_scheme.get(key, 0) for key in LOSSES) == without["loss_lender"]
    moved = sum(abs(record.get(key, 0)) for record in shared for key in LOSSES[1:])
    assert moved > 0


def test_who_bears_what(runs):
    total = {
        name: {key: sum(record.get(key, 0) for record in model.records) for key in LOSSES}
        for name, model in runs.items()
    }
    assert total["none"]["loss_lender"] > 0
    assert total["joint"]["loss_partner"] > 0 == total["joint"]["loss_fund"]
    assert total["guarantee"]["loss_fund"] > 0 == total["guarantee"]["loss_partner"]
    assert total["existing"]["loss_fund"] > total["guarantee"]["loss_fund"], "cover of old loans costs the fund more"
    assert total["four parties"]["loss_reguarantee"] > total["four parties"]["loss_government"] > 0
    assert total["five layers"]["loss_reguarantee"] > 0
    assert runs["five layers"].sharing.exhaustion_month >= 0, "three thousand yuan of capital do not last"


def test_guarantors_are_found_among_the_agents(runs):
    kinds = {name: sorted(type(agent).__name__ for agent in model.agents) for name, model in runs.items()}
    assert "GuaranteeFund" in kinds["guarantee"]
    assert "PartnerBank" in kinds["joint"]
    assert not {"GuaranteeFund", "PartnerBank"} & set(kinds["none"])
