"""Contradictions in a scheme, one line each: key, value, what is allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.sharing.layers import POOL, TRANCHES, Layer, quota_blocks
from sim.sharing.scheme_terms import SchemeTerms
from sim.sharing.terms import (
    GUARANTEE_FUND,
    LENDER,
    PARTNER_BANKS,
    PRODUCTS,
)

NEARLY = 1e-9


def problems_of(scheme: SchemeTerms, charge_off_month: int) -> Iterator[str]:
    """Every contradiction in a scheme whose loans are charged off at that many months past due."""
    for index, layer in enumerate(scheme.layers):
        yield from (f"sharing.layers[{index}].{text}" for text in layer_problems(layer))
    yield from quota_problems(scheme.layers)
    yield from overlap_problems(scheme.layers)
    yield from cession_problems(scheme.layers)
    yield from contract_problems(scheme, charge_off_month)
    yield from price_problems(scheme)
    yield from eligibility_problems(scheme)
    yield from partner_problems(scheme)
    yield from backing_problems(scheme)
    yield from end_problems(scheme)
    if scheme.funded:
        yield from joint_problems(scheme)


def named(scheme: SchemeTerms) -> set[str]:
    """Participants that some layer names."""
    return {layer.participant for layer in scheme.layers}


def contract_problems(scheme: SchemeTerms, charge_off_month: int) -> Iterator[str]:
    """Contradictions of trigger, suspension and who stands behind the fund."""
    if scheme.claim_trigger == "months_past_due" and scheme.claim_months_past_due > charge_off_month:
        yield (
            f"sharing.claim_months_past_due: {scheme.claim_months_past_due} lies beyond the charge-off "
            f"at {charge_off_month} months past due"
        )
    rule = scheme.suspension
    if rule.denominator != "none" and rule.resume_below > rule.above:
        yield f"sharing.suspension.resume_below: {rule.resume_below:g} exceeds above={rule.above:g}"
    if rule.denominator != "none" and GUARANTEE_FUND not in named(scheme):
        yield f"sharing.suspension.denominator: {rule.denominator} is a rate of the guarantee_fund, no layer names one"
    if scheme.insolvent_share_falls_on != LENDER and GUARANTEE_FUND not in named(scheme):
        yield (
            f"sharing.insolvent_share_falls_on: {scheme.insolvent_share_falls_on} stands behind a "
            "guarantee_fund, but no layer names one"
        )
    if not scheme.funded and PARTNER_BANKS in named(scheme):
        yield "sharing.funded: partner_banks share a loss only through the loans they fund, set it true"
    for key in ("facilitation_fee", "minimum_lender_share"):
        value = getattr(scheme, key)
        does = "is paid on" if key == "facilitation_fee" else "binds"
        if not scheme.funded and value > 0:
            yield f"sharing.{key}: {value:g} {does} joint loans only, but funded is false"


def price_problems(scheme: SchemeTerms) -> Iterator[str]:
    """Contradictions about who pays which premium for what."""
    basis = scheme.premium_basis
    if basis != "none" and GUARANTEE_FUND not in named(scheme):
        yield f"sharing.premium_basis: {basis} needs a layer of guarantee_fund to pay for"
    if scheme.premium_payer == "borrower" and basis != "upfront":
        yield f"sharing.premium_payer: a borrower pays once, out of the draw; premium_basis is {basis}, not upfront"
    for key in ("premium_subsidy", "premium_rate"):
        if getattr(scheme, key) > 0 and basis == "none":
            yield f"sharing.{key}: {getattr(scheme, key):g} is part of a premium, but premium_basis is none"
    for key in ("leverage_cap", "capital_share"):
        if getattr(scheme, key) > 0 and GUARANTEE_FUND not in named(scheme):
            yield f"sharing.{key}: {getattr(scheme, key):g} is the guarantee_fund's, but no layer names one"
    for index, layer in enumerate(scheme.layers):
        if layer.premium_rate > 0 and layer.participant in (LENDER, GUARANTEE_FUND, PARTNER_BANKS):
            yield (
                f"sharing.layers[{index}].premium_rate: {layer.premium_rate:g} is for re_guarantee_fund, insurer or "
                f"government; {layer.participant} is paid otherwise"
            )


def eligibility_problems(scheme: SchemeTerms) -> Iterator[str]:
    """Contradictions about which loans are covered."""
    rule = scheme.eligible
    if rule.smallest_line > rule.largest_line:
        yield f"sharing.eligible.smallest_line: {rule.smallest_line} exceeds largest_line={rule.largest_line}"
    if rule.lowest_score > rule.highest_score:
        yield f"sharing.eligible.lowest_score: {rule.lowest_score:g} exceeds highest_score={rule.highest_score:g}"
    for sector in sorted({name for name in rule.sectors if rule.sectors.count(name) > 1}):
        yield f"sharing.eligible.sectors: {sector} is named twice"
    for product in rule.products:
        if product not in PRODUCTS:
            yield f"sharing.eligible.products: {product} is not allowed: one of {', '.join(PRODUCTS)}"
    for product in sorted({name for name in rule.products if rule.products.count(name) > 1}):
        yield f"sharing.eligible.products: {product} is named twice"
    if not scheme.layers and not rule.everything:
        yield "sharing.eligible: chooses loans to cover, but no layer covers any"
    if scheme.funded and not rule.everything:
        yield "sharing.eligible: a joint loan covers every new loan; eligible loans are for guarantees"
    if scheme.auction.winners > 0:
        if scheme.funded or not scheme.layers or scheme.layers[0].participant != GUARANTEE_FUND:
            yield "sharing.auction.winners: bidders bid for cover by guarantee_fund, which must be the first layer"
        if scheme.auction.winners > scheme.auction.rivals + 1:
            yield (
                f"sharing.auction.winners: {scheme.auction.winners} exceeds the bidders, "
                f"{scheme.auction.rivals} rivals and the lender"
            )


def partner_problems(scheme: SchemeTerms) -> Iterator[str]:
    """Contradictions about the partner banks of a joint loan."""
    if not scheme.partners:
        return
    if not scheme.funded:
        yield "sharing.partners: partner banks fund joint loans, but funded is false"
    total = sum(partner.share for partner in scheme.partners)
    if abs(total - 1.0) > NEARLY:
        yield f"sharing.partners: shares sum to {total:g}, must be 1"
    for index, partner in enumerate(scheme.partners):
        if partner.return_below > partner.loss_tolerance:
            yield (
                f"sharing.partners[{index}].return_below: {partner.return_below:g} exceeds "
                f"loss_tolerance={partner.loss_tolerance:g}"
            )


def backing_problems(scheme: SchemeTerms) -> Iterator[str]:
    """Contradictions about those with limited means: nobody behind nobody, and no circle."""
    seen: set[str] = set()
    behind: dict[str, set[str]] = {GUARANTEE_FUND: {scheme.insolvent_share_falls_on} - {LENDER}}
    for index, entry in enumerate(scheme.backing):
        where = f"sharing.backing[{index}]"
        taken = named(scheme) | {scheme.insolvent_share_falls_on}
        if entry.participant in seen:
            yield f"{where}.participant: {entry.participant} is named twice"
        if entry.participant not in taken:
            yield f"{where}.participant: {entry.participant} bears nothing under this scheme"
        if entry.falls_on == GUARANTEE_FUND and GUARANTEE_FUND not in named(scheme):
            yield f"{where}.falls_on: guarantee_fund stands behind nothing, no layer names one"
        seen.add(entry.participant)
        if entry.falls_on != LENDER:
            behind.setdefault(entry.participant, set()).add(entry.falls_on)
    for name in behind:
        if name in reachable(name, behind):
            yield f"sharing.backing: {name} would bear what it cannot pay itself (a circle of falls_on)"
            return


def end_problems(scheme: SchemeTerms) -> Iterator[str]:
    """Contradictions about the end of a scheme."""
    end = scheme.wind_down
    if 0 < end.cover_months < end.open_months:
        yield (
            f"sharing.wind_down.cover_months: {end.cover_months} ends the cover before open_months={end.open_months}, "
            "in which new loans are covered"
        )
    if end.cover_months > 0 and end.open_months == 0:
        yield "sharing.wind_down.cover_months: a scheme whose cover ends needs open_months too"
    if end.surplus_to != "nobody" and end.open_months == 0:
        yield f"sharing.wind_down.surplus_to: {end.surplus_to} receives what is left at the end, but open_months is 0"
    for key, neutral in (("at_exhaustion", "run_off"), ("surplus_to", "nobody")):
        if getattr(end, key) != neutral and GUARANTEE_FUND not in named(scheme):
            yield f"sharing.wind_down.{key}: {getattr(end, key)} is about the guarantee_fund, no layer names one"
    if scheme.funded and end.cover_months > 0:
        yield "sharing.wind_down.cover_months: partners own their part of a joint loan to its end"


def joint_problems(scheme: SchemeTerms) -> Iterator[str]:
    """Contradictions of a joint loan: shares of funding, not promises to pay."""
    for index, layer in enumerate(scheme.layers):
        plain = layer.kind == "quota_share" and layer.of == POOL and not layer.capped
        if not plain or layer.deductible > 0 or layer.participant not in (LENDER, PARTNER_BANKS):
            yield (
                f"sharing.layers[{index}]: a joint loan is funded by plain quota shares of lender and "
                "partner_banks, without cap or deductible"
            )
    own = scheme.quota(LENDER)
    if own < scheme.minimum_lender_share - NEARLY:
        yield (
            f"sharing.layers: the lender funds {own:g} of each joint loan, its own minimum is "
            f"{scheme.minimum_lender_share:g} (the floor binds the platform, not the bank)"
        )
    if scheme.covers_existing:
        yield "sharing.covers_existing: a joint loan cannot cover existing loans, partners fund new ones"
    if scheme.quota(PARTNER_BANKS) <= 0:
        yield "sharing.funded: true needs a quota share of partner_banks above 0"


def layer_problems(layer: Layer) -> Iterator[str]:
    """Contradictions inside one layer, without the layer's own address."""
    for key, value in (
        ("share", layer.share),
        ("attachment", layer.attachment),
        ("detachment", layer.detachment),
        ("deductible", layer.deductible),
        ("period_cap", layer.period_cap),
        ("lifetime_cap", layer.lifetime_cap),
    ):
        if not 0.0 <= value <= 1.0:
            yield f"{key}: {value:g} lies outside 0..1"
    if layer.kind == "quota_share" and (layer.attachment > 0 or layer.detachment < 1):
        yield "attachment: a quota share has no bounds, use excess_of_loss"
    elif layer.attachment >= layer.detachment:
        yield f"attachment: {layer.attachment:g} must lie below detachment {layer.detachment:g}"
    if layer.kind == "first_loss" and layer.attachment > 0:
        yield f"attachment: {layer.attachment:g}, a first loss begins at 0; use excess_of_loss"
    for name in ("period_cap", "lifetime_cap"):
        if getattr(layer, name) < 1 and getattr(layer, f"{name}_base") == "none":
            yield f"{name}: {getattr(layer, name):g} needs a base, set {name}_base"
    if layer.of == layer.participant:
        yield f"of: {layer.of} cannot cede to itself"
    if layer.participant == LENDER and layer.of != POOL:
        yield "participant: the lender keeps what is left, it takes no cession of others"


