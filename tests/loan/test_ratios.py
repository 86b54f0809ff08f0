from sim.loan.ratios import ratio


def test_a_part_of_nothing_is_nothing():
    assert (ratio(3, 4), ratio(0, 4), ratio(3, 0), ratio(0, 0)) == (0.75, 0.0, 0.0, 0.0)
