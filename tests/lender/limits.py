"""Accounts whose limits are set by hand in tests."""

from __future__ import annotations

from sim.loan.states import LINE_OPEN

CAP = 30_000_000
OPENED = {"line": LINE_OPEN, "limit": 1_050_000, "inflow_slow": 512_345.0, "opening_multiple": 4.0, "limit_cap": CAP}
REVIEWED = {**OPENED, "ordinal": 1, "month": 2, "review_interval": 3}  # under review: 1 + 2 is a multiple of 3
NEW = {"limit": 0, "ordinal": 0, "month": 1}  # opens, outside a review
