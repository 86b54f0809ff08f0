"""What a notebook shows: the verdict and the numbers of the terminal."""

from __future__ import annotations

import re

from sim.results.html import as_html, told
from sim.study.compare.summary import blocks


def test_it_has_the_bottom_line_and_every_number_of_the_main_table(study):
    shown = study._repr_html_()
    assert shown == as_html(study.source)
    for heading, sentences in study.verdict.items():
        assert f"<h4>{heading}</h4>" in shown and sentences
    plain = re.sub(r"<[^>]+>", "", shown)
    for sentence in (one for said in told(study.source).values() for one in said):
        assert sentence.replace("`", "").replace("&", "&amp;").replace("'", "&#x27;") in plain
    tables = shown.split("<table>")[1:]
    made = list(blocks(study.summary, list(study.arms.items()), list(study.scenarios.items()), study.source.say))
    assert len(tables) == len(made) == 2
    for table, (title, rows, columns) in zip(tables, made, strict=True):
        assert f"<caption>{title}</caption>" in table
        written = [
            [cell.lines(joined=True) for cell in (column.numbers[k] for column in columns)] for k in range(len(rows))
        ]
        cells = re.findall(r"<td>(.*?)</td>", table)
        assert len(cells) == len(rows) * len(columns)
        flat = [re.split(r"<br>", re.sub(r"</?small[^>]*>", "", cell)) for cell in cells]
        assert flat == [lines for row in written for lines in row]
        assert [row.name in table and (f"to {row.parent}" in table) for row in rows if row.parent] == [True] * 2


def test_names_are_marked_and_signs_escaped(study, monkeypatch):
    monkeypatch.setattr("sim.results.html.sentences", lambda *_: [("A & B", ["`one<b>` is more"])])
    shown = as_html(study.source)
    assert "<h4>A &amp; B</h4><ul><li><code>one&lt;b&gt;</code> is more</li></ul>" in shown


def test_a_difference_that_may_be_none_is_grey(study):
    shown = as_html(study.source)
    assert 'style="color: #8b959e"' in shown


def test_a_sweep_shows_its_points(sweep):
    shown = as_html(sweep.source)
    assert "2 points of the design, 4 rows; the first 4" in shown and "fund.capital_share" in shown
    assert "loss_rate" in shown and "loss_rate.error" not in shown
