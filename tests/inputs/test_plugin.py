"""A user's own rule: what is refused, what it does, and the tutorial as it stands."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.__main__ import main
from sim.config.errors import UsageError
from sim.config.job import plan
from sim.config.options import option_names
from sim.engine.loops.stage import StageError
from sim.inputs.plugin import COLUMNS, NUMBERS
from sim.lender.policies.user import USER, WRAPPERS
from sim.month.agenda import Phase
from sim.persons.borrower import PRIVATE_COLUMNS
from tests.laws.test_lender_knows import disturb_lender, permute, scramble

TUTORIAL = (Path(__file__).parents[2] / "docs" / "your_own_policy.md").read_text(encoding="utf-8")
PROGRAM = re.search(r"```python\n(.*?)```", TUTORIAL, re.S)[1]
COMMAND = re.search(r"```\ncreditcycle (.*?)\n```", TUTORIAL)[1]

# What stands in the file, and what the one line must say.
REFUSED = {
    "syntax": ("def mine(limit:\n    return 1\n", "line 1: is not Python"),
    "nothing": ("X = 1\n", "has no function"),
    "private": ("def mine(limit, income):\n    return limit\n", "reads income, which only the person knows"),
    "unknown": ("def mine(limit, scor):\n    return limit\n", "no column or number scor; did you mean score?"),
    "default": ("def mine(limit, score=1):\n    return limit\n", "plain arguments alone"),
    "nan": ("import math\ndef mine(limit):\n    return float(1e308) * 10.0 - float(1e308) * 10.0\n", "returns nan"),
    "below": ("def mine(limit):\n    return -5\n", "returns -5 with limit=0; allowed: the credit limit in fen"),
    "none": ("def mine(limit):\n    limit = 3\n", "returns None"),
    "raises": ("def mine(limit, principal):\n    return limit // principal\n", "raises ZeroDivisionError"),
    "global": ("N = 0\ndef mine(limit):\n    global N\n    N = 1\n    return limit\n", "line 3: writes a global (N)"),
    "memory": ("SEEN = []\ndef mine(limit):\n    return limit\n", "line 1: has a list"),
    "import": ("import random\ndef mine(limit):\n    return limit\n", "line 1: imports random"),
    "from": ("from os import system\ndef mine(limit):\n    return limit\n", "line 1: imports from os: a rule may"),
    "open": ("def mine(limit):\n    open('x')\n    return limit\n", "line 2: calls open"),
    "power": ("def mine(limit):\n    return limit**1\n", "line 2: uses **"),
    "method": ("def mine(limit):\n    return limit.real\n", "line 2: uses .real"),
    "while": ("def mine(limit):\n    while True:\n        pass\n", "line 2: has a while"),
    "list": ("def mine(limit):\n    return [limit][0]\n", "line 2: has a"),
    "acts": ("print(1)\ndef mine(limit):\n    return limit\n", "line 1: calls print"),
    "deep": ("def mine(limit):\n    return " + "(" * 900 + "limit" + ")" * 900 + "\n", "too many nested parentheses"),
    "deep sum": ("def mine(limit):\n    return limit" + " + 1" * 5000 + "\n", "is too large for rules"),
    "deep minus": ("def mine(limit):\n    return " + "-" * 3000 + "limit\n", "is too large for rules"),
    "long": ("def mine(limit):\n" + "    limit = limit\n" * 2000 + "    return limit\n", "is too large for rules"),
    "endless": (
        "def mine(limit):\n    for _ in range(1000000000000):\n        limit = limit\n    return limit\n",
        "line 1: mine goes round 1e+12 times or more",
    ),
    "rarely endless": (
        "def mine(limit):\n    if limit % 43 == 3:\n        for _ in range(limit): pass\n    return limit\n",
        "line 3: has a loop over range(limit), whose turns are not fixed: allowed is a range of whole numbers of the",
    ),
    "slow": (
        "def mine(limit):\n    for _ in range(10000):\n" + "        limit = limit\n" * 6 + "    return limit\n",
        "does not end within 50000 lines",
    ),
    "endless helper": (
        "def h(a):\n    for _ in range(1000000000000): pass\n    return a\ndef mine(limit):\n    return h(limit)\n",
        "line 1: h goes round 1e+12 times",
    ),
    "growing": (
        "def mine(limit):\n    x = limit + 3\n    for _ in range(99):\n        x = x * x\n    return limit\n",
        "more than 64 bits",
    ),
    "growing helper": (
        "def sq(a):\n    return a * a\ndef mine(limit):\n    return min(sq(sq(sq(sq(limit + 9)))), 5)\n",
        "more than 64 bits",
    ),
    "shift": ("def mine(limit):\n    return min(1 << limit, 5)\n", "line 2: uses <<"),
    "range": ("def mine(limit):\n    return max(range(1000000000000))\n", "line 2: has a range that is not"),
    "digits": ("def mine(limit):\n    return round(limit, -1000000000)\n", "line 2: rounds to digits"),
    "text": ("def mine(limit):\n    return int('9' * 9)\n", "line 2: has '9': a rule knows numbers alone"),
    "shipped name": ("def tiered(limit):\n    return limit\n", "policy/limit=tiered is shipped"),
    "recursion": ("def mine(limit):\n    return mine(limit - 1)\n", "calls mine, which does not stand above it"),
}  # fmt: skip


def written(folder: Path, text: str) -> str:
    file = folder / "my_policy.py"
    file.write_text(text, encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_is_refused(name, tmp_path, monkeypatch, capsys):
    text, says = REFUSED[name]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.study.run.runner.run_study", lambda *_, **__: pytest.fail("the job began"))
    code = main(["--plugin", written(tmp_path, text), "policy/limit=mine"])
    out, err = capsys.readouterr()
    assert (code, out) == (2, "") and err.count("\n") == 1 and "Traceback" not in err
    assert says in err
    assert [path.name for path in tmp_path.iterdir()] == ["my_policy.py"]


def test_a_file_that_is_not_there_and_a_function_that_is_not_in_it(tmp_path, capsys):
    assert main(["--plugin", str(tmp_path / "none.py"), "policy/limit=mine"]) == 2
    assert capsys.readouterr().err.endswith(
        "none.py: cannot be read: No such file or directory, must be a Python file of rules\n"
    )
    for other, hint in (("neg.py", ""), ("nome.py", "; did you mean nome.py?")):
        (tmp_path / other).write_text("", encoding="utf-8")
        assert main(["--plugin", str(tmp_path / "none.py"), "policy/limit=mine"]) == 2
        assert capsys.readouterr().err.endswith(f"must be a Python file of rules{hint}\n")
    file = written(tmp_path, "def mine(limit):\n    return limit\n")
    assert main(["--plugin", file, "policy/limit=mind"]) == 2
    assert "did you mean mine?" in capsys.readouterr().err
    assert main(["--plugin", file, "policy/collections=mine"]) == 2
    assert "one of bulk_sale" in capsys.readouterr().err
    assert main(["policy/limit=mine"]) == 2, "the file is forgotten"


def test_the_tutorial(tmp_path, monkeypatch, capsys):
    """The file and the command of the page, word for word; smaller, so that it takes seconds."""
    monkeypatch.chdir(tmp_path)
    written(tmp_path, PROGRAM)
    smaller = ["study.replications=2", "population.borrowers=300", "study.months=14", "machine.workers=1"]
    words = [word for word in shlex.split(COMMAND) if not word.startswith(("study.repl", "population.b"))]
    assert main([*words, *smaller]) == 0
    manifest = json.loads((tmp_path / "mine" / "manifest.json").read_text(encoding="utf-8"))
    assert "def two_bad_signs" in json.dumps(manifest)
    assert (tmp_path / "mine" / "report.html").is_file()
    # The study goes by its own copy; with an edited file it is another study.
    written(tmp_path, PROGRAM.replace("0.6 *", "0.5 *"))
    capsys.readouterr()
    assert main(["resume", "mine", "--trust"]) == 0
    assert "my_policy.py has changed since the study began" in capsys.readouterr().err
    assert main([*words, *smaller]) == 2
    assert "was begun with another my_policy.py (its copy is inputs/" in capsys.readouterr().err


def test_the_page_lists_what_there_is():
    for name in (*NUMBERS, *WRAPPERS):
        assert f"`{name}`" in TUTORIAL
    named = set(re.findall(r"`([a-z_]+)`", TUTORIAL))
    technical = {"alive", "arrival_month", "ordinal", "cusum", "signal_used", "review", "court"}
    assert set(COLUMNS) - technical <= named, sorted(set(COLUMNS) - technical - named)
    assert set(USER) == set(WRAPPERS)


RULES = """
def cap(limit, inflow_slow):
    return int(min(3.0 * inflow_slow, 9e8))

