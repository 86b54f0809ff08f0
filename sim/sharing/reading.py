"""A scheme in plain words: what a contract says, in one or two sentences."""

from __future__ import annotations

from collections.abc import Sequence

from sim.sharing.fund import FundSettings
from sim.sharing.scheme import (
    GUARANTEE_FUND,
    LENDER,
    PARTNER_BANKS,
    POOL,
    Layer,
    Scheme,
    quota_blocks,
)

NAMES = {
    "lender": "the lender",
    "partner_banks": "partner banks",
    "guarantee_fund": "the guarantee fund",
    "re_guarantee_fund": "the re-guarantee fund",
    "insurer": "the insurer",
    "government": "the government",
}
BASES = {
    "guaranteed_volume": "guaranteed volume",
    "outstanding": "guaranteed liability outstanding",
    "released": "guaranteed liability released",
    "premium_income": "premium income",
}
DENOMINATORS = {
    "outstanding": "guaranteed liability outstanding",
    "released": "guaranteed liability released",
    "cumulative": "all guaranteed volume",
}


def percent(fraction: float) -> str:
    """Write a fraction as a percentage without needless digits."""
    return f"{100 * fraction:.6g} %"


def reading(scheme: Scheme, fund: FundSettings | None = None) -> str:
    """Say what the scheme does, and what the fund behind it may do when one is given.

    Parameters
    ----------
    scheme : Scheme
        A scheme that has passed its check.
    fund : FundSettings, optional
        Adds the price of the guarantee and the leverage cap.
    """
    if all(layer.participant == LENDER for layer in scheme.layers):
        return "The lender bears every loss itself."
    scope = "On all loans" if scheme.covers_existing else "On loans made after the policy date"
    first = joint_words(scheme) if scheme.funded else f"{layers_words(scheme.layers)} {trigger_words(scheme)}"
    sentences = [f"{scope}, {first}."]
    if any(layer.participant == GUARANTEE_FUND for layer in scheme.layers):
        sentences.append(fund_words(scheme, fund))
    return " ".join(sentences)


def joint_words(scheme: Scheme) -> str:
    """Say who funds which part of a joint loan."""
    own, partner = percent(scheme.quota(LENDER)), percent(scheme.quota(PARTNER_BANKS))
    text = (
        f"the lender funds {own} and partner banks fund {partner}; each side earns the interest and bears "
        "the losses of its own part"
    )
    if scheme.facilitation_fee > 0:
        fee = percent(scheme.facilitation_fee)
        text += f", and the partners pay the lender {fee} of their interest for its service"
    return text


def layers_words(layers: Sequence[Layer]) -> str:
    """Say what the layers take, in their order."""
    clauses = []
    for start, stop in quota_blocks(tuple(layers)):
        words = [layer_words(layer, first=index == 0) for index, layer in enumerate(layers[start:stop])]
        clauses.append(" and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words))
    text = "; then ".join(clauses)
    if any(layer.capped or layer.kind != "quota_share" for layer in layers):
        text += "; what no layer takes stays with the lender"
    return text + ","


def layer_words(layer: Layer, first: bool = True) -> str:
    """Say what one layer takes; the later shares of a block need not say again of what."""
    verb = "keeps" if layer.participant == LENDER else "take" if layer.participant == PARTNER_BANKS else "takes"
    if layer.kind == "quota_share":
        what = f"{percent(layer.share)} of each loss" if first else percent(layer.share)
    else:
        share = "" if layer.share == 1 else f"{percent(layer.share)} of "
        span = f"from {percent(layer.attachment)} to {percent(layer.detachment)}"
        what = {
            "first_loss": f"{share}the first losses, up to {percent(layer.detachment)} of volume",
            "excess_of_loss": f"{share}cumulative losses {span} of volume",
            "stop_loss": f"{share}a year's losses {span} of the year's volume",
        }[layer.kind]
    if layer.of != POOL and first:
        what += f" that {NAMES[layer.of]} would bear"
    if layer.deductible > 0:
        what += f" after a deductible of {percent(layer.deductible)} of guaranteed volume"
    caps = [
        f"{percent(cap)} of {BASES[base]}{period}"
        for cap, base, period in (
            (layer.period_cap, layer.period_cap_base, " a year"),
            (layer.lifetime_cap, layer.lifetime_cap_base, " in all"),
        )
        if base != "none"
    ]
    limit = f" until it has paid {' or '.join(caps)}" if caps else ""
    return f"{NAMES[layer.participant]} {verb} {what}{limit}"


def trigger_words(scheme: Scheme) -> str:
    """Say when a loss becomes a claim and when it is paid."""
    if scheme.claim_trigger == "charge_off":
        when = "once the loan is charged off"
    elif scheme.claim_months_past_due == 1:
        when = "as soon as the loan is overdue"
    else:
        when = f"once the loan is {30 * (scheme.claim_months_past_due - 1)} days past due"
    lag = scheme.payment_lag
    paid = f", paid {lag} month{'s' if lag > 1 else ''} later" if lag else ""
    return f"{when}{paid}"


def fund_words(scheme: Scheme, fund: FundSettings | None) -> str:
    """Say what the guarantee costs, when it stops and who stands behind it."""
    parts = []
    if scheme.premium_basis != "none":
        price = "a premium" if fund is None else f"{percent(fund.premium_rate)}"
        often = "a year" if scheme.premium_basis == "annual" else "once"
        base = "the guaranteed part" if scheme.premium_on == "guaranteed" else "the whole loan"
        parts.append(f"the lender pays {price} {often} on {base}")
    stops = []
    if scheme.suspension.denominator != "none":
        stops.append(
            f"a year's compensation exceeds {percent(scheme.suspension.above)} of "
            f"{DENOMINATORS[scheme.suspension.denominator]}"
            if scheme.suspension.denominator != "cumulative"
            else f"compensation exceeds {percent(scheme.suspension.above)} of {DENOMINATORS['cumulative']}"
        )
    if fund is not None:
        stops.append(f"liabilities reach {fund.leverage_cap:g} times the fund's net assets")
    if stops:
        parts.append(f"new cover stops when {' or when '.join(stops)}")
    parts.append(f"what the fund cannot pay falls on {NAMES[scheme.insolvent_share_falls_on]}")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."
