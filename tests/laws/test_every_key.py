"""No key without effect: each key of `creditcycle show` changes a run, or says what it needs, or is explained."""

from __future__ import annotations

import pytest

import sim
from sim.config.acting import unmet
from tests.laws.perturbing import acts, keys_of, lived, others, plain, shown_keys, worlds

# Keys that may leave a run as it is, and why.
EXPLAINED: dict[str, str] = {}


def idle_claims(config):
    """Keys of a composition that say they would do nothing in it."""
    return [(key, kind, declared, value) for key, kind, declared, value in keys_of(config) if unmet(config, key)]


@pytest.mark.slow
def test_every_key_changes_a_run_or_says_why_not():
    """About a thousand runs of three years, each stopped at the first month that differs."""
    seen, claimed_wrongly = set(), []
    for name, given, prefix in worlds():
        config = sim.compose(given)
        base = lived(config)
        for key, kind, declared, value in keys_of(config):
            if not key.startswith(prefix) or (plain(key) in seen and not unmet(config, key)):
                continue
            if prefix and unmet(config, key):
                continue  # claims are held against the worlds by name
            if acts(config, base, key, others(kind, declared, value)):
                seen.add(plain(key))
                if unmet(config, key):
                    claimed_wrongly.append(f"{name}: {key} acts, and says that it needs {unmet(config, key)}")
    assert claimed_wrongly == []
    silent = sorted(shown_keys() - seen - set(EXPLAINED))
    assert silent == []
    assert sorted(set(EXPLAINED) - shown_keys()) == []
