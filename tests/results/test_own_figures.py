"""Figures of a user's own rules and models answer alike wherever the study is read, whatever was read or run before."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import sim
from sim.config.errors import UsageError
from sim.config.job import plan
from sim.explorer.described import of_months
from sim.figures import own
from sim.figures.catalog import METRICS, declare_own
from sim.figures.scales import measure_of, scale_of
from sim.language.words import ENGLISH, Money, Words
from sim.reports.folder import read_study
from sim.reports.page import render
from sim.study.store.reading import read_manifest
from sim.study.tables.declared import figure_rows, months_columns

RULES = '''FIGURES = {
    "late_so_far": ("sum(min(months_past_due, 3))", "months over all persons", "months that persons are behind"),
    "held": ("mean(cash)", "fen a person", "cash of a person"),
}


def mine(cash, buffer_return):
    """Spend a part of all cash."""
    spending = int(0.5 * buffer_return * cash)
    return dict(cash=cash - spending, discretionary__paid=spending)
'''
MODEL = """import sim


class Counting(sim.Model):
    FIGURES = {
        "counted": ("months", "months counted", "last"),
        "given": ("fen a month", "given by the lender", "sum"),
        "called_share": ("fraction of persons", "persons called", "mean"),
    }

    def before_month(self):
        self.given = self.pay("lender", "outside", 1_000_00)

    def figures(self):
        return {"counted": self.month, "given": self.given, "called_share": 0.25}
"""
PACKAGE = """parent: limits
model: model.py:Counting
meaning: As limits, with persons who spend otherwise, and a model that counts.
change:
  behaviour/consumption: mine
"""
SMALL = ["population.borrowers=200", "study.replications=2", "study.months=4", "study.burn_in=3", "economy=calm",
         "machine.workers=1", "machine.threads=1", "firms=none"]  # fmt: skip
NAMES = ["late_so_far", "held", "counted", "given", "called_share"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("own")
    for name, text in (("rules.py", RULES), ("model.py", MODEL), ("own.yaml", PACKAGE)):
        (made / name).write_text(text, encoding="utf-8")
    sim.run([*SMALL, f"study.arms=[limits,{made / 'own.yaml'}]"], out=made / "study", plugin=made / "rules.py")
    return made / "study"


@pytest.fixture(autouse=True)
def nothing_known():
    """A process that has composed and read no study."""
    declare_own(())
    own.OWN.clear()


def forget_by_another_study():
    """Read a study that has other figures by the same names."""
    own.declare((name, "points", "another's", "mean") for name in NAMES)


def as_written(folder):
    table = pd.read_csv(folder / "summary.csv", keep_default_na=False, na_values=["n/a", ""])
    return table.set_index(["arm", "scenario", "metric"])[["mean", "unit", "difference"]]


def test_summary_and_differences_are_those_of_the_report_in_another_process_and_beside_another_study(folder):
    study, written = sim.open(folder), as_written(folder)
    forget_by_another_study()
    found = study.summary.set_index(["arm", "scenario", "metric"])
    for name in NAMES:
        mean = pytest.approx(written.loc[("own", "calm", name), "mean"], rel=1e-9)
        assert found.loc[("own", "calm", name), "mean"] == mean, name
        assert found.loc[("own", "calm", name), "unit"] == written.loc[("own", "calm", name), "unit"] != "", name
    months = study.months.query("arm == 'own' and month == 3")
    assert found.loc[("own", "calm", "late_so_far"), "mean"] == months["late_so_far"].mean() > 0
    assert found.loc[("own", "calm", "counted"), "mean"] == 3.0
    forget_by_another_study()
    gap = study.difference("own", "limits", "late_so_far")
    assert gap.attrs["unit"] == "months over all persons" and gap.attrs["period"] == "at the end of the window"
    assert gap.loc["calm", "difference"] == pytest.approx(
        written.loc[("own", "calm", "late_so_far"), "difference"], rel=1e-9
    )


def test_a_file_in_use_does_not_speak_for_a_study_that_was_run_with_another(folder, tmp_path):
    other = tmp_path / "other.py"
    other.write_text(RULES.replace("sum(min", "mean(min").replace("months over all", "a"), encoding="utf-8")
    study = sim.open(folder)
    plan([f"plugin={other}", *SMALL, "behaviour/consumption=mine"])
    assert METRICS["late_so_far"].over == measure_of("late_so_far").over == "mean"
    assert study.difference("own", "limits", "late_so_far").attrs["unit"] == "months over all persons"
    assert measure_of("late_so_far").unit == "months over all persons" and METRICS["late_so_far"].over == "mean"
    plan([f"plugin={other}", *SMALL, "behaviour/consumption=mine"])
    assert measure_of("late_so_far").unit == "a persons"


def test_pages_tables_and_exports_know_unit_and_kind(folder):
    read_manifest(folder)
    assert of_months("counted", "months", NAMES).combined == "last"
    columns = {column.name: column for column in months_columns(NAMES)}
    assert [columns[name].unit for name in NAMES] == ["months over all persons", "fen a person", "months",
                                                      "fen a month", "fraction of persons"]  # fmt: skip
    assert {column.type for name, column in columns.items() if name in NAMES} == {"number"}
    rows = {row["figure"]: row for row in figure_rows(NAMES)}
    assert rows["given"]["combined"] == "sum" and rows["held"]["meaning"] == "cash of a person"
    dollars = scale_of(measure_of("held"), [71_000.0], say=Words(ENGLISH, Money("USD", 7.1)))
    assert dollars.text(71_000.0) == "100.0"
    assert scale_of(measure_of("called_share"), [0.25]).text(0.25) == "25.0"


def test_the_report_tells_them_all_with_meanings_wherever_it_is_made(folder):
    study = read_study(folder)
    assert study.own == NAMES
    page = render(study)
    for words in ("Late so far", "Counted", "cash of a person", "persons called", "given by the lender"):
        assert words.lower() in page.lower(), words


def test_results_are_real_numbers_also_of_money(folder):
    months = sim.open(folder).months
    assert set(months[NAMES].dtypes.astype(str)) == {"float64"}
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["units"]["held"]["combined"] == "mean"


def test_two_models_of_a_study_have_no_figure_of_one_name_that_is_another(folder, tmp_path):
    (tmp_path / "one.py").write_text(MODEL, encoding="utf-8")
    (tmp_path / "two.py").write_text(MODEL.replace('"last"', '"mean"'), encoding="utf-8")
    for name in ("one", "two"):
        text = f"parent: limits\nmodel: {name}.py:Counting\nmeaning: A model.\n"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    arms = f"study.arms=[{tmp_path / 'one.yaml'},{tmp_path / 'two.yaml'}]"
    with pytest.raises(UsageError, match=r"two: FIGURES: counted is \(.*mean\), and one .* otherwise, \(.*last\): "):
        plan([*SMALL, arms])
