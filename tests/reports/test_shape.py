"""The shape of the page: few pages in front, an appendix behind, tables that hold."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sim.reports import build
from sim.reports.chapters.tables import cell, group_heading, row, table
from sim.reports.document import Page
from tests.reports.synthetic import PACKAGES, SCENARIOS, write_study

FRONT = ["scorecard", "packages", "paths", "bearers", "access", "method"]


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


@pytest.mark.skipif(not shutil.which("chromium") or not shutil.which("pdftotext"), reason="no browser here")
def test_printed_it_is_eight_pages_and_an_appendix(page: str, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(page, encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    to = ["--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'r.pdf'}", path.as_uri()]
    subprocess.run(["chromium", *flags, *to], check=True, capture_output=True, timeout=120)
    printed = subprocess.run(["pdftotext", "-layout", tmp_path / "r.pdf", "-"], check=True, capture_output=True)
    pages = printed.stdout.decode().split("\f")
    first = next(place for place, text in enumerate(pages) if text.lstrip().startswith("Appendix"))
    assert 4 <= first <= 8
    assert "The bottom line" in pages[0]
