"""Figures that stand alone: rows for many packages, a language that their font has, the same bytes again."""

from __future__ import annotations

import dataclasses

import matplotlib
import numpy as np
import pytest
from matplotlib.text import Text

from sim.reports.drawing import standing, style
from sim.reports.drawing.figures import Drawing, canvas
from sim.reports.drawing.paths import moving_mean
from sim.reports.folder import Estimate, read_study


@pytest.fixture(scope="module")
def study(folder):
    return read_study(folder)


def texts(figure):
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def in_chinese(study):
    config = {**study.manifest.get("config", {}), "report": {"language": "zh"}}
    return dataclasses.replace(study, manifest={**study.manifest, "config": config})


def drawn(study, arms=("limits",)):
    return standing.paths_drawing(study, "loss_rate", arms, study.scenarios[:1])


def test_parents_are_drawn_in_grey_and_six_packages_take_two_rows(study):
    figure = standing.paths_drawing(study, "loss_rate", ["limits"], ["calm"])
    (axes,) = figure.axes
    dashed = [line for line in axes.lines if line.get_color() == style.GREY]
    parent = study.paths("calm", "lenient", "loss_rate").mean(axis=0)
    np.testing.assert_allclose(dashed[0].get_ydata()[:-1], parent)
    many = standing.paths_drawing(study, "loss_rate", [arm.name for arm in study.arms] + ["limits"], ["calm"])
    assert len(many.axes) == 2 and texts(many).count("limits") == 2


def test_differences_stand_in_panels_by_figure(study):
    item = Estimate(difference=0.02, difference_low=0.01, difference_high=0.03)
    figure = standing.differences_drawing(study, ("a", "b"), {"loss_rate": {"calm": item}}, ["calm"])
    assert isinstance(figure, Drawing) and any("a against b" in text.replace("\n", "") for text in texts(figure))
    stroke = next(line for line in figure.axes[0].lines if list(line.get_xdata()) == [0.01, 0.03])
    assert stroke.get_color() == style.GROUP_STYLES[0][0]


def test_a_moving_mean_begins_when_it_has_its_months():
    found = moving_mean(np.array([[1.0, 3.0, 5.0, 7.0]]), 2)
    np.testing.assert_array_equal(found, [[np.nan, 2.0, 4.0, 6.0]])
    np.testing.assert_array_equal(moving_mean(found, 1), found)
    short = np.array([[1.0, 2.0, 3.0]])
    np.testing.assert_array_equal(moving_mean(short, 2), short)


def test_gains_that_move_nobody_are_no_figure(study, monkeypatch):
    still, moved = np.zeros(10), np.arange(10.0)
    monkeypatch.setattr(standing, "pairs", lambda *_: None)
    monkeypatch.setattr(standing, "bars", lambda _: [(still, still)] * 3)
    assert standing.gains_drawing(study, "calm", ["limits"]) is None
    monkeypatch.setattr(standing, "bars", lambda _: [(moved, -moved), (still, still), (still, still)])
    figure = standing.gains_drawing(study, "calm", ["limits", "closing"])
    assert len(figure.axes) == 2 and "closing against limits" in texts(figure)
    assert [bar.get_height() for bar in figure.axes[0].patches[:10]] == list(moved)


def test_chinese_is_written_in_a_font_that_has_it(study, monkeypatch):
    told = in_chinese(study)
    face = dataclasses.make_dataclass("Face", ["name"])
    monkeypatch.setattr(standing.fontManager, "ttflist", [face("Other"), face("SimSun"), face(standing.SIGNS[0])])
    assert standing.in_a_font(told) == (told, standing.SIGNS[0])
    assert standing.in_a_font(study) == (study, "")
    with canvas(1.0) as figure:
        figure.text(0.5, 0.5, "month")
        standing.settled(figure, "SimSun")
    (text,) = figure.texts
    assert text.get_fontfamily() == [style.FIGURE["font.family"], "SimSun"]


def test_without_such_a_font_a_figure_is_in_english(study, monkeypatch):
    monkeypatch.setattr(standing.fontManager, "ttflist", [])
    words = texts(drawn(in_chinese(study)))
    assert "months after the policy date" in words


@pytest.mark.parametrize("form", standing.FORMS)
def test_the_same_figure_has_the_same_bytes(study, form, tmp_path):
    figure = drawn(study)
    for name in ("one", "two"):
        standing.save(figure, tmp_path / f"{name}.{form}")
    begins = {"pdf": b"%PDF", "png": b"\x89PNG", "svg": b"<?xml"}[form]
    content = (tmp_path / f"one.{form}").read_bytes()
    assert content.startswith(begins) and content == (tmp_path / f"two.{form}").read_bytes()
    assert matplotlib.rcParams["pdf.fonttype"] == 3
