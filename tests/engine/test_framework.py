"""Mesa is imported without libraries that a month never asks for; whoever asks finds them."""

from __future__ import annotations

import importlib
import sys

import mesa
import pandas as pd
import pytest
from mesa.agent import AgentSet

from sim.engine import framework
from sim.engine.framework import LATER, Later, loaded_later


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A library of one package that writes down when it is loaded."""
    folder = tmp_path / "far_away"
    folder.mkdir()
    (folder / "__init__.py").write_text("def double(number, more=0):\n    return 2 * number + more\n\nLOADED = [1]\n")
    (folder / "part.py").write_text("WITHIN = 7\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "far_away"
    for name in ("far_away", "far_away.part"):
        sys.modules.pop(name, None)


def test_names_are_mesa_s_own():
    assert (framework.Agent, framework.AgentSet, framework.Model) == (mesa.Agent, AgentSet, mesa.Model)
    assert set(LATER) == {"pandas", "networkx", "scipy.spatial.distance", "tqdm.auto"}


def test_a_stand_in_is_gone_afterwards_and_loads_what_it_is_asked_for(library):
    with loaded_later({library: ("double",)}):
        far = importlib.import_module(library)
        from far_away import double  # as Mesa takes a function
    assert isinstance(far, Later) and library not in sys.modules
    assert not hasattr(far, "__file__") and library not in sys.modules, "Python looks at every module for its file"
    assert double(3, more=1) == 7 and library in sys.modules
    assert far.LOADED is importlib.import_module(library).LOADED
    with pytest.raises(AttributeError, match="nothing"):
        _ = far.nothing


def test_what_is_asked_for_at_once_is_loaded_at_once(library):
    with loaded_later({library: ()}):
        from far_away import LOADED
        from far_away.part import WITHIN
    assert (LOADED, WITHIN) == ([1], 7)
    assert not isinstance(sys.modules[library], Later)


def test_what_is_loaded_stays(library):
    before = importlib.import_module(library)
    with loaded_later({library: ()}):
        assert sys.modules[library] is before
    assert sys.modules[library] is before


def test_a_stand_in_is_gone_after_an_error(library):
    with pytest.raises(RuntimeError), loaded_later({library: ()}):
        raise RuntimeError
    assert library not in sys.modules


def test_mesa_s_data_collector_has_its_frames():
    class Counted(mesa.Model):
        def __init__(self) -> None:
            super().__init__()
            self.datacollector = mesa.DataCollector(model_reporters={"month": "steps"})

        def step(self) -> None:
            self.datacollector.collect(self)

    model = Counted()
    model.step()
    found = model.datacollector.get_model_vars_dataframe()
    assert isinstance(found, pd.DataFrame) and found["month"].tolist() == [1]
