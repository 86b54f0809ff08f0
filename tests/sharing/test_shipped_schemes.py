"""Every shipped scheme lives through calm and severe years in the model, every fen accounted for."""

import runpy
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.config.options import option_names
from sim.sharing.figures import SHORT
from sim.sharing.reading import reading
from tests.laws.accounts import assert_month, stocks

SCHEMES = option_names("sharing")
MONTHS = 42
TERMS = (
    *("population=tiny", "population.borrowers=1000", "firms=none", "study.burn_in=6", "machine.threads=1"),
    *("economy.shock_lag=3", "lender.charge_off_months=7"),
)


def configured(*overrides):
    return sim.compose([*TERMS, *overrides], idle=True)  # the terms are those of a shock, calm has none


@cache
def burnt_in():
    model = sim.Model(configured())
    for _ in range(6):
        model.step()
    return model.save()


@pytest.mark.parametrize("economy", ["calm", "severe_recession"])
@pytest.mark.parametrize("name", SCHEMES)
def test_a_shipped_scheme_runs_and_loses_no_fen(name, economy):
    model = sim.Model.fork(configured(f"sharing={name}", f"economy={economy}"), burnt_in())
    before = stocks(model)
    for _ in range(MONTHS):
        model.step()
        before = assert_month(model, before)
        lost = model.record["charged_off"] - model.record["recovered"]
        assert sum(model.record.get(f"loss_{short}", 0) for short in SHORT.values()) == lost
        lines = model.claims()
        assert sum(line.amount for line in lines) == model.ledger.flows["newly_triggered"]
        assert all(sum(line.borne.values()) == line.amount for line in lines)
    shares = {layer.participant for layer in model.sharing.layers}
    if name != "none":
        assert model.sharing.cover.volume > 0, "nothing was ever covered"
        assert shares > {"lender"} or shares.isdisjoint({"lender"})
    text = reading(model.config.sharing, model.config.fund)
    assert text.endswith(".") and "  " not in text and len(text) < 1500


def test_twenty_schemes_are_shipped_with_source():
    from sim.config.locate import config_folder

    assert len(SCHEMES) >= 20
    for name in SCHEMES:
        head = (config_folder() / "sharing" / f"{name}.yaml").read_text(encoding="utf-8").split("name:")[0]
        assert len([line for line in head.splitlines() if line.startswith("#")]) >= 1 + (name != "none"), name


def test_the_page_of_schemes_says_what_the_files_say():
    root = Path(__file__).parents[2]
    page = runpy.run_path(str(root / "tools" / "schemes_page.py"))["page"]
    assert page() == (root / "docs" / "schemes.md").read_text(encoding="utf-8"), "run tools/schemes_page.py"


def test_shares_of_4321_reach_their_bearers():
    model = sim.Model.fork(configured("sharing=scheme_4321", "economy=severe_recession"), burnt_in())
    borne = np.zeros(4, dtype=np.int64)
    for _ in range(MONTHS):
        model.step()
        claims = model.ledger.flows["newly_triggered"]
        parts = [model.sharing.borne[name] for name in ("guarantee_fund", "re_guarantee_fund", "lender", "government")]
        exact = [claims * share / 10 for share in (4, 3, 2, 1)]
        assert all(abs(part - whole) < 1 for part, whole in zip(parts, exact, strict=True))
        borne += parts
    assert borne.sum() > 0
