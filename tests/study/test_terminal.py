"""At every width of a terminal each name and each number is there, whole, with its sign and unit."""

from __future__ import annotations

import io
import itertools
import math

import pytest
from rich.cells import cell_len
from rich.console import Console

from sim.__main__ import main
from sim.config.describe import describe
from sim.figures.scales import measure_of, scale_of
from sim.study.compare import summary
from sim.study.compare.terminal import Column, Number, Row, fitted, print_table, print_told, prose_lines
from sim.study.plan.design import Axis
from sim.study.run.runner import run_study
from sim.study.sweep import sweeping
from tests.study.fake import FakeModel, toy_plan
from tests.study.test_options import CLOSING, swept
from tests.study.test_runner import run

WIDTHS = range(30, 121)
LONG = "guaranteed_by_the_regional_fund_since_2031"


def lines_of(width: int, show) -> list[str]:
    said = io.StringIO()
    show(Console(file=said, width=width))
    lines = [line.rstrip() for line in said.getvalue().splitlines()]
    assert max(map(cell_len, lines)) <= width
    return lines


def missing(lines: list[str], names: list[str], numbers: list[str]) -> list[str]:
    """Names that no run of lines spells out, and numbers that stand whole in no line."""
    spelt = "".join(line.strip() for line in lines)
    kept = [f" {line} " for line in lines]
    gone = [name for name in names if name not in spelt and not any(f" {name} " in line for line in kept)]
    return gone + [number for number in numbers if not any(f" {number} " in line for line in kept)]


def test_a_table_of_long_names_and_numbers_loses_none():
    rows = [Row("[red]a"), Row(LONG, "[red]a"), Row("limits", LONG)]
    numbers = [
        Number("1\u202f234\u202f567", "\u22120.04", "\u00b10.1"),
        Number("\u22120.04", "+1\u202f000.5", "\u00b112.25", False),
        Number("n/a"),
    ]
    columns = [Column(f"figure {k}", "thousand yuan a month", numbers, "thousand yuan") for k in range(6)]
    title = f"{LONG}, 60 months"
    for width in WIDTHS:
        lines = lines_of(width, lambda console: print_table(console, title, "package", rows, columns))
        assert missing(lines, ["[red]a", LONG, "limits", "n/a"], ["1\u202f234\u202f567", "\u22120.04"]) == []
        text = " ".join(lines)
        for whole in ("\u22120.04", "+1\u202f000.5", "\u00b112.25", "\u00b10.1"):
            assert text.count(whole) >= len(columns)
        if "package" not in text:  # stacked: a figure has its unit beside it
            assert any("1\u202f234\u202f567 thousand" in line for line in lines)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("terminal") / "study"
    run(folder)
    plan = toy_plan()
    return summary.write(folder, plan), plan


def test_the_summary_of_a_study_loses_nothing(study):
    table, plan = study
    for width in WIDTHS[::5]:
        lines = lines_of(width, lambda console: summary.print_study(table, plan, console, []))
        numbers = []
        for name in summary.HEADINGS:
            here = table[table["metric"] == name]
            scale = scale_of(measure_of(name), here["mean"])
            numbers += [scale.text(value) for value in here["mean"]]
            numbers += [
                scale.text(value, signed=True) for value in here["difference"] if math.isfinite(value) and value
            ]
        names = [arm.name for arm in plan.shown] + [scenario.name for scenario in plan.scenarios]
        # In wide tables half the interval stands right of the difference, without a blank.
        spaced = [line.replace("\u00b1", " \u00b1") for line in lines]
        assert missing(spaced, names, numbers) == []
        assert not any(line.endswith(("\u2212", "+")) for line in lines)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    axes = (CLOSING, Axis("policy.limit", (0.5, 1.5)))
    plan = swept(axes, itertools.product(*(axis.values for axis in axes)), replications=1)
    folder = tmp_path_factory.mktemp("terminal") / "sweep"
    run_study(plan, folder, engine=FakeModel, console=Console(file=io.StringIO()))
    return sweeping.write(folder, plan), plan, folder


def test_the_ranges_of_a_sweep_are_in_yuan_and_per_cent_and_lose_nothing(sweep):
    table, plan, _ = sweep
    for width in WIDTHS[::5]:
        lines = lines_of(width, lambda console: sweeping.print_study(table, plan, console, []))
        numbers = []
        for name in ("loss_rate", "lender_profit", "delinquent_90"):
            scale = scale_of(measure_of(name), table[name])
            numbers += [scale.text(value) for value in (table[name].min(), table[name].median(), table[name].max())]
        assert missing(lines, ["lenient", "bad"], numbers) == []
        text = " ".join(" ".join(lines).split())
        assert "e+0" not in text and "fen" not in text and "_" not in text
        assert "Lender's profit" in text and "yuan a month" in text and "Loss rate, % a year" in text


@pytest.mark.parametrize("width", [30, 40, 60, 80, 200])
def test_lines_of_show_and_status_break_between_words_only(width):
    for line in describe(["policy/closing=threshold"]).splitlines():
        parts = fitted(line, width)
        assert " ".join(" ".join(parts).split()) == " ".join(line.split())
        assert all(cell_len(part) <= width or len(part.split()) == 1 for part in parts)
        if cell_len(line) <= width:
            assert parts == [line]


def test_the_command_line_fits_its_terminal_and_leaves_pipes_alone(sweep, capsys, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert main(["status", str(sweep[2])]) == 0
    whole = capsys.readouterr().out
    assert max(map(len, whole.splitlines())) > 40
    monkeypatch.setenv("COLUMNS", "40")
    assert main(["status", str(sweep[2])]) == 0
    narrow = capsys.readouterr().out
    assert narrow.split() == whole.split()
    assert all(len(line) <= 40 or len(line.split()) == 1 for line in narrow.splitlines())


TOLD = [
    ("Who pays", ["`guaranteed` costs 1\u202f234 yuan or 5\u202f% a month.", "Nothing else."]),
    ("Beware", ["Of few runs."]),
]


@pytest.mark.parametrize("width", [24, 40, 100])
def test_the_bottom_line_is_set_in_below_its_headings_and_its_numbers_stay_whole(width):
    lines = lines_of(width, lambda console: print_told(console, TOLD))
    assert [line for line in lines if not line.startswith(" ")] == ["Who pays", "Beware", ""]
    assert missing(lines, ["guaranteed", "Nothing"], ["1\u202f234", "5\u202f%"]) == [] and "`" not in "".join(lines)


def test_what_is_no_list_of_headings_is_not_printed():
    for nothing in (None, [], "folder"):
        assert lines_of_nothing(nothing) == ""


def lines_of_nothing(told) -> str:
    said = io.StringIO()
    print_told(Console(file=said, width=40), told)
    return said.getvalue()


def test_lines_of_prose_break_between_latin_words_and_in_chinese_before_no_closing_mark():
    assert prose_lines("one two  three", 7) == ["one two", "three"]
    assert prose_lines("担保基金\uff0c政府\u3002", 8) == ["担保基", "金\uff0c政", "府\u3002"]
    assert prose_lines("政府\uff08政\uff09", 6) == ["政府", "\uff08政\uff09"]
    assert prose_lines("净支出 472.8 万元", 10) == ["净支出", "472.8 万元"]
    assert prose_lines("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert all(cell_len(line) <= 9 for line in prose_lines("再担保基金净支出 1\u202f234 元\uff1b保险公司没有收支", 9))
