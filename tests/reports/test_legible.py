"""Figures are legible on a telephone, no words of theirs lie on each other, and names find their room."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.reports import build
from sim.reports.drawing import style
from sim.reports.drawing.alluvial import spread
from sim.reports.drawing.figures import Band, in_margin, name_margin, signs_of
from sim.reports.drawing.keys import GAP, SIGN, SWATCH, key_height, laid_out
from sim.reports.drawing.strips import Strip
from sim.reports.drawing.sweep import SWING, Sweep, heat_map, tornado
from tests.reports.synthetic import PACKAGES, SCENARIOS, write_study

TELEPHONE = 376  # pixels that a figure has on a screen 400 pixels wide
SMALLEST = 9  # pixels
LONG = "a_package_with_thirty_letters_"


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
