import dataclasses
import math

import pandas as pd
import pytest

from sim.economy.economy import Economy
from sim.economy.environment import NO_SUPPORT, Support
from sim.inputs.errors import InputError
from sim.inputs.path import read_path, with_path
from tests.economy.shipped import scenario

# The columns and form of the published file of the US unemployment rate.
GOOD = "month,unemployment_percent\n" + "".join(
    f"2007-{month:02d},{value}\n" for month, value in enumerate((4.6, 4.5, 4.4, 4.5, 4.4, 4.6), start=1)
)


def written(folder, text, name="path.csv"):
    file = folder / name
    if isinstance(text, bytes):
        file.write_bytes(text)
    else:
        file.write_text(text, encoding="utf-8")
    return file


def settings_of(file, units="unstated"):
    return scenario("path", file=str(file), units=units)


def test_published_form_is_read_to_the_bit(tmp_path):
    path = read_path(written(tmp_path, GOOD))
    assert path.unemployment == (0.046, 0.045, 0.044, 0.045, 0.044, 0.046)
    assert path.first_month == "2007-01" and path.policy_rate == ()


def test_a_file_of_the_shipped_history_gives_the_shipped_history(tmp_path):
    history = scenario("us_2007_2012")
    months = [f"{2007 + k // 12}-{k % 12 + 1:02d}" for k in range(72)]
    rows = [f"{m},{100 * u:.1f}" for m, u in zip(months, history.published.unemployment, strict=True)]
    file = written(tmp_path, "month,unemployment_percent\n" + "\n".join(rows) + "\n")
    mine = with_path(dataclasses.replace(settings_of(file), labour=history.labour, income=history.income))
    assert mine.published.unemployment == history.published.unemployment
    here, there = Economy(mine, 3), Economy(history, 3)
    assert here.horizon == 72
    for month in (-7, 0, 20, 71):
        for name in ("unemployment", "policy_rate", "income_volatility", "calendar_month", "season"):
            assert getattr(here.month(month), name) == getattr(there.month(month), name)
        for name in ("separation_by_sector", "finding_by_sector", "income_by_sector", "demand_by_sector"):
            assert (getattr(here.month(month), name) == getattr(there.month(month), name)).all()


def test_optional_columns_reach_the_economy(tmp_path):
    text = (
        "month,unemployment,policy_rate,output_gap,demand_technology\n"
        "0,0.05,0.03,0.01,80\n1,0.05,0.03,0.01,80\n2,0.06,0.02,-0.04,60\n"
    )
    settings = with_path(settings_of(written(tmp_path, text), "fraction"))
    economy = Economy(dataclasses.replace(settings, systematic=scenario("one_factor").systematic), 1)
    start, end = economy.month(-1), economy.month(2)
    assert (start.policy_rate, end.policy_rate) == (0.03, pytest.approx(0.02))
    assert end.demand_by_sector[3] == pytest.approx(0.75)
    # A gap five points below that of the calm start; manufacturing swings 1.6 times as much as demand in
    # general.
    assert end.demand_by_sector[0] == pytest.approx(0.95**1.6)
    assert (start.demand_by_sector == 1.0).all() and (start.income_by_sector == 1.0).all()
    assert math.isclose(economy.month(0).unemployment, 0.05, abs_tol=1e-12)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_funding_and_harvest_reach_the_economy(tmp_path, form):
    file = tmp_path / f"path.{form}"
    frame = pd.DataFrame(
        {
            "month": ["2019-08", "2019-09", "2019-10"],
            "unemployment_percent": [5.0, 5.0, 5.0],
            "funding_percent": [100.0, 40.0, 0.0],
            "harvest": [1.0, 1.0, 0.6],
        }
    )
    frame.to_parquet(file) if form == "parquet" else frame.to_csv(file, index=False)
    economy = Economy(with_path(settings_of(file)), 1)
    assert [economy.month(m).funding for m in (-1, 0, 1, 2, 9)] == pytest.approx([1.0, 1.0, 0.4, 0.0, 0.0])
    assert [economy.month(m).harvest_by_region[3] for m in (-1, 0, 1, 2)] == pytest.approx([1.0, 1.0, 1.0, 0.6])
    bare = "month,unemployment_percent\n2019-08,5\n2019-09,5\n2019-10,5\n"
    without = Economy(with_path(settings_of(written(tmp_path, bare, "bare.csv"))), 1)
    assert without.month(2).funding == 1.0 and (without.month(2).harvest_by_region == 1.0).all()
    assert (without.month(2).income_by_sector == economy.month(2).income_by_sector).all()


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_support_and_the_self_employed_reach_the_economy(tmp_path, form):
    file = tmp_path / f"path.{form}"
    frame = pd.DataFrame(
        {
            "month": ["2020-02", "2020-03", "2020-04"],
            "unemployment_percent": [3.5, 4.4, 14.8],
            "self_employed_income": [1.0, 0.8, 0.4],
            "jobless_supplement": [0.0, 0.0, 0.63],
            "universal_transfer": [0.0, 0.0, 0.29],
            "holidays_offered_percent": [0.0, 10.0, 30.0],
            "collections_stopped_percent": [0.0, 40.0, 80.0],
        }
    )
    frame.to_parquet(file) if form == "parquet" else frame.to_csv(file, index=False)
    settings = with_path(settings_of(file))
    assert settings.brings("jobless_supplement") and settings.brings("holidays_offered")
    economy = Economy(settings, 1)
    assert economy.month(-1).support == economy.month(0).support == NO_SUPPORT
    assert economy.month(1).support == Support(holidays_offered=0.1, collections_stopped=0.4)
    assert economy.month(2).support == Support(0.63, 0.29, 0.3, 0.8)
    assert [economy.month(m).self_employed_income for m in (0, 1, 2)] == pytest.approx([1.0, 0.8, 0.4])


