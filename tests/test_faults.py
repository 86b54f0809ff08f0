"""The list of planted faults stays true: each can still be planted, and is named once."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def _tool():
    spec = importlib.util.spec_from_file_location("planted_faults", ROOT / "tools" / "planted_faults.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


TOOL = _tool()


def test_each_fault_can_be_planted_and_its_tests_exist():
    for fault in TOOL.faults():
        fault.planted()
        for test in fault.tests.split():
            if test.startswith("tests/"):
                assert (ROOT / test.split("::")[0]).exists(), f"{fault.name}: {test} does not exist"


def test_each_fault_has_a_name_of_its_own():
    names = [fault.name for fault in TOOL.faults()]
    assert sorted(names) == sorted(set(names))


@pytest.mark.slow
@pytest.mark.parametrize("fault", TOOL.faults(), ids=lambda fault: f"{fault.room}: {fault.name}")
def test_each_fault_turns_a_test_red(fault, tmp_path):
    tree = TOOL.copied(tmp_path)
    assert TOOL.caught(fault, tree)
