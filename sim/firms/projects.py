"""Projects of firms: drawn in three tranches at milestones, finished, or found to have gone elsewhere."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.stage import Tally, stage
from sim.engine.loops.transforms import exponential_draw
from sim.loan.states import LINE_OPEN, PRODUCT_PROJECT, PRODUCT_WORKING_CAPITAL


class MeetProject(NamedTuple):
    """What `meet_project` leaves."""

    project_met: int
    project_cost: int
    diverted: int
    projects_turned_away: Tally
    projects_turned_away_fen: Tally


@stage(where="alive trading size_class", rare=True)
def meet_project(
    project_stage: int,
    project_cost: int,
    diverted: int,
    product: int,
    line: int,
    normal_sales: int,
    project_hazard: float,
    project_size: float,
    project_cap: int,
    luck_firm_project: float,
    luck_firm_project_size: float,
) -> MeetProject:
    """Meet a project while there is none; one beyond ``project_cap`` is turned away: the platform does no large ones.

    A project takes a line for working capital; farms and laboratories have loans of their own kind.
    """
    if project_stage > 0:
        return MeetProject(
            project_met=0,
            project_cost=project_cost,
            diverted=diverted,
            projects_turned_away=0,
            projects_turned_away_fen=0,
        )
    found = line == LINE_OPEN and product == PRODUCT_WORKING_CAPITAL and luck_firm_project < project_hazard
    cost = int(min(project_size * normal_sales * exponential_draw(luck_firm_project_size), 1e13)) if found else 0
    met = 1 if found and cost <= project_cap else 0
    away = 1 if found and not met else 0
    return MeetProject(
        project_met=met,
        project_cost=cost * met,
        diverted=0,
        projects_turned_away=away,
        projects_turned_away_fen=cost * away,
    )


class RunProject(NamedTuple):
    """What `run_project` leaves."""

    project_stage: int
    project_months: int
    project_cost: int
    diverted: int
    tranche: int
    product: int
    grace: int
    productivity: float
    misuse: int
    projects_misused: Tally


@stage(where="alive trading size_class project_stage", rare=True)
def run_project(
    project_stage: int,
    project_months: int,
    project_cost: int,
    diverted: int,
    product: int,
    grace: int,
    productivity: float,
    project_gain: float,
    milestone_months: int,
    detection: float,
    luck_firm_divert: float,
) -> RunProject:
    """Draw the next tranche at a milestone, finish after the third, or be found out.

    A diverted tranche is found out at the next milestone with probability ``detection``; then no further one is paid.
    """
    ends = project_months + 1 >= milestone_months
    caught = ends and diverted and luck_firm_divert < detection
    finished = ends and not caught and project_stage == 3
    if caught or finished:
        return RunProject(
            project_stage=0,
            project_months=0,
            project_cost=0,
            diverted=0,
            tranche=0,
            product=PRODUCT_WORKING_CAPITAL if finished else product,
            grace=0 if finished else grace,
            productivity=productivity + project_gain if finished and not diverted else productivity,
            misuse=1 if caught else 0,
            projects_misused=1 if caught else 0,
        )
    return RunProject(
        project_stage=project_stage + 1 if ends else project_stage,
        project_months=0 if ends else project_months + 1,
        project_cost=project_cost,
        diverted=diverted,
        tranche=project_cost // 3 if ends else 0,
        product=product,
        grace=grace,
        productivity=productivity,
        misuse=0,
        projects_misused=0,
    )


class BeginProject(NamedTuple):
    """What `begin_project` leaves."""

    project_stage: int
    project_months: int
    diverted: int
    tranche: int
    product: int
    grace: int


@stage(where="alive trading size_class project_met", rare=True)
def begin_project(
    project_cost: int, honesty: float, milestone_months: int, diversion: float, luck_firm_divert: float
) -> BeginProject:
    """Begin a project that was met with its first tranche, which may go elsewhere."""
    return BeginProject(
        project_stage=1,
        project_months=0,
        diverted=1 if luck_firm_divert < diversion * (1.0 - honesty) else 0,
        tranche=project_cost // 3,
        product=PRODUCT_PROJECT,
        grace=3 * milestone_months + 1,
    )


PURSUE_PROJECT = (meet_project, run_project, begin_project)
"""A firm's month with its project, in order: one that ends makes no room for another before the next month."""