def test_parquet_with_dates_and_floats(tmp_path):
    file = tmp_path / "path.parquet"
    frame = pd.DataFrame({"month": pd.date_range("2019-11-01", periods=3, freq="MS"), "unemployment": [3.6, 3.6, 3.5]})
    frame.to_parquet(file)
    path = read_path(file, "percent")
    assert path.first_month == "2019-11" and path.unemployment == (0.036, 0.036, 0.035)
    assert Economy(with_path(settings_of(file, "percent")), 1).month(0).calendar_month == 10


def test_byte_order_mark_blank_lines_and_days_are_no_harm(tmp_path):
    text = "\ufeffmonth,unemployment_percent\r\n2007-12-01,5.0\r\n\r\n2008-01-01,5.0\r\n"
    assert read_path(written(tmp_path, text)).unemployment == (0.05, 0.05)


HEAD = "month,unemployment_percent\n"
MALFORMED = [
    ("empty file", "", "path.csv: the file is empty"),
    ("header only", HEAD, "no row below the header"),
    ("no month", "date,unemployment_percent\n2007-01,5\n", "row 1, column 'date': unknown"),
    (
        "near miss of support",
        "month,unemployment_percent,jobless_suplement\n0,5,1\n",
        "mean jobless_supplement?",
    ),
    (
        "more than all of collections",
        "month,unemployment_percent,collections_stopped_percent\n0,5,101\n",
        "'101', must be a number between 0 and 100 percent",
    ),
    ("no unit of holidays", "month,unemployment_percent,holidays_offered\n0,5,1\n", "column holidays_offered"),
    (
        "too much support",
        "month,unemployment_percent,universal_transfer\n0,5,3.1\n",
        "must be a number between 0 and 3",
    ),
    ("near miss", "month,unemploymnt_percent\n2007-01,5\n", "did you mean unemployment_percent?"),
    (
        "unknown sector",
        "month,unemployment_percent,demand_mining\n0,5,1\n",
        "column 'demand_mining': unknown",
    ),
    ("no unemployment", "month,policy_rate_percent\n2007-01,5\n", "column unemployment: missing"),
    ("only rates", "unemployment_percent\n5\n", "column month: missing"),
    ("column twice", "month,month,unemployment_percent\n0,0,5\n", "column 'month': stands twice"),
    ("rate twice", "month,unemployment,unemployment_percent\n0,5,5\n", "economy.units: unstated"),
    ("a hole", HEAD + "2007-01,5\n2007-03,5\n", "row 3, column month: '2007-03', must be 2007-02"),
    ("a month twice", HEAD + "2007-01,5\n2007-01,5\n", "row 3, column month: '2007-01', must be 2007-02"),
    ("backwards", HEAD + "2007-02,5\n2007-01,5\n", "row 3, column month: '2007-01', must be 2007-03"),
    ("mixed months", HEAD + "2007-01,5\n24085,5\n", "row 3, column month: '24085', must be a month such as"),
    ("month 13", HEAD + "2007-13,5\n", "row 2, column month: '2007-13', must be a month such as 2007-01"),
    ("a fifth quarter", HEAD + "2007Q5,5\n", "column month: '2007Q5', must be a month such as"),
    ("not a number", HEAD + "0,5\n1,five\n", "row 3, column unemployment_percent: 'five', must be a number"),
    (
        "nan",
        HEAD + "0,nan\n",
        "row 2, column unemployment_percent: 'nan', must be a number between 0.1 and 60",
    ),
    ("infinity", HEAD + "0,1e999\n", "'1e999', must be a number between 0.1 and 60 percent"),
    ("a missing figure", HEAD + "0,5\n1,\n", "row 3, column unemployment_percent: '', must be a number"),
    ("decimal comma", HEAD + '0,"4,6"\n', "'4,6', must be a number"),
    ("negative", HEAD + "0,-1\n", "'-1', must be a number between 0.1 and 60 percent"),
    ("a fraction", HEAD + "0,0.046\n", "'0.046', must be a number between 0.1 and 60 percent"),
    ("more than all", HEAD + "0,101\n", "'101', must be a number between 0.1 and 60 percent"),
    (
        "funding beyond all",
        "month,unemployment_percent,funding_percent\n0,5,101\n",
        "'101', must be a number between 0 and 100 percent",
    ),
    (
        "no unit of funding",
        "month,unemployment_percent,funding\n0,5,1\n",
        "must be percent or fraction: column funding",
    ),
    (
        "no harvest at all",
        "month,unemployment_percent,harvest\n0,5,0\n",
        "column harvest: '0', must be a number between 0.05 and 3",
    ),
    (
        "harvest is nan",
        "month,unemployment_percent,harvest\n0,5,nan\n",
        "column harvest: 'nan', must be a number between 0.05",
    ),
    (
        "harvest lacks a month",
        "month,unemployment_percent,harvest\n0,5,1\n1,5,\n",
        "row 3, column harvest: '', must be a number",
    ),
    ("harvest in percent", "month,unemployment_percent,harvest_percent\n0,5,1\n", "column 'harvest_percent': unknown"),
    ("ragged", HEAD + "0,5,6\n", "row 2: 3 cells, must be 2"),
    ("semicolons", "month;unemployment_percent\n0;5\n", "parted by semicolons (;), must have commas"),
    ("not text", b"\x89PNG\r\n\xff\xfe\x00", "path.csv: not text in UTF-8"),
    ("open quote", HEAD + '0,"5\n', "path.csv: not text in UTF-8"),
    ("damaged parquet", b"PAR1 and then nothing", "path.csv: damaged"),
    ("too long", HEAD + "".join(f"{k},5\n" for k in range(1300)), "must be at most 1200 months"),
]


