from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from sim.figures.catalog import FIGURES, MAIN, METRICS, TABLES
from sim.figures.figure import WINDOWS
from sim.figures.runs import CLOSURES
from sim.language.words import CHINESE, ENGLISH, Words
from sim.study.compare.compare import COLUMNS
from sim.study.compare.figures import figures_of
from sim.study.compare.summary import print_study, write
from sim.study.plan.telling import words_of
from tests.study.fake import Config, FakeModel, toy_plan
from tests.study.test_runner import run


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("summary") / "study"
    run(folder)
    plan = toy_plan()
    return write(folder, plan), plan, folder


def printed(study, width: int) -> list[str]:
    table, plan, folder = study
    said = io.StringIO()
    files = [Path("out/report.html"), folder / "summary.csv"]
    print_study(table, plan, Console(file=said, width=width), files)
    return said.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 100, 140])
def test_the_table_fits_and_cuts_nothing(study, width):
    lines = printed(study, width)
    assert max(cell_len(line.rstrip()) for line in lines[:-2]) <= width
    text = "\n".join(lines)
    for word in ("lenient", "platform", "90+", "closures", "% a", "month", "±", "n/a", "95%"):
        assert word in text, word
    assert "…" not in text
    assert "fund" in text
    assert "left" in text
    for scenario in ("calm, 18 months", "bad, 18 months", "elsewhere, 24 months"):
        assert any(line.startswith(scenario) for line in lines)
    assert lines[-2:] == ["out/report.html", str(study[2] / "summary.csv")]


def test_the_table_shows_what_the_summary_holds(study):
    table, _, _ = study
    row = table[(table["arm"] == "closing") & (table["scenario"] == "bad") & (table["metric"] == "loss_rate")].iloc[0]
    lines = printed(study, 100)
    start = next(i for i, line in enumerate(lines) if line.startswith("bad"))
    at = next(i for i in range(start, len(lines)) if lines[i].startswith("closing"))
    assert lines[at].split()[1] == f"{100 * row['mean']:.2f}"
    half = 100 * (row["difference_high"] - row["difference_low"]) / 2
    sign = "+" if row["difference"] > 0 else "\N{MINUS SIGN}"
    assert lines[at + 1].split()[:3] == [
        "to",
        "limits",
        f"{sign}{abs(100 * row['difference']):.2f}±{half:.2f}",
    ]


def test_one_replication_shows_no_interval(tmp_path):
    said = io.StringIO()
    from sim.study.run.runner import run_study

    run_study(toy_plan(replications=1), tmp_path / "one", engine=FakeModel, console=Console(file=said, width=100))
    assert "One replication" in said.getvalue()
    assert "±n/a" not in said.getvalue()


def test_summary_has_the_columns_that_readers_rely_on(study):
    table, plan, _ = study
    assert tuple(table.columns) == COLUMNS
    assert set(MAIN) <= set(table["metric"])
    assert set(table["period"]) <= set(WINDOWS.values())
    assert len(table) == len(plan.shown) * len(plan.scenarios) * table["metric"].nunique()
    roots = table[table["arm"] == "lenient"]
    assert roots["difference"].isna().all()
    assert (roots["parent"] == "").all()
    inside = table.dropna(subset=["low"])
    assert (inside["low"] <= inside["mean"]).all() and (inside["mean"] <= inside["high"]).all()


def test_no_fund_prints_as_not_available(study):
    table, _, _ = study
    fund = table[table["metric"] == "fund_capital"]
    assert len(fund) and fund["mean"].isna().all()
    assert (fund["replications"] == 0).all()


def test_every_metric_of_the_catalog_has_a_way_to_combine():
    found = figures_of(METRICS)
    assert {figure.over for figure in found.values()} <= set(WINDOWS)
    assert found["loss_rate"].over == "annual"
    assert {figure.name for figure in CLOSURES} <= set(found)
    assert not any(math.isnan(len(figure.meaning)) or not figure.unit for figure in found.values())
    assert np.all([figure.period and figure.window and figure.label for figure in found.values()])
    assert set(found) == set(FIGURES), "what a run has once follows from the figures of its months"
    assert {name for names in TABLES.values() for name in names} <= set(FIGURES)


@dataclass(frozen=True)
class Told:
    language: str = CHINESE
    currency: str = ""
    exchange_rate: float = 0.0


@dataclass(frozen=True)
class ToldConfig(Config):
    report: Told = Told()


def in_chinese(plan):
    """The plan, told in Chinese."""
    configs = {
        name: ToldConfig(**{one.name: getattr(config, one.name) for one in fields(Config)})
        for name, config in plan.root.configs.items()
    }
    return replace(plan, root=replace(plan.root, configs=configs))


def test_the_language_is_that_of_the_plan(study):
    assert words_of(study[1]).language == ENGLISH and words_of(in_chinese(study[1])).language == CHINESE


@pytest.mark.parametrize("width", [30, 80, 140])
def test_the_table_is_told_in_chinese_with_the_same_numbers(study, width):
    table, plan, _ = study
    said = io.StringIO()
    print_study(table, in_chinese(plan), Console(file=said, width=width), [])
    lines = said.getvalue().splitlines()
    assert max(cell_len(line.rstrip()) for line in lines) <= width
    text = "".join(line.strip() for line in lines)
    names = {*(arm.name for arm in plan.shown), *(scenario.name for scenario in plan.scenarios), "n/a"}
    text, columns = text.split("\u5404\u6307\u6807\u7684\u542b\u4e49")  # the command that explains figures
    assert "loss_rate" in columns or width == 30
    left = [word for word in re.findall(r"[A-Za-z_/]{2,}", re.sub("|".join(names), " ", text)) if word.strip("/")]
    assert left == []
    say = Words(CHINESE)
    for name in MAIN:
        if (table["metric"] == name).any():
            assert say(f"front_terminal.head.{name}") in text
    row = table[(table["arm"] == "closing") & (table["scenario"] == "bad") & (table["metric"] == "loss_rate")].iloc[0]
    assert f"{100 * row['mean']:.2f}" in text
