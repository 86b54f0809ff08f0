"""The scorecard of memo and workbook: its numbers are those of the scorecard, in the unit that stands beside them."""

import re

import pandas as pd
import pytest

from sim.language.words import Words
from sim.office import bottom, shapes
from sim.office.book import Book
from sim.office.bottom import gauges_sheet, is_payer, ordered, scorecard_sheet, verdict_sheet
from sim.office.charts import bar_chart
from sim.office.memo import memo_of
from sim.office.shapes import FIRST, in_order, shape_of
from sim.office.telling import title_of
from sim.reports.folder import read_study
from sim.reports.verdict import gauges, scorecard
from sim.reports.verdict.gauges import COLUMNS
from sim.reports.verdict.grid import IN_A_MEMO, capital, cell_of, grid_of, scale_of, there
from tests.reports.synthetic import write_study

openpyxl = pytest.importorskip("openpyxl", reason="needs creditcycle[office]: make extras")
pytest.importorskip("xlsxwriter", reason="needs creditcycle[office]: make extras")

SAY = Words("en")


def row(value: float, gap: float = float("nan"), ends: tuple[float, float] = (1.0, 2.0), parent: str = "lenient"):
    return {"figure": "lender_profit", "value": value, "difference": gap, "difference_low": ends[0],
            "difference_high": ends[1], "parent": parent}  # fmt: skip


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return read_study(write_study(tmp_path_factory.mktemp("scores") / "study", replications=4))


def opened(tmp_path, write):
    pages = Book("a test")
    write(pages)
    (tmp_path / "book.xlsx").write_bytes(pages.content())
    return openpyxl.load_workbook(tmp_path / "book.xlsx")


def test_cells_hold_a_figure_its_difference_and_whether_that_has_a_direction():
    assert cell_of(row(27.06e6, -1.76e6, (-2.0, -1.0)), 1e6, SAY) == "27.1 (\N{MINUS SIGN}1.8)"
    assert cell_of(row(27.06e6, -1.76e6, (-2.0, 1.0)), 1e6, SAY) == "27.1 (\N{MINUS SIGN}1.8 n.s.)"
    assert cell_of(row(2.5e6, 0.0, (0.0, 0.0)), 1e6, SAY) == "2.50 (same)"
    assert cell_of(row(2.5e6, parent=""), 1e6, SAY) == "2.50"
    assert cell_of(row(0.0, 0.0, (0.0, 0.0)), 1e6, SAY) == cell_of(row(0.0, parent=""), 1e6, SAY) == "0"
    assert cell_of(None, 1e6, SAY) == cell_of(row(float("nan")), 1e6, SAY) == "n/a"
    rate = row(14.281, 0.013) | {"figure": "access_all"}
    assert cell_of(rate, 1.0, SAY) == "14.28 (+0.01)"
    assert cell_of(rate | {"difference": 0.5}, 1.0, SAY) == "14.3 (+0.5)"


def test_the_unit_of_a_row_is_that_of_its_largest_number():
    rows = pd.DataFrame({"value": [3e5, -2.4e6], "difference": [None, 1.0]})
    assert scale_of("lender_profit", rows, SAY) == (1e6, "million yuan")
    assert scale_of("lender_profit", rows, Words("zh"))[0] == 1e4
    assert scale_of("access_all", rows, SAY) == (1.0, "")


def test_the_grid_holds_the_numbers_of_the_scorecard(study):
    grid, table = grid_of(study, SAY), scorecard(study)
    assert grid.heads == ("Figure", "lenient", "limits", "closing", "platform", "guaranteed")
    blocks = [cells for cells in grid.rows if len(cells) == 1]
    assert [cells[0] for cells in blocks] == ["Calm years, 60 months", "A severe recession, 60 months",
                                              "The US path of 2007\N{EN DASH}2012, 72 months"]  # fmt: skip
    profit = [cells for cells in grid.rows if cells[0].startswith("Lender: profit")]
    for cells, scenario in zip(profit, study.scenarios, strict=True):
        unit = {"million yuan": 1e6, "billion yuan": 1e9}[cells[0].partition(", ")[2]]
        rows = table[(table["scenario"] == scenario) & (table["figure"] == "lender_profit")].set_index("arm")
        for arm, cell in zip(grid.heads[1:], cells[1:], strict=True):
            shown = float(re.match(r"[\N{MINUS SIGN}\d.\u202f]+", cell)[0].replace("\N{MINUS SIGN}", "-"))
            assert shown == pytest.approx(rows.loc[arm, "value"] / unit, rel=0.01)
    assert memo_of(study, SAY).grid == grid


def test_who_is_not_there_has_no_row(study, monkeypatch):
    table = scorecard(study)
    empty = table.assign(value=table["value"].where(table["figure"] != "lender_profit", 0.0))
    monkeypatch.setattr("sim.reports.verdict.grid.scorecard", lambda _: empty)
    assert "lender_profit" in set(table["figure"]) and "lender_profit" not in set(there(study)["figure"])
    monkeypatch.setattr("sim.reports.verdict.grid.scorecard", lambda _: table[~table["figure"].isin(IN_A_MEMO)])
    assert grid_of(study, SAY) is None


def test_the_public_side_is_told_where_it_is_a_sum(study, monkeypatch):
    own = scorecard(study)
    profit = own[own["figure"] == "lender_profit"]
    fund, state, public = (
        profit.assign(figure=figure, party=party)
        for figure, party in (
            ("fund_result", "guarantee_fund"), ("government_result", "government"), ("public_result", "public_side")
        )
    )  # fmt: skip
    for parts, told in (((fund, public), False), ((fund, state, public), True)):
        monkeypatch.setattr("sim.reports.verdict.grid.scorecard", lambda _, parts=parts: pd.concat(parts))
        assert any(cells[0].startswith("Public side") for cells in grid_of(study, SAY).rows) == told


