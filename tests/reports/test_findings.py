"""Sentences follow the data: direction, size, and silence where the interval covers zero."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.reports.chapters.causes import cause_table, causes_of, support_table
from sim.reports.chapters.comparison import main_table
from sim.reports.chapters.tails import holm_sentence
from sim.reports.drawing.forest import differences_figure
from sim.reports.drawing.fund import first_months
from sim.reports.folder import Estimate, Study, read_study
from sim.reports.page import render
from sim.reports.words import findings, payers
from tests.reports.synthetic import SCENARIOS, write_study


def study_of(
    tmp_path: Path, effect: float, *, noise: float = 0.002, replications: int = 10, approval: float = 0.0
) -> Study:
    packages = [("plain", "", "", "", 0.0, 0.0), ("changed", "plain", "one key", "", effect, approval)]
    return read_study(
        write_study(
            tmp_path / "study",
            packages=packages,
            scenarios=SCENARIOS[:2],
            replications=replications,
            noise=noise,
        )
    )


@pytest.mark.parametrize(("effect", "word", "other"), [(-0.01, "less", "more"), (0.01, "more", "less")])
def test_direction_changes_with_the_data(tmp_path: Path, effect: float, word: str, other: str) -> None:
    sentence = findings.loss(study_of(tmp_path, effect), "severe_recession", "changed")
    assert f") {word} than its parent `plain`" in sentence
    assert f") {other} than" not in sentence
    assert ", 1.0" in sentence or ", 0.99" in sentence


def test_no_direction_where_the_interval_covers_zero(tmp_path: Path) -> None:
    study = study_of(tmp_path, 0.00001, noise=0.02)
    assert study.estimate("severe_recession", "changed", "loss_rate").direction == 0
    sentence = findings.loss(study, "severe_recession", "changed")
    assert "no direction can be named for the difference from its parent `plain`" in sentence
    assert re.search(r"points \(\u2212[\d.]+ to \+[\d.]+\)", sentence)  # and how much may hide there
    assert " less " not in sentence
    assert " more " not in sentence


def test_no_sentence_reads_a_wide_interval_as_equality(tmp_path: Path) -> None:
    """Every sentence of the summary names the interval where it names no direction, and calls equal what is equal."""
    study = study_of(tmp_path, 0.00001, noise=0.02)
    key = ("severe_recession", "changed")
    same = ("loss_rate", "approval_rate", "access_all", "lender_profit")
    assert all(study.estimate(*key, name).direction == 0 for name in same)
    said = " ".join(text for _, sentences in findings.headline(study) for text in sentences)
    assert said.count("direction") == 4 and "identical" not in said
    assert len(re.findall(r"\u2212[\d.\u202f]+ to \+[\d.\u202f]+\)", said)) == 4
    for word in ("unchanged", "no difference", "no effect", "the same as", "told apart", "told from zero"):
        assert word not in said
    for name in same:
        old = study.estimate(*key, name)
        study._estimates[(*key, name)] = replace(old, difference=0.0, difference_low=0.0, difference_high=0.0)
    said = " ".join(text for _, sentences in findings.headline(study) for text in sentences)
    assert said.count("identical to") == 4 and "direction" not in said
    table = main_table(study, "severe_recession", "Main")
    assert table.count("identical in every run") == 3  # loss rate, approval, profit: the main figures among them


def test_one_replication_gives_no_comparison(tmp_path: Path) -> None:
    study = study_of(tmp_path, 0.02, replications=1)
    sentence = findings.loss(study, "calm", "changed")
    assert "n/a" in sentence
    assert " less " not in sentence
    assert " more " not in sentence
    assert "n/a" in findings.against_parents(study, "calm", "approval_rate", "Approval")


@pytest.mark.parametrize(("effect", "word", "other"), [(-0.05, "lower", "higher"), (0.05, "higher", "lower")])
def test_access_names_the_direction(tmp_path: Path, effect: float, word: str, other: str) -> None:
    study = study_of(tmp_path, 0.0, approval=effect)
    sentence = findings.against_parents(study, "calm", "approval_rate", "The share of requests approved")
    assert f"{word} than in the parent in `changed`" in sentence
    assert other not in sentence


def test_missing_metric_gives_no_sentence(tmp_path: Path) -> None:
    study = read_study(write_study(tmp_path / "s", replications=3, without=("approval_rate",), scenarios=SCENARIOS[:1]))
    assert findings.against_parents(study, "calm", "approval_rate", "Approval") == ""
    assert "n/a" in findings.loss(study, "no_such_scenario", "limits")


def test_severest_scenario_is_where_the_root_loses_most(tmp_path: Path) -> None:
    study = study_of(tmp_path, 0.0)
    assert findings.severest(study) == "severe_recession"
    titles = [title for title, _ in findings.headline(study)]
    assert titles[:2] == ["The downturn", "Loss"]


def test_shares_of_the_bearers_are_the_contracts(tmp_path: Path) -> None:
    study = read_study(write_study(tmp_path / "s", replications=3, scenarios=SCENARIOS[:2]))
    platform, guaranteed = payers.bearers(study, "severe_recession")
    assert "the lender bears 30\u202f% and partner banks 70\u202f%" in platform
    assert "the lender bears 20\u202f% and the guarantee fund 80\u202f%" in guaranteed
    assert "`platform`" in platform


def test_fund_sentence_counts_the_exhausted_runs(tmp_path: Path) -> None:
    study = read_study(write_study(tmp_path / "s", replications=10, scenarios=SCENARIOS[:2]))
    states = study.paths("severe_recession", "guaranteed", "fund_state")
    expected = int((states == 2).any(axis=1).sum())
    assert 0 < expected < 10
    assert f"{expected} of 10 in a severe recession" in payers.fund(study)[0]
    held = states.copy()
    held[np.flatnonzero(~(states == 2).any(axis=1)), 5] = 1  # all others are suspended for a month
    study._paths["severe_recession", "guaranteed", "fund_state"] = held
    calm = int((study.paths("calm", "guaranteed", "fund_state") >= 1).any(axis=1).sum()) or "none"
    assert f"no new cover for a time in {calm} of 10 in calm years and 10 of 10" in payers.fund(study)[0]
    first = first_months(study, "severe_recession", "guaranteed")
    assert len(first) == expected
    assert min(first) == int(np.nonzero((states == 2).any(axis=0))[0][0])
    assert study.funded() == ["guaranteed"]


def test_fund_that_never_runs_out_is_bounded_not_called_safe(tmp_path: Path) -> None:
    study = read_study(write_study(tmp_path / "s", replications=10, scenarios=[("calm", 20, 0.0)]))
    sentence = payers.fund(study)[0]
    assert "in no run, of 10" in sentence
    assert "0\u202f% to 28\u202f%" in sentence


def test_unbroken_lines_need_no_closing_sentence(tmp_path: Path) -> None:
    assert findings.closing(study_of(tmp_path, 0.0), "calm") == []


def test_hollow_marks_stand_for_intervals_that_cover_zero(tmp_path: Path) -> None:
    unclear = differences_figure(study_of(tmp_path / "a", 0.00001, noise=0.02))
    clear = differences_figure(study_of(tmp_path / "b", 0.01, approval=0.05))
    assert unclear is not None
    assert clear is not None
    hollow = re.compile(r"fill: #ffffff; stroke")
    assert len(hollow.findall(unclear.svg)) > len(hollow.findall(clear.svg))
    assert differences_figure(study_of(tmp_path / "c", 0.01, replications=1)) is None


def test_causes_are_shares_of_the_defaults(tmp_path: Path) -> None:
    study = read_study(write_study(tmp_path / "s", replications=2, scenarios=SCENARIOS[:1]))
    assert causes_of(study) == ["default_job_loss", "default_strategic"]
    text = cause_table(study, causes_of(study))
    assert '<data value="0.625">62\u202f%' in text
    assert '<data value="0.375">38\u202f%' in text
    assert f'<data value="{40 * 12.0!r}">24.0' in text


def test_support_is_told_where_a_scenario_brings_any(tmp_path: Path) -> None:
    study = read_study(write_study(tmp_path / "s", replications=2, scenarios=SCENARIOS[:1]))
    assert support_table(study) is None
    study = read_study(tmp_path / "s")
    for frame in study._cells.values():
        frame["transfers"] = 2_000 * (frame["month"] < frame["month"].max() / 2)
        frame["in_holiday"] = 0.04 * (frame["month"] == 3)
    text = support_table(study)
    assert text is not None and "Paid to persons a month, yuan" in text
    months = study.months(SCENARIOS[0][0])
    assert f'<data value="{20.0 * (months // 2) / months!r}">' in text
    assert '<data value="0.04">4.0' in text and f'<data value="{0.04 / months!r}">' in text


def test_a_month_without_applications_is_drawn_as_a_gap(tmp_path):
    study = read_study(write_study(tmp_path / "s", replications=2, scenarios=SCENARIOS[:1]))
    (arm, scenario), frame = next(iter(study._cells.items()))
    frame["applications_decided"] = (frame["month"] != 3).astype(int)
    empty = np.isnan(study.paths(scenario, arm, "approval_rate"))
    assert empty[:, 3].all() and empty.sum() == len(empty)


def with_firms(study: Study, of_persons: float, of_firms: float, share: float) -> Study:
    """Let firms owe ``share`` of the loans of the changed package, 30 % of the plain one's, and each lose so much."""
    for arm, person, firm, part in (("plain", 0.02, 0.10, 0.3), ("changed", of_persons, of_firms, share)):
        owed = np.full((10, 20), 1e6)
        luck = np.linspace(0.9, 1.1, 10)[:, None]
        firms = owed * part * firm / 12 * luck
        values = {
            "outstanding": owed,
            "firm_outstanding": owed * part,
            "charged_off": firms + owed * (1 - part) * person / 12 * luck,
            "firm_charged_off": firms,
            "recovered": owed * 0,
            "firm_recovered": owed * 0,
        }
        for name, paths in values.items():
            study._paths["calm", arm, name] = paths
    return study


