from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.study.plan.design import Axis, GridDesign, LatinHypercubeDesign, ListDesign, SobolDesign, declaration
from tests.study.fake import Config, Economy

LOW_HIGH = (Axis("a", low=0.0, high=2.0), Axis("b", low=1.0, high=100.0, log=True), Axis("c", ("x", "y", "z")))


def test_a_grid_is_every_combination_from_end_to_end():
    rows = GridDesign(steps=3).points(LOW_HIGH, seed=1)
    assert len(rows) == 27
    assert rows[0] == [0.0, 1.0, "x"] and rows[-1] == [2.0, 100.0, "z"]
    assert sorted({row[1] for row in rows}) == [1.0, 10.0, 100.0]


def test_a_latin_hypercube_has_one_point_in_each_slice():
    rows = LatinHypercubeDesign(size=50).points(LOW_HIGH[:2], seed=3)
    slices = sorted(int(row[0] / 2.0 * 50) for row in rows)
    # Rounding to six digits may move a point that lies on the edge of its slice; none of these does.
    assert slices == list(range(50))
    logs = sorted(int(math.log(row[1]) / math.log(100.0) * 50) for row in rows)
    assert logs == list(range(50))


def test_a_sobol_sequence_halves_every_axis_evenly():
    rows = np.array(SobolDesign(size=64).points((Axis("a", low=0, high=1), Axis("b", low=0, high=1)), seed=2))
    assert ((rows[:, 0] < 0.5) & (rows[:, 1] < 0.5)).sum() == 16
    assert SobolDesign(size=100).check() == ["design.size: 100 is not allowed: a power of two; did you mean 128?"]


@pytest.mark.parametrize("design", [LatinHypercubeDesign(size=16), SobolDesign(size=16)])
def test_points_depend_on_the_seed_alone(design):
    assert design.points(LOW_HIGH, 7) == design.points(LOW_HIGH, 7)
    assert design.points(LOW_HIGH, 7) != design.points(LOW_HIGH, 8)


def test_lists_go_side_by_side():
    axes = (Axis("a", (1, 2)), Axis("b", (3, 4)))
    assert ListDesign().points(axes, 1) == [[1, 3], [2, 4]]
    assert ListDesign().check_axes((Axis("a", (1, 2)), Axis("b", (3,)))) == (
        "design=list needs lists of one length: a has 2, b has 1"
    )


@given(st.floats(0.0, 1.0, exclude_max=True), st.sampled_from([*LOW_HIGH, Axis("d", low=-3, high=5, whole=True)]))
def test_a_place_gives_a_value_of_the_axis(place, axis):
    value = axis.at(place)
    if axis.values:
        assert value in axis.values
        return
    assert axis.low <= value <= axis.high
    assert isinstance(value, int) == axis.whole
    if not axis.whole:
        assert axis.place(value) == pytest.approx(place, abs=1e-4)


def test_whole_numbers_get_equal_shares():
    axis = Axis("d", low=1, high=4, whole=True)
    values = [axis.at((step + 0.5) / 400) for step in range(400)]
    assert [values.count(value) for value in (1, 2, 3, 4)] == [100] * 4


def test_every_option_has_its_file():
    from sim.config.options import option_names
    from sim.study.plan.designs import OPTIONS

    assert sorted(OPTIONS) == list(option_names("design"))


def test_an_axis_is_declared_by_the_first_configuration_that_has_it():
    declared = {"unit": "share of persons", "meaning": "more of them without work"}
    assert declaration("economy.shock", [Config(economy=None), Config(economy=Economy())]) == declared
    for key in ("economy.calm", "economy.shok", "policy.closing", "nothing.at.all"):
        assert declaration(key, [Config()]) == {"unit": "", "meaning": ""}
