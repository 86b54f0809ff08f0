"""What the program takes of Mesa, without the libraries that Mesa loads for parts of it which a month never asks for.

Mesa imports pandas for its data collector, networkx for its spaces, SciPy's distances for its continuous space and tqdm
for its batches: a quarter of a start. While Mesa is imported, a stand-in takes the place of each that is not loaded
yet; whoever asks it for a name gets the library's own, which is loaded then.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

LATER: Mapping[str, tuple[str, ...]] = {
    "pandas": (),
    "networkx": (),
    "scipy.spatial.distance": ("cdist",),
    "tqdm.auto": ("tqdm",),
}
"""Libraries, and what Mesa takes out of each by name when it imports it: functions that it calls later."""


class Later(ModuleType):
    """Stands in for a library until somebody asks it for a name.

    Parameters
    ----------
    library : str
        Its name.
    functions : tuple of str
        What may be taken out of it without loading it, to be called later.
    """

    def __init__(self, library: str, functions: tuple[str, ...] = ()) -> None:
        super().__init__(library)
        for name in functions:
            setattr(self, name, functools.partial(self._call, name))
        self._functions = functions

    def _call(self, name: str, *given: Any, **named: Any) -> Any:
        return getattr(self._library(), name)(*given, **named)

    def _library(self) -> ModuleType:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return import_module(self.__name__)

    def __getattr__(self, name: str) -> Any:
        # Python itself looks at every module for its file and the like; for a path only where it imports a part of it.
        if name.startswith("__") and (name != "__path__" or self._functions):
            raise AttributeError(name)
        return getattr(self._library(), name)


@contextlib.contextmanager
def loaded_later(libraries: Mapping[str, tuple[str, ...]]) -> Iterator[None]:
    """Let stand-ins take the places of libraries that are not loaded; afterwards an import finds the library itself."""
    standing = {name: Later(name, functions) for name, functions in libraries.items() if name not in sys.modules}
    sys.modules.update(standing)
    try:
        yield
    finally:
        for name, one in standing.items():
            if sys.modules.get(name) is one:
                del sys.modules[name]


with loaded_later(LATER):
    from mesa import Agent, Model
    from mesa.agent import AgentSet

    try:  # Mesa 3.5 moved it
        from mesa.agentset import GroupBy
    except ImportError:
        from mesa.agent import GroupBy

__all__ = ["Agent", "AgentSet", "GroupBy", "Later", "Model", "loaded_later"]
