"""An analyst's question from end to end: farm and factory firms, four bearers with a cap against one guarantee fund."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from rich.console import Console

from sim.config.job import plan
from sim.language.words import LANGUAGES, Words
from sim.office.writing import write_memo
from sim.reports import tell
from sim.reports.folder import read_study
from sim.reports.verdict import scorecard, sentences, verdict_of
from sim.reports.verdict.telling import Telling
from sim.study.run.runner import run_study

PACKAGE = """
parent: lenient
change:
  sharing: {scheme}
  sharing.eligible.sectors: [agriculture, manufacturing]
  sharing.eligible.products: [working_capital, farm]
  sharing.suspension.above: 0.05
meaning: As lenient, but {scheme} covers new loans to firms on farms and in factories.
"""
PLACES = ("calm", "severe_recession", "harvest_failure")
MONTHS = 24
PAYERS = ("fund_result", "reguarantee_result", "government_result", "public_result")


@pytest.fixture(scope="module")
def answer(tmp_path_factory):
    """The study's folder, and what was printed when it ended."""
    folder = tmp_path_factory.mktemp("question")
    for scheme in ("scheme_4321", "guarantee_80_20"):
        (folder / f"farm_{scheme}.yaml").write_text(PACKAGE.format(scheme=scheme))
    packages = ",".join(str(folder / f"farm_{scheme}.yaml") for scheme in ("guarantee_80_20", "scheme_4321"))
    given = [
        f"study.arms=[{packages}]", "study.baseline=farm_guarantee_80_20", f"study.scenarios=[{','.join(PLACES)}]",
        "population.borrowers=1500", "firms.per_person=0.2", f"study.months={MONTHS}", "study.burn_in=6",
        "study.replications=2", "machine.workers=1",
    ]  # fmt: skip
    said = io.StringIO()
    run_study(plan(given), folder / "out", console=Console(file=said, width=100), report=tell)
    return folder / "out", said.getvalue()


def plain(text):
    return " ".join(text.replace("\N{NARROW NO-BREAK SPACE}", " ").split())


