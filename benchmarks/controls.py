"""The month with every control of the lender on, and a refit of the card, as JSON on standard output.

    python benchmarks/controls.py [--borrowers 1000000] [--months 20] [--firms] [--quick]

One thread. ``items_ns`` are nanoseconds a borrower in the median month of each loop (named by its first rule, with the
number of rules in it) and of each settle step; ``rules_ns`` those of each rule alone. ``refit_in_months`` is
what a month in which the card is fitted costs beyond the others, over the cost of those.
"""

from __future__ import annotations

import argparse
import functools
import json
import statistics
import time
from collections import defaultdict
from typing import Any

from population import model_of, months_a_second, reference, stage_costs

from sim.engine.loops.bound import Bound
from sim.lender.rationing import ration, ration_firms
from sim.month.agenda import Phase

# The option of each group that does most every month.
EVERYTHING = (
    *("policy/scoring=refitted", "policy/approval=reviewed", "policy/limit=behavioural", "policy/closing=hysteresis"),
    *("policy/pricing=risk_based", "policy/term=extended", "policy/relief=restructuring", "policy/appetite=cycle"),
    *("policy/warning=multi_signal", "policy/engine=rules", "policy/authentication=multi_factor"),
    *("policy/collections=litigation", "bureau=full", "provisioning=five_category", "funding=abs"),
    *("regulation=china_2021", "fraud=organised", "sharing=guarantee_80_20", "behaviour.same_engine_share=0.5"),
)

DEFAULT = {True: ("study.burn_in=0",), False: ("study.burn_in=0", "firms=none")}


def watch(model: Any) -> dict[str, float]:
    """Time every settle step and every loop of a model from here on; seconds by name."""
    spent: dict[str, float] = defaultdict(float)

    def timed(name: str, work: Any) -> Any:
        @functools.wraps(work)
        def run(*arguments: Any, **parts: Any) -> Any:
            start = time.perf_counter()
            try:
                return work(*arguments, **parts)
            finally:
                spent[name] += time.perf_counter() - start

        return run

    # The two steps of rationing are known to the model by what they are.
    model.agenda = tuple(
        item if isinstance(item, Phase) or item in (ration, ration_firms) else timed(item.__name__, item)
        for item in model.agenda
    )
    model.scores.close = timed("of judge_scores: persons", model.scores.close)
    run = Bound.run

    def loop(self: Bound, *arguments: Any) -> None:
        start = time.perf_counter()
        run(self, *arguments)
        name = f"{self.stages[0].name} and {len(self.stages) - 1} more" if len(self.stages) > 1 else self.stages[0].name
        spent[name] += time.perf_counter() - start

    Bound.run = loop  # type: ignore[method-assign]
    return spent


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--borrowers", type=int, default=1_000_000)
    parser.add_argument("--months", type=int, default=20, help="at least 14: the first refit comes after a year")
    parser.add_argument("--firms", action="store_true", help="with firms, too")
    parser.add_argument("--quick", action="store_true", help="leave out the rule-by-rule costs")
    given = parser.parse_args()
    overrides = (*EVERYTHING, *DEFAULT[given.firms])
    small = model_of(2000, overrides)
    for _ in range(5):  # the compiled code is in memory before it is counted
        small.step()
    model = model_of(given.borrowers, overrides)
    spent = watch(model)
    usual, refits, items = [], [], defaultdict(list)
    for _ in range(given.months):
        spent.clear()
        fitted, start = model.scores.figures["refits"], time.perf_counter()
        model.step()
        took = time.perf_counter() - start
        (refits if model.scores.figures["refits"] > fitted else usual).append(took)
        for name, seconds in spent.items():
            items[name].append(seconds / model.persons.size * 1e9)
    month = statistics.median(usual)
    result: dict[str, Any] = {
        "borrowers": given.borrowers,
        "controls": overrides,
        "month_m_a_s": round(given.borrowers / month / 1e6, 2),
        "best_third_m_a_s": round(given.borrowers / statistics.mean(sorted(usual)[: max(1, len(usual) // 3)]) / 1e6, 2),
        "refits": len(refits),
        "refit_in_months": round((statistics.mean(refits) - month) / month, 2) if refits else None,
        "reference": reference(model),
        "items_ns": {name: round(statistics.median(costs), 2) for name, costs in items.items()},
    }
    del model
    result["default_lender_m_a_s"] = round(months_a_second(model_of(given.borrowers, DEFAULT[given.firms]), 8), 2)
    if not given.quick:
        result["rules_ns"] = stage_costs(given.borrowers, 4, overrides)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