def overlap_problems(layers: tuple[Layer, ...]) -> Iterator[str]:
    """Tranches of one kind and cedent that together take more than the whole of some loss."""
    for index, layer in enumerate(layers):
        for place, other in enumerate(layers[:index]):
            if not (layer.kind in TRANCHES and other.kind in TRANCHES and layer.of == other.of):
                continue
            if (layer.kind == "stop_loss") != (other.kind == "stop_loss"):
                continue
            low = max(layer.attachment, other.attachment)
            high = min(layer.detachment, other.detachment)
            if low < high and layer.share + other.share > 1.0 + NEARLY:
                yield (
                    f"sharing.layers[{index}].attachment: {layer.attachment:g} overlaps layers[{place}] between "
                    f"{low:g} and {high:g}, where both together take {layer.share + other.share:g}, at most 1"
                )


def quota_problems(layers: tuple[Layer, ...]) -> Iterator[str]:
    """Quota shares of the pool must give away exactly the whole; those of a cedent at most it."""
    for start, stop in quota_blocks(layers):
        if layers[start].kind != "quota_share":
            continue
        total = sum(layer.share for layer in layers[start:stop])
        where = f"sharing.layers[{start}..{stop - 1}]"
        if layers[start].of == POOL and abs(total - 1.0) > 1e-9:
            yield f"{where}: shares sum to {total:g}, must be 1 (name the lender's own share)"
        elif layers[start].of != POOL and total > 1.0 + 1e-9:
            yield f"{where}: shares of what {layers[start].of} bears sum to {total:g}, at most 1"


def cession_problems(layers: tuple[Layer, ...]) -> Iterator[str]:
    """Check that a participant cedes only what an earlier layer gave it, and never in a circle."""
    ceded_to: dict[str, set[str]] = {}
    seen = {LENDER}
    for index, layer in enumerate(layers):
        if layer.of != POOL:
            if layer.of not in seen:
                yield (f"sharing.layers[{index}].of: {layer.of} bears nothing yet, its own layer must come first")
            if layer.of in reachable(layer.participant, ceded_to):
                yield (f"sharing.layers[{index}].of: circular cession, {layer.participant} already cedes to {layer.of}")
            ceded_to.setdefault(layer.of, set()).add(layer.participant)
        seen.add(layer.participant)


def reachable(start: str, edges: Mapping[str, set[str]]) -> set[str]:
    """Participants to whom ``start`` cedes, directly or through others."""
    found: set[str] = set()
    frontier = [start]
    while frontier:
        for nearest in edges.get(frontier.pop(), set()) - found:
            found.add(nearest)
            frontier.append(nearest)
    return found
