"""The shape of the page: few pages in front, an appendix behind, figures legible on a telephone, tables that hold."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.reports import build
from sim.reports.chapters.tables import cell, group_heading, row, table
from sim.reports.document import Page
from sim.reports.drawing import style
from sim.reports.drawing.alluvial import spread
from sim.reports.drawing.figures import Band, in_margin, name_margin, signs_of
from sim.reports.drawing.keys import GAP, SIGN, SWATCH, key_height, laid_out
from sim.reports.drawing.strips import Strip
from sim.reports.drawing.sweep import SWING, Sweep, heat_map, tornado
from tests.reports.synthetic import PACKAGES, SCENARIOS, write_study

TELEPHONE = 376  # pixels that a figure has on a screen 400 pixels wide
SMALLEST = 9  # pixels
FRONT = ["scorecard", "packages", "paths", "bearers", "access", "method"]
LONG = "a_package_with_thirty_letters_"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    return build(write_study(tmp_path_factory.mktemp("shape") / "study")).read_text(encoding="utf-8")


def parts(page: str) -> tuple[str, str]:
    """Body of the page in front of the appendix, and the appendix."""
    front, behind = page[page.index("<body>") :].split('<section class="appendix">')
    return front, behind


def chapters(text: str) -> list[str]:
    return re.findall(r'<h2 id="([^"]+)"><span', text)


def heads_and_rows(text: str) -> list[tuple[list[str], list[list[str]]]]:
    """Heads and cells of every table with heads; rows that head a group are left out."""
    found = []
    for one in re.findall(r"<table.*?</table>", text, flags=re.DOTALL):
        heads = re.findall(r'<th scope="col">(.*?)</th>', one)
        rows = [re.findall(r"<t[hd][ >].*?</t[hd]>", line) for line in re.findall(r"<tr.*?</tr>", one)]
        rows = [[re.sub("<[^>]*>", "", part) for part in line] for line in rows]
        found.append((heads, [line for line in rows[1:] if len(line) == len(heads)]))
    return [(heads, rows) for heads, rows in found if heads]


def test_chapters_in_front_come_in_order_and_the_rest_behind(page: str) -> None:
    front, behind = parts(page)
    assert chapters(front) == FRONT
    assert page.index("<h2>The bottom line</h2>") < page.index('id="scorecard"')
    assert chapters(behind)[:2] == ["sentences", "whole-scorecard"] and chapters(behind)[-2:] == [
        "figures",
        "provenance",
    ]
    assert front.count("<table") <= 4 < behind.count("<table")
    words = re.sub(r"<svg.*?</svg>|<[^>]*>", " ", front, flags=re.DOTALL).split()
    assert len(words) < 3500


def test_contents_name_every_chapter_with_its_mark(page: str) -> None:
    named = re.findall(r'<li><a href="#([^"]+)">([^<]+)</a>', page)
    headed = re.findall(r'<h2 id="([^"]+)"><span class="mark">(\w+)</span> ([^<]+)</h2>', page)
    assert named == [(key, title) for key, _, title in headed]
    front, behind = (len(chapters(text)) for text in parts(page))
    assert [mark for _, mark, _ in headed] == [str(k + 1) for k in range(front)] + [chr(65 + k) for k in range(behind)]
    assert '<ol type="A">' in page


def test_letters_do_not_run_out() -> None:
    page = Page()
    page.appendix("Behind.")
    for number in range(28):
        page.chapter(f"c{number}", "A title")
    assert [re.search(r"mark\">(\w+)<", part)[1] for part in page.parts[1:]][-3:] == ["Z", "A1", "A2"]
    assert page.contents().count("<ol") == 1


def test_no_heading_stands_over_nothing(page: str) -> None:
    inside = re.split(r"<h2 id=", page[page.index("<body>") :])[1:]
    for part in inside:
        if 'class="part"' not in part:
            assert re.search(r"<(p|table|figure|ul|dl)\b", part), part[:60]


def test_a_study_without_sharing_closing_or_firms_has_no_chapter_of_them(tmp_path: Path) -> None:
    folder = write_study(
        tmp_path / "s", packages=PACKAGES[:1], scenarios=SCENARIOS[:1], without=("access_all",), fund=False
    )
    found = chapters(build(folder).read_text(encoding="utf-8"))
    assert not {"closing", "fund", "schemes", "firms", "firms-table", "loss-by-bearer", "worlds"} & set(found)
    assert {"packages", "paths", "access", "method", "results"} <= set(found) and "bearers" not in found


def test_no_column_says_nothing_and_none_says_one_thing(page: str) -> None:
    seen = 0
    for heads, rows in heads_and_rows(page):
        for place in range(1, len(heads)):
            said = {line[place] for line in rows}
            assert not said <= {"n/a", "\N{EN DASH}", "&ndash;", ""}, heads[place]
            seen += 1
    assert seen > 40


ROWS = [
    group_heading("Calm", "60 months", 5),
    *(row(name, [cell("1.0", 1.0), cell("n/a"), cell(f"{k}", k), cell("\N{EN DASH}")]) for k, name in enumerate("abc")),
]
HEADS = ["Package", "Price, %", "Sold", "Count", "Party"]


def test_a_column_without_figures_goes_and_one_that_repeats_is_told_once() -> None:
    text = table("<b>A table.</b>", HEADS, ROWS, kind=' class="grouped"')
    assert re.findall(r'<th scope="col">(.*?)</th>', text) == ["Package", "Count"]
    assert "<b>A table.</b> The same in every row: Price, % 1.0.</caption>" in text
    assert 'colspan="2"' in text and 'colspan="5"' not in text
    assert re.findall(r'<data value="(.*?)"', text) == ["0.0", "1.0", "2.0"]


def test_two_rows_alike_may_be_chance_and_words_may_repeat() -> None:
    assert "Price, %</th>" in table("", HEADS, ROWS[:3])
    assert "Price, %</th>" in table("", HEADS, ROWS, kind=' class="text"')


def test_a_table_of_one_value_is_a_row() -> None:
    same = [row(name, [cell("1.0", 1.0), cell("2.0", 2.0)]) for name in "abcd"]
    text = table("<b>A.</b>", HEADS[:3], [group_heading("Calm", "", 3), *same])
    assert text.count("<tr>") == 2 and '<th scope="row">all</th>' in text
    assert re.findall(r'<data value="(.*?)"', text) == ["1.0", "2.0"]
    empty = [row(name, [cell("n/a"), cell("n/a")]) for name in "abcd"]
    assert table("<b>A.</b>", HEADS[:3], empty) == ""
    page = Page()
    page.table("")
    assert page.parts == [] and page.tables == 0


def test_groups_are_bodies_that_no_page_cuts_and_heads_come_again(page: str) -> None:
    for text in re.findall(r"<table.*?</table>", page, flags=re.DOTALL):
        for body in re.findall(r"<tbody>.*?</tbody>", text, flags=re.DOTALL):
            assert body.count('class="measure"') <= 1
            assert 'class="measure"' not in body or body.startswith('<tbody><tr class="measure">')
        assert ("long" in text[: text.index(">")]) == (text.count("<tr") - 1 > 36)
    sheet = re.sub(r"\s+", " ", page.split("<style>")[1].split("</style>")[0])
    paper = sheet[sheet.index("@media print") :]
    assert "thead { display: table-header-group; }" in paper
    for name in ("tbody", "figure", "tr"):
        assert re.search(rf"\b{name}\b[^{{}}]*{{ break-inside: avoid; }}", paper)
    assert re.search(r"caption, thead,[^{}]*{ break-after: avoid; }", paper)
    assert ".scroll { overflow-x: auto; }" in sheet
    assert page.count('<div class="scroll"><table') == page.count("<table")


def legible(page: str) -> None:
    for svg in re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL):
        width = float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])
        sizes = [float(size) for size in re.findall(r"font(?:-size)?: [^;\"]*?([\d.]+)px", svg)]
        assert sizes and svg.count("<text") == len(sizes)
        assert min(sizes) * TELEPHONE / width >= SMALLEST


def boxes(figure: Figure) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Words that a figure draws and the box of each, points: left, bottom, right, top."""
    canvas, drawn = FigureCanvasAgg(figure), []
    with pytest.MonkeyPatch.context() as patch:
        draw = Text.draw  # ticks beyond the ends of an axis have words that are not drawn
        patch.setattr(Text, "draw", lambda text, *args, **kept: (drawn.append(text), draw(text, *args, **kept))[1])
        canvas.draw()
    found = []
    for text in drawn:
        if text.get_visible() and text.get_text().strip():
            box, scale = text.get_window_extent(canvas.get_renderer()), 72 / figure.dpi
            found.append((text.get_text(), tuple(scale * end for end in (box.x0, box.y0, box.x1, box.y1))))
    return found


