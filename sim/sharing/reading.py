"""A scheme in plain words: what a contract says, in one or two sentences."""

from __future__ import annotations

from collections.abc import Sequence

from sim.engine.loops.money import format_yuan
from sim.sharing.fund import FundSettings
from sim.sharing.layers import POOL, Layer, quota_blocks
from sim.sharing.scheme import Scheme
from sim.sharing.terms import GUARANTEE_FUND, LENDER, PARTNER_BANKS, Backing, Eligibility, Partner

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


def percent(fraction: float, digits: int = 6) -> str:
    """Write a fraction as a percentage without needless digits."""
    return f"{100 * fraction:.{digits}g} %"


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
    sentences = [f"{scope}{eligible_words(scheme)}, {first}."]
    if scheme.auction.winners > 0:
        sentences.append(auction_words(scheme))
    sentences += [partner_words(partner, place) for place, partner in enumerate(scheme.partners, 1)]
    if any(layer.participant == GUARANTEE_FUND for layer in scheme.layers):
        sentences.append(fund_words(scheme, fund and scheme.fund_terms(fund)))
    sentences += [price_words(layer) for layer in scheme.layers if layer.premium_rate > 0]
    sentences += [backing_words(entry) for entry in scheme.backing]
    sentences += end_words(scheme)
    return " ".join(sentences)


def eligible_words(scheme: Scheme) -> str:
    """Say which loans are covered; nothing where all of them are."""
    rule, plain = scheme.eligible, Eligibility()
    parts = []
    if rule.sectors:
        parts.append(f"to customers who work in {listed([name.replace('_', ' ') for name in rule.sectors])}")
    if rule.products:
        parts.append(f"({listed([name.replace('_', ' ') for name in rule.products])} alone)")
    if rule.smallest_line > 0:
        parts.append(f"of a line of at least {format_yuan(rule.smallest_line)} yuan")
    if rule.largest_line < plain.largest_line:
        parts.append(f"of a line of at most {format_yuan(rule.largest_line)} yuan")
    if rule.lowest_score > plain.lowest_score:
        parts.append(f"at a score of {rule.lowest_score:g} or more")
    if rule.highest_score < plain.highest_score:
        parts.append(f"at a score of {rule.highest_score:g} or less")
    if rule.larger_part < 1:
        parts.append(f"(of lines above {format_yuan(rule.larger_from)} yuan {percent(rule.larger_part, 4)} is covered)")
    if rule.better_part < 1:
        parts.append(f"(at scores above {rule.better_from:g} {percent(rule.better_part, 4)} is covered)")
    return "".join(f" {part}" for part in parts)


def auction_words(scheme: Scheme) -> str:
    """Say how rights to guarantees are given away."""
    rule = scheme.auction
    return (
        f"Each year rights to guarantees go to the {rule.winners} of {rule.rivals + 1} bidders that ask for the lowest "
        f"coverage; a winner may cover new loans of {percent(rule.rights)} of the lender's book at the policy date, "
        "at the coverage that it bid."
    )


def partner_words(partner: Partner, place: int) -> str:
    """Say what bounds one partner bank and what makes it withdraw."""
    here = percent(partner.one_platform_cap)
    text = (
        f"Bank {place} takes {percent(partner.share)} of the partners' part, up to {here} of "
        f"its tier-1 capital here and {percent(partner.all_platforms_cap)} of its loans with all platforms"
    )
    if partner.loss_tolerance < 1:
        text += f"; it withdraws when a year's loss exceeds {percent(partner.loss_tolerance)} of its joint loans"
    if partner.lender_capital_floor > 0:
        text += f" or the lender's capital ratio falls below {percent(partner.lender_capital_floor)}"
    return text + "."


def price_words(layer: Layer) -> str:
    """Say what a layer costs and who pays for it."""
    payer = NAMES[LENDER] if layer.of == POOL else NAMES[layer.of]
    price = f"{percent(layer.premium_rate)} a year of what it promises"
    return f"{payer[0].upper()}{payer[1:]} pays {NAMES[layer.participant]} {price}."


def backing_words(entry: Backing) -> str:
    """Say what stands behind a guarantor and who bears what it cannot pay."""
    name = NAMES[entry.participant]
    return (
        f"{name[0].upper()}{name[1:]} has capital of {percent(entry.capital_share)} of what it promises; what it "
        f"cannot pay falls on {NAMES[entry.falls_on]}."
    )


def end_words(scheme: Scheme) -> list[str]:
    """Say when a scheme closes, when its cover ends, and what becomes of the rest."""
    end, sentences = scheme.wind_down, []
    if end.open_months > 0:
        ends = f", and losses are shared for {end.cover_months} months" if end.cover_months else ""
        heir = f"; then what is left goes to {NAMES[end.surplus_to]}" if end.surplus_to != "nobody" else ""
        sentences.append(f"New loans are covered for {end.open_months} months{ends}{heir}.")
    if end.at_exhaustion == "cut_off":
        sentences.append("An exhausted fund ends its cover.")
    return sentences


def listed(words: Sequence[str]) -> str:
    """Join words with commas and a last ``and``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


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
        clauses.append(listed(words))
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


def capital_words(scheme: Scheme, fund: FundSettings) -> str:
    """Say what the fund starts with, and what that is a share of."""
    if fund.capital > 0:
        return f"the guarantee fund starts with {format_yuan(fund.capital)} yuan"
    base = "the loans on the book" if scheme.eligible.everything else "those loans on the book that it could cover"
    return f"the guarantee fund starts with {percent(fund.capital_share)} of the guaranteed part of {base}"


def fund_words(scheme: Scheme, fund: FundSettings | None) -> str:
    """Say what the guarantee costs, when it stops and who stands behind it."""
    parts = []
    if scheme.premium_basis != "none":
        price = "a premium" if fund is None else f"{percent(fund.premium_rate)}"
        if fund is not None and fund.premium_rule != "flat":
            low, high = percent(fund.premium_floor), percent(fund.premium_ceiling)
            price = f"{low} to {high} by {'risk' if fund.premium_rule == 'risk_based' else 'experience'}"
        often = "a year" if scheme.premium_basis == "annual" else "once"
        whole = "all that is covered" if scheme.in_part else "the whole loan"
        base = "the guaranteed part" if scheme.premium_on == "guaranteed" else whole
        parts.append(f"the {scheme.premium_payer} pays {price} {often} on {base}")
        if scheme.premium_subsidy > 0:
            parts.append(f"the government pays {percent(scheme.premium_subsidy)} of that")
    stops = []
    if scheme.suspension.denominator != "none":
        stops.append(
            f"a year's compensation exceeds {percent(scheme.suspension.above)} of "
            f"{DENOMINATORS[scheme.suspension.denominator]}"
            if scheme.suspension.denominator != "cumulative"
            else f"compensation exceeds {percent(scheme.suspension.above)} of {DENOMINATORS['cumulative']}"
        )
    if fund is not None:
        parts.insert(0, capital_words(scheme, fund))
        stops.append(f"liabilities reach {fund.leverage_cap:g} times the fund's net assets")
    if stops:
        parts.append(f"new cover stops when {' or when '.join(stops)}")
    parts.append(f"what the fund cannot pay falls on {NAMES[scheme.insolvent_share_falls_on]}")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."
