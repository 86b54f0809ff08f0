"""No key without effect: each key of `creditcycle show` changes a run, or says what it needs, or is explained."""

from __future__ import annotations

import random

import pytest

import sim
from sim.config.acting import unmet
from tests.laws.perturbing import RICH, acts, keys_of, lived, others, plain, shown_keys, worlds

# Keys, or how they begin, that may leave the months of one model as they are, and why.
EXPLAINED = {
    "machine.": "where and how fast a run is computed: the same bits by law",
    "design.": "which points a study visits; each point is a composition of its own",
    "study.": "which runs there are, how they are compared and what is counted; burn_in and months are lengths",
    "out": "where the results are written",
    "population.file": "a path, tested in tests/inputs",
    "population.mapping": "a path, tested in tests/inputs",
    "population.start": "a month of the tape, tested in tests/inputs",
    "economy.file": "a path, tested in tests/inputs",
    "economy.units": "of that path, tested in tests/inputs",
    "economy.published.source": "a text for the reader",
    "policy.engine.rules[].id": "a text for the reader",
}
SAMPLE = 4


@pytest.mark.slow
def test_every_key_changes_a_run_or_is_explained():
    """Some thousand runs of two years, each stopped at the first month that differs."""
    seen = set()
    for _, given, prefixes in worlds():
        config = sim.compose(given)
        base = lived(config)
        for key, kind, declared, value in keys_of(config):
            wanted = key.startswith(prefixes) and plain(key) not in seen and not unmet(config, key)
            if wanted and acts(config, base, key, others(kind, declared, value)):
                seen.add(plain(key))
    assert sorted(key for key in shown_keys() - seen if not key.startswith(tuple(EXPLAINED))) == []
    assert [start for start in EXPLAINED if not any(key.startswith(start) for key in shown_keys())] == []


@pytest.mark.slow
def test_no_key_acts_where_it_says_that_it_does_not():
    config = sim.compose(RICH)
    base = lived(config)
    claimed = [entry for entry in keys_of(config) if unmet(config, entry[0])]
    assert len(claimed) > 30
    assert [
        key for key, kind, declared, value in claimed if acts(config, base, key, others(kind, declared, value))
    ] == []


def test_a_sample_of_keys_acts_and_a_sample_of_idle_keys_does_not():
    """What the slow tests do for every key, here for a few that are drawn once and for all."""
    config = sim.compose(RICH)
    base, luck = lived(config), random.Random("keys")
    ours = [
        entry for entry in keys_of(config) if entry[0].startswith(("population.", "lender.")) and entry[1] is not str
    ]
    for key, kind, declared, value in luck.sample(ours, SAMPLE):
        assert acts(config, base, key, others(kind, declared, value)), key
    idle = [entry for entry in keys_of(config) if unmet(config, entry[0]) and entry[1] is not str]
    for key, kind, declared, value in luck.sample(idle, SAMPLE):
        assert not acts(config, base, key, others(kind, declared, value)[:2]), key