@pytest.mark.parametrize(("text", "line"), [case[1:] for case in MALFORMED], ids=[case[0] for case in MALFORMED])
def test_a_malformed_file_is_refused_in_one_line(tmp_path, text, line):
    file = written(tmp_path, text)
    with pytest.raises(InputError) as refused:
        with_path(settings_of(file))
    assert line in str(refused.value)
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 700
    assert str(file) in str(refused.value)


@pytest.mark.parametrize(
    ("units", "header", "line"),
    [
        ("unstated", "month,unemployment", "economy.units: unstated, must be percent or fraction"),
        ("fraction", "month,unemployment_percent", "contradicts economy.units=fraction"),
        ("fraction", "month,unemployment", "'4.6', must be a number between 0.001 and 0.6 (a fraction)"),
        ("permille", "month,unemployment", "economy.units: 'permille', must be one of"),
    ],
)
def test_units_are_never_guessed(tmp_path, units, header, line):
    file = written(tmp_path, f"{header}\n2007-01,4.6\n")
    with pytest.raises(InputError, match=r"economy\.units|fraction") as refused:
        read_path(file, units)
    assert line in str(refused.value)


def test_files_that_cannot_be_opened(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.csv: cannot be read: No such file or directory"):
        read_path(tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match="is a directory"):
        read_path(tmp_path)
    with pytest.raises(InputError, match=r"economy\.file: empty"):
        with_path(scenario("path"))


def test_a_path_faster_than_jobs_can_move_is_refused(tmp_path):
    file = written(tmp_path, HEAD + "0,5\n1,58\n")
    with pytest.raises(InputError, match=r"month 2 of the path.*highest_separation \(0\.5\)"):
        with_path(settings_of(file))


def test_other_kinds_come_back_as_they_are():
    for name in ("calm", "us_2007_2012"):
        settings = scenario(name)
        assert with_path(settings) is settings


STRESSED = (5.6, 6.0, 6.4, 6.8, 7.23, 7.67, 8.1, 8.47, 8.83, 9.2, 9.37, 9.53, 9.7, 9.77, 9.83, 9.9, 9.93, 9.97, 10.0)
BACK = (9.83, 9.67, 9.5, 9.33, 9.17, 9.0, 8.87, 8.73, 8.6, 8.47, 8.33, 8.2, 8.07, 7.93, 7.8, 7.67, 7.53, 7.4)
QUARTER_BEFORE = (4.2, 4.67, 5.13)


def supervisory(folder, history=()):
    """Write the shape of a supervisory path, monthly, with or without a quarter of history before it."""
    rows = [f"{month},{value}" for month, value in enumerate((*history, *STRESSED, *BACK))]
    return written(folder, HEAD + "\n".join(rows) + "\n", f"with_{len(history)}.csv")


def test_a_path_may_say_from_which_calm_level_it_starts(tmp_path):
    """With the level of the history, the months are those that follow the history."""
    bare, whole = settings_of(supervisory(tmp_path)), settings_of(supervisory(tmp_path, QUARTER_BEFORE))
    still = scenario("one_factor").systematic
    told = dataclasses.replace(bare, calm_unemployment=0.042)
    alone, named, after = (
        Economy(with_path(dataclasses.replace(one, systematic=still)), 1) for one in (bare, told, whole)
    )
    assert (alone.month(-1).unemployment, named.month(-1).unemployment) == (0.056, 0.042)
    for month in range(37):
        here, there = named.month(month), after.month(month + 3)
        assert here.unemployment == pytest.approx(there.unemployment)
        assert here.income_by_sector == pytest.approx(there.income_by_sector)
        assert here.demand_by_sector == pytest.approx(there.demand_by_sector)
        # The first month makes up for the quarter of which nothing is known.
        assert month == 0 or here.separation_by_sector == pytest.approx(there.separation_by_sector, rel=1e-4)
        assert alone.month(month).income_by_sector[0] > here.income_by_sector[0]


def test_index_and_output_gap_count_from_the_calm_level_too(tmp_path):
    text = "month,unemployment_percent,output_gap_percent,demand_technology\n0,6,-2,80\n1,7,-4,60\n"
    settings = settings_of(written(tmp_path, text))
    settings = dataclasses.replace(settings, systematic=scenario("one_factor").systematic, calm_unemployment=0.05)
    first, second = (Economy(with_path(settings), 1).month(month) for month in (0, 1))
    # A point of unemployment before the first month is two per cent of output; technology moves 0.9 times as much.
    assert first.demand_by_sector[0] == pytest.approx(0.98**1.6)
    assert second.demand_by_sector[0] == pytest.approx(0.96**1.6)
    assert first.demand_by_sector[3] == pytest.approx(0.98**0.9)
    assert second.demand_by_sector[3] == pytest.approx(0.98**0.9 * 0.75)


def test_a_calm_level_out_of_reach_is_refused(tmp_path):
    settings = scenario("path", file=str(supervisory(tmp_path)), labour__highest_separation=0.02)
    settings = dataclasses.replace(settings, units="percent")
    assert with_path(settings).published.unemployment[0] == 0.056
    with pytest.raises(
        InputError, match=r"month 1 of the path, column unemployment: from 0\.03 to 0\.056, must be within"
    ):
        with_path(dataclasses.replace(settings, calm_unemployment=0.03))
    assert any(
        "economy.calm_unemployment: 0.0005, must be 0" in line
        for line in dataclasses.replace(settings, calm_unemployment=0.0005).check()
    )


def test_the_calm_level_brings_the_loss_of_the_path_with_its_history(tmp_path):
    """What the first row hides: unemployment had risen by then, and the loss comes of the rise.

    So defaults a month are held against those of the two calm years before, four runs together. All have the same
    luck but for the months of the history: two standard errors are 0.08 of a rise. Without the level a tenth of it is
    missing.
    """
    import sim

    def rise(file, months, *overrides):
        given, calm, after = ["firms=none", "study.burn_in=36", "policy/approval=everyone"], 0.0, 0.0
        given += [f"economy.file={file}", "population.borrowers=20000", "machine.threads=1"]
        for seed in (4, 5, 6, 7):
            model = sim.Model(sim.compose(["economy=path", *given, f"seed={seed}", *overrides]))
            for _ in range(36 + months):
                model.step()
            calm += sum(row["defaults"] for row in model.records[12:36]) / 24
            after += sum(row["defaults"] for row in model.records[36:]) / months
        return after / calm

    bare, length = supervisory(tmp_path), len(STRESSED + BACK)
    after = rise(supervisory(tmp_path, QUARTER_BEFORE), length + len(QUARTER_BEFORE))
    # The quarter's rise comes in one month, which makes little difference.
    assert rise(bare, length, "economy.calm_unemployment=0.042") == pytest.approx(after, rel=0.08)
    assert rise(bare, length) < 0.95 * after and after > 1.1
