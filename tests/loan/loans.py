"""Loans that Hypothesis picks."""

from __future__ import annotations

from hypothesis import strategies as st

from sim.loan.states import LARGEST, MONTHS_LAST

fen = st.integers(0, LARGEST)
some_fen = st.integers(1, LARGEST)
rates = st.floats(0.0, 0.36)
shares = st.floats(0.0, 1.0)
months_late = st.integers(0, MONTHS_LAST)
months = st.integers(1, 60)


@st.composite
def loans(draw):
    """A loan with something billed on it, and what was paid of it."""
    principal = draw(some_fen)
    interest = draw(st.integers(0, LARGEST))
    covered = draw(st.integers(0, principal))
    triggered = draw(st.integers(0, principal - covered))
    due = draw(st.integers(0, principal + interest))
    paid = draw(st.one_of(st.just(0), st.just(due), st.integers(0, principal + interest)))
    payment = draw(some_fen)
    return {
        "principal": principal,
        "interest": interest,
        "overdue": draw(st.integers(0, due)),
        "due": due,
        "paid": paid,
        "payment": payment,
        "months_past_due": draw(months_late),
        "covered": covered,
        "triggered": triggered,
        "claimed": 0,
        "claim_month": -30000,
        "covers_in_part": 0,
        "under_cover": 1,
        "default_month": -30000,
        "month": 7,
        "holiday": 0,
        "clock_frozen": 1,
    }
