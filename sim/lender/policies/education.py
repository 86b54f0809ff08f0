"""Financial education: courses for customers, who then keep larger buffers, want less debt and repay more willingly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from sim.engine.loops.stage import Stage, Tally, stage
from sim.engine.tables.declare import setting
from sim.loan.states import LINE_OPEN


class AttendCourse(NamedTuple):
    """What `attend_course` leaves."""

    taught: int
    patience: float
    appetite: float
    honesty: float
    courses: Tally


@stage(where="alive line", rare=True, both_sides=True)
def attend_course(
    taught: int,
    line: int,
    score: float,
    patience: float,
    appetite: float,
    honesty: float,
    education_share: float,
    education_below: float,
    education_patience: float,
    education_restraint: float,
    education_honesty: float,
    lasting_education: float,
) -> AttendCourse:
    """Attend once, when invited: a larger buffer is aimed at, less debt is wanted, promises weigh more.

    The lender invites by its own score; who of them is invited is drawn by lot, once for good, so that those left
    out are a control group. Courses move financial behaviour by about a tenth of a standard deviation (Kaiser,
    Lusardi, Menkhoff and Urban, 2022).
    """
    if taught or line != LINE_OPEN or score >= education_below or lasting_education >= education_share:
        return AttendCourse(taught=taught, patience=patience, appetite=appetite, honesty=honesty, courses=0)
    willing = honesty + education_honesty * (1.0 - honesty)
    return AttendCourse(
        taught=1,
        patience=patience * (1.0 + education_patience),
        appetite=appetite * (1.0 - education_restraint),
        honesty=willing,
        courses=1,
    )


@dataclass(frozen=True)
class NoEducation:
    """No courses."""

    name: str = setting("none", meaning="no courses", choices=("none",))
    courses: ClassVar[tuple[Stage, ...]] = ()


@dataclass(frozen=True)
class Courses(NoEducation):
    """Customers below a score are invited to a course."""

    name: str = setting("courses", meaning="customers below a score are invited", choices=("courses",))
    education_share: float = setting(1.0, 0.0, 1.0, unit="share of customers", meaning="invited, by lot")
    education_below: float = setting(1_000.0, 0.0, 1_000.0, unit="points", meaning="scores invited; 1000 for everybody")
    education_cost: int = setting(5_000, 0, 10_000_000, unit="fen a head", meaning="cost of a course (assumption)")
    education_patience: float = setting(
        0.07, 0.0, 1.0, unit="share", meaning="rise of the buffer aimed at: a tenth of a standard deviation"
    )
    education_restraint: float = setting(
        0.10, 0.0, 1.0, unit="share", meaning="fall of the wish for debt: a tenth of a standard deviation"
    )
    education_honesty: float = setting(
        0.09,
        0.0,
        1.0,
        unit="share of what is missing",
        meaning="rise of the wish to repay: a tenth of one, at the mean",
    )
    courses: ClassVar[tuple[Stage, ...]] = (attend_course,)


OPTIONS: dict[str, type] = {"none": NoEducation, "courses": Courses}
