"""Who gains and who loses, and results by segment, as the report says them: from tables written by hand."""

import dataclasses
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sim.language.words import CHINESE, Words
from sim.reports.chapters import gainers as chapter
from sim.reports.chapters.gainers import by_segment, columns_of, named, part_of, quotient, segment_table, sentences
from sim.reports.document import Page
from sim.reports.drawing import diverging
from sim.reports.drawing.diverging import bars, gains_figure
from sim.reports.folder import read_study
from sim.reports.noted import read_noted
from sim.reports.words import gainers
from tests.reports.synthetic import unlinked, write_study

SAY, CHINESE_SAY = Words(), Words(CHINESE)
PLACE = "severe_recession"
AMOUNTS = ("limits_month_ends", "outstanding_month_ends", "drawn", "rate_of_draws", "interest_received")


def gains_row(segment, outcome, number, *, dimension="income_decile", event="default", replication=0, **columns):
    counts = dict.fromkeys(("left_with_parent_alone", "left_here_alone", "line_months_lost", "line_months_gained"), 0)
    amounts = {f"{name}{side}": 1_000 for name in AMOUNTS for side in ("", "_with_parent")}
    prices = {"rate_of_draws": 120, "rate_of_draws_with_parent": 130}
    keys = {"arm": "closing", "scenario": PLACE, "replication": replication, "parent": "limits", "event": event,
            "dimension": dimension, "segment": segment, "outcome": outcome, "number": number}  # fmt: skip
    return {**keys, **counts, **amounts, **prices, **columns}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Two runs of 200 persons in two tenths, and of 100 firms; other packages change nobody's life."""
    folder = write_study(tmp_path_factory.mktemp("gains") / "out", replications=2)
    rows = []
    for replication, saved in ((0, 6), (1, 2)):
        same = {"replication": replication}
        rows += [
            gains_row("1", "saved", saved, **same),
            gains_row("1", "in neither", 100 - saved, line_months_lost=300, line_months_gained=100,
                      left_here_alone=4, **same),
            gains_row("10", "caused", 1, **same), gains_row("10", "in both", 5, **same),
            gains_row("10", "in neither", 94, left_with_parent_alone=2, line_months_gained=50, **same),
            gains_row("technology micro", "saved", 3, dimension="sector_size", event="failure", **same),
            gains_row("technology micro", "caused", 1, dimension="sector_size", event="failure", **same),
            gains_row("technology micro", "in neither", 96, dimension="sector_size", event="failure", **same),
            gains_row("technology micro", "its own alone", 50, dimension="sector_size", event="failure", **same),
        ]  # fmt: skip
    table = folder / "tables" / "gains"
    table.mkdir(parents=True)
    pd.DataFrame(rows).to_parquet(table / "part.parquet")
    table = folder / "tables" / "segments"
    table.mkdir()
    pd.DataFrame(segment_rows()).to_parquet(table / "part.parquet")
    return read_study(folder)


def segment_rows():
    """Sums of two years of 12 and 48 months: 100 thin files owe 50 000 yuan on average, of which a tenth is late."""
    rows = []
    for place, arm in enumerate(("lenient", "limits", "closing", "platform", "guaranteed")):
        for year, months in ((1, 12), (2, 48)):
            sums = {"customers_month_ends": 100 * months, "jobs_month_ends": 90 * months,
                    "outstanding_month_ends": 5_000_000 * months, "past_due_30_month_ends": 500_000 * months,
                    "charged_off": 30_000 * months, "recovered": 5_000 * months, "drawn": 1_000,
                    "rate_of_draws": 150, "applications_decided": 8, "approvals": 6, "claims": 0, "failures": 2 + place,
                    "defaults": months}  # fmt: skip
            keys = {"arm": arm, "scenario": PLACE, "replication": 0, "year": year, "months": months}
            rows.append({**keys, "borrower": "persons", "dimension": "file", "segment": "thin", **sums})
            rows.append(
                {**keys, "borrower": "firms", "dimension": "sector_size", "segment": "technology micro", **sums}
            )
            rows[-1]["claims"] = 700_000
    return rows


