"""Who is there, and who of them is late, by neighbourhood."""

import numpy as np

from sim.persons.neighbours import count_neighbours


def test_who_has_left_and_an_empty_neighbourhood_count_nobody():
    there, late = np.zeros((2, 3), dtype=np.int64)
    count_neighbours(np.array([0, 0, 1, 1, 0]), np.array([1, 0, 1, 1, 1]), np.array([4, 9, 3, 13, 0]), 4, there, late)
    assert (there.tolist(), late.tolist()) == ([2, 2, 0], [1, 1, 0])
