"""The figures of a comparison: those of the months that a table has, and those that a run has once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from sim.figures.catalog import FIGURES, METRICS
from sim.figures.figure import Figure
from sim.figures.formula import told
from sim.figures.own import OWN
from sim.figures.runs import CLOSURES, WORST_OF
from sim.study.compare.closures import ClosureFigures
from sim.study.compare.parties import OWN_RETURN, PARTIES, has_cost_of_credit, recorded
from sim.study.run.cell import KEYS

assert {field.name for field in dataclasses.fields(ClosureFigures)} <= {figure.name for figure in CLOSURES}


def figures_of(columns: Iterable[str]) -> dict[str, Figure]:
    """Figures for the columns of a results table, the closure figures added; a column that is not ours is averaged."""
    names = [name for name in columns if name not in KEYS]
    known = METRICS | OWN
    found = {name: known.get(name) or Figure(name, "", "", "index", "mean", told("")) for name in names}
    made = [name for name, source in WORST_OF.items() if source in found]
    made += [name for name, party in PARTIES.items() if party.known(found)]
    if has_cost_of_credit(found):
        made.append("borrowers_cost")
    if recorded(OWN_RETURN, found):
        made.append("return_on_loans")
    return found | {name: FIGURES[name] for name in made} | {figure.name: figure for figure in CLOSURES}