def test_each_sentence_says_what_the_table_holds(study):
    told = [write(study, PLACE, "closing") for write in chapter.SENTENCES]
    plain = [text.replace("\u202f", " ").replace("\u2212", "-") for text in told]
    assert plain == [
        "Of 1 000 persons, `closing` saves 20.0 from a default within 60 months that they have under `limits`, and 5.0 "
        "default that do not under it (net +15.0 ± 127.1 saved); 25.0 default under both.",
        "Under `closing` a person is without an open line in 1.5 months in which there is one under `limits`, and has "
        "one in 0.8 in which there is none; net that is -2.0 months for the lowest tenth of true income and +0.5 for "
        "the highest.",
        "What persons draw under `closing` costs 12.00 % a year, and 13.00 % under `limits`; who draws and how much "
        "differs, too.",
        "Of 1 000 persons, 20.0 have left the platform at the end under `closing` alone and 10.0 under `limits` alone.",
        "Of 1 000 firms that stood at the policy date, 30.0 fail under `limits` and not under `closing`, and 10.0 the "
        "other way round (net +20.0 ± 0.0 saved).",
    ]
    named = gainers.defaults, gainers.lines, gainers.price, gainers.departures, gainers.failures
    assert named == chapter.SENTENCES
    assert sentences(study, PLACE) == [" ".join(told)]


def test_a_table_that_is_not_kept_is_empty(tmp_path, study):
    assert read_noted(tmp_path, "gains").empty
    assert len(study.gains) == 2 * 9 and set(study.gains["arm"]) == {"closing"}


def test_what_changes_nothing_for_anybody_is_not_said(study):
    assert gainers.compared(study, PLACE) == ["closing"]
    same = pd.DataFrame([gains_row("1", "in neither", 10)])
    quiet = dataclasses.replace(study, gains=same, _cells=study._cells)
    assert gainers.compared(quiet, PLACE) == [] and sentences(quiet, PLACE) == []
    assert gains_figure(quiet, PLACE) is None
    dearer = dataclasses.replace(quiet, gains=pd.DataFrame([gains_row("1", "in both", 10, interest_received=1_001)]))
    assert gainers.compared(dearer, PLACE) == ["closing"]
    for write in (gainers.lines, gainers.departures, gainers.failures):
        assert write(dearer, PLACE, "closing") == ""
    flat = pd.DataFrame([gains_row("1", "in both", 10, rate_of_draws=130)])
    assert gainers.price(dataclasses.replace(quiet, gains=flat), PLACE, "closing") == ""
    assert "net +0.0 saved, of one run" in gainers.defaults(dearer, PLACE, "closing").replace("net 0.0", "net +0.0")
    assert gainers.pairs(dataclasses.replace(study, gains=pd.DataFrame()), PLACE, "closing", "file").empty


def test_bars_by_tenth_of_income(study):
    (saved, caused), (gained, lost), (cheaper, dearer) = bars(gainers.pairs(study, PLACE, "closing", "income_decile"))
    assert saved[[0, 9]].tolist() == [40.0, 0.0] and caused[[0, 9]].tolist() == [0.0, -10.0]
    assert gained[[0, 9]].tolist() == [1.0, 0.5] and lost[[0, 9]].tolist() == [-3.0, 0.0]
    assert cheaper[[0, 9]].tolist() == [1.0, 1.0] and dearer[[0, 9]].tolist() == [0.0, 0.0]
    assert np.isnan(saved[4]) or saved[4] == 0.0
    picture = gains_figure(study, PLACE)
    assert picture is not None and "60 months" in picture.caption and "closing" in picture.svg


