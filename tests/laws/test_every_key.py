"""No key without effect: each key of `creditcycle show` changes a run, or says what it needs, or is explained."""

from __future__ import annotations

import random

import pytest

import sim
from sim.config.acting import unmet
from sim.config.errors import UsageError
from sim.economy.reading import told_of_files
from tests.laws.perturbing import (
    BOUNDS,
    RICH,
    WHOLES,
    acts,
    differs,
    keys_of,
    lived,
    others,
    plain,
    shown_keys,
    worlds,
)

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
    **{f"economy.{name}": "of that path, tested in tests/inputs" for name in told_of_files() if name != "file"},
    "economy.published.source": "a text for the reader",
    "economy.preset": "composes options of its name, tested in tests/config",
    "policy.engine.rules[].id": "a text for the reader",
}
SAMPLE = 4
# Options with keys that wait for other options, and none of those.
DEAF = (
    *(*RICH, "policy/scoring=sector", "policy/warning=cusum", "policy/limit=income_multiple"),
    *("provisioning=five_category", "policy/closing=threshold"),
)


def explained(key: str) -> bool:
    """Whether a key may leave a run as it is."""
    return plain(key).startswith(tuple(EXPLAINED))


def part_of(key: str) -> str:
    """Part of the configuration that a key lies in; policies are parts of their own."""
    first, *below = key.split(".")
    return f"{first}.{below[0]}" if first == "policy" else first


PARTS = sorted({part_of(key) for key in shown_keys() if not explained(key)})


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_every_key_changes_a_run_or_is_explained(part):
    """Some thousand runs of two years, each stopped at the first month that differs."""
    wanted = {key for key in shown_keys() if part_of(key) == part and not explained(key)}
    left = wanted - set(BOUNDS) - {key for key in wanted & set(WHOLES) if differs(*WHOLES[key])}
    for _, given, prefixes in worlds():
        if not any(key.startswith(prefixes) for key in left):
            continue
        config, base = sim.compose(given), None
        for key, kind, declared, value in keys_of(config):
            if plain(key) in left and key.startswith(prefixes) and not unmet(config, key):
                base = base or lived(config)
                if acts(config, base, key, others(kind, declared, value)):
                    left.remove(plain(key))
    assert sorted(left) == [], f"{len(left)} of {len(wanted)} keys change nothing: {sorted(left)}"


def test_every_key_has_a_world_in_which_it_is_looked_at():
    """A new key that waits for another falls through the slow test only if nobody sees it here."""
    shown = shown_keys()
    looked_at = {*BOUNDS, *WHOLES, *(key for key in shown if explained(key))}
    for _, given, prefixes in worlds():
        if any(key.startswith(prefixes) for key in shown - looked_at):
            config = sim.compose(given)
            looked_at |= {
                plain(key) for key, *_ in keys_of(config) if key.startswith(prefixes) and not unmet(config, key)
            }
    assert sorted(shown - looked_at) == []
    # Those that the slow test sees act, and those that are explained, are all that `show` lists.
    acting = [key for key in shown if part_of(key) in PARTS and not explained(key)]
    assert len(acting) + sum(map(explained, shown)) == len(shown)
    assert [start for start in EXPLAINED if not any(key.startswith(start) for key in shown)] == []
    assert {*BOUNDS, *WHOLES} <= shown


@pytest.mark.parametrize("key", BOUNDS)
def test_a_key_that_is_a_bound_refuses_what_lies_beyond_it(key):
    given, value = BOUNDS[key]
    assert sim.compose(given.split())
    with pytest.raises(UsageError, match=r"must be|at most|its own minimum"):
        sim.compose([*given.split(), f"{key}={value}"])


@pytest.mark.slow
@pytest.mark.parametrize(("given", "parts", "least"), [(RICH, ("",), 30), (DEAF, ("policy.", "provisioning."), 9)])
def test_no_key_acts_where_it_says_that_it_does_not(given, parts, least):
    config = sim.compose(given)
    base = lived(config)
    claimed = [entry for entry in keys_of(config) if entry[0].startswith(parts) and unmet(config, entry[0])]
    assert len(claimed) >= least
    assert [
        key for key, kind, declared, value in claimed if acts(config, base, key, others(kind, declared, value))
    ] == []


def test_a_sample_of_keys_acts_and_a_sample_of_idle_keys_does_not():
    """What the slow tests do for every key, here for a few that are drawn once and for all."""
    config = sim.compose(RICH)
    base, luck = lived(config, months=12), random.Random("keys")
    ours = [
        entry for entry in keys_of(config) if entry[0].startswith(("population.", "lender.")) and entry[1] is not str
    ]
    for key, kind, declared, value in luck.sample(ours, SAMPLE):
        assert acts(config, base, key, others(kind, declared, value)), key
    idle = [entry for entry in keys_of(config) if unmet(config, entry[0]) and entry[1] is not str]
    for key, kind, declared, value in luck.sample(idle, SAMPLE):
        assert not acts(config, base, key, others(kind, declared, value)[:1]), key