def overlaps(found: list[tuple[str, tuple[float, float, float, float]]], air: float = 1.0) -> list[tuple[str, str]]:
    """Pairs of words that lie on each other by more than a point."""
    return [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(found, 2)
        if min(a[2], b[2]) - max(a[0], b[0]) > air and min(a[3], b[3]) - max(a[1], b[1]) > air + 0.5
    ]


DECILES = range(1, 11)
FULL = {
    **{f"score_predicted_{k}": 0.01 * k for k in DECILES},
    **{f"score_realised_{k}": 0.008 * k for k in DECILES},
    **{f"access_decile_{k}": 0.05 * k for k in DECILES},
    **{f"price_decile_{k}": 0.2 - 0.01 * k for k in DECILES},
    **{f"wrong_rejections_decile_{k}": k for k in DECILES},
    **{f"rejections_judged_decile_{k}": 20 for k in DECILES},
    **{"score_auc": 0.7, "firms": 900, "output": 4.0e10, "firm_failure_rate": 0.08, "firm_delinquent_90": 0.02},
    **{"guaranteed_lending": 1e9, "covered_outstanding": 1e10, "drawn": 2e9, "fund_put_in": 1.2e9, "staff": 9000},
    **{"premium_borrowers": 4e6, "premium_subsidy": 1e6, "premium_paid": 2e7, "replenishment": 3e6, "fund_income": 1e5},
    **{"fund_recoveries": 5e6, "compensation_fund": 9e7, "compensation_reguarantee": 3e7, "compensation_insurer": 1e6},
    **{"compensation_government": 2e6, "net_reguarantee": 1e6, "net_insurer": 1e6, "fund_liabilities": 1e10},
    **{"compensation_paid": 9e7, "compensation_unpaid": 0.0, "government_cost": 1e6, "partner_claim": 0.0},
}
"""What the made-up study lacks of figures that some chapters draw."""


