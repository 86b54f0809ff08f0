"""A rule is small: few enough arguments and results to be read at a glance."""

from __future__ import annotations

from tests.laws.calling import results_of
from tests.laws.written import all_stages

MOST_ARGUMENTS, MOST_RESULTS = 15, 12


def test_a_rule_has_at_most_fifteen_arguments_and_twelve_results():
    sizes = {found.name: (len(found.arguments), len(results_of(found))) for found in all_stages()}
    assert len(sizes) > 100
    assert not [name for name, size in sizes.items() if size[0] > MOST_ARGUMENTS or size[1] > MOST_RESULTS]
