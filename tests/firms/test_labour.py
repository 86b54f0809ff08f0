"""Whom a firm lays off and who fills which vacancy: exact numbers, by each person's own luck."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.firms.labour import fill_vacancies, layoff_thresholds


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 10**6), firms=st.integers(1, 12), staff=st.integers(0, 80))
def test_a_firm_loses_exactly_as_many_as_it_lays_off(seed, firms, staff):
    luck = np.random.default_rng(seed)
    employer = luck.integers(1, firms + 1, staff)
    draw, risk = luck.random(staff), luck.uniform(0.2, 5.0, staff)
    layoffs = luck.integers(0, 10, firms + 1)
    thresholds = layoff_thresholds(employer, draw, risk, layoffs)
    lost = np.bincount(employer, draw < thresholds[employer] * risk, firms + 1).astype(int)
    wanted = np.minimum(layoffs, np.bincount(employer, minlength=firms + 1))
    assert (lost == wanted).all()


def test_those_with_the_least_luck_for_their_risk_go_first():
    thresholds = layoff_thresholds(
        np.array([1, 1, 1]), np.array([0.9, 0.5, 0.2]), np.array([9.0, 1.0, 0.2]), np.array([0, 1])
    )
    assert [luck < thresholds[1] * risk for luck, risk in ((0.9, 9.0), (0.5, 1.0), (0.2, 0.2))] == [True, False, False]


@given(seekers=st.integers(0, 60), vacancies=st.lists(st.integers(0, 9), min_size=1, max_size=12))
def test_vacancies_are_filled_before_anybody_is_taken_on_beyond_them(seekers, vacancies):
    places = np.array(vacancies)
    chosen = fill_vacancies(seekers, places, np.ones(len(places)))
    taken = np.bincount(chosen, minlength=len(places))
    assert len(chosen) == seekers and ((taken <= places).all() or (taken >= places).all())


@given(
    seekers=st.integers(0, 60),
    vacancies=st.lists(st.integers(0, 9), min_size=1, max_size=12),
    heavy=st.floats(0.0, 1e7),
)
def test_places_are_those_of_even_steps_through_vacancies_and_size(seekers, vacancies, heavy):
    places, size = np.array(vacancies), np.array([1.0, *[heavy] * (len(vacancies) - 1)])
    served, vacant = min(seekers, sum(vacancies)), sum(vacancies)
    steps = [(2 * k + 1) * vacant // (2 * served) for k in range(served)]
    rest = [(k + 0.5) / (seekers - served) * np.cumsum(size)[-1] for k in range(seekers - served)]
    further = np.minimum(np.searchsorted(np.cumsum(size), rest, side="right"), len(size) - 1)
    expected = [*np.searchsorted(np.cumsum(places), steps, side="right"), *further]
    assert fill_vacancies(seekers, places, size).tolist() == expected
