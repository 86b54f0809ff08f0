"""What all tests share."""

import os

from hypothesis import settings

# Figures are drawn into files: no test may open a window.
os.environ.setdefault("MPLBACKEND", "Agg")
# What is printed is not broken to the width of whatever terminal the tests are run from.
os.environ.pop("COLUMNS", None)

# The first example of a property may compile a rule, so no time is asserted, and a failure found on one
# machine is found on the next.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")


def pytest_xdist_auto_num_workers(config):
    """Spread the whole suite over the cores; files that somebody names stay in this process."""
    return os.cpu_count() if config.args == config.getini("testpaths") else 0
