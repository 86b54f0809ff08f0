"""The declarations of figures: what is shown of them, the page made from them, and that every tally has a reader."""

from __future__ import annotations

import ast
import re
import runpy
from pathlib import Path

import pytest

from sim.config.describe import describe
from sim.config.errors import UsageError
from sim.figures.catalog import FIGURES, METRICS
from sim.figures.figure import FIRST_VERSION
from sim.lender.policies.engine import COUNTS as COUNTED_BY_RULES
from sim.loan.ledger import STOCKS
from sim.loan.postings import FIRM, POSTINGS
from tests.laws.written import all_stages

ROOT = Path(__file__).parents[2]


def test_the_page_is_made_from_the_declarations():
    page = runpy.run_path(str(ROOT / "tools" / "figures_page.py"))["page"]()
    assert page == (ROOT / "docs" / "figures.md").read_text(encoding="utf-8"), "run tools/figures_page.py"
    assert all(f"| `{name}` | {figure.unit} |" in page for name, figure in FIGURES.items())


def test_show_metrics_lists_all_and_tells_one():
    listed = describe(["metrics"])
    for figure in FIGURES.values():
        assert re.search(rf"^  {figure.name} +{re.escape(figure.unit)}; {re.escape(figure.meaning)}$", listed, re.M)
    told = describe(["metrics", "approval_rate"]).splitlines()
    assert told == [
        "approval_rate",
        "  label    Approval rate",
        "  unit     fraction of applications decided",
        "  meaning  applications approved",
        "  formula  approvals / applications_decided",
        "  period   over the window, months by their base (applications_decided)",
        "  shown in the table of main figures, the table of access, summary.csv, results of the months",
        "  since    0.1.0",
    ]
    assert "  since    Next" in describe(["metrics", "watched"]).splitlines()


def test_every_figure_says_with_which_version_it_came():
    """Versions are the changelog's; the first one is closed, so that a figure that comes now has to say so."""
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert headings[-1] == FIRST_VERSION
    assert {figure.since for figure in FIGURES.values()} <= set(headings)
    assert sum(figure.since == FIRST_VERSION for figure in FIGURES.values()) == 386


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["metrics", "aproval_rate"], "aproval_rate: there is no such figure; did you mean approval_rate?"),
        (["metrics", "a", "b"], "show metrics: [a,b] is not allowed: one figure at a time"),
    ],
)
def test_an_unknown_figure_is_one_line_with_the_nearest(words, line):
    with pytest.raises(UsageError) as refused:
        describe(words)
    assert str(refused.value) == line


def test_every_base_is_a_figure_and_every_figure_says_what_it_is_computed_from():
    for name, figure in FIGURES.items():
        assert figure.formula.text and figure.meaning and figure.unit, name
        assert not figure.base or figure.base in METRICS, name


def names_read() -> set[str]:
    """Names that figures, stocks and postings are made of, or that stand as a text in a step that reads flows."""
    found = {flow for moves in STOCKS.values() for flow in moves} | POSTINGS.keys()
    for figure in METRICS.values():
        found |= set(re.findall(r"[a-z_.0-9]+", figure.formula.text)) if figure.formula.code else set()
    for path in (ROOT / "sim").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            read = []
            if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name | ast.Attribute):
                name = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                read = [node.slice] if name in ("flows", "decided", "totals", "bins") else []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                read = node.args[:1] if name == "both" else []
            found |= {one.value for one in read if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return found


def test_every_tally_of_every_rule_has_a_reader():
    read = names_read()
    tallied = {name for declared in all_stages() for name in declared.tallies} | set(COUNTED_BY_RULES)
    unread = {name for name in tallied if name not in read and FIRM + name not in read}
    assert not unread, "counted, and nobody looks"
