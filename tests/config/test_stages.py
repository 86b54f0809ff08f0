"""Rules of persons and firms as options: names, functions, what is composed of them, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from sim.__main__ import main
from sim.config import plugin
from sim.config.errors import UsageError
from sim.config.job import plan
from sim.config.options import check_option, option_names
from sim.config.stage_page import rules_page, stage_page
from sim.config.stages import (
    check_function,
    is_stage_key,
    own_rules,
    own_section,
    problems_of,
    refuse_unlived,
    stage_key,
)
from sim.config.sweep import refuse_figure
from sim.figures.catalog import FIGURES, METRICS, OWN, SHIPPED, declare_own
from sim.figures.figure import index
from sim.figures.formula import told
from sim.month.own import OwnRules
from sim.month.replaceable import replaceable, visible_to
from sim.study.plan.differences import changes, sentence

TEXT = '''COLUMNS = {"advised": (0, 0, 1, "1 after advice")}
FIGURES = {"advised_share": ("mean(advised)", "a person", "had advice")}


def saver(cash, advised):
    """Keeps all.

    For hard times.
    """
    return dict(cash=cash, discretionary__paid=0, advised=1)


def cap(limit):
    return limit
'''
TURNOVER = "def none(income):\n    return dict(income=income)\n"


@pytest.fixture
def file(tmp_path) -> str:
    (tmp_path / "mine.py").write_text(TEXT, encoding="utf-8")
    return str(tmp_path / "mine.py")


def composed(file: str, *words: str) -> sim.config.schema.Config:
    return sim.compose([f"plugin={file}", *words])


def test_a_function_stands_for_a_rule_in_the_arm_that_names_it_and_columns_and_figures_in_all(file):
    made = plan([f"plugin={file}", "behaviour/consume=saver", "economy=calm"])
    base, own = (arm.configs["calm"].own for arm in made.shown)
    assert base.replaced == () and own.replaced == (("behaviour/consumption", "saver"),)
    assert base.columns == own.columns != () and base.figures == own.figures != () and base.source == own.source == TEXT
    parent, child = (arm.configs["calm"] for arm in made.shown)
    assert changes(parent, child) == [("behaviour/consumption", "saver", "shipped")]
    assert "behaviour/consumption saver instead of shipped" in sentence(parent, child, "baseline")


def test_shipped_is_the_shipped_rule_and_nothing_is_brought_without_a_file(file):
    assert composed(file, "behaviour/consumption=shipped").own.replaced == ()
    assert sim.compose(["behaviour/consumption=shipped"]).own == OwnRules()
    assert own_section({}) is None and own_rules(None) == OwnRules() and problems_of(sim.compose([])) == []


def test_packages_name_them_by_either_name(file, tmp_path):
    package = tmp_path / "saving.yaml"
    package.write_text(
        "meaning: Nobody spends, and firms order as they do.\nparent: limits\n"
        "change: {behaviour/consume: saver, firms/plan_orders: shipped}\n",
        encoding="utf-8",
    )
    made = plan([f"plugin={file}", f"study.arms=[limits,{package}]", "economy=calm"])
    assert made.shown[1].configs["calm"].own.replaced == (("behaviour/consumption", "saver"),)
    package.write_text("meaning: x\nparent: limits\nchange: {behaviour/consumtion: saver}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="did you mean behaviour/consumption"):
        plan([f"plugin={file}", f"study.arms=[limits,{package}]", "economy=calm"])


REFUSED = {
    "stage": ("behaviour/consumtion=saver", "a rule that may be replaced; .* did you mean behaviour/consumption?"),
    "firms'": ("firms/plan_order=saver", "did you mean firms/plan_orders?"),
    "counts": ("behaviour/count_persons=saver", "a rule that may be replaced"),
    "function": ("behaviour/consumption=savr", "one of saver, cap, shipped; did you mean saver?"),
    "lender's": ("behaviour/consumption=cap", "cap: returns no results by name; write return dict.cash="),
    "another": ("behaviour/demand=saver", "saver: returns cash, which is not its to leave"),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_is_refused(name, file, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    word, says = REFUSED[name]
    assert main(["--plugin", file, word]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert re.search(says, err), err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def test_a_rule_that_no_month_has_and_a_file_that_is_not_named(tmp_path):
    (tmp_path / "turnover.py").write_text(TURNOVER, encoding="utf-8")
    own = [f"plugin={tmp_path / 'turnover.py'}", "behaviour/lose_turnover=none"]
    with pytest.raises(UsageError, match="behaviour/lose_turnover: none would change nothing: no month of this"):
        plan([*own, "economy=calm"])
    with pytest.raises(UsageError, match="would change nothing"):
        sim.compose(own)
    refuse_unlived([sim.compose([])])
    with pytest.raises(UsageError, match="saver is not allowed: shipped, or a function of a file that --plugin FILE"):
        sim.compose(["behaviour/consumption=saver"])
    (tmp_path / "named.py").write_text("def shipped(limit):\n    return limit\n", encoding="utf-8")
    with pytest.raises(UsageError, match="shipped means the shipped rule"):
        sim.compose([f"plugin={tmp_path / 'named.py'}"])


def test_a_rule_is_an_axis_of_a_design(file):
    made = plan([f"plugin={file}", "economy=calm", "design=grid", "design.vary=['behaviour/consume=saver,shipped']",
                 "study.arms=[limits]"])  # fmt: skip
    assert [axis.key for axis in made.axes] == ["behaviour/consumption"]
    found = [made.composition(point).shown[0].configs["calm"].own.replaced for point in made.points]
    assert found == [(("behaviour/consumption", "saver"),), ()]
    with pytest.raises(UsageError, match=r"there is no rule of that name; .* did you mean behaviour/consumption"):
        stage_key("behaviour/consumtion")


def test_names_and_functions(file):
    assert is_stage_key("behaviour/x") and is_stage_key("firms/x") and not is_stage_key("policy/limit")
    assert stage_key("behaviour/want_to_borrow") == "behaviour/demand"
    with plugin.using(plugin.Rules()):
        plugin.load(file)
        assert plugin.documented("saver") == "Keeps all.\n\nFor hard times." and plugin.documented("x") == "x"
        assert plugin.meaning_of("saver") == "Keeps all." and plugin.meaning_of("cap") == "The user's cap."
        assert option_names("behaviour/demand") == ("saver", "cap", "shipped")
        assert check_option("behaviour/demand", "cap") == check_function("behaviour/demand", "cap") == "cap"
    with pytest.raises(UsageError, match="7 is not allowed"):
        check_function("behaviour/demand", 7)


def test_pages():
    page = rules_page()
    assert all(f"  {key} " in page for key in replaceable())
    for key in replaceable():
        text = stage_page(key)
        assert "return dict(" in text and f"shipped as {replaceable()[key].name}," in text
    demand = stage_page("behaviour/want_to_borrow")
    assert demand.startswith("behaviour/demand: Want something") and "luck_want" in demand and ", score," not in demand


def test_a_page_lists_all_that_may_be_read():
    for key in ("behaviour/consumption", "firms/plan_orders"):
        words = set(re.findall("[a-z_]+", stage_page(key)))
        assert set(visible_to(key)) <= words, set(visible_to(key)) - words
    assert re.search(r"0 until they are set: [a-z_, \n]*\bshock,", stage_page("behaviour/consumption"))


def test_the_page_of_a_function_in_the_place_of_a_rule(file, capsys):
    assert main(["show", "behaviour/consume=saver", "--plugin", file]) == 0
    said = "behaviour/consumption=saver: Keeps all.\n\n  For hard times.\n  stands for consume: Spend what is left"
    out = capsys.readouterr().out
    assert out.startswith(said)
    assert re.findall(r"^  (\w+) +whole", out, re.M) == ["cash", "advised", "cash", "discretionary__paid", "advised"]
    assert "  discretionary__paid        whole number from 0 fen; added" in out and "0 to 1; 1 after advice" in out
    assert main(["show", "behaviour/consumption=savr", "--plugin", file]) == 2
    assert capsys.readouterr().err.endswith("did you mean saver?\n")
    assert main(["show", "behaviour/consumption=cap", "--plugin", file]) == 2
    assert "cap: returns no results by name" in capsys.readouterr().err
    assert main(["show", "behaviour/consumption=shipped", "--plugin", file]) == 0
    assert capsys.readouterr().out == stage_page("behaviour/consumption")


def test_figures_of_ones_own_are_known_while_the_file_is_in_use(file, capsys):
    assert main(["show", "metrics", "advised_share", "--plugin", file]) == 0
    assert "formula  mean(advised)" in capsys.readouterr().out
    plan([f"plugin={file}", "study.precision=0.1", "study.precision_of=advised_share", "economy=calm"])
    assert list(OWN) == ["advised_share"] and METRICS["advised_share"] is FIGURES["advised_share"]
    refuse_figure("study.precision_of", "advised_share")
    plan(["economy=calm"])
    assert not OWN and "advised_share" not in METRICS and set(FIGURES) == SHIPPED
    with pytest.raises(UsageError, match="precision_of"):
        refuse_figure("study.precision_of", "advised_share")
    with pytest.raises(ValueError, match="loss_rate: is a figure that is shipped"):
        declare_own([index("loss_rate", "", "", told(""))])


def test_the_file_stays_where_it_is_named(file):
    assert composed(file).own.columns and Path(file).is_file()
