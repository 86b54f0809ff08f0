"""Findings are claims: what does not hold is never printed as found, and pages say what was measured."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments import findings
from experiments.__main__ import QUOTING
from experiments.findings import CHECKS, Change, Claim, Estimate, Part, estimate, failures, read
from experiments.paired import Experiment, Figure
from experiments.sentences import BEGIN, END, MINUS, section
from experiments.tabled import Tabled
from sim.config.errors import UsageError

FOLDER = Path(__file__).resolve().parents[2] / "experiments"
NAMES = sorted(file.parent.name for file in FOLDER.glob("*/findings.toml"))
PART = Part("loss", "strict", below=0)


class Known:
    """A source whose answer is known: -2 in every run but for what a change adds."""

    folder = FOLDER

    def __init__(self, **added):
        self.added = added

    def measure(self, parts, change, to, more=()):
        runs = np.linspace(-2.2, -1.8, 16) + self.added.get(change.name, 0.0)
        return [estimate(runs, "%", change.worlds) for _ in parts]


def measured(tmp_path, **added):
    claims = [Claim("strict", "Losses fall by {loss}.", {"loss": PART})]
    return claims, findings.measure(Known(**added), claims, tmp_path)


def test_a_claim_that_holds_everywhere_is_found(tmp_path):
    text = section(*measured(tmp_path))
    assert text.startswith("- Losses fall by 2.000 ± 0.068 %.")
    minus = MINUS
    assert text.endswith(f"| {minus}2.000 | {minus}2.000 | {minus}2.000, {minus}2.000 | 8 of 8 | ROBUST |")


@pytest.mark.parametrize("name", [change.name for change in CHECKS])
def test_a_claim_that_fails_one_check_is_not_found(tmp_path, name):
    text = section(*measured(tmp_path, **{name: 2.1}))
    assert text.startswith(f"Looked for and not found:\n\n- *Not robust* ({name}): Losses fall by ")
    assert (f"fall by {MINUS}0.100 ± " in text) == (name == "own")  # they rise
    assert text.endswith(f"| no: {name} |")


def test_own_intervals_must_lie_between_the_bounds_and_other_estimates():
    near = Estimate(-1.0, -2.1, 0.1)
    assert failures(PART, {"own": near}) == ["own"]
    assert failures(PART, {"own": Estimate(-1.0, -2.0, 0.0), "half": near}) == []
    assert failures(PART, {"own": Estimate(-1.0, np.nan, np.nan)}) == ["own"]
    assert failures(replace(PART, above=-1.5), {"own": Estimate(-1.0, -2.0, 0.0)}) == ["own"]
    assert failures(PART, {}) == ["own"]


def test_a_claim_may_fail_in_one_world_of_eight():
    def held(*worlds):
        return failures(PART, {"own": Estimate(-1.0, -2.0, 0.0), "worlds": Estimate(-1.0, -2.0, 0.0, "", worlds)})

    assert held(*[-1.0] * 7, 1.0) == []
    assert held(*[-1.0] * 6, 1.0, 1.0) == ["worlds"]


def test_runs_of_a_world_are_averaged():
    assert estimate(np.array([1.0, 10.0, 3.0, 20.0]), "", worlds=2).worlds == (2.0, 15.0)


def test_what_was_not_measured_is_not_found():
    claims = [Claim("strict", "Losses fall by {loss}.", {"loss": PART})]
    assert section(claims, {}) == "Not measured yet:\n\n- Losses fall by …."


def test_changes_say_how_many_persons_and_runs():
    words = {change.name: change.overrides(4000, 16) for change in CHECKS}
    assert words["own"] == ["population.borrowers=4000", "study.replications=16", "seed=1"]
    assert words["half"][0] == "population.borrowers=2000"
    assert words["ten times"][:2] == ["population.borrowers=40000", "study.replications=3"]
    assert words["worlds"][1:] == ["study.replications=2", "seed=1", "study.worlds=8"]
    assert len({Change.overrides(change, 4000, 16)[2] for change in CHECKS}) == 3


def test_what_was_measured_comes_back_from_its_file(tmp_path):
    _, before = measured(tmp_path)
    findings.store(tmp_path / "findings.csv", before)
    after = findings.stored(tmp_path / "findings.csv")
    assert after[PART.key()]["worlds"].worlds == pytest.approx(before[PART.key()]["worlds"].worlds, rel=1e-3)
    assert after[PART.key()]["own"].low == pytest.approx(before[PART.key()]["own"].low, rel=1e-3)
    assert findings.stored(tmp_path / "none.csv") == {}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('[a]\nsays = "{x}"\nx = {figure = "f", arm = "b", bellow = 0}', "below"),
        ('[a]\nsays = "{x}"\nx = {figure = "f", arm = "b"}', "no bound"),
        ('[a]\nsays = "{y}"\nx = {figure = "f", arm = "b", below = 0}', "places"),
    ],
)
def test_a_mistake_in_a_claim_is_one_line(tmp_path, text, word):
    (tmp_path / "findings.toml").write_text(text)
    with pytest.raises(UsageError, match=word):
        read(tmp_path / "findings.toml")


def test_an_experiment_measures_parts_pair_by_pair(tmp_path, monkeypatch):
    runs = [
        (world, "calm", arm, run, month, loss + 10 * run * (arm == "other") + bonus + 7 * (world == "far"))
        for world in ("near", "far")
        for arm, bonus in (("base", 0.0), ("other", 5.0))
        for run in range(4)
        for month, loss in ((0, 1.0), (1, 3.0))
    ]
    months = pd.DataFrame(runs, columns=["world", "scenario", "arm", "replication", "month", "loss"])
    figures, worlds = (Figure("loss", "loss", "yuan"), Figure("idle", "loss")), {"near": (), "far": ()}
    experiment = Experiment(FOLDER, {"base": "", "other": "base"}, figures, (), worlds, scenarios=("calm",))
    monkeypatch.setattr(Experiment, "run", lambda *_, **__: months)
    parts = [
        Part("loss", "other"),
        Part("loss", "other", against="level"),
        Part("loss", "base", against="other"),
        Part("loss", "other", world="far", than="near"),
    ]
    gap, level, turned, apart = experiment.measure(parts, Change("worlds", worlds=2), tmp_path)
    assert [one.value for one in (gap, level, turned, apart)] == [20.0, 22.0, -20.0, 7.0]
    assert gap.worlds == (15.0, 25.0) and gap.low < 20 < gap.high
    # What the worlds draw anew is not theirs to judge.
    own = replace(experiment, worlds={"near": (), "far": ("behaviour.expense_probability=0.04",)})
    told = own.measure(parts, Change("worlds", worlds=2), tmp_path)
    assert told[3] is None and [one.value for one in told[:3]] == [20.0, 22.0, -20.0]
    assert own.measure([parts[3]], Change("worlds", worlds=2), tmp_path) == [None]
    assert own.measure([parts[3]], CHECKS[0], tmp_path)[0].value == 7.0
    for wrong, near in ((Part("los", "other"), "loss"), (Part("loss", "othr"), "other")):
        with pytest.raises(UsageError, match=near):
            experiment.measure([wrong], CHECKS[0], tmp_path)


def test_a_table_gives_levels_and_differences_with_their_errors(tmp_path):
    (tmp_path / "rolls.csv").write_text("from,to,share,se\n1,2,0.5,0.03\n2,2,0.2,0.04\n")
    tabled = Tabled(tmp_path, {"rolls.csv": ("from", "to")}, {"share": "se"})
    assert tabled.asked(Part("share", "1, 2")) == Estimate(0.5, 0.44, 0.56)
    gap = tabled.asked(Part("share", "1, 2", against="2, 2"))
    assert (gap.value, gap.low, gap.high) == pytest.approx((0.3, 0.2, 0.4))
    claims = [Claim("rolls", "{share}", {"share": Part("share", "1, 2", above=0)})]
    assert "holds, own only |" in section(claims, findings.measure(tabled, claims, tmp_path))
    with pytest.raises(UsageError, match="did you mean share"):
        tabled.asked(Part("shares", "1, 2"))


def test_only_what_is_asked_for_is_run():
    whole = importlib.import_module("experiments.limit_policy.run").EXPERIMENT
    part = whole._only([whole.asked(Part("loss of other lenders", "auto_close_one_engine"))])
    assert (*part.arms, *part.worlds) == (
        "lenient",
        "auto_close",
        "auto_close_one_engine",
        "those_without_a_line_leave",
    )
    assert [figure.title for figure in part.figures] == ["loss of other lenders"]


@pytest.mark.parametrize("name", NAMES)
def test_what_was_found_is_written_from_claims(name):
    folder = FOLDER / name
    claims = read(folder / "findings.toml")
    page = (folder / "README.md").read_text(encoding="utf-8")
    said = page.partition("## What was found\n")[2].partition("\n## ")[0]
    before, _, rest = said.partition(BEGIN)
    assert rest.partition(END)[0].strip() == section(claims, findings.stored(folder / "findings.csv"))
    assert not before.strip(), "a sentence on what was found stands outside of the claims"


@pytest.mark.parametrize("name", QUOTING)
def test_a_page_that_quotes_says_what_holds(name):
    claims, measured = read(FOLDER / name / "findings.toml"), findings.stored(FOLDER / name / "findings.csv")
    text = QUOTING[name].read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()
    assert text == section(claims, measured, brief=True)
    assert "Not robust" not in text and "…" not in text


@pytest.mark.parametrize("name", NAMES)
def test_claims_ask_for_what_the_experiment_has(name):
    module = importlib.import_module(f"experiments.{name}.run")
    source = getattr(module, "EXPERIMENT", None) or module.CLAIMED
    for claim in read(FOLDER / name / "findings.toml"):
        for part in claim.parts.values():
            source.asked(part)
