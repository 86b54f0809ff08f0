"""Schemes in words of both languages: the same numbers, nothing left out, no word of the other language."""

import re
from dataclasses import replace

import pytest

from sim.config.compose import compose
from sim.config.options import option_names
from sim.economy.sectors import SECTORS
from sim.language.words import CHINESE, ENGLISH, Words, texts
from sim.loan.states import PRODUCTS
from sim.sharing.layers import Layer
from sim.sharing.reading import (
    auction_words,
    backing_words,
    capital_words,
    eligible_words,
    end_words,
    fund_words,
    joint_words,
    layer_words,
    layers_words,
    listed,
    partner_words,
    party,
    percent,
    price_words,
    reading,
    trigger_words,
)
from sim.sharing.scheme import Scheme
from sim.sharing.terms import Backing, Eligibility, Partner
from sim.study.store.manifest import language_of, scheme_in_words

ENGLISH_SAY, SAY = Words(ENGLISH), Words(CHINESE)
BOTH = (ENGLISH_SAY, SAY)


def numbers(text: str) -> list[str]:
    return sorted(re.findall(r"[0-9][0-9,.]*[0-9]|[0-9]", text.replace("tier-1", "first")))


def alike(texts_of) -> tuple[str, str]:
    """Both texts, which must hold the same numbers, the second without Latin words."""
    english, chinese = (texts_of(say) for say in BOTH)
    assert numbers(english) == numbers(chinese)
    assert not re.search("[A-Za-z]{2}", chinese), chinese
    return english, chinese


@pytest.mark.parametrize("option", option_names("sharing"))
def test_every_shipped_scheme_says_the_same_in_chinese(option):
    config = compose([f"sharing={option}"])
    english, chinese = alike(lambda say: reading(config.sharing, config.fund, say))
    assert english == reading(config.sharing, config.fund) == scheme_in_words(config)
    assert chinese == scheme_in_words(config, SAY)


def test_shares_stand_in_their_order():
    config = compose(["sharing=scheme_4321"])
    _, chinese = alike(lambda say: reading(config.sharing, config.fund, say))
    shares = re.findall(r"([0-9]+)%", chinese.split(SAY("front_findings.stop"))[0])
    assert shares == ["40", "30", "20", "10"]


def test_kinds_of_layers():
    for kind in ("first_loss", "excess_of_loss", "stop_loss"):
        layer = Layer(kind=kind, share=0.9, attachment=0.02, detachment=0.1, deductible=0.05)
        english, chinese = alike(lambda say, layer=layer: layer_words(layer, say=say))
        assert "90 %" in english and "90%" in chinese
        whole = replace(layer, share=1.0)
        assert "90%" not in layer_words(whole, say=SAY)
    capped = Layer(share=0.8, period_cap=0.03, period_cap_base="guaranteed_volume", lifetime_cap=0.2,
                   lifetime_cap_base="premium_income", of="lender")  # fmt: skip
    _, chinese = alike(lambda say: layer_words(capped, say=say))
    assert party("lender", SAY) in chinese and SAY("front_scheme.base.premium_income") in chinese
    _, chinese = alike(lambda say: layers_words((capped, Layer(participant="lender", share=0.2)), say))
    assert chinese.endswith(SAY("front_scheme.rest"))


def test_who_may_be_covered():
    rule = Eligibility(
        sectors=("agriculture", "technology"), products=("farm",), smallest_line=100_000, largest_line=5_000_000,
        lowest_score=500.0, highest_score=700.0, larger_from=1_000_000, larger_part=0.5,
        better_from=650.0, better_part=0.25,
    )  # fmt: skip
    scheme = Scheme(eligible=rule)
    english, chinese = alike(lambda say: eligible_words(scheme, say))
    assert "agriculture and technology (farm alone)" in english
    assert SAY("front_scheme.sector.agriculture") in chinese and SAY("front_scheme.product.farm") in chinese
    assert [eligible_words(Scheme(), say) for say in BOTH] == ["", ""]


@pytest.mark.parametrize(("trigger", "months", "lag"), [("charge_off", 4, 0), ("past_due", 1, 1), ("past_due", 4, 3)])
def test_when_a_claim_is_paid(trigger, months, lag):
    scheme = Scheme(claim_trigger=trigger, claim_months_past_due=months, payment_lag=lag)
    english, _ = alike(lambda say: trigger_words(scheme, say))
    assert english.endswith("month later") == (lag == 1)


def test_what_stands_behind():
    layer = Layer(participant="insurer", premium_rate=0.03)
    alike(lambda say: price_words(layer, say))
    alike(lambda say: backing_words(Backing(participant="insurer", capital_share=0.5, falls_on="government"), say))
    alike(lambda say: partner_words(Partner(share=0.5, loss_tolerance=0.01, lender_capital_floor=0.08), 2, say))


@pytest.mark.parametrize("option", option_names("sharing"))
def test_every_part_of_a_shipped_scheme(option):
    config = compose([f"sharing={option}"])
    scheme, fund = config.sharing, config.fund
    for part in (auction_words, joint_words):
        alike(lambda say, part=part: part(scheme, say))
    alike(lambda say: fund_words(scheme, fund, say))
    alike(lambda say: fund_words(scheme, None, say))
    alike(lambda say: capital_words(scheme, fund, say))
    alike(lambda say: " ".join(end_words(scheme, say)))
    rules = {rule: replace(fund, premium_rule=rule) for rule in ("risk_based", "experience_rated")}
    for rule, priced in rules.items():
        alike(lambda say, priced=priced: fund_words(scheme, priced, say))
        assert rule != fund.premium_rule or priced == fund


def test_sectors_products_and_percentages_have_words():
    for kind, names in (("sector", SECTORS), ("product", PRODUCTS)):
        found = {key.rpartition(".")[2] for key in texts(CHINESE) if key.startswith(f"front_scheme.{kind}.")}
        assert found == set(names)
        assert [ENGLISH_SAY(f"front_scheme.{kind}.{name}") for name in names] == [n.replace("_", " ") for n in names]
    assert [percent(0.82354, say, 4) for say in BOTH] == ["82.35 %", "82.35%"]
    assert [listed(["a"], say) for say in BOTH] == ["a", "a"] and listed(["a", "b", "c"], ENGLISH_SAY) == "a, b and c"


def test_the_manifest_holds_the_scheme_in_the_language_of_the_study_beside_english():
    assert language_of(compose([])) == ENGLISH and language_of(compose(["report.language=zh"])) == CHINESE
    assert language_of(object()) == ENGLISH