def shut(score):
    return 1 if score < 560.0 else 0

def admit(score, thin_file):
    return 1 if score > 520.0 + 40.0 * thin_file else 0

def half(score):
    return (950.0 - score) / 2.0

def price(score, funding_rate):
    return min(funding_rate + 0.05 + half(score) * 0.001, 0.36)

def months(term, score):
    return term if score > 600.0 else min(term, 3)

def watch(inflow_fast, inflow_slow):
    return 1 if inflow_fast < 0.7 * inflow_slow else 0
"""
CHOSEN = ("policy/limit=cap", "policy/closing=shut", "policy/approval=admit", "policy/pricing=price",
          "policy/term=months", "policy/warning=watch")  # fmt: skip
WORLD = ("population=tiny", "population.borrowers=300", "economy=severe_recession", "economy.shock_lag=0",
         "study.burn_in=6", "machine.threads=1", "lender.equity_per_borrower=20000")  # fmt: skip


def test_rules_of_every_group_do_what_they_say(tmp_path):
    config = sim.compose([f"plugin={written(tmp_path, RULES)}", *CHOSEN, *WORLD])
    model = sim.Model(config)
    for _ in range(24):
        model.step()
    book = model.accounts
    open_ = (book["alive"] != 0) & (book["line"] == 2)
    expected = np.minimum(3.0 * book["inflow_slow"].astype(float), 9e8).astype(int)
    np.testing.assert_array_equal(book["limit"][open_], np.minimum(expected, 30_000_000)[open_])
    assert (book["score"][open_] >= 560.0).all()
    assert set(np.unique(book["offer_term"][open_ & (book["score"] <= 600.0)])) <= {0, 3}
    assert sum(r["closures_month"] for r in model.records) > 0 < sum(r["alerts"] for r in model.records)
    assert sum(r["approvals"] for r in model.records) > 0


@pytest.mark.parametrize("disturb", [permute, scramble])
def test_law_4_holds_for_rules_of_a_user(tmp_path, disturb):
    config = sim.compose([f"plugin={written(tmp_path, RULES)}", *CHOSEN, *WORLD])
    plain, disturbed = sim.Model(config), sim.Model(config)
    luck = np.random.default_rng(5)
    disturb_lender(disturbed, lambda model: disturb(model, luck))
    for month in range(12):
        plain.step()
        disturbed.step()
        assert disturbed.accounts.checksum() == plain.accounts.checksum(), f"month {month}"
    mine = {f"{name}_of_a_user" for name in ("cap", "shut", "admit", "price", "months", "watch")}
    phases = [item for item in plain.agenda if isinstance(item, Phase)]
    assert mine <= {rule.name for phase in phases if phase.book for rule in phase.stages}
    assert not mine & {rule.name for phase in phases if not phase.book for rule in phase.stages}


def test_a_private_column_would_be_refused_by_the_stage_as_well(tmp_path):
    """Law 4 does not hang on the check of the file alone."""
    from sim.lender.policies.user import stage_of

    peeping = stage_of("policy/limit", "mine", "def mine(limit, income):\n    return income\n")
    model = sim.Model(sim.compose([*WORLD]))
    model.step()
    with pytest.raises(StageError, match="argument income"):
        model.run(Phase("peeping", (peeping,), book=True))
    assert "income" in PRIVATE_COLUMNS


def test_compiled_and_plain_leave_the_same_bits(tmp_path):
    given = [f"plugin={written(tmp_path, RULES)}", *CHOSEN, *WORLD, "population.borrowers=60"]
    marks = []
    for driver in ("kernel", "mesa"):
        model = sim.Model(sim.compose([*given, f"machine.driver={driver}"]))
        for _ in range(8):
            model.step()
        marks.append((model.accounts.checksum(), model.persons.checksum()))
    assert marks[0] == marks[1]


TWICE = "def mine(limit):\n    return 2 * limit\n"


def test_rules_are_an_option_of_the_call_that_names_them_alone(tmp_path, capsys):
    """Of a later call, in Python or at the command line, they are no option: a script may compose several studies."""
    own = [f"plugin={written(tmp_path, TWICE)}", "policy/limit=mine"]
    before = option_names("policy/limit")
    for call in (sim.compose, plan, lambda words: main([*words, "--cfg", "job"])):
        call(own)
        assert option_names("policy/limit") == before
        with pytest.raises(UsageError, match="policy/limit: mine is not allowed"):
            sim.compose(own[1:])
    assert "mine" in capsys.readouterr().out


def test_points_that_a_search_asks_for_later_have_the_rules_of_its_own_study(tmp_path):
    """Not those of a study that was composed in between."""
    pytest.importorskip("optuna", reason="needs creditcycle[analysis]: make extras")
    (tmp_path / "other.py").write_text("def mine(limit):\n    return limit\n", encoding="utf-8")
    axes = {"policy/closing": "threshold", "policy/pricing": "risk_based"}
    design = ["design=fit", "design.targets=['loss_rate=0.01/0.01']",
              "design.vary=['policy/closing=never,threshold','policy/pricing=flat,risk_based']"]  # fmt: skip
    begun = plan([f"plugin={written(tmp_path, TWICE)}", "policy/limit=mine", "economy=calm", *design])
    plan([f"plugin={tmp_path / 'other.py'}", "policy/limit=mine"])
    point = begun.adaptive.point(0, tuple(axes.items()))
    (arm,) = [arm for arm in begun.adaptive.plans[point.composition].shown if arm.name == "configured"]
    assert arm.configs["calm"].policy.limit.source == TWICE
