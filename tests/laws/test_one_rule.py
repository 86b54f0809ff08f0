"""Law 5: one rule, every driver: compiled loops, Mesa's own stepping and plain Python leave the same bits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.engine.loops.compiled import COMPILING
from sim.lender.policies.features import REGISTRY
from sim.month.agenda import Phase
from tests.laws.policies import BUNDLES, OPTIONS

ROOT = Path(__file__).parents[2]
# What a path brings beside jobs and demand: calm first, and then in each of its nine knots.
BROUGHT = {"self_employed_income": 1, "jobless_supplement": 0, "universal_transfer": 0, "holidays_offered": 0,
           "collections_stopped": 0}  # fmt: skip
# Together these run every rule there is, and each on rows that it changes.
SURROUNDINGS = (
    ("sharing=none",),
    (
        *("sharing=guarantee_80_20", "behaviour.contagion=20", "lender.equity_per_borrower=80000"),
        *("policy.collections.recovery_hazard=0.8", "lender.exclusion_months=3", "behaviour.give_up_hazard=0.05"),
        *("behaviour.block_churn=1", "behaviour.closing_churn=0.5", "study.inclusion=true"),
        *(f"economy.path.{name}=[{first},{','.join(['0.5'] * 8)}]" for name, first in BROUGHT.items()),
    ),
    (
        *("population.card_share=1", "sharing=joint_loan_30_70", "behaviour.evergreening=1"),
        *("population.mean_appetite=3", "behaviour.same_engine_share=0.5"),
        *("policy.scoring.privacy_epsilon=2", "policy.scoring.data_missing=0.2", "policy.scoring.refresh_interval=2"),
    ),
)
# What makes a rule bite within a year among a hundred persons.
EAGER = {
    "policy/closing=early_recall": ("policy.closing.closing_score=650", "policy.closing.recall_score=700"),
    "policy/approval=reviewed": ("policy.approval.review_band=600",),
    "policy/scoring=sector": (f"policy.scoring.features=[{','.join(REGISTRY)}]",),
}
WORLDS = {
    str(k): (*bundle, *SURROUNDINGS[k % 3], *(value for choice in bundle for value in EAGER.get(choice, ())))
    for k, bundle in enumerate(BUNDLES)
}
BUSY = (
    *("population=tiny", "economy=severe_recession", "economy.shock_lag=0", "study.burn_in=3"),
    *("lender.charge_off_months=5", "behaviour.strategic_hazard=0.02", "population.arrival_rate=0.02"),
    *("behaviour.expense_probability=0.1", "machine.threads=1", "firms.per_person=0.3", "firms.small_share=0.5"),
    *("firms.accident_hazard=0.05", "firms.project_hazard=0.5", "firms.project_size=0.1", "firms.diversion=1"),
    *("firms.detection=1", "firms.credit_share=1", "firms.milestone_months=1"),
)


def overrides(name: str, borrowers: int) -> list[str]:
    return [*BUSY, f"population.borrowers={borrowers}", *WORLDS[name]]


def traces(given: list[str], months: int) -> list:
    """Return both tables' checksums and the record of every month."""
    model = sim.Model(sim.compose(given))
    found = []
    for _ in range(months):
        model.step()
        record = {key: repr(value) for key, value in model.record.items()}
        tables = [model.persons, model.accounts, *model.firms.tables().values()]
        found.append(["".join(table.checksum() for table in tables), record])
    return found


def assert_same(compiled: list, plain: list) -> None:
    for month, (one, other) in enumerate(zip(compiled, plain, strict=True)):
        differing = {key: (one[1][key], other[1][key]) for key in one[1] if one[1][key] != other[1][key]}
        assert not differing, f"month {month}"
        assert one[0] == other[0], f"month {month}: tables differ"


@pytest.mark.parametrize("name", list(WORLDS))
def test_mesa_stepping_leaves_the_same_bits(name):
    given = overrides(name, 100)
    assert_same(traces(given, 12), traces([*given, "machine.driver=mesa"], 12))


def test_mesa_stepping_leaves_the_same_bits_in_full():
    given = overrides("1", 250)
    assert_same(traces(given, 24), traces([*given, "machine.driver=mesa"], 24))


@pytest.mark.skipif(not COMPILING, reason="this process does not compile")
def test_rules_without_numba_leave_the_same_bits():
    script = (
        "import json, sys, tests.laws.test_one_rule as one\n"
        "assert not one.COMPILING\n"
        "print(json.dumps({name: one.traces(one.overrides(name, 50), 6) for name in one.WORLDS}))"
    )
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    plain = json.loads(done.stdout)
    for name in WORLDS:
        assert_same(traces(overrides(name, 50), 6), plain[name])


def test_the_worlds_run_every_rule():
    """A rule that no world runs on a row would be compared with nothing."""
    seen: dict[str, int] = {}
    for name in WORLDS:
        model = sim.Model(sim.compose(overrides(name, 150)))
        stages = {
            declared.name: declared for item in model.agenda if isinstance(item, Phase) for declared in item.stages
        }
        for _ in range(18):
            model.step()
            for declared in stages.values():
                moved = sum(abs(model.ledger.both(tally)) for tally in declared.tallies)
                seen[declared.name] = seen.get(declared.name, 0) + moved + (not declared.tallies)
    assert [name for name, moved in seen.items() if moved == 0] == ["keep_limit"], "only it has nothing to count"
    shipped = {
        declared.name
        for options in OPTIONS.values()
        for option in options.values()
        for declared in getattr(option(), "stages", ())
    }
    assert shipped <= set(seen)
