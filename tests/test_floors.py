"""The floors of the package: who may import whom, which libraries live where, how long a file may be."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "sim"

# From the ground up. Rooms that share a floor may use each other, as long as no circle of files arises.
FLOORS = (
    ("language",),
    ("engine",),
    ("economy",),
    ("loan",),
    ("persons",),
    ("firms",),
    ("lender",),
    ("sharing",),
    ("figures",),
    ("month",),
    ("inputs",),
    ("study", "config"),
    ("reports",),
    ("office", "explorer", "fit"),
    ("results",),
    ("saying", "lives", "fitting", "verbs", "__main__", "__init__"),
)
FLOOR_OF = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}

LIBRARY_ROOMS = {
    "numba": {"engine"},
    "mesa": {"engine"},
    "hydra": {"config", "__main__"},
    "omegaconf": {"config", "__main__"},
    "matplotlib": {"reports"},
}
# A report is made from result files, so it knows the names and units of figures and nothing of the model.
REPORTS_MAY_READ = ("sim.reports", "sim.figures", "sim.language")

# Where the name to import is not the name to install.
IMPORT_NAMES = {"hydra-core": "hydra", "pyyaml": "yaml"}

LONGEST_FILE = 300
LONGEST_FUNCTION = 70


def source_files():
    return sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module):
    """Return the folder, or the file directly under the package, that a module belongs to."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imports_of(path, known):
    """Return the absolute names of all modules that a file imports, inside functions and for types too."""
    module = module_name(path)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            # `from package import module` names a module; `from module import thing` does not.
            deeper = {f"{base}.{alias.name}" for alias in node.names} & known
            found.update(deeper or {base})
    return found


def import_graph():
    files = source_files()
    known = {module_name(path) for path in files}
    return {module_name(path): imports_of(path, known) for path in files}


GRAPH = import_graph()


def test_every_room_has_a_floor():
    assert {room_of(module) for module in GRAPH} <= set(FLOOR_OF)


def test_imports_point_to_the_same_floor_or_to_a_lower_one():
    wrong = [
        f"{module} imports {target}"
        for module, targets in GRAPH.items()
        for target in sorted(targets)
        if target.split(".")[0] == "sim" and FLOOR_OF[room_of(target)] > FLOOR_OF[room_of(module)]
    ]
    assert wrong == []


def test_nobody_but_who_makes_a_model_names_it():
    """A step names the parts that it works on; the whole model is its owner's, and a cell's that makes one."""
    assert {module for module, targets in GRAPH.items() if "sim.month.model" in targets} == {"sim.study.run.cell"}


def test_no_circle_of_files():
    inside = {module: {target for target in targets if target in GRAPH} for module, targets in GRAPH.items()}
    assert circles(inside) == []


def circles(graph):
    """Return each circle that a walk in depth meets, as a list of module names."""
    done, path, found = set(), [], []

    def visit(module):
        if module in path:
            found.append([*path[path.index(module) :], module])
            return
        if module in done:
            return
        path.append(module)
        for target in sorted(graph[module] - {module}):
            visit(target)
        path.pop()
        done.add(module)

    for module in sorted(graph):
        visit(module)
    return found


def test_a_circle_is_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == [["b", "c", "b"]]


@pytest.mark.parametrize("library", LIBRARY_ROOMS)
def test_library_lives_in_its_rooms(library):
    users = {module for module, targets in GRAPH.items() if any(name.split(".")[0] == library for name in targets)}
    strangers = sorted(module for module in users if room_of(module) not in LIBRARY_ROOMS[library])
    assert strangers == []


def test_reports_know_no_model_code():
    wrong = [
        f"{module} imports {target}"
        for module, targets in GRAPH.items()
        if room_of(module) == "reports"
        for target in sorted(targets)
        if target.split(".")[0] == "sim" and not target.startswith(REPORTS_MAY_READ)
    ]
    assert wrong == []


def test_only_declared_libraries_are_imported():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[<>=~! ]", requirement)[0] for requirement in project["dependencies"]}
    import_names = {IMPORT_NAMES.get(name, name) for name in declared}
    allowed = import_names | {"sim"} | set(sys.stdlib_module_names)
    imported = {name.split(".")[0] for targets in GRAPH.values() for name in targets}
    assert sorted(imported - allowed) == []


def test_importing_the_package_loads_no_heavy_library():
    heavy = {"numba", "mesa", "pandas", "hydra", "matplotlib", "scipy"}
    question = f"import sys, sim; print(sorted({heavy} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", question], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_files_and_functions_stay_short():
    long = []
    for path in source_files():
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        if lines > LONGEST_FILE:
            long.append(f"{module_name(path)}: {lines} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and body_length(node) > LONGEST_FUNCTION:
                long.append(f"{module_name(path)}.{node.name}: {body_length(node)} lines")
    assert long == []


def body_length(function):
    """Return the lines of a function without its docstring."""
    documented = ast.get_docstring(function) is not None
    first = function.body[1] if documented and len(function.body) > 1 else function.body[0]
    return function.end_lineno - first.lineno + 1
