"""The designs that can be chosen by name."""

from __future__ import annotations

from sim.study.plan.design import (
    FileDesign,
    GridDesign,
    LatinHypercubeDesign,
    ListDesign,
    MorrisDesign,
    NoDesign,
    SaltelliDesign,
    SobolDesign,
)
from sim.study.sweep.fitting import FitDesign
from sim.study.sweep.search import ReverseDesign

OPTIONS: dict[str, type] = {
    "none": NoDesign,
    "list": ListDesign,
    "grid": GridDesign,
    "latin_hypercube": LatinHypercubeDesign,
    "sobol": SobolDesign,
    "file": FileDesign,
    "saltelli": SaltelliDesign,
    "morris": MorrisDesign,
    "reverse": ReverseDesign,
    "fit": FitDesign,
}