def test_a_scorecard_puts_payers_first_so_that_a_chart_takes_them_whole(study, tmp_path):
    table = ordered(there(study))
    for _, part in table.groupby("scenario", sort=False):
        payers = [is_payer(name) for name in part["figure"]]
        assert payers == sorted(payers, reverse=True) and any(payers) and not all(payers)
    assert list(dict.fromkeys(table["scenario"])) == study.scenarios
    assert is_payer("fund_result") and not any(map(is_payer, ("public_result", "output", "access_all", "other_losses")))
    charts = {}

    def write(pages):
        charts.update(scorecard_sheet(pages.sheet("Scorecard"), study, SAY))
        bar_chart(pages, pages.sheet("Charts"), (0, 0), ("Scorecard", *charts["calm"]), [3, 4], "=title")

    sheet = opened(tmp_path, write)["Scorecard"]
    found = [[cell.value for cell in cells] for cells in sheet.iter_rows()]
    assert found[0][3:8] == ["lenient", "limits", "closing", "platform", "guaranteed"]
    assert found[0][8:] == ["limits less lenient", "closing less limits", "platform less closing",
                            "guaranteed less lenient"]  # fmt: skip
    stored = scorecard(study)
    for scenario, (before, count) in charts.items():
        rows = found[before + 1 : before + 1 + count]
        assert count == sum(is_payer(name) for name in set(there(study)["figure"]))
        own = stored[(stored["scenario"] == scenario) & (stored["figure"] == "lender_profit")].set_index("arm")
        assert rows[0][1] == "Lender: profit" and rows[0][2] == "yuan over the months"
        assert rows[0][3:8] == pytest.approx(own.loc[found[0][3:8], "value"].tolist())
        assert rows[0][8] == pytest.approx(own.loc["limits", "difference"])
    rate = next(cells for cells in sheet.iter_rows() if cells[1].value.startswith("Borrowers: requests approved"))
    assert 0.3 < rate[3].value < 0.9 and rate[3].number_format == "0.00%"
    assert rate[8].number_format == "+0.00%;-0.00%;0.00%"


def test_caps_stand_with_what_came_near_them(tmp_path):
    values = dict.fromkeys(COLUMNS, float("nan")) | {
        "scenario": "calm", "arm": "capped", "gauge": "outstanding", "cap": 0.05, "highest": 0.0612, "month": 21.0,
        "runs": 8, "suspended_runs": 8,
    }  # fmt: skip
    table = pd.DataFrame([values, values | {"gauge": "leverage", "cap": 10.0, "highest": 12.3}])
    sheet = opened(tmp_path, lambda pages: gauges_sheet(pages.sheet("Caps"), table, SAY, ["calm"]))["Caps"]
    first, second = list(sheet.iter_rows(min_row=2))
    heads = {cell.value: spot for spot, cell in enumerate(sheet[1])}
    assert first[0].value == "Calm years" and first[heads["Cap"]].number_format == "0.00%"
    assert first[heads["Highest, mean of runs"]].value == 0.0612 and first[heads["In month"]].value == 21
    assert second[heads["Cap"]].number_format == "0.0" and first[heads["In month"]].number_format == "0"


def test_every_gauge_and_direction_has_words(study):
    assert all(f"workbook.gauges.{name}" in SAY for name in gauges(study).columns)


def test_the_verdict_sheet_holds_question_sentences_and_fingerprint(study, tmp_path):
    sheet = opened(tmp_path, lambda pages: verdict_sheet(pages.sheet("Verdict"), study, SAY))["Verdict"]
    words = [cell.value for cell in sheet["A"] if cell.value]
    assert words[0] == title_of(study, SAY).replace("`", "") and "ab12" * 16 in words[-1]
    assert "Who gains and who pays" in words and not any("`" in text for text in words)
    assert len(words) > 6 and sheet.column_dimensions["A"].width // 1 == bottom.PAGE


def test_a_question_of_many_packages_counts_them(tmp_path):
    made = [("lenient", "", "", "first", 0.0, 0.0)]
    made += [(f"p{spot}", "lenient", "sharing: guarantee", "other", 0.01, 0.0) for spot in range(7)]
    economies = [(f"e{spot}", 24, 0.5) for spot in range(6)]
    many = read_study(write_study(tmp_path / "many", packages=made, scenarios=economies, replications=2))
    assert title_of(many, SAY) == "What do 7 packages change against `lenient`, in 6 economies?"
    alone = read_study(write_study(tmp_path / "alone", packages=made[:1], scenarios=economies[:1], replications=2))
    assert title_of(alone, SAY) == "How does `lenient` fare, in E0?"


def test_shapes_turn_fen_into_yuan_and_fractions_into_per_cent():
    money, share, other = (
        shape_of(name, unit)
        for name, unit in (
            ("lender_profit", "fen a month"),
            ("loss_rate", "fraction of outstanding a year"),
            ("x", "cards"),
        )
    )
    assert (money.factor, money.unit) == (0.01, "yuan a month") and money.of(123_456) == "#,##0"
    assert money.of(1_234) == "#,##0.00" and money.of(-1_234, signed=True) == "+#,##0.00;-#,##0.00;#,##0.00"
    assert (share.factor, share.unit, share.of(0.02)) == (1.0, "% of outstanding a year", "0.00%")
    assert (other.factor, other.unit) == (1.0, "cards")
    assert in_order(["zzz", "price", "loss_rate", "unemployment"]) == ["loss_rate", "price", "unemployment", "zzz"]
    assert set(FIRST) <= set(shapes.FIGURES)
    assert capital("a severe recession") == "A severe recession"
