"""The verdict in one sentence: for whom a package is better, at whose cost, and nothing that noise may have made."""

import pytest

from sim.language.words import LANGUAGES, Words
from sim.reports.folder import Arm
from sim.reports.verdict import sentences, verdict_of
from sim.reports.verdict.measures import BY_FIGURE, MEASURES
from sim.reports.verdict.short import COUNTS, LEAST, Side, matters, public_payers, sides_of, told
from sim.reports.verdict.telling import Telling
from tests.reports.small import PLACES, given, study_of

SAY = Words()


def both(**new):
    """Figures of two packages; each of the new one by its difference and half its interval in the two economies."""
    kinds = {name: 1e6 if BY_FIGURE[name].kind == "money" else 1.0 for name in new}
    old = {name: [given(kinds[name])] * 2 for name in new}
    return {"old": old, "new": {name: [given(kinds[name] + gap, gap, half) for gap, half in told]
                                for name, told in new.items()}}  # fmt: skip


def said(figures, say=SAY, **more):
    found = told(verdict_of(study_of(figures, **more)), Telling(say, PLACES))
    return " ".join(found).replace("\N{NARROW NO-BREAK SPACE}", " ")


def sides(figures):
    return sides_of(verdict_of(study_of(figures)).pairs[0])


GAIN, LOSS, OPEN = [(1e4, 1.0)] * 2, [(-1e4, 1.0)] * 2, [(1e4, 2e4)] * 2
UP, DOWN = [(0.1, 0.01)] * 2, [(-0.1, 0.01)] * 2


def test_it_says_for_whom_and_at_whose_cost():
    text = said(both(lender_profit=GAIN, fund_result=LOSS, public_result=LOSS, approval_rate=UP))
    assert text == (
        "Neither package is better for everybody. `new`, compared with `old`: better for the lender (profit "
        "1 000 yuan "
        "higher) and borrowers (requests approved 10.0 percentage points higher), at the cost of the guarantee "
        "fund (result "
        "1 000 yuan lower)."
    )
    public = said(both(lender_profit=GAIN, fund_result=LOSS, government_result=LOSS, public_result=LOSS))
    assert "at the cost of the public side" in public


def test_what_noise_may_have_made_is_never_named():
    assert said(both(lender_profit=OPEN, approval_rate=[(0.1, 0.2)] * 2)) == (
        "`new`, compared with `old`: in profit, what payers pay, access and cost of credit, firms and jobs "
        "no difference that matters and can be told from chance."
    )
    text = said(both(lender_profit=OPEN, approval_rate=UP))
    assert text.endswith(
        ": better for borrowers (requests approved 10.0 percentage points higher), clearly worse for nobody."
    )
    assert "lender" not in text and "Neither" not in text
    assert said(both(lender_profit=LOSS, approval_rate=[(0.1, 0.2)] * 2)).endswith(
        ": worse for the lender (profit 1 000 yuan lower), clearly better for nobody."
    )
    assert said(both(lender_profit=GAIN), runs=1) == SAY("short.one_run")


@pytest.mark.parametrize("figure", LEAST)
def test_a_difference_too_small_to_matter_puts_nobody_on_a_side(figure):
    measure = BY_FIGURE[figure]
    unit = 1e6 if measure.kind == "money" else 1.0  # the loans are a million fen, too
    flow = 10.0 if measure.figure == "other_losses" else 1.0
    for factor, there in ((1.01, True), (0.99, False)):
        gap = factor * LEAST[figure] * unit / flow
        found = verdict_of(study_of(both(**{figure: [(gap, gap / 10)] * 2}))).pairs[0].of(figure)[0]
        assert matters(found) is there, figure
    assert matters(verdict_of(study_of(both(lender_profit=[(1e-6, 1e-9)] * 2))).pairs[0].of("lender_profit")[0])


