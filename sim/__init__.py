"""CreditCycle: an agent-based portfolio simulation engine.

``sim.compose`` makes a configuration, ``sim.Model`` is the Mesa model of one, ``sim.run`` runs a whole study and
``sim.open`` reads the folder of one; both return ``sim.Results``, which answers for the study. ``sim.segments`` and
``sim.gains`` read of a folder what a study says by segment, and of who gains and who loses.
Importing the package imports none of what these need; the first use does.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
# `open` is left out: it would take the place of the built-in one wherever all names are imported.
__all__ = ["Model", "Results", "__version__", "compose", "gains", "run", "segments"]

_WHERE = {
    **{"compose": "sim.config.compose", "Model": "sim.month.model", "Results": "sim.results.results"},
    **dict.fromkeys(("open", "run"), "sim.results.opening"),
    **dict.fromkeys(("segments", "gains"), "sim.study.compare.by_segment"),
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from sim.engine.collecting import rarely_collected

    with rarely_collected():
        return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_WHERE])
