"""Pages made from the declarations: up to date, and with every column, phase, setting, figure and room in them."""

from __future__ import annotations

import ast
import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from sim.config.options import GROUPS, dataclass_of, option_names
from sim.config.schema import Config
from sim.config.validate import fields_of
from sim.engine.loops.draws import PURPOSES
from sim.firms.firm import FIRM_COLUMNS, LINK_COLUMNS
from sim.month.model import Model
from sim.persons.borrower import BOOK_COLUMNS, PRIVATE_COLUMNS

ROOT = Path(__file__).resolve().parents[1]
ODD = (ROOT / "docs" / "odd.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
TABLES = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("declared_pages", ROOT / "tools" / "declared_pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def block(name, page=ODD):
    return page.split(f"<!-- begin: {name} -->\n")[1].split("<!-- end -->")[0]


def first_cells(text):
    return [line.split(" | ")[0].strip("| `") for line in text.splitlines()[2:]]


def test_the_pages_are_up_to_date(tool):
    for path, text in tool.pages().items():
        assert path.read_text(encoding="utf-8") == text, "python tools/declared_pages.py writes them anew"


def test_every_table_is_used_once(tool):
    assert sorted([*tool.blocks_of(ODD), *tool.blocks_of(ARCHITECTURE), *tool.blocks_of(TABLES)]) == sorted(tool.BLOCKS)


def test_the_description_has_the_seven_elements_and_the_eleven_concepts():
    headings = [line[3:] for line in ODD.splitlines() if line.startswith("## ")]
    assert headings[:7] == [
        "1. Purpose and patterns",
        "2. Entities, state variables, and scales",
        "3. Process overview and scheduling",
        "4. Design concepts",
        "5. Initialization",
        "6. Input data",
        "7. Submodels",
    ]
    concepts = (
        *("Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing"),
        *("Interaction", "Stochasticity", "Collectives", "Observation"),
    )
    places = [ODD.index(f"**{concept}.**") for concept in concepts]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("columns of what a person knows", PRIVATE_COLUMNS),
        ("columns of what a firm knows", FIRM_COLUMNS),
        ("columns of a link of trade", LINK_COLUMNS),
        ("columns of the lender's book", BOOK_COLUMNS),
    ],
)
def test_every_column_is_described(name, columns):
    assert first_cells(block(name)) == list(columns)


def test_every_phase_and_step_of_the_agenda_stands_in_the_month():
    """By the text of the agenda, whatever a composition makes of it."""
    tree = ast.parse((ROOT / "sim" / "month" / "agenda.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Phase"]
    names = [call.args[0].value for call in calls]
    assert len(names) > 25
    month = block("phases")
    assert [name for name in names if f"| {name} (" not in month] == []
    rules = [name for call in calls if isinstance(call.args[1], ast.Tuple) for name in call.args[1].elts]
    missing = [ast.unparse(name) for name in rules if not isinstance(name, ast.Starred)]
    assert [name for name in missing if f"`{name}`" not in month] == []
    steps = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules_of(tree)
    }
    assert len(steps) > 12
    assert sorted(step for step in steps if f"`{step}`" not in month) == []


def modules_of(tree):
    """Names of modules that the agenda imports whole: what it takes from them are steps."""
    found = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module]
    names = {alias.asname or alias.name: f"{node.module}.{alias.name}" for node in found for alias in node.names}
    return {name for name, module in names.items() if (ROOT / f"{module.replace('.', '/')}.py").exists()}


def test_every_setting_is_described():
    settings = block("settings")
    missing = [
        f"{group.node}.{name}"
        for group in GROUPS
        for option in option_names(group.name)
        for name in fields_of(dataclass_of(group.name, option))
        if name != "name" and f"| `{group.node}.{name}" not in settings
    ]
    assert missing == []
    assert "`seed`" in settings and "seed" in fields_of(Config)


def test_every_option_and_purpose_is_described():
    options = block("options")
    names = [option for group in GROUPS for option in option_names(group.name)]
    assert first_cells(options).count("") == len(names) - len(GROUPS)
    assert [name for name in names if f"| `{name}` |" not in options] == []
    assert [name for name in PURPOSES if f"`{name}`" not in block("draws")] == []


def test_every_figure_of_a_month_is_described(tool):
    model = Model(tool.compose(["population.borrowers=60", "study.burn_in=0"]))
    model.step()
    assert model.records[-1].keys() <= set(first_cells(block("figures")))


def test_every_rule_that_a_room_declares_is_described():
    """By the texts: functions under a decorator ``stage``."""
    found = [
        node.name
        for path in sorted((ROOT / "sim").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(one).startswith("stage") for one in node.decorator_list)
    ]
    assert len(found) > 60
    assert sorted(found) == sorted(first_cells(block("rules")))


def test_every_room_stands_on_the_map():
    folders = [path.parent.name for path in (ROOT / "sim").glob("*/__init__.py")] + [
        "fitting",
        "lives",
        "saying",
        "verbs",
    ]
    assert sorted([*folders, "__main__"]) == sorted(first_cells(block("rooms", ARCHITECTURE).split("```\n\n")[1]))


def test_links_and_names_of_the_pages_lead_somewhere():
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for page, folder in ((ODD, "docs"), (ARCHITECTURE, "docs"), (contributing, ".")):
        links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page)
        assert [link for link in links if not (ROOT / folder / link).exists()] == []
        named = re.findall(r"(?:`|python )((?:sim|configs|tools|tests)/[\w/.]+)", page)
        assert named or page is ODD
        assert [path for path in named if path.islower() and not (ROOT / path.rstrip(".")).exists()] == []


def test_rules_and_steps_that_the_architecture_names_exist(tool):
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)*)`", ARCHITECTURE.split("## The way of one instalment")[1]))
    known = {line.name for line in tool.months()} | {stage.name for stage in tool.stages()}
    others = {"due", "calm", "none", "configs", "precision_of", "validate", "month"}
    assert len(named & known) > 8 and sorted(named - known - others) == []


def test_the_citation_is_that_of_the_project():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (cited["version"], cited["license"]) == (project["version"], project["license"])
    assert [author["name"] for author in cited["authors"]] == [author["name"] for author in project["authors"]]
    assert set(cited["keywords"]) <= {*project["keywords"]}
