"""Random schemes and random months of a covered pool."""

from dataclasses import replace

from hypothesis import strategies as st

from sim.engine.loops.money import split
from sim.sharing.checks import overlap_problems
from sim.sharing.flows import PoolFlows
from sim.sharing.fund import FundSettings
from sim.sharing.layers import CAP_BASES, Layer
from sim.sharing.scheme import Scheme
from sim.sharing.scheme_terms import RECOVERY_ORDERS, SuspensionRule
from sim.sharing.terms import PARTICIPANTS, Backing, Partner, WindDown

DENOMINATORS = ("none", "outstanding", "released", "cumulative")
GUARANTORS = ("guarantee_fund", "re_guarantee_fund", "insurer", "government")
thousandths = st.integers(0, 1000).map(lambda value: value / 1000)


@st.composite
def caps(draw):
    keys = {}
    for name in ("period_cap", "lifetime_cap"):
        base = draw(st.sampled_from(CAP_BASES))
        keys[f"{name}_base"] = base
        keys[name] = 1.0 if base == "none" else draw(thousandths)
    return keys


@st.composite
def quota_block(draw):
    """Quota shares of the pool that sum to one, the lender's among them."""
    names = draw(st.permutations(("lender", *GUARANTORS)))[: draw(st.integers(1, 5))]
    cuts = split(1000, [draw(st.integers(0, 20)) for _ in names[1:]] + [draw(st.integers(1, 20))])
    return [
        Layer(
            participant=name,
            share=cut / 1000,
            deductible=draw(st.sampled_from((0.0, 0.0, 0.01))),
            **draw(caps()),
        )
        for name, cut in zip(names, cuts, strict=True)
    ]


@st.composite
def tranche(draw, of=("pool",)):
    kind = draw(st.sampled_from(("first_loss", "excess_of_loss", "stop_loss")))
    low = 0 if kind == "first_loss" else draw(st.integers(0, 300))
    high = draw(st.integers(low + 1, 1000))
    cedent = draw(st.sampled_from(of))
    takers = [name for name in GUARANTORS if name != cedent]
    return Layer(
        kind=kind,
        participant=draw(st.sampled_from(takers)),
        of=cedent,
        share=draw(thousandths),
        attachment=low / 1000,
        detachment=high / 1000,
        **draw(caps()),
    )


def without_overlaps(layers):
    """Leave out tranches that overlap one before them."""
    kept = []
    for layer in layers:
        if not list(overlap_problems((*kept, layer))):
            kept.append(layer)
    return kept


@st.composite
def backers(draw, layers):
    """Limited means for some of those who take a layer."""
    takers = sorted({layer.participant for layer in layers} & {"re_guarantee_fund", "insurer", "government"})
    return [
        Backing(name, draw(st.sampled_from((0.0, 0.001, 0.1))), draw(st.sampled_from(("lender", "government"))))
        for name in takers
        if draw(st.booleans())
    ]


@st.composite
def guarantee_schemes(draw):
    layers = [draw(tranche()) for _ in range(draw(st.integers(0, 2)))]
    layers += draw(quota_block())
    layers += [draw(tranche(("pool", "lender"))) for _ in range(draw(st.integers(0, 2)))]
    layers = without_overlaps(layers)
    has_fund = any(layer.participant == "guarantee_fund" for layer in layers)
    if has_fund and draw(st.booleans()):
        price = draw(st.sampled_from((0.0, 0.02)))
        layers.append(
            Layer(participant="re_guarantee_fund", of="guarantee_fund", share=draw(thousandths), premium_rate=price)
        )
    basis = draw(st.sampled_from(("none", "annual", "upfront"))) if has_fund else "none"
    opened = draw(st.sampled_from((0, 0, 3, 9)))
    scheme = Scheme(
        layers=tuple(layers),
        premium_subsidy=draw(st.sampled_from((0.0, 0.3))) if basis != "none" else 0.0,
        backing=tuple(draw(backers(layers))),
        wind_down=WindDown(
            open_months=opened,
            cover_months=draw(st.sampled_from((0, opened, opened + 4))) if opened else 0,
            at_exhaustion=draw(st.sampled_from(("run_off", "cut_off"))) if has_fund else "run_off",
            surplus_to=draw(st.sampled_from(("nobody", "government", "lender"))) if has_fund and opened else "nobody",
        ),
        claim_trigger=draw(st.sampled_from(("charge_off", "months_past_due"))),
        payment_lag=draw(st.integers(0, 5)),
        premium_basis=basis,
        premium_on=draw(st.sampled_from(("guaranteed", "total"))),
        recovery_order=draw(st.sampled_from(RECOVERY_ORDERS)),
        insolvent_share_falls_on=draw(st.sampled_from(("lender", "government", "insurer"))) if has_fund else "lender",
        suspension=SuspensionRule(
            denominator=draw(st.sampled_from(DENOMINATORS)) if has_fund else "none",
            above=draw(thousandths),
        ),
    )
    if any("circular" in problem for problem in scheme.check()):
        scheme = replace(scheme, layers=scheme.layers[:-1])
    return replace(scheme, backing=()) if any("backing" in problem for problem in scheme.check()) else scheme