def test_a_loss_rate_that_firms_bring_down_is_told_apart(tmp_path: Path) -> None:
    """Persons lose more under the package, firms less and owe less: the whole falls, and the sentence says why."""
    study = with_firms(study_of(tmp_path, -0.01), 0.025, 0.08, 0.2)
    said = findings.by_borrower(study, "calm", "changed")
    assert "persons' loans lose 2.50\u202f% a year (+0.50 points, +0.48 to +0.52)" in said
    assert "firms' loans lose 8.00\u202f% a year (\u22122.00 points, " in said
    assert "firms owe 20\u202f% of the loans, against 30\u202f%" in said
    assert said in findings.scenario_findings(study, "calm")


def test_nothing_is_told_apart_without_firms_or_a_direction(tmp_path: Path) -> None:
    study = study_of(tmp_path, -0.01)
    assert findings.by_borrower(study, "calm", "changed") == ""
    assert findings.by_borrower(with_firms(study, 0.02, 0.10, 0.3), "calm", "changed") == ""


def test_closures_say_what_they_do_to_losses(tmp_path: Path) -> None:
    """Loss avoided below zero is a loss added, with the ends of its interval turned round."""
    study = read_study(write_study(tmp_path / "s", replications=3, scenarios=SCENARIOS[:1]))
    for name, fen in (("loss_avoided", -33_000.0), ("margin_forgone", 42_400.0)):
        item = Estimate(mean=fen, low=fen - 9_000.0, high=fen + 8_000.0)
        study._estimates["calm", "closing", f"{name}_per_closure"] = item
    said = findings.closing(study, "calm")
    assert "changes the loss by +330 yuan (+250 to +420) and forgoes 424 yuan" in said[0]
    assert "those that it prevents are not set against them" in said[0]
    assert "yuan" not in said[1]


