"""The whole page: self-contained, equal to its files, the same bytes twice, readable by all."""

import contextlib
import html
import json
import re
import time
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

import sim.reports
from sim.config.job import plan
from sim.figures.catalog import MAIN
from sim.figures.scales import measure_of
from sim.reports import build, chapters
from sim.reports.chapters.bearers import bearer_table
from sim.reports.document import told
from sim.reports.drawing.bars import bearers_of
from sim.reports.folder import read_study
from sim.reports.page import APPENDIX, FRONT
from sim.reports.verdict import shown as verdict_shown
from sim.verbs import run_job
from tests.reports.synthetic import PACKAGES, SCENARIOS, unlinked, write_study

LONG = "a_package_with_thirty_letters_"
VOID = {"meta", "br", "wbr", "path", "use", "rect", "link", "img", "hr"}


class _Reader(HTMLParser):
    """Collects tags and ids and complains about elements that are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.svgs: list[dict[str, str | None]] = []
        self.headings: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [str(found["id"])] if "id" in found else []
        self.links += [str(found[name]) for name in ("href", "src") if name in found]
        if tag == "svg":
            self.svgs.append(found)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    assert not reader.open
    return reader


def table_rows(page: str, scenario_index: int) -> list[tuple[str, str, list[tuple[float | None, str]]]]:
    """Cells of one main table: measure label, package, and (stored value, printed text) of each cell."""
    text = unlinked(page).split('main grouped"')[scenario_index + 1].split("</table>")[0]
    found, label = [], ""
    for line in re.findall(r"<tr.*?</tr>", text):
        if 'class="measure"' in line:
            label = html.unescape(re.search(r'colspan="\d">(.*?) <span>', line)[1])
            continue
        name = re.search(r'<span class="name">(.*?)</span></th>', line)
        if name is None:
            continue
        cells = []
        for inner in re.findall(r"<td[^>]*>(.*?)</td>", line):
            data = re.fullmatch(r'<data value="(.*?)">(.*?)</data>', inner)
            cells.append((float(data[1]), html.unescape(data[2])) if data else (None, html.unescape(inner)))
        found.append((label, name[1].replace("<wbr>", ""), cells))
    return found


def test_page_asks_for_nothing_outside_itself(page: str) -> None:
    assert not re.search(r"https?://|//[a-z]|@import|url\((?!#)", page.replace("</", ""))
    assert "<script" not in page
    assert not re.search(r"\son\w+=", page)
    assert all(link.startswith("#") for link in read(page).links)
    assert "default-src 'none'" in page


def test_every_reference_within_the_page_has_one_target(page: str) -> None:
    reader = read(page)
    assert len(reader.ids) == len(set(reader.ids))
    assert {link[1:] for link in reader.links} <= set(reader.ids)
    assert set(re.findall(r"url\(#(\w+)\)", page)) <= set(reader.ids)


def test_page_serves_those_who_cannot_see_it(page: str) -> None:
    reader = read(page)
    assert '<html lang="en">' in page
    assert re.search(r"<title>[^<]{10,}</title>", page)
    assert len(reader.svgs) >= 9
    for svg in reader.svgs:
        assert svg["role"] == "img"
        assert set(str(svg["aria-labelledby"]).split()) <= set(reader.ids)
    assert reader.headings[0] == 1
    assert reader.headings.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in zip(reader.headings, reader.headings[1:], strict=False))
    assert page.count("<caption>") == page.count("<table")
    assert 'scope="row"' in page
    assert 'scope="col"' in page


def test_figures_and_tables_are_numbered_without_a_gap(page: str) -> None:
    for word in ("Figure", "Table"):
        numbers = [int(number) for number in re.findall(rf"<b>{word} (\d+)\.", page)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= 8


def test_every_number_of_the_main_table_is_that_of_the_summary(page: str, folder: Path) -> None:
    summary = pd.read_csv(folder / "summary.csv").set_index(["scenario", "arm", "metric"])
    labels = {measure_of(name).label: name for name in MAIN}
    compared = 0
    for index, (scenario, _, _) in enumerate(SCENARIOS):
        for label, arm, cells in table_rows(page, index):
            line = summary.loc[(scenario, arm, labels[label])]
            assert cells[0][0] == pytest.approx(line["mean"], rel=1e-12)
            compared += 1
            if cells[2][0] is not None:
                assert cells[2][0] == pytest.approx(line["difference"], rel=1e-12)
                assert (cells[2][1][0] == "\N{MINUS SIGN}") == (line["difference"] < 0)
                assert cells[4][0] == pytest.approx(line["variance_reduction"], rel=1e-12)
    assert compared == len(SCENARIOS) * (5 * 5 + 2 * 2 + 1)


def test_printed_numbers_are_the_stored_ones_scaled(page: str, folder: Path) -> None:
    summary = pd.read_csv(folder / "summary.csv").set_index(["scenario", "arm", "metric"])
    rows = {(label, arm): cells for label, arm, cells in table_rows(page, 1)}
    line = summary.loc[("severe_recession", "limits", "loss_rate")]
    cells = rows["Loss rate", "limits"]
    assert cells[0][1] == f"{100 * line['mean']:.2f}"
    assert cells[1][1] == f"{100 * line['low']:.2f} to {100 * line['high']:.2f}"
    profit = summary.loc[("severe_recession", "limits", "lender_profit")]
    assert rows["Lender's profit", "limits"][0][1] == f"{profit['mean'] / 100 / 1e6:.2f}"
    closures = summary.loc[("severe_recession", "closing", "wrong_closures")]
    assert rows["Wrong closures", "closing"][0][1] == f"{closures['mean'] / 20:.1f}"


def test_sum_of_bearers_is_the_net_charge_off(page: str) -> None:
    text = unlinked(page).split("Loss by bearer.")[1].split("</table>")[0]
    assert len(re.findall(r'<td class="clear">', text)) == len(SCENARIOS) * len(PACKAGES)
    assert "The same in every row: Sum less net charge-off 0.0." in text


def test_a_sum_of_bearers_that_misses_something_is_shown_row_by_row(folder: Path) -> None:
    study = read_study(folder)
    whole = study.paths("calm", "limits", "charged_off") + 1.0e7
    study._paths["calm", "limits", "charged_off"] = whole
    text = bearer_table(study, bearers_of(study))
    gaps = re.findall(r'<td class="value"><data value="([^"]*)">[^<]*</data></td></tr>', text)
    assert len(gaps) == len(SCENARIOS) * len(PACKAGES)
    assert sorted(float(gap) for gap in gaps)[:2] == [-1.0e7 * SCENARIOS[0][1], 0.0]


def test_same_folder_gives_the_same_bytes_small_and_soon(folder: Path, page: str) -> None:
    started = time.process_time()
    path = build(folder)
    assert time.process_time() - started < 20  # takes two or three seconds alone on a core
    assert path.read_bytes() == page.encode("utf-8")
    assert path.stat().st_size < 3_000_000
    assert not re.search(r"20\d\d-\d\d-\d\d", page)


def test_words_of_the_study_are_escaped(tmp_path: Path) -> None:
    packages = [
        ("root", "", "", "<script>alert(1)</script>", 0.0, 0.0),
        ("a&b<i>", "root", "x=`1`", "", -0.01, 0.0),
    ]
    page = build(write_study(tmp_path / "s", packages=packages, scenarios=SCENARIOS[:1], replications=3)).read_text()
    assert "<script" not in page
    assert "<i>" not in page
    assert "a&amp;b&lt;i&gt;" in page
    read(page)


@pytest.mark.parametrize(
    ("packages", "scenarios", "replications", "without", "fund"),
    [
        (PACKAGES[:1], SCENARIOS[:1], 1, (), False),
        (PACKAGES[:2], SCENARIOS[1:2], 2, (), False),
        (PACKAGES, SCENARIOS[:1], 3, ("fund_capital", "loss_fund", "loss_partner"), False),
        (PACKAGES[:2], SCENARIOS[:2], 5, ("loss_rate", "delinquent_30", "balance_m0", "unemployment"), True),
        (
            PACKAGES[:2],
            SCENARIOS[:1],
            3,
            ("approval_rate", "access_thin_file", "access_low_income", "closures"),
            True,
        ),
        (
            [(LONG, "", "", "", 0.0, 0.0), (LONG[:-1] + "2", LONG, "closing", "", 0.01, 0.0)],
            [("a_scenario_with_a_long_name_recession", 1, 1.0)],
            3,
            (),
            True,
        ),
        (
            [(f"p{i}", "p0" if i else "", "", "", 0.001 * i, 0.0) for i in range(9)],
            SCENARIOS[:1],
            3,
            (),
            True,
        ),
    ],
    ids=["one", "two", "no-fund", "no-loss", "no-access", "long-names", "nine"],
)
def test_page_holds_for_other_shapes(tmp_path, packages, scenarios, replications, without, fund) -> None:  # type: ignore[no-untyped-def]
    study = write_study(
        tmp_path / "study",
        packages=packages,
        scenarios=scenarios,
        replications=replications,
        without=without,
        fund=fund,
    )
    page = build(study).read_text(encoding="utf-8")
    reader = read(page)
    assert len(reader.ids) == len(set(reader.ids))
    words = re.sub(r"<[^>]*>", " ", page.split("<body>")[1])
    assert not re.search(r"\b(nan|inf|None)\b", words)
    assert all(name[0] in page.replace("<wbr>", "") for name in packages)


def test_one_replication_has_no_interval(tmp_path: Path) -> None:
    page = build(write_study(tmp_path / "s", replications=1, scenarios=SCENARIOS[:1])).read_text(encoding="utf-8")
    assert all(len(cells) == 2 for _, _, cells in table_rows(page, 0))
    assert "interval</th>" not in page.split('main grouped"')[1].split("</table>")[0]
    assert "n/a (too few replications)" in page
    assert "No band" in page


def test_partial_study_is_said_to_be_partial(tmp_path: Path) -> None:
    study = write_study(tmp_path / "s", replications=3, scenarios=SCENARIOS[:2])
    results = study / "results" / "part-000.parquet"
    frame = pd.read_parquet(results)
    frame[(frame["scenario"] != "calm") | (frame["arm"] == "lenient")].to_parquet(results)
    manifest = study / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"seed": 1', '"seed": 1, "status": "partial"'))
    assert "The study is not finished: only the runs done so far" in build(study).read_text(encoding="utf-8")


def test_folder_without_results_says_so(tmp_path: Path) -> None:
    study = write_study(tmp_path / "s", replications=1, scenarios=SCENARIOS[:1])
    (study / "results" / "part-000.parquet").unlink()
    with pytest.raises(FileNotFoundError, match="no result file"):
        build(study)
    assert not (study / "report.html").exists()


def with_tails(folder: Path, exhausted: str = "0.2,0.08,0.42") -> Path:
    """Add the table of risks that the study writes beside its summary, and adjusted p values."""
    head = "arm,scenario,conditional_on,measure,estimate,low,high,replications,interval\n"
    lines = []
    for arm, *_ in PACKAGES[:3]:
        for scenario, _, _ in SCENARIOS[:2]:
            start, count = f"{arm},{scenario},the scenario {scenario}", 20
            mean = 0.031 + 0.01 * len(lines) / 3
            lines.append(f"{start},mean loss rate,{mean},{mean - 0.002},{mean + 0.002},{count},t")
            lines.append(f'{start},"loss rate, 95% quantile (VaR)",n/a,n/a,n/a,{count},order statistics')
            lines.append(f"{start},the fund is exhausted at least once,{exhausted},{count},Wilson")
    (folder / "risk.csv").write_text(head + "\n".join(lines) + "\n")
    table = pd.read_csv(folder / "summary.csv")
    adjusted = (table["metric"] == "loss_rate") & table["difference"].notna()
    table.loc[adjusted, "p_holm"] = [0.001 if place < 3 else 0.2 for place in range(int(adjusted.sum()))]
    table.to_csv(folder / "summary.csv", index=False, na_rep="n/a")
    return folder


def test_risks_are_told_as_the_study_wrote_them(tmp_path: Path) -> None:
    page = build(with_tails(write_study(tmp_path / "s", packages=PACKAGES[:3], scenarios=SCENARIOS[:2]))).read_text(
        encoding="utf-8"
    )
    read(page)
    risk = html.unescape(
        unlinked(page).split("Loss distribution and ruin across replications.")[1].split("</table>")[0]
    )
    assert "of fewer than 72 or 368 runs" in risk and "given the scenario severe_recession" in risk
    assert [f">{k}.10 ({k - 1}.90 to {k}.30)<" in risk for k in range(3, 9)] == [True] * 6
    assert "The same in every row: Runs 20; Fund exhausted, % of runs 20 (8 to 42)." in risk
    assert "VaR" not in risk.split("</caption>")[1]
    assert "Of 4 differences in the main figures 3 keep their direction at 1\N{NARROW NO-BREAK SPACE}%" in page


def test_without_these_tables_the_chapter_is_left_out(page: str) -> None:
    assert 'id="tails"' not in page and "Holm" not in page


def test_a_scenario_that_comes_after_the_end_is_not_reported_as_one(tmp_path: Path) -> None:
    scenarios = (("calm", 60, 0.0), ("severe_recession", 60, 1.0))
    folder = write_study(tmp_path / "late", packages=PACKAGES[:2], scenarios=scenarios, replications=2)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    named = {entry["name"]: entry for entry in manifest["scenarios"]}
    named["severe_recession"] |= {"stays_calm": True, "outlook": "shock in month 70: none of the 60 months leaves calm"}
    manifest["warnings"] = ["economy=severe_recession: shock in month 70, after the 60 months that are run"]
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    late = build(folder).read_text(encoding="utf-8")
    assert "Warning. economy=severe_recession: shock in month 70, after the 60 months" in late
    assert "Here: shock in month 70: none of the 60 months leaves calm." in late
    assert " in a severe recession" not in late and "the calm months before a severe recession" in late


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("us_2007_2012", "United States 2007-2012: the published rate."),
        ("severe_recession", "Severe recession: 5 points up. Here: no shock."),
    ],
)
def test_a_scenario_that_says_its_name_is_not_named_twice(name: str, meaning: str) -> None:
    assert told(name, meaning) == meaning


@pytest.mark.parametrize("meaning", ["A path, from a file.", "A slump. Here: peak 9.0% in month 4.", "As was: bad."])
def test_a_scenario_of_the_users_own_is_told_under_its_name(meaning: str) -> None:
    assert told("may_road", meaning) == f"May road: {meaning}"


def test_control_totals_leave_the_name_of_the_tape_as_it_is(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "tape", packages=PACKAGES[:1], scenarios=SCENARIOS[:1], replications=2)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["control_totals"] = ["cards.csv, from 2024-01: 9 accounts", "past due: none"]
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    page = build(folder).read_text(encoding="utf-8")
    assert ">cards.csv, from 2024-01: 9 accounts." in page and ">Past due: none." in page


def test_every_chapter_that_is_written_stands_on_the_page():
    modules = [
        import_module(f"sim.reports.chapters.{found.stem}") for found in Path(chapters.__path__[0]).glob("[a-z]*.py")
    ]
    written = {module.write for module in modules if hasattr(module, "write")} - {chapters.verdict.write}
    assert written | {verdict_shown.chapter} == set(FRONT)
    assert {module.append for module in modules if hasattr(module, "append")} <= set(APPENDIX)
    assert len(FRONT) == len(set(FRONT)) > 4 and len(APPENDIX) == len(set(APPENDIX)) > 10


def test_what_a_report_needs_is_imported_meanwhile_and_never_after(monkeypatch):
    asked = []
    monkeypatch.setattr(sim.reports.importlib, "import_module", asked.append)
    with sim.reports.loading():
        pass
    assert asked == []
    monkeypatch.setattr(sim.reports, "WHILE_WORKERS_COMPILE", 0.0)
    with sim.reports.loading():
        until = time.monotonic() + 60
        while len(asked) < len(sim.reports.SLOW_TO_IMPORT) and time.monotonic() < until:
            time.sleep(0.01)
    assert asked == list(sim.reports.SLOW_TO_IMPORT)


def test_a_study_of_the_command_line_ends_with_its_imports(monkeypatch, tmp_path):
    begun = []

    @contextlib.contextmanager
    def loading():
        begun.append("loading")
        yield
        begun.append("done")

    monkeypatch.setattr(sim.reports, "loading", loading)
    monkeypatch.setattr("sim.study.run.runner.run_study", lambda *_, **__: begun.append("study"))
    assert run_job(plan(["economy=calm"]), tmp_path / "study", several=False) == 0
    assert begun == ["loading", "study", "done"]
