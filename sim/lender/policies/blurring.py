"""Worse data: signals that are missing, somebody else's or blurred, and scores that grow old."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.stage import stage
from sim.engine.loops.transforms import is_multiple, logarithm
from sim.loan.states import LINE_APPLIED


class BlurSignal(NamedTuple):
    """What `blur_signal` leaves."""

    signal_used: float


@stage(rare=True)
def blur_signal(
    signal: float,
    data_missing: float,
    data_error: float,
    privacy_noise: float,
    lasting_data_missing: float,
    lasting_data_error: float,
    lasting_data_noise: float,
) -> BlurSignal:
    """What is left of alternative data: missing for some, somebody else's for others, blurred for all.

    ``privacy_noise`` is the scale of Laplace noise added once for good (local differential privacy: Dwork,
    McSherry, Nissim and Smith, 2006); a signal clipped to two standard deviations either way has
    sensitivity 4, so the scale is 4 / epsilon.
    """
    if lasting_data_missing < data_missing:
        return BlurSignal(signal_used=0.0)
    if lasting_data_error < data_error:
        signal = 6.0 * (lasting_data_error / data_error) - 3.0
    if privacy_noise == 0.0:
        return BlurSignal(signal_used=signal)
    side = 1.0 if lasting_data_noise > 0.5 else -1.0
    tail = 1.0 - 2.0 * abs(lasting_data_noise - 0.5)
    return BlurSignal(signal_used=min(max(signal, -2.0), 2.0) - side * privacy_noise * logarithm(tail))


class TakeSignal(NamedTuple):
    """What `take_signal` leaves."""

    signal_used: float
    score_due: int


@stage()
def take_signal(signal: float) -> TakeSignal:
    """Take the signal as it is, for a score every month."""
    return TakeSignal(signal_used=signal, score_due=1)


class CallForScore(NamedTuple):
    """What `call_for_score` leaves."""

    score_due: int


@stage()
def call_for_score(line: int, ordinal: int, month: int, refresh_interval: int) -> CallForScore:
    """Call for a new score at an application, and every so many months, not of all accounts in one."""
    return CallForScore(score_due=1 if line == LINE_APPLIED or is_multiple(ordinal + month, refresh_interval) else 0)
