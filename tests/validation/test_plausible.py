"""The world is plausible: calm figures in their bands, stationary, and a recession that comes and goes.

Seeds are 1, 2, 3 and so on, fixed in advance. The short form allows each figure its sampling error (the 90 %
interval of the mean over seeds may touch the band); the long form asks what the calibration page states.
"""

import pytest

from validation.plausible import BANDS, STATIONARY, figures, table


def test_a_few_seeds_lie_within_their_sampling_error_of_the_bands() -> None:
    found = figures(seeds=5, borrowers=10_000)
    assert len(found) == len(BANDS) + len(STATIONARY)
    for figure in found:
        low, high = figure.interval
        slack = max(high - low, 0.05 * (figure.high - figure.low)) / 2
        assert low - slack <= figure.high, figure
        assert high + slack >= figure.low, figure
    assert "| 30+ by balance, persons, calm |" in table(found, 5, 10_000)


@pytest.mark.slow
def test_thirty_seeds_lie_in_the_bands_and_calm_is_stationary() -> None:
    for figure in figures(seeds=30, borrowers=20_000):
        assert figure.passes, figure
        if figure.name.startswith("drift"):
            assert figure.low <= figure.interval[0] <= figure.interval[1] <= figure.high, figure