TWO_BANKS = (
    Partner(share=0.7, tier_one=0.5, loss_tolerance=0.05, return_below=0.02),
    Partner(share=0.3, tier_one=4.0, other_joint=1.0, lender_capital_floor=0.1),
)


@st.composite
def joint_schemes(draw):
    own = draw(st.integers(1, 999))
    return Scheme(
        layers=(
            Layer(participant="lender", share=own / 1000),
            Layer(participant="partner_banks", share=(1000 - own) / 1000),
        ),
        funded=True,
        minimum_lender_share=draw(st.integers(0, own)) / 1000,
        facilitation_fee=draw(thousandths),
        partners=draw(st.sampled_from(((), TWO_BANKS))),
        claim_trigger=draw(st.sampled_from(("charge_off", "months_past_due"))),
    )


schemes = st.one_of(guarantee_schemes(), joint_schemes())

funds = st.builds(
    FundSettings,
    capital_share=st.sampled_from((0.0, 0.0001, 0.001, 0.01, 0.1, 1.0)),
    premium_rate=st.integers(0, 100).map(lambda value: value / 1000),
    leverage_cap=st.integers(0, 20).map(float),
    investment_yield=st.integers(-20, 60).map(lambda value: value / 1000),
    minimum_capital=st.sampled_from((0.0, 0.2)),
    replenishment=st.sampled_from(("none", "annual")),
    premium_rule=st.sampled_from(("flat", "risk_based", "experience_rated")),
    compensation_reserve=st.sampled_from((0.0, 0.01)),
    unearned_reserve=st.sampled_from((0.0, 0.5)),
)

fraction = st.integers(0, 100)
months = st.lists(
    st.tuples(st.integers(0, 10**9), fraction, fraction, fraction, fraction, fraction, fraction, fraction),
    min_size=1,
    max_size=20,
)


class Pool:
    """The accounts' side of the covered pool: turns fractions into flows that these stocks allow."""

    def __init__(self, at_charge_off):
        self.at_charge_off = at_charge_off
        self.covered = self.live = self.written_off = 0

    def month(self, row, open_to_new=True):
        lent, repaid, interest, triggered, recovered, written_off, late, abandoned = row
        lent = lent if open_to_new else 0
        self.covered += lent
        repaid = self.covered * repaid // 100
        self.covered -= repaid
        triggered = self.covered * triggered // 100
        self.covered -= triggered
        self.live += triggered
        recovered = 0 if self.at_charge_off else self.live * recovered // 100
        self.live -= recovered
        written_off = triggered if self.at_charge_off else self.live * written_off // 100
        self.live -= written_off
        self.written_off += written_off
        late = self.written_off * late // 100
        self.written_off -= late
        abandoned = self.written_off * abandoned // 100
        self.written_off -= abandoned
        return PoolFlows(
            lent=lent,
            repaid=repaid,
            interest=self.covered * interest // 10_000,
            triggered=triggered,
            recovered=recovered,
            written_off=written_off,
            recovered_written_off=late,
            abandoned=abandoned,
            covered_outstanding=self.covered,
            triggered_outstanding=self.live + self.written_off,
        )


def pool_of(scheme):
    return Pool(scheme.claim_trigger == "charge_off")


__all__ = [
    "PARTICIPANTS",
    "Pool",
    "funds",
    "guarantee_schemes",
    "joint_schemes",
    "months",
    "pool_of",
    "schemes",
]
