"""The lists of planted faults and of tests that mutants leave out stay true."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def _tool(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


TOOL, MUTANTS = _tool("planted_faults"), _tool("mutants")


def test_each_fault_can_be_planted_and_its_tests_exist():
    for fault in TOOL.faults():
        fault.planted()
        for test in fault.tests.split():
            if test.startswith("tests/"):
                assert (ROOT / test.split("::")[0]).exists(), f"{fault.name}: {test} does not exist"


def test_each_fault_has_a_name_of_its_own():
    names = [fault.name for fault in TOOL.faults()]
    assert sorted(names) == sorted(set(names))


def test_tests_that_mutants_leave_out_exist():
    for file, words in MUTANTS.LEFT_OUT.items():
        text = (ROOT / "tests" / f"{file}.py").read_text(encoding="utf-8")
        assert [word for word in words.split(" ") if f"\ndef test_{word}" not in text] == [], file


@pytest.mark.slow
@pytest.mark.parametrize("fault", TOOL.faults(), ids=lambda fault: f"{fault.room}: {fault.name}")
def test_each_fault_turns_a_test_red(fault, tmp_path):
    tree = TOOL.copied(tmp_path)
    assert TOOL.caught(fault, tree)
