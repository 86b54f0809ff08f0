"""A scheme in plain words: what a contract says, in one or two sentences of a language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.language.words import Words
from sim.sharing.fund import FundSettings
from sim.sharing.layers import POOL, Layer, quota_blocks
from sim.sharing.scheme import Scheme
from sim.sharing.terms import GUARANTEE_FUND, LENDER, PARTNER_BANKS, Backing, Eligibility, Partner

IN_ENGLISH = Words()


def percent(fraction: float, say: Words, digits: int = 6) -> str:
    """Write a fraction as a percentage without needless digits."""
    return say("front_scheme.percent", amount=f"{100 * fraction:.{digits}g}")


def reading(scheme: Scheme, fund: FundSettings | None = None, say: Words = IN_ENGLISH) -> str:
    """Say what the scheme does, and what the fund behind it may do when one is given.

    Parameters
    ----------
    scheme : Scheme
        A scheme that has passed its check.
    fund : FundSettings, optional
        Adds the price of the guarantee and the leverage cap.
    say : Words, optional
        Texts of the language.
    """
    if all(layer.participant == LENDER for layer in scheme.layers):
        return say("front_scheme.lender_alone")
    scope = say("front_scheme.all_loans" if scheme.covers_existing else "front_scheme.new_loans")
    if scheme.funded:
        first = joint_words(scheme, say)
    else:
        layers, trigger = layers_words(scheme.layers, say), trigger_words(scheme, say)
        first = say("front_scheme.layered", layers=layers, trigger=trigger)
    sentences = [say("front_scheme.whole", scope=scope, eligible=eligible_words(scheme, say), first=first)]
    if scheme.auction.winners > 0:
        sentences.append(auction_words(scheme, say))
    sentences += [partner_words(partner, place, say) for place, partner in enumerate(scheme.partners, 1)]
    if any(layer.participant == GUARANTEE_FUND for layer in scheme.layers):
        sentences.append(fund_words(scheme, fund and scheme.fund_terms(fund), say))
    sentences += [price_words(layer, say) for layer in scheme.layers if layer.premium_rate > 0]
    sentences += [backing_words(entry, say) for entry in scheme.backing]
    sentences += end_words(scheme, say)
    return say("front_scheme.sentences", first=sentences[0], rest="".join(_after(sentences[1:], say)))


def _after(sentences: Iterable[str], say: Words) -> list[str]:
    return [say("front_scheme.sentence", text=text) for text in sentences]


def party(name: str, say: Words) -> str:
    """Name a participant as a sentence does."""
    return say(f"front_scheme.party.{name}")


def _amount(fen: float, say: Words) -> str:
    """Write an amount in the currency of `say`, with two decimals and without its unit: ``-1,234.56``."""
    return f"{fen / say.fen:,.2f}"


def _capital(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"


def eligible_words(scheme: Scheme, say: Words) -> str:
    """Say which loans are covered; nothing where all of them are."""
    rule, plain = scheme.eligible, Eligibility()
    sectors = listed([say(f"front_scheme.sector.{name}") for name in rule.sectors], say)
    products = listed([say(f"front_scheme.product.{name}") for name in rule.products], say)
    better, larger = percent(rule.better_part, say, 4), percent(rule.larger_part, say, 4)
    parts = (
        (bool(rule.sectors), "sectors", {"sectors": sectors}),
        (bool(rule.products), "products", {"products": products}),
        (rule.smallest_line > 0, "smallest", {"amount": _amount(rule.smallest_line, say)}),
        (rule.largest_line < plain.largest_line, "largest", {"amount": _amount(rule.largest_line, say)}),
        (rule.lowest_score > plain.lowest_score, "lowest", {"score": f"{rule.lowest_score:g}"}),
        (rule.highest_score < plain.highest_score, "highest", {"score": f"{rule.highest_score:g}"}),
        (rule.larger_part < 1, "larger", {"amount": _amount(rule.larger_from, say), "part": larger}),
        (rule.better_part < 1, "better", {"score": f"{rule.better_from:g}", "part": better}),
    )
    return "".join(say(f"front_scheme.eligible.{key}", **blanks) for true, key, blanks in parts if true)


def auction_words(scheme: Scheme, say: Words) -> str:
    """Say how rights to guarantees are given away."""
    rule = scheme.auction
    return say("front_scheme.auction", winners=rule.winners, bidders=rule.rivals + 1, rights=percent(rule.rights, say))


def partner_words(partner: Partner, place: int, say: Words) -> str:
    """Say what bounds one partner bank and what makes it withdraw."""
    here, everywhere = percent(partner.one_platform_cap, say), percent(partner.all_platforms_cap, say)
    text = say("front_scheme.partner", place=place, share=percent(partner.share, say), here=here, all=everywhere)
    if partner.loss_tolerance < 1:
        text += say("front_scheme.partner_loss", share=percent(partner.loss_tolerance, say))
    if partner.lender_capital_floor > 0:
        text += say("front_scheme.partner_capital", share=percent(partner.lender_capital_floor, say))
    return text + say("front_findings.stop")


def price_words(layer: Layer, say: Words) -> str:
    """Say what a layer costs and who pays for it."""
    payer = party(LENDER if layer.of == POOL else layer.of, say)
    rate, whom = percent(layer.premium_rate, say), party(layer.participant, say)
    return say("front_scheme.price", payer=_capital(payer), whom=whom, rate=rate)


def backing_words(entry: Backing, say: Words) -> str:
    """Say what stands behind a guarantor and who bears what it cannot pay."""
    who, heir = party(entry.participant, say), party(entry.falls_on, say)
    return say("front_scheme.backing", who=_capital(who), share=percent(entry.capital_share, say), heir=heir)


def end_words(scheme: Scheme, say: Words) -> list[str]:
    """Say when a scheme closes, when its cover ends, and what becomes of the rest."""
    end, sentences = scheme.wind_down, []
    if end.open_months > 0:
        ends = say("front_scheme.end_shared", months=end.cover_months) if end.cover_months else ""
        heir = say("front_scheme.end_heir", heir=party(end.surplus_to, say)) if end.surplus_to != "nobody" else ""
        sentences.append(say("front_scheme.end", months=end.open_months, ends=ends, heir=heir))
    if end.at_exhaustion == "cut_off":
        sentences.append(say("front_scheme.cut_off"))
    return sentences


def listed(words: Sequence[str], say: Words, key: str = "list") -> str:
    """Join words with commas and a last ``and``, those of a section of texts."""
    return say(f"{key}.and").join([say(f"{key}.comma").join(words[:-1]), words[-1]] if len(words) > 1 else words)


def joint_words(scheme: Scheme, say: Words) -> str:
    """Say who funds which part of a joint loan."""
    own, partner = percent(scheme.quota(LENDER), say), percent(scheme.quota(PARTNER_BANKS), say)
    text = say("front_scheme.joint", own=own, partner=partner)
    if scheme.facilitation_fee > 0:
        text += say("front_scheme.joint_fee", fee=percent(scheme.facilitation_fee, say))
    return text


def layers_words(layers: Sequence[Layer], say: Words) -> str:
    """Say what the layers take, in their order."""
    clauses = []
    for start, stop in quota_blocks(tuple(layers)):
        words = [layer_words(layer, first=index == 0, say=say) for index, layer in enumerate(layers[start:stop])]
        clauses.append(listed(words, say, "front_scheme"))
    text = say("front_scheme.then").join(clauses)
    if any(layer.capped or layer.kind != "quota_share" for layer in layers):
        text += say("front_scheme.rest")
    return text


def layer_words(layer: Layer, first: bool = True, say: Words = IN_ENGLISH) -> str:
    """Say what one layer takes; the later shares of a block need not say again of what."""
    verb = {LENDER: "keeps", PARTNER_BANKS: "take"}.get(layer.participant, "takes")
    share = "" if layer.share == 1 else say("front_scheme.share_of", share=percent(layer.share, say))
    low, high = percent(layer.attachment, say), percent(layer.detachment, say)
    if layer.kind == "quota_share":
        what = say("front_scheme.each_loss" if first else "front_scheme.again", share=percent(layer.share, say))
    elif layer.kind == "first_loss":
        what = say("front_scheme.first_loss", share=share, high=high)
    else:
        what = say(f"front_scheme.{layer.kind}", share=share, low=low, high=high)
    if layer.of != POOL and first:
        what = say("front_scheme.ceded", what=what, who=party(layer.of, say))
    if layer.deductible > 0:
        what = say("front_scheme.deductible", what=what, share=percent(layer.deductible, say))
    caps = [
        say(f"front_scheme.{period}", cap=percent(cap, say), base=say(f"front_scheme.base.{base}"))
        for cap, base, period in (
            (layer.period_cap, layer.period_cap_base, "cap_a_year"),
            (layer.lifetime_cap, layer.lifetime_cap_base, "cap_in_all"),
        )
        if base != "none"
    ]
    limit = say("front_scheme.until", caps=say("front_scheme.or").join(caps)) if caps else ""
    return say(f"front_scheme.{verb}", who=party(layer.participant, say), what=what) + limit


def trigger_words(scheme: Scheme, say: Words) -> str:
    """Say when a loss becomes a claim and when it is paid."""
    if scheme.claim_trigger == "charge_off":
        when = say("front_scheme.charged_off")
    elif scheme.claim_months_past_due == 1:
        when = say("front_scheme.overdue")
    else:
        when = say("front_scheme.past_due", days=30 * (scheme.claim_months_past_due - 1))
    lag = scheme.payment_lag
    paid = say("front_scheme.paid_one" if lag == 1 else "front_scheme.paid", months=lag) if lag else ""
    return f"{when}{paid}"


def capital_words(scheme: Scheme, fund: FundSettings, say: Words) -> str:
    """Say what the fund starts with, and what that is a share of."""
    if fund.capital > 0:
        return say("front_scheme.starts_with", amount=_amount(fund.capital, say))
    base = say("front_scheme.book" if scheme.eligible.everything else "front_scheme.covered_book")
    return say("front_scheme.starts_with_share", share=percent(fund.capital_share, say), base=base)


def fund_words(scheme: Scheme, fund: FundSettings | None, say: Words) -> str:
    """Say what the guarantee costs, when it stops and who stands behind it."""
    parts = [] if fund is None else [capital_words(scheme, fund, say)]
    if scheme.premium_basis != "none":
        parts.append(_premium(scheme, fund, say))
        if scheme.premium_subsidy > 0:
            parts.append(say("front_scheme.subsidy", share=percent(scheme.premium_subsidy, say)))
    stops, stop = [], scheme.suspension
    if stop.denominator != "none":
        key = "compensation" if stop.denominator == "cumulative" else "compensation_year"
        of = say(f"front_scheme.denominator.{stop.denominator}")
        stops.append(say(f"front_scheme.{key}", share=percent(stop.above, say), of=of))
    if fund is not None:
        stops.append(say("front_scheme.leverage", times=f"{fund.leverage_cap:g}"))
    if stops:
        parts.append(say("front_scheme.stops", when=say("front_scheme.or_when").join(stops)))
    parts.append(say("front_scheme.falls_on", who=party(scheme.insolvent_share_falls_on, say)))
    return _capital(say("list.semicolon").join(parts)) + say("front_findings.stop")


def _premium(scheme: Scheme, fund: FundSettings | None, say: Words) -> str:
    """Say who pays which premium on what."""
    price = say("front_scheme.a_premium") if fund is None else percent(fund.premium_rate, say)
    if fund is not None and fund.premium_rule != "flat":
        by = say("front_scheme.by_risk" if fund.premium_rule == "risk_based" else "front_scheme.by_experience")
        low, high = percent(fund.premium_floor, say), percent(fund.premium_ceiling, say)
        price = say("front_scheme.premium_by", low=low, high=high, by=by)
    often = say("front_scheme.a_year" if scheme.premium_basis == "annual" else "front_scheme.once")
    whole = "all_covered" if scheme.in_part else "whole_loan"
    base = say(f"front_scheme.{'guaranteed_part' if scheme.premium_on == 'guaranteed' else whole}")
    payer = say(f"front_scheme.payer.{scheme.premium_payer}")
    return say("front_scheme.premium", payer=payer, price=price, often=often, base=base)
