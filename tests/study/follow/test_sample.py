"""Who is in a panel, and which number a person has."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from sim.config.compose import compose
from sim.loan.account import LATER_ORDINAL
from sim.month.model import Model
from sim.study.follow.sample import chosen, person_numbers


def test_a_share_of_the_rows_by_their_own_draw():
    luck = np.array([0.01, 0.5, 0.09, 0.2, 0.1])
    asked = []
    population = SimpleNamespace(uniforms=lambda name, rows, month: asked.append((name, month)) or luck[rows])
    assert chosen(population, np.arange(5), "10", 100).tolist() == [0, 2]
    assert chosen(population, np.array([1, 2]), "10", 100).tolist() == [2]
    assert chosen(population, np.arange(5), "all", 100).tolist() == [0, 1, 2, 3, 4]
    assert chosen(population, np.arange(5), "200", 100).tolist() == [0, 1, 2, 3, 4]
    assert asked == [("panel", 0)] * 3


def test_numbers_count_everybody_who_has_arrived():
    model = Model(compose(["population.borrowers=1000", "study.burn_in=5", "firms=none", "feedback=none"]))
    for _ in range(7):
        model.step()
    numbers = person_numbers(model.accounts, model.config.population, 5)
    assert numbers.tolist() == list(range(model.people.size)) and model.people.size > 1010


def test_numbers_stay_where_rows_of_others_are_left_out():
    settings = SimpleNamespace(borrowers=6, arrival_rate=0.5)
    month = np.repeat([-2, -2, -1, 0], [6, 3, 3, 3])
    ordinals = [*range(6), *(LATER_ORDINAL + place for _ in range(3) for place in range(3))]
    book = {"arrival_month": month.astype(np.int16), "ordinal": np.array(ordinals)}
    assert person_numbers(book, settings, 2).tolist() == list(range(15))
    stay = np.array([0, 2, 3, 6, 8, 10, 14])
    some = {name: values[stay] for name, values in book.items()}
    assert person_numbers(some, settings, 2).tolist() == stay.tolist()