def filled(folder: Path) -> Path:
    """Add all figures that a chapter asks for; a fund's only where there is one."""
    path = folder / "results" / "part-000.parquet"
    frame = pd.read_parquet(path)
    frame.assign(**FULL).to_parquet(path)
    return folder


SHAPES = {
    "main": (PACKAGES, SCENARIOS),
    "full": (PACKAGES, SCENARIOS),
    "one": (PACKAGES[:1], SCENARIOS[:1]),
    "nine": ([(f"p{k}", "p0" if k else "", "", "", 0.001 * k, 0.0) for k in range(9)], SCENARIOS[:2]),
    "long": ([(LONG, "", "", "", 0.0, 0.0), (LONG[:-1] + "2", LONG, "closing joint", "", 0.01, 0.0)], SCENARIOS[1:]),
}


SLOW = [pytest.param(shape, marks=pytest.mark.slow) for shape in SHAPES if shape not in ("nine", "one")]


@pytest.mark.parametrize("shape", ["nine", "one", *SLOW])
def test_a_figure_is_legible_on_a_telephone_and_no_words_of_it_lie_on_others(tmp_path, monkeypatch, shape) -> None:  # type: ignore[no-untyped-def]
    drawn: list[Figure] = []
    save = Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda figure, *a, **k: (drawn.append(figure), save(figure, *a, **k))[1])
    packages, scenarios = SHAPES[shape]
    folder = write_study(tmp_path / "s", packages=packages, scenarios=scenarios, replications=3)
    text = build(filled(folder) if shape == "full" else folder).read_text(encoding="utf-8")
    assert len(drawn) == text.count("<figure") >= (13 if shape == "full" else 4)
    legible(text)
    for figure in drawn:
        found = boxes(figure)
        assert not overlaps(found)
        for words, (left, bottom, right, top) in found:
            assert left > -1 and bottom > -1, words
            assert right < figure.get_figwidth() * 72 + 1 and top < figure.get_figheight() * 72 + 1, words


def test_words_on_each_other_are_seen() -> None:
    figure = Figure(figsize=(2, 1))
    figure.text(0.1, 0.5, "some words")
    figure.text(0.2, 0.52, "others")
    assert overlaps(boxes(figure)) == [("some words", "others")]


def test_keys_break_into_lines() -> None:
    short, long = ["a", "bc"], ["x" * 30, "y" * 34, "z" * 10]
    assert laid_out(short) == [(0.0, 0), (pytest.approx(SWATCH + SIGN + GAP), 0)]
    assert [line for _, line in laid_out(long)] == [0, 1, 1]
    assert laid_out(long)[1][0] == 0.0
    assert key_height(long) == 2 * key_height(short) > 0 == key_height([])


def test_names_break_for_the_margin_and_it_grows_with_them() -> None:
    assert in_margin("short") == "short"
    assert in_margin("a_package_with_letters").count("\n") == 1
    assert name_margin(["ab"]) < name_margin(["abcdefgh"]) <= name_margin([LONG * 3]) <= 0.36
    assert signs_of(0.5) > signs_of(0.25) > signs_of(0.01) == 6
    assert signs_of(0.5, style.SMALL) >= signs_of(0.5)


def test_labels_are_spread_apart_and_stay_within() -> None:
    assert spread([0.2, 0.6], 0.1) == [0.2, 0.6]
    assert spread([0.0, 0.01, 0.99], 0.1) == pytest.approx([0.05, 0.15, 0.95])
    crowd = spread([0.9, 0.92, 0.95, 1.0], 0.2)
    assert all(later - first >= 0.2 - 1e-9 for first, later in itertools.pairwise(crowd)) and crowd[-1] <= 0.9


