"""Who is there, and who of them is late, by neighbourhood."""

import numpy as np

from sim.persons.neighbours import share_late


def test_who_has_left_and_an_empty_neighbourhood_count_nobody():
    shares = np.full(3, 9.0)
    share_late(np.array([0, 0, 1, 1, 0]), np.array([1, 0, 1, 1, 1]), np.array([4, 9, 3, 13, 0]), 4, shares)
    assert shares.tolist() == [1 / 2, 1 / 2, 0.0]
    share_late(np.array([0, 0, 0, 2]), np.array([1, 1, 1, 0]), np.array([4, 3, 0, 9]), 4, shares)
    assert shares.tolist() == [1 / 3, 0.0, 0.0]