def test_sides_go_by_what_is_good_for_whom_and_where():
    calm, severe = PLACES
    assert sides(both(firm_failures=DOWN, staff=DOWN)) == {"firms": Side(better=PLACES), "jobs": Side(worse=PLACES)}
    assert sides(both(borrowers_cost=UP)) == {"borrowers": Side(worse=PLACES)}
    assert sides(both(lender_profit=[GAIN[0], LOSS[0]])) == {"lender": Side((calm,), (severe,))}
    assert sides(both(lender_profit=[OPEN[0], GAIN[0]])) == {"lender": Side((severe,))}
    assert sides(both(firm_failures=UP, output=GAIN)) == {"firms": Side(PLACES, PLACES)}
    assert {name for counts in COUNTS.values() for name in counts} <= {measure.figure for measure in MEASURES}
    assert set(LEAST) <= {name for counts in COUNTS.values() for name in counts} | {"other_losses"}


def test_an_economy_is_named_where_not_all_agree():
    text = said(both(lender_profit=[OPEN[0], GAIN[0]], approval_rate=UP))
    assert "better for the lender (profit 1 000 yuan higher in a severe recession) and borrowers" in text
    text = said(both(lender_profit=[GAIN[0], LOSS[0]], firm_failures=UP))
    assert text == (
        "Neither package is better for everybody. `new`, compared with `old`: worse for firms (failures: 1.0 more), in "
        "part better, in part worse for the lender (better in calm years, worse in a severe recession)."
    )


def test_the_only_payer_of_the_public_side_goes_by_its_name():
    figures = both(fund_result=LOSS, public_result=LOSS)
    assert public_payers(verdict_of(study_of(figures)).pairs) == ["guarantee_fund"]
    more = both(fund_result=LOSS, government_result=LOSS, public_result=LOSS)
    assert set(public_payers(verdict_of(study_of(more)).pairs)) == {"guarantee_fund", "government"}


def test_of_many_packages_parties_are_named_without_figures():
    figures = both(lender_profit=GAIN, firm_failures=UP)
    figures["worse"] = {
        "lender_profit": [given(0.0, *one) for one in LOSS],
        "firm_failures": figures["old"]["firm_failures"],
    }
    figures["mixed"] = {"lender_profit": [given(0.0, *one) for one in (GAIN[0], LOSS[0])]}
    arms = [Arm("old"), Arm("new", "old"), Arm("worse", "old"), Arm("mixed", "old")]
    text = said(figures, arms=arms)
    assert text.startswith("No package is better for everybody than the one it is set against. `new`")
    assert "`new`, compared with `old`: better for the lender, at the cost of firms." in text
    assert "`worse`, compared with `old`: worse for the lender, clearly better for nobody." in text
    assert "`mixed`, compared with `old`: in part better, in part worse for the lender (better in calm years, " in text
    assert "yuan" not in text
    figures["worse"]["lender_profit"][0] = given(0.0, *OPEN[0])
    assert "`worse`, compared with `old`: worse for the lender (in a severe recession), clearly" in said(
        figures, arms=arms
    )
    figures["new"].pop("firm_failures")
    assert "No package" not in said(figures, arms=arms)


def test_a_package_alone_is_compared_with_nothing():
    assert said({"old": {}}, arms=[Arm("old")]) == SAY("short.no_pair")
    figures = both(lender_profit=GAIN)
    assert said(figures, arms=[Arm("new")]) == SAY("short.alone", arm="`new`")
    assert said(figures, arms=[Arm("old"), Arm("new")]) == SAY("short.no_pair")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_comes_first_in_both_languages(language):
    say = Words(language)
    study = study_of(both(lender_profit=GAIN, approval_rate=DOWN))
    heading, (first, text) = sentences(verdict_of(study), say)[0]
    assert heading == say("verdict.short") and first == say("short.none_alone")
    assert say("short.party.lender") in text and say("short.party.borrowers") in text
    assert [first, text] == told(verdict_of(study), Telling(say, PLACES))