@pytest.mark.skipif(not shutil.which("chromium") or not shutil.which("pdftotext"), reason="no browser here")
def test_printed_it_is_eight_pages_and_an_appendix(tmp_path: Path) -> None:
    path = build(write_study(tmp_path / "s"))
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    to = ["--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'r.pdf'}", path.as_uri()]
    subprocess.run(["chromium", *flags, *to], check=True, capture_output=True, timeout=120)
    printed = subprocess.run(["pdftotext", "-layout", tmp_path / "r.pdf", "-"], check=True, capture_output=True)
    pages = printed.stdout.decode().split("\f")
    first = next(place for place, text in enumerate(pages) if text.lstrip().startswith("Appendix"))
    assert 4 <= first <= 8
    assert "The bottom line" in pages[0]


def sweep_of(
    values: list[float], keys: tuple[str, str] = ("fund.capital_share", "economy.systematic.severity")
) -> Sweep:
    """A grid of two axes and what each of them moves, made up; the loss rate takes ``values`` in turn."""
    grid = [(x, y) for x in (0.02, 0.05, 0.1, 0.2, 0.3) for y in (0.5, 1.0, 2.0)]
    points = pd.DataFrame(grid, columns=list(keys)).assign(arm="lenient", scenario="calm", loss_rate=0.0, price=0.15)
    points["loss_rate"] = [values[k % len(values)] for k in range(len(points))]
    points["approval_rate"] = 0.9
    found = {
        "arm": "lenient",
        "scenario": "calm",
        "figure": "loss_rate",
        "measure": SWING,
        "option": "",
        "error": 0.001,
    }
    rows = [{**found, "key": key, "value": sign * 0.004} for key, sign in zip(keys, (1, -1), strict=True)]
    axes = [{"key": key, "values": [1, 2], "low": 0.0, "high": 1.0, "log": False} for key in keys]
    manifest = {"design": {"axes": axes}, "units": {}, "scenarios": [{"name": "calm"}]}
    none = pd.DataFrame()
    return Sweep(manifest, points, pd.DataFrame(rows), none, none, none)


def test_figures_of_a_sweep_are_legible_and_leave_out_what_never_moves(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    drawn: list[Figure] = []
    save = Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda figure, *a, **k: (drawn.append(figure), save(figure, *a, **k))[1])
    sweep = sweep_of([0.0111, 0.0222, 0.0333])
    pictures = [
        heat_map(sweep, "lenient", "calm", sweep.points, "heat"),
        tornado(sweep, "lenient", "calm", "loss_rate", "t"),
    ]
    for picture in pictures:
        assert picture is not None
        legible(picture.svg)
    assert all(not overlaps(boxes(figure)) for figure in drawn) and len(drawn) == 2
    assert [panel.get_title(loc="left") for panel in drawn[0].axes] == ["Loss rate, %"]
    assert {"1.11", "2.22", "3.33"} <= {words for words, _ in boxes(drawn[0])}
    flat = sweep_of([0.01110001, 0.0111])
    assert heat_map(flat, "lenient", "calm", flat.points, "heat") is None  # printed, all its fields say the same


def test_a_heat_map_prints_figures_only_where_they_fit(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("sim.reports.drawing.sweep.ROOM", 20)
    sweep = sweep_of([0.0111, 0.0222])
    picture = heat_map(sweep, "lenient", "calm", sweep.points, "heat")
    assert picture is not None and ">1.11<" not in picture.svg


def test_panels_of_a_strip_are_drawn_as_one_line_with_gaps() -> None:
    axes = Figure().subplots()
    strip = Strip(axes, [3, 2], (0.0, 10.0), 1.0)
    full, short = (Band(np.arange(n) + 1.0, np.zeros(n), np.arange(n) + 2.0) for n in (3, 2))
    strip.references([None, full])
    strip.bands([full, short])
    reference, line = (one.get_xydata() for one in axes.get_lines())
    assert line[:, 1].tolist()[:3] == [1.0, 2.0, 3.0] and np.isnan(line[[3, 6]]).all()
    assert line[:3, 0].tolist() == [0.0, 1.0, 2.0] and line[4:6, 0].tolist() == [strip.starts[1], strip.starts[1] + 1]
    assert reference[:3, 0].tolist() == [strip.starts[1] + k for k in range(3)]
    strip.references([None, None])
    assert len(axes.get_lines()) == 2
    empty = Band(*[np.empty(0)] * 3)
    strip.bands([empty, short])
    assert [text.get_text() for text in axes.texts] == ["n/a"]