def test_the_scenario_costs_the_root_most_not_the_root_of_all(tmp_path: Path) -> None:
    page = render(study_of(tmp_path, 0.01))
    assert "the scenario that costs" in page and "loses most" not in page


def test_sure_differences_are_named(tmp_path: Path) -> None:
    study = read_study(write_study(tmp_path / "s", replications=3, scenarios=SCENARIOS[:1]))
    study.summary["p_holm"] = 1.0
    rows = study.summary["arm"].eq("closing") & study.summary["metric"].isin(["wrong_closures", "loss_rate"])
    study.summary.loc[rows, "p_holm"] = 0.001
    said = holm_sentence(study)
    assert "2 keep their direction" in said and "`closing` in calm years (loss rate and wrong closures)" in said
    assert "0 by definition where no line is closed" in said
    study.summary.loc[study.summary["metric"].eq("wrong_closures"), "p_holm"] = 1.0
    assert "by definition" not in holm_sentence(study)


def test_who_is_driven_away_is_said_where_it_changes_whom_shares_are_of(tmp_path: Path) -> None:
    study = study_of(tmp_path, 0.01)
    assert not findings.driven_away(study, "severe_recession"), "no figure of persons"
    key, root = ("severe_recession", "changed", "persons"), ("severe_recession", "plain", "persons")
    study._estimates[root] = Estimate(mean=12_500.0)
    study.monthly["persons"] = 1.0

    def said(difference: float) -> list[str]:
        low, high = difference - 10, difference + 10
        study._estimates[key] = Estimate(
            mean=12_500.0 + difference, parent="plain", difference=difference, difference_low=low, difference_high=high
        )
        return findings.driven_away(study, "severe_recession")

    (fewer,) = said(-1250.0)
    assert fewer.startswith("Under `changed` 10\u202f% fewer persons") and "its parent `plain`" in fewer
    assert fewer in dict(findings.headline(study))["Access"]
    assert "10\u202f% more persons" in said(1250.0)[0]
    assert said(-249.0) == [] == said(5.0), "too few, and no direction"
