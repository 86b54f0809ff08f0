"""Text of ``creditcycle show metrics``: every figure of a month or a run, or all that is declared of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.config.errors import UsageError, nearest, shown
from sim.figures.catalog import FIGURES, OWN, ROOMS, shown_in


def describe_metrics(words: Sequence[str]) -> str:
    """Name, unit and meaning of every figure; of one all that is declared.

    Raises
    ------
    UsageError
        There is no such figure; the line names the nearest.
    """
    if len(words) > 1:
        raise UsageError(f"show metrics: {shown(list(words))} is not allowed: one figure at a time")
    return "\n".join(_one(words[0]) if words else _all()) + "\n"


def _all() -> Iterator[str]:
    yield "Figures (`creditcycle show metrics NAME`: formula, period, where it is shown, since when)"
    for room, figures in (ROOMS | ({"Figures of your own": tuple(OWN.values())} if OWN else {})).items():
        yield from ("", room)
        width = min(max(len(figure.name) for figure in figures), 34)
        for figure in figures:
            yield f"  {figure.name:<{width}}  {figure.unit}; {figure.meaning}"


def _one(name: str) -> Iterator[str]:
    if name not in FIGURES:
        near = nearest(name, FIGURES)
        raise UsageError(f"{name}: there is no such figure" + (f"; did you mean {near}?" if near else ""))
    figure = FIGURES[name]
    yield figure.name
    yield f"  label    {figure.label}"
    yield f"  unit     {figure.unit}"
    yield f"  meaning  {figure.meaning}"
    yield f"  formula  {figure.formula.text}"
    yield f"  period   {figure.window}" + (f" ({figure.base})" if figure.base else "")
    if figure.needs:
        yield f"  needs    {figure.needs}"
    yield f"  shown in {shown_in(name)}"
    yield f"  since    {figure.since}"
