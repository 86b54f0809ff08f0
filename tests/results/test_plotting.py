"""Figures of a study: what they hold is what the tables hold."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from sim.reports.drawing.figures import band_of
from sim.reports.drawing.standing import FORMS
from sim.results.names import NotOfThisStudy, UnknownName
from sim.results.plotting import save_all


def texts(figure):
    return [text.get_text() for text in figure.findobj(lambda one: hasattr(one, "get_text")) if text.get_text()]


def test_paths_are_the_means_of_the_months(study):
    drawn = study.plot.paths("outstanding", arms=["limits"], scenarios="severe_recession")
    assert isinstance(drawn, Figure) and drawn._repr_png_().startswith(b"\x89PNG")
    of = (study["arm"] == "limits") & (study["scenario"] == "severe_recession")
    expected = study[of].groupby("month")["outstanding"].mean().to_numpy()
    (axes,) = drawn.axes
    mean = next(line for line in axes.lines if line.get_linestyle() == "-").get_ydata()
    np.testing.assert_allclose(mean[:-1], expected)
    assert any("Severe recession" in text for text in texts(drawn)) and "limits" in texts(drawn)


def test_paths_smooth_when_they_are_asked_to_and_say_so(study):
    drawn = study.plot.paths("loss_rate", arms="limits", scenarios="calm", months=3)
    band = band_of(
        np.stack(
            [
                np.convolve(path, np.ones(3) / 3, "valid")
                for path in study.source.study.paths("calm", "limits", "loss_rate")
            ]
        )
    )
    mean = next(line for line in drawn.axes[0].lines if line.get_linestyle() == "-").get_ydata()
    np.testing.assert_allclose(mean[2:-1], band.mean)
    assert any(text.endswith("mean of the last 3 months") for text in texts(drawn))
    assert study.plot.paths("loss_rate", arms="limits", scenarios="calm", months=16).axes
    for months in (0, 17, 1000, 2.0):
        with pytest.raises(ValueError, match=rf"months: {months} is not allowed: a whole number from 1 to 16, "):
            study.plot.paths("loss_rate", months=months)


def test_all_packages_and_scenarios_if_none_is_named(study):
    drawn = study.plot.paths("loss_rate")
    assert len(drawn.axes) == 2
    assert {"lenient", "limits", "guaranteed"} <= set(texts(drawn))


def test_compare_draws_the_differences_with_their_intervals(study):
    drawn = study.plot.compare("guaranteed", "limits", ["loss_rate", "lender_profit"])
    shown = [axes for axes in drawn.axes if axes.get_visible()]
    assert [axes.get_title(loc="left") for axes in shown] == ["Loss rate", "Lender's profit"]
    for axes, name in zip(shown, ("loss_rate", "lender_profit"), strict=True):
        found = study.difference("guaranteed", "limits", name)
        strokes = [
            line.get_xdata() for line in axes.lines if len(line.get_xdata()) == 2 and line.get_linewidth() == 1.1
        ]
        np.testing.assert_allclose([tuple(one) for one in strokes], found[["low", "high"]])
    assert len([axes for axes in study.plot.compare("guaranteed", "limits").axes if axes.get_visible()]) == 4


def test_compare_says_the_unit_and_the_period_as_paths_does(study):
    names = ["loss_rate", "lender_profit", "approval_rate", "defaults"]
    drawn = study.plot.compare("guaranteed", "limits", names)
    units = [axes.get_xlabel() for axes in drawn.axes if axes.get_visible()]
    assert (units[0], units[2], units[3]) == ("points a year", "points", "per 1\u202f000 a month")
    assert units[1].endswith("yuan a month") and any(
        text.endswith("yuan a month") for text in texts(study.plot.paths("lender_profit"))
    )


def test_gains_are_drawn_for_packages_that_move_somebody(study):
    drawn = study.plot.gains("severe_recession", arms="limits")
    assert any("limits against lenient" in text for text in texts(drawn))


def test_wrong_names_are_refused(study):
    with pytest.raises(UnknownName, match=r"figure: los_rate .*did you mean loss_rate\?"):
        study.plot.paths("los_rate")
    with pytest.raises(UnknownName, match=r"scenario: clam .*did you mean calm\?"):
        study.plot.paths("loss_rate", scenarios=["clam"])
    with pytest.raises(UnknownName, match=r"arm: lenient is not allowed: one of"):
        study.plot.gains(arms="lenient")
    with pytest.raises(UnknownName, match=r"figure: loss_rat"):
        study.plot.compare("limits", "lenient", "loss_rat")


def test_what_cannot_be_drawn_is_refused(study, monkeypatch):
    monkeypatch.setattr("sim.results.plotting.MOST_SCENARIOS", 1)
    with pytest.raises(NotOfThisStudy, match="at most 1 have a mark"):
        study.plot.compare("limits", "lenient")
    assert study.plot.compare("limits", "lenient", "loss_rate", scenarios="calm").axes
    monkeypatch.setattr("sim.results.plotting.gains_drawing", lambda *_: None)
    with pytest.raises(NotOfThisStudy, match="nobody's defaults, lines or price differ in calm by limits"):
        study.plot.gains("calm", arms="limits")


def test_pandas_draws_still(study):
    drawn = study.groupby("month")[["loss_rate"]].mean().plot()
    assert drawn.lines and study.plot.scatter is not None
    axes = study.plot.line(x="month", y="outstanding")
    assert axes.lines


def test_a_sweep_has_no_paths(sweep):
    with pytest.raises(NotOfThisStudy, match="a study with a design has many points"):
        sweep.plot.paths("loss_rate")


def test_figures_are_saved_in_the_form_that_was_asked_for(study, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.results.plotting.MAIN", ("loss_rate",))
    with pytest.raises(ValueError, match=r"form: gif is not allowed: one of pdf, png, svg"):
        study.save_figures("gif", tmp_path / "none")
    assert not (tmp_path / "none").exists() and FORMS == ("pdf", "png", "svg")
    written = study.save_figures("svg", tmp_path / "made")
    assert {path.read_bytes()[:5] for path in written} == {b"<?xml"}
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == sorted(path.name for path in written)
    names = {path.stem for path in written}
    assert {"paths_loss_rate", "compare_limits_lenient", "compare_guaranteed_lenient"} <= names
    assert "gains_severe_recession" in names and "compare_lenient_" not in names
    again = save_all(study.plot, study.source, "svg", tmp_path / "again")
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in written]