def test_the_table_by_segment_gives_means_rates_and_claims(study):
    one = by_segment(study, PLACE, "closing", "file").loc["thin"]
    shown = [show(value(one)) for _, value, show in columns_of("persons", [one], SAY)]
    assert shown == [
        "100",
        "50.0",
        "10.0\u202f%",
        "6.0\u202f%",
        "75\u202f%",
        "15.00\u202f%",
        "90.0\u202f%",
        "12.0\u202f%",
    ]
    heads = [head for head, _, _ in columns_of("persons", [one], SAY)]
    assert not any("Claimed" in head for head in heads)
    firm = by_segment(study, PLACE, "closing", "sector_size").loc["technology micro"]
    shown = {unlinked(head): show(value(firm)) for head, value, show in columns_of("firms", [firm], SAY)}
    assert shown["Employed, persons"] == "90" and shown["Failed, of firms, a year"] == "1.6\u202f%"
    assert [value for head, value in shown.items() if head.startswith("Claimed")] == ["14.0"]
    text = segment_table(study, PLACE, "firms", chapter.OF_FIRMS)
    assert text.count("Technology micro") == 5 and "Firms by sector and size" in text
    assert quotient(1, 4) == 0.25 and np.isnan(quotient(1, 0))


def test_the_chapter_and_the_tables_are_on_the_page(study):
    page = Page()
    chapter.write(page, study)
    chapter.append(page, study)
    assert [key for key, _ in page.chapters] == ["gains", "segments"] and (page.figures, page.tables) == (1, 2)
    assert "95\u202f% interval" in re.sub(r"<[^>]+>", "", "".join(page.parts))
    empty = dataclasses.replace(study, gains=pd.DataFrame(), segments=pd.DataFrame())
    page = Page()
    chapter.write(page, empty)
    chapter.append(page, empty)
    assert page.chapters == []


def test_segments_have_names_in_each_language():
    assert part_of("wholesale_retail", SAY) == "wholesale and retail" and part_of("own_name", SAY) == "own name"
    assert named("sector_size", "wholesale_retail micro", SAY) == "Wholesale and retail micro"
    assert named("file", "thin", SAY) == "Thin file" and named("income_decile", "3", SAY) == "Income, tenth 3"
    assert named("sector_size", "their_own small", SAY) == "Their own small"
    sector, size = (CHINESE_SAY(f"front_segment.name.{part}") for part in ("wholesale_retail", "micro"))
    both = CHINESE_SAY("front_segment.sector_size", sector=sector, size=size)
    assert named("sector_size", "wholesale_retail micro", CHINESE_SAY) == both
    for dimension, segment in (("file", "thick"), ("income_decile", "10"), ("sector_size", "agriculture small")):
        assert not re.search("[A-Za-z]{2}", named(dimension, segment, CHINESE_SAY))


def test_where_interest_alone_differs_nothing_is_drawn(study):
    alike = {"rate_of_draws_with_parent": 120, "interest_received": 1_001}
    rows = [gains_row(str(tenth), "in both", 10, **alike) for tenth in range(1, 11)]
    dearer = dataclasses.replace(study, gains=pd.DataFrame(rows))
    assert gainers.compared(dearer, PLACE) == ["closing"]
    assert gains_figure(dearer, PLACE) is None


@pytest.mark.filterwarnings("error")
def test_a_tape_on_which_nobody_draws_has_no_panel_of_prices(study, monkeypatch):
    """Four accounts lie in one tenth, and draw nothing: a price is no number anywhere, which must not open a panel."""
    drawn = []
    monkeypatch.setattr(diverging, "_draw", lambda _axes, _gains, losses, limits: drawn.append((losses[0], limits)))
    undrawn = dict.fromkeys(("drawn", "drawn_with_parent", "rate_of_draws", "rate_of_draws_with_parent"), 0)
    lost = gains_row("1", "in both", 4, line_months_lost=2, **undrawn)
    assert gains_figure(dataclasses.replace(study, gains=pd.DataFrame([lost])), PLACE) is not None
    assert drawn == [(-0.5, (-0.54, 0.04))]


def test_a_run_without_firms_counts_in_the_means_of_their_segments():
    rows = pd.DataFrame({"scenario": "calm", "arm": "lenient", "replication": [0, 0, 1], "claims": [8, 6, 4],
                         "dimension": ["file", "sector_size", "file"], "segment": ["thin", "a", "thin"]})  # fmt: skip
    study = SimpleNamespace(segments=rows, months=lambda scenario: 60)
    of = {dimension: chapter.by_segment(study, "calm", "lenient", dimension) for dimension in ("file", "sector_size")}
    assert of["file"].loc["thin", "claims"] == 6 and of["sector_size"].loc["a", "claims"] == 3
