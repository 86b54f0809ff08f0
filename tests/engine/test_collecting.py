"""Rings of objects are looked for rarely while much is made, and as before afterwards."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from sim.engine.collecting import COLLECTED_AFTER, rarely_collected


def test_python_looks_for_rings_rarely_while_a_verb_works_and_as_before_afterwards():
    usual = gc.get_threshold()
    with pytest.raises(KeyError), rarely_collected():
        assert gc.get_threshold() == (COLLECTED_AFTER, *usual[1:]) and 10 * usual[0] < COLLECTED_AFTER
        raise KeyError
    assert gc.get_threshold() == usual


def test_what_a_model_needs_is_imported_with_rings_looked_for_rarely():
    program = (
        "import gc, sim; found = []; usual = gc.get_threshold();"
        "gc.callbacks.append(lambda phase, what: found.append(phase));"
        "sim.compose; print(gc.get_threshold() == usual, len(found))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    as_before, looked = done.stdout.split()
    assert as_before == "True" and int(looked) < 20, "hundreds of times otherwise"
