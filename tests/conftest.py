"""What all tests share."""

import os

from hypothesis import settings

# Figures are drawn into files: no test may open a window.
os.environ.setdefault("MPLBACKEND", "Agg")

# The first example of a property may compile a rule, so no time is asserted, and a failure found on one
# machine is found on the next.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")
