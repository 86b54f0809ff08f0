"""What crosses from the private table into the lender's book: noisy signals, nothing else."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.compiled import scalar
from sim.engine.loops.stage import stage


@scalar
def seen_flow(flow: float, noise: float, two_lucks: float) -> float:
    """A flow as it is seen: the noise is triangular, of a standard deviation of ``noise`` times the flow."""
    return flow * max(1.0 + noise * 2.449489742783178 * (two_lucks - 1.0), 0.0)


@scalar
def fading(memory: float, months_past_due: int) -> float:
    """Worst arrears so far, fading by 7 % a month."""
    return max(float(months_past_due), 0.93 * memory)


class Observe(NamedTuple):
    """What the book knows of an account's holder, a month on."""

    inflow_fast: float
    inflow_slow: float
    delinquency_memory: float
    months_on_book: int


@stage(both_sides=True)
def observe(
    income: int,
    footprint: float,
    thin_file: int,
    inflow_fast: float,
    inflow_slow: float,
    delinquency_memory: float,
    months_past_due: int,
    months_on_book: int,
    signal_noise: float,
    thin_file_noise: float,
    luck_inflow_noise: float,
    luck_outflow_noise: float,
) -> Observe:
    """See the month's inflow through the person's digital footprint, with noise.

    Two moving averages (3 and 12 months) and a fading memory of the worst arrears enter the book.
    The noise is triangular with standard deviation ``signal_noise`` of the inflow, larger for
    thin files.
    """
    noise = signal_noise + thin_file * thin_file_noise
    seen = seen_flow(income * footprint, noise, luck_inflow_noise + luck_outflow_noise)
    return Observe(
        inflow_fast=inflow_fast + (seen - inflow_fast) * (1.0 / 3.0),
        inflow_slow=inflow_slow + (seen - inflow_slow) * (1.0 / 12.0),
        delinquency_memory=fading(delinquency_memory, months_past_due),
        months_on_book=min(months_on_book + 1, 120),
    )
