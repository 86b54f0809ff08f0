"""Authentication: how many takeovers of an account it stops, how many honest draws it blocks, and how tiresome it is.

Access control is about staff and systems, so every method may have any: it prevents leaks of customer data.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.engine.loops.stage import Stage
from sim.engine.tables.declare import as_in, setting
from sim.persons.fraud import give_up_over_checks

# The figures below are assumptions, in the order in which the methods are usually ranked.


@dataclass(frozen=True)
class Password:
    """A password, nothing else."""

    name: str = setting("password", meaning="a password, nothing else", choices=("password",))
    takeovers_stopped: float = setting(0.5, 0.0, 1.0, unit="share of attempts", meaning="stopped (assumption)")
    draw_blocked: float = setting(0.0, 0.0, 1.0, unit="share of draws", meaning="honest draws blocked (assumption)")
    lender_bears: float = setting(
        0.8, 0.0, 1.0, unit="share of cases", meaning="the lender takes the loss (assumption)"
    )
    check_cost: int = setting(0, 0, 100_000, unit="fen a draw", meaning="cost of checking (assumption)")
    abandonment: float = setting(
        0.0, 0.0, 1.0, unit="of unused lines a month", meaning="given up because of the checks (assumption)"
    )
    access_control: float = setting(0.0, 0.0, 1.0, unit="share of leaks", meaning="data leaks that are prevented")
    access_cost: int = setting(
        30,
        0,
        100_000,
        unit="fen a person a month",
        meaning="cost of preventing all of them (assumption)",
        needs="policy.authentication.access_control>0",
    )

    @property
    def reactions(self) -> tuple[Stage, ...]:
        """What customers do about the checks; nothing where these cost no patience."""
        return (give_up_over_checks,) if self.abandonment > 0.0 else ()


@dataclass(frozen=True)
class Face(Password):
    """The face at every draw."""

    name: str = setting("face", meaning="the face at every draw", choices=("face",))
    takeovers_stopped: float = as_in(Password, "takeovers_stopped", 0.9)
    draw_blocked: float = as_in(Password, "draw_blocked", 0.01)
    check_cost: int = as_in(Password, "check_cost", 5)
    abandonment: float = as_in(Password, "abandonment", 0.001)


@dataclass(frozen=True)
class Behavioural(Password):
    """How somebody types and moves, without asking."""

    name: str = setting("behavioural", meaning="how somebody types and moves", choices=("behavioural",))
    takeovers_stopped: float = as_in(Password, "takeovers_stopped", 0.85)
    draw_blocked: float = as_in(Password, "draw_blocked", 0.004)
    check_cost: int = as_in(Password, "check_cost", 3)
    abandonment: float = as_in(Password, "abandonment", 0.0003)


@dataclass(frozen=True)
class MultiFactor(Password):
    """A second factor whenever something is unusual."""

    name: str = setting("multi_factor", meaning="a second factor on anomaly", choices=("multi_factor",))
    takeovers_stopped: float = as_in(Password, "takeovers_stopped", 0.97)
    draw_blocked: float = as_in(Password, "draw_blocked", 0.02)
    check_cost: int = as_in(Password, "check_cost", 8)
    abandonment: float = as_in(Password, "abandonment", 0.002)


OPTIONS: dict[str, type] = {
    "password": Password,
    "face": Face,
    "behavioural": Behavioural,
    "multi_factor": MultiFactor,
}