def test_the_verdict_is_that_of_the_tables_to_the_digit(answer):
    folder, _ = answer
    summary = pd.read_csv(folder / "summary.csv").set_index(["arm", "scenario", "metric"])
    pair = verdict_of(read_study(folder)).pairs[0]
    assert (pair.arm, pair.parent) == ("farm_scheme_4321", "farm_guarantee_80_20")
    assert set(pair.payers) == set(PAYERS)
    for name in PAYERS:
        for one in pair.of(name):
            row = summary.loc[(pair.arm, one.scenario, name)]
            assert one.level == pytest.approx(MONTHS * row["mean"], rel=1e-8)
            assert one.difference == pytest.approx(MONTHS * row["difference"], rel=1e-8, abs=1e-3)
    card = scorecard(read_study(folder)).set_index(["arm", "scenario", "figure"])
    stored = pd.read_csv(folder / "scorecard.csv").set_index(["arm", "scenario", "figure"])
    for place in PLACES:
        ours = card.loc[pair.arm].loc[place]["value"]
        assert ours["public_result"] == pytest.approx(ours[list(PAYERS[:3])].sum())
        assert ours["public_result"]
        assert stored.loc[(pair.arm, place, "public_result"), "value"] == pytest.approx(ours["public_result"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_names_what_each_payer_pays_under_each(answer, language):
    folder, _ = answer
    say = Words(language)
    verdict = verdict_of(read_study(folder))
    (who_pays, *_) = dict(sentences(verdict, say))[say("verdict.who_pays")]
    for party in ("public_side", "guarantee_fund", "re_guarantee_fund", "government"):
        assert say(f"party.{party}") in who_pays
    telling = Telling(say, PLACES)
    found = verdict.pairs[0].of("public_result")
    for level in ("level", "parent_level"):
        paid = [getattr(one, level) for one in found if getattr(one, level) < 0]
        assert paid and telling.money(paid) in who_pays


@pytest.mark.parametrize("language", LANGUAGES)
def test_claims_are_on_farms_and_factories_alone(answer, language):
    """The verdict names the segments, and their parts are those of the table of segments."""
    folder, _ = answer
    study, say = read_study(folder), Words(language)
    verdict = verdict_of(study)
    assert verdict.claimants
    texts = dict(sentences(verdict, say))[say("verdict.claimants")]
    assert len(texts) == len(verdict.claimants)
    for text, (arm, parts) in zip(texts, verdict.claimants.items(), strict=True):
        assert {name.split()[0] for name in parts} <= {"agriculture", "manufacturing"}
        assert say(f"front_segment.name.{next(iter(parts)).split()[0]}") in text
        firms = study.segments[(study.segments["arm"] == arm) & (study.segments["dimension"] == "sector_size")]
        for place, part in parts[next(iter(parts))].items():
            claims = firms[firms["scenario"] == place].groupby("segment")["claims"].sum()
            assert part == pytest.approx(claims[next(iter(parts))] / claims.sum())


def raw(folder):
    """The months as they are stored, read without the program."""
    return pd.concat([pd.read_parquet(file) for file in sorted((folder / "results").glob("*.parquet"))])


def amount(yuan, language):
    """Digits of yuan in the unit that a language counts in, by a rule of its own."""
    size = 1.0 if yuan < 10_000 else 10_000.0 if language == "zh" else 1_000.0 if yuan < 1e6 else 1e6
    return f"{yuan / size:.{0 if size == 1.0 else 2 if yuan < 10 * size else 1}f}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_becomes_of_each_fund_is_that_of_the_months(answer, language):
    """Capital, claims paid when due, lending without cover and the lender's part, row by row of the stored months."""
    folder, _ = answer
    say = Words(language)
    texts = dict(sentences(verdict_of(read_study(folder)), say))[say("verdict.fund")]
    months = raw(folder)
    assert len(texts) == 2
    for text, arm in zip(texts, ("farm_guarantee_80_20", "farm_scheme_4321"), strict=True):
        assert f"`{arm}`" in text
        shares, kept, ends = [], [], []
        for place in PLACES:
            whole = lent = lost = borne = 0.0
            end = []
            for _, run in months[(months["arm"] == arm) & (months["scenario"] == place)].groupby("replication"):
                run = run.sort_values("month")
                was = 0.0
                for month in run.itertuples():
                    lent += (month.drawn - month.guaranteed_lending) * (was >= 1)
                    whole += month.drawn
                    lost += month.charged_off - month.recovered
                    borne += month.loss_lender
                    was = month.fund_state
                end.append(run["fund_capital"].iloc[-1])
            ends.append(abs(sum(end) / len(end)) / 100)
            shares += [100 * lent / whole] if lent else []
            kept.append(100 * borne / lost)
        assert all(amount(end, language) in text.replace("\N{NARROW NO-BREAK SPACE}", "") for end in ends)
        for parts in (shares, kept):
            told = sorted({f"{part:.1f}" for part in (min(parts), max(parts))}, key=float)
            assert (
                say("unit.percent", amount=told[0] if len(told) == 1 else say("unit.range", low=told[0], high=told[1]))
                in text
            )


def test_public_cost_of_a_loan_and_a_job_is_that_of_the_months(answer):
    """Run by run from the stored months; whether anything is added for sure decides what is said."""
    folder, _ = answer
    months = raw(folder).fillna(0.0).assign(replenishment=0.0)  # nobody tops the fund up
    verdict = verdict_of(read_study(folder))
    pair = verdict.pairs[0]
    for place in PLACES:
        cost, loans, jobs = [], [], []
        for _, run in months[months["scenario"] == place].groupby("replication"):
            ours, theirs = (run[run["arm"] == name].sort_values("month") for name in (pair.arm, pair.parent))
            cost.append(sum(
                sign * (one["government_cost"].sum() - one["replenishment"].sum() - one["net_reguarantee"].sum()
                        + one["fund_put_in"].iloc[-1] - one["fund_capital"].iloc[-1])
                for sign, one in ((1, ours), (-1, theirs))
            ))  # fmt: skip
            loans.append(sum(
                sign * (one["approvals"] + one["firm_approval_rate"] * one["firm_applications_decided"]).sum()
                for sign, one in ((1, ours), (-1, theirs))
            ))  # fmt: skip
            jobs.append(ours["staff"].mean() - theirs["staff"].mean())
        # the same cost as the scorecard's, from other columns
        (public,) = [one for one in pair.of("public_result") if one.scenario == place]
        assert sum(cost) / len(cost) == pytest.approx(-public.difference, rel=1e-6, abs=1.0)
        for what, added in (("loans", loans), ("jobs", jobs)):
            (one,) = [one for one in verdict.worth[pair.arm, pair.parent] if (one.scenario, one.what) == (place, what)]
            mean, gap = sum(added) / 2, abs(added[0] - added[1]) / 2
            paid, wide = sum(cost) / 2, abs(cost[0] - cost[1]) / 2
            sure = mean > 12.7062 * gap  # Student's, one degree of freedom; the error of two is half their distance
            assert (one.state == "none_added") == (not sure)
            if sure and paid > 12.7062 * wide:
                assert one.each == pytest.approx(sum(cost) / sum(added))


def test_the_memo_says_it_too(answer):
    """Payers' cost, the segments and the cap: what an analyst hands on is what the verdict says."""
    docx = pytest.importorskip("docx", reason="needs creditcycle[office]: make extras")
    folder, _ = answer
    write_memo(folder)
    document = docx.Document(str(folder / "memo.docx"))
    text = plain(" ".join(paragraph.text for paragraph in document.paragraphs))
    told = dict(sentences(verdict_of(read_study(folder)), Words()))
    for key in (
        "verdict.short",
        "verdict.who_pays",
        "verdict.claimants",
        "verdict.fund",
        "verdict.worth",
        "verdict.beware",
    ):
        for one in told[Words()(key)]:
            assert plain(one.replace("`", "")) in text, key


def test_the_gauge_of_the_cap_is_that_of_the_months(answer):
    folder, _ = answer
    study = read_study(folder)
    table = verdict_of(study).gauges
    capped = table[(table["gauge"] == "released") & (table["arm"] == "farm_scheme_4321")]
    assert list(capped["scenario"]) == list(PLACES) and set(capped["cap"]) == {0.05}
    for row in capped.itertuples():
        rates = study.paths(row.scenario, row.arm, "compensation_rate_released")
        states = study.paths(row.scenario, row.arm, "fund_state")
        assert row.highest_high == rates.max() and row.runs_above == (rates.max(axis=1) > 0.05).sum()
        for rate, state in zip(rates, states, strict=True):
            if (rate > 0.05).any():  # the month in which the rate passes its cap is the last with new cover
                assert state[(rate > 0.05).argmax()] >= 1
    assert capped["runs_above"].sum() > 0 and (capped["reopened_runs"] == 0).all()


def test_the_terminal_ends_with_it_before_the_tables(answer):
    folder, said = answer
    bottom, beware = said.index("In short"), said.index("What to beware of")
    assert bottom < beware < said.index("calm, 24 months") < said.index(str(folder / "report.html"))
    page = (folder / "report.html").read_text()
    assert page.index("The bottom line") < page.index("Scorecard: who gains") < page.index("Caps of the schemes")
    (_, (first, *_)), *_ = sentences(verdict_of(read_study(folder)), Words())
    assert plain(first.replace("`", "")) in plain(said)
