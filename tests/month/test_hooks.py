"""A subclass of the model: hooks inside the month, draws by key, money through the ledger, figures of its own."""

from __future__ import annotations

import copy
import inspect
import math
import pickle
from typing import ClassVar

import mesa
import numpy as np
import pytest

import sim
from sim.figures.own import FigureError
from sim.loan.ledger import LedgerError
from sim.month.hooks import MONEY, Months, told_by

CONFIG = sim.compose(["population.borrowers=300", "study.burn_in=2", "study.months=3", "machine.threads=1"])


class Grants(sim.Model):
    """Each month the government pays some persons, and the lender pays for a call centre."""

    FIGURES: ClassVar = {"granted": ("fen a month", "grants paid", "sum")}
    ACT = None

    def __init__(self, config, checkpoint=None):
        super().__init__(config, checkpoint)
        self.seen, self.total = [], self.kept.get("total", 0)

    def before_month(self):
        self.granted = 0
        if self.ACT is not None:
            type(self).ACT(self)

    def after_month(self):
        self.seen.append((self.month, self.record["median_cash"]))
        self.total += self.granted

    def figures(self):
        return {"granted": self.granted}

    def keep(self):
        return {"total": self.total}


def made(act=None, base=Grants):
    return type("Acting", (base,), {"ACT": act and staticmethod(act)})(CONFIG)


@pytest.fixture(scope="module")
def start():
    return sim.Model(CONFIG).save()


@pytest.fixture
def acting(start):
    """A model that does something at the beginning of its month."""

    def make(act=None, base=Grants):
        return type("Acting", (base,), {"ACT": act and staticmethod(act)}).fork(CONFIG, start)

    return make


def test_hooks_that_do_nothing_change_no_bit(start, acting):
    plain, own = sim.Model.fork(CONFIG, start), acting()
    for model in (plain, own):
        model.step()
        model.step()
    assert [{**record, "granted": 0.0} for record in plain.records] == own.records
    assert plain.persons.checksum() == own.persons.checksum() and plain.accounts.checksum() == own.accounts.checksum()
    assert [month for month, _ in own.seen] == [-2, -1] and own.seen[1][1] == own.records[1]["median_cash"]


def test_money_moves_between_sectors_and_the_books_close(acting):
    def grant(model):
        poor = model.borrowers.select("cash < 500_000")
        model.granted = model.pay("government", poor, 7_00)
        assert model.granted == 7_00 * len(poor) > 0
        model.pay("lender", "outside", 1_000_00)
        firm = max(model.firms, key=lambda one: one.cash)
        assert model.pay(firm, model.borrowers[0], 50_00) == 50_00
        assert model.pay(model.borrowers.select("cash > 600_000"), firm, 1) > 0
        assert model.pay(model.borrowers[0], model.borrowers[1], 3) == 3

    model, plain = acting(grant), acting()
    plain.step()
    model.step()
    flows = model.ledger.flows
    assert flows["own.government_to_persons"] == model.record["granted"] > 0
    assert flows["own.lender_to_outside"] == 1_000_00 and flows["own.firms_to_persons"] == 50_00
    assert flows["own.persons_to_firms"] > 0 and not any("persons_to_persons" in name for name in flows)
    # The lender's own books know what it paid.
    assert plain.lender.profit - model.lender.profit >= 1_000_00 - 5_00
    assert model.ledger.outside != plain.ledger.outside


def test_amounts_are_split_between_rows(acting):
    def act(model):
        few = model.borrowers.select("cash >= 1_000")[:3]
        some = model.borrowers.select(lambda person: person in few)
        before = model.persons["cash"].copy()
        model.pay(some, "outside", np.array([1, 2, 3]))
        assert (before - model.persons["cash"])[some.rows].tolist() == [1, 2, 3]
        assert model.pay("outside", some, np.array([1, 2, 3])) == 6
        assert (model.persons["cash"] == before).all()
        assert model.pay(some.select(at_most=0), "outside", 5) == 0

    acting(act).step()


def test_a_payer_may_give_its_last_fen_and_not_one_more(acting):
    def act(model):
        person = model.borrowers[3]
        all_of_it = person.cash
        with pytest.raises(LedgerError, match="1 of 1 persons lack up to 1 fen of cash"):
            model.pay(person, "outside", all_of_it + 1)
        assert model.pay(person, "outside", all_of_it) == all_of_it > 0 and person.cash == 0

    acting(act).step()


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda m: m.pay("lendr", "outside", 1), "'lendr' is no sector that pays: .*did you mean lender"),
        (lambda m: m.pay(m, "outside", 1), "Acting has no cash in this model"),
        (lambda m: m.pay("outside", made().borrowers[0], 1), "Borrower has no cash in this model"),
        (lambda m: m.pay("outside", m.borrowers, 1.5), "1.5 is no amount"),
        (lambda m: m.pay("outside", m.borrowers[0], -1), "-1 is no amount"),
        (lambda m: m.pay("outside", m.borrowers, np.array([1, 2])), "2 amounts from 1 payers to"),
        (lambda m: m.pay(m.borrowers, m.firms.agents, 1), "do not go together"),
        (lambda m: m.pay(m.borrowers, "outside", 10**12), "persons lack up to .* fen of cash"),
        (lambda m: m.pay(next(iter(m.firms)), "outside", 10**12), "1 of 1 firms lack up to"),
    ],
)
def test_what_cannot_be_paid_stops_the_month(act, words, acting):
    with pytest.raises(LedgerError, match=words):
        acting(act).step()


def test_money_moves_in_before_month_alone(acting):
    model = acting()
    with pytest.raises(LedgerError, match="money moves in before_month"):
        model.pay("outside", model.borrowers[0], 1)
    late = type("Late", (Grants,), {"after_month": lambda self: self.pay("outside", self.borrowers[0], 1)})
    with pytest.raises(LedgerError, match="money moves in before_month"):
        acting(base=late).step()


@pytest.mark.parametrize(
    "act",
    [
        lambda m: setattr(m.borrowers[0], "cash", 5),
        lambda m: m.borrowers.set("cash", 5),
        lambda m: m.persons["cash"].__iadd__(5),
        lambda m: m.book["principal"].fill(0),
        lambda m: next(iter(m.firms)).__setattr__("cash", 5),
    ],
)
def test_money_out_of_nothing_is_refused_where_it_is_written(act, acting):
    with pytest.raises(LedgerError, match=r"writes into a column of money: what is paid moves through self\.pay"):
        acting(act).step()


def test_money_out_of_nothing_behind_the_back_is_found_when_the_books_close(acting):
    model = acting(lambda m: m.behind.__setitem__(0, m.behind[0] + 5))
    model.behind = model.persons["cash"]
    with pytest.raises(LedgerError, match="cash: flows lead to"):
        model.step()


def test_every_column_of_money_exists_and_is_written_again_after_a_hook(acting):
    model = acting()
    assert set(MONEY) == set(model.tables)
    model.step()
    for name, columns in MONEY.items():
        assert all(model.tables[name][column].flags.writeable for column in columns)


def test_what_a_hook_writes_into_other_columns_acts_and_must_be_a_number(acting):
    model, plain = acting(lambda m: m.borrowers.set("essential", 0)), acting()
    model.step()
    plain.step()
    assert model.record["median_cash"] != plain.record["median_cash"]
    with pytest.raises(ArithmeticError, match=r"persons\.honesty is nan in row 0"):
        acting(lambda m: m.persons["honesty"].__setitem__(0, math.nan)).step()


def test_draws_depend_on_seed_purpose_who_and_month_alone(acting):
    one, other = acting(), acting()
    other.random.random()
    first = one.draw("advice", one.borrowers)
    assert first.shape == (len(one.borrowers),) and 0 < first.min() < 0.1 and 0.9 < first.max() < 1
    assert len(set(first.tolist())) == len(first)
    assert (other.draw("advice", other.borrowers.select("cash >= 0")) == first).all()
    assert one.draw("advice", one.borrowers[5]) == first[5]
    assert one.draw("other", one.borrowers[5]) != first[5]
    assert (one.draw("advice", [1, 2, 2])[1:] == one.draw("advice", 2)).all() and one.draw("advice", 1) != first[0]
    assert one.draw("advice", one.firms.agents).shape == (len(one.firms),)
    agents = mesa.Agent.create_agents(one, 2)
    assert (one.draw("advice", one.added) == one.draw("advice", [a.unique_id for a in agents])).all()
    one.step()
    assert (one.draw("advice", one.borrowers[5]) != first[5]) and one.random.random() is not None
    with pytest.raises(ValueError, match="draw: the purpose '' must be a text"):
        one.draw("", one.borrowers)


def test_added_agents_are_those_of_the_model_and_shuffled_alike(acting):
    class Caller(mesa.Agent):
        def step(self):
            self.model.order.append(self.unique_id)

    orders = []
    for _ in range(2):
        model = acting()
        model.order = []
        Caller.create_agents(model, 6)
        model.added.shuffle_do("step")
        assert len(model.added.select(lambda one: one.unique_id > 3)) == 4 and model.added.agg("unique_id", max) == 7
        assert set(model.agents) == {model.lender, *model.added}
        orders.append(model.order)
    assert orders[0] == orders[1] != sorted(orders[0]) == [2, 3, 4, 5, 6, 7]


def test_a_step_of_ones_own_lives_the_month_between_what_it_does(acting):
    class Stepping(Grants):
        def step(self):
            self.seen.append("before")
            super().step()
            self.seen.append("after")

    model = acting(base=Stepping)
    model.step()
    assert [one if isinstance(one, str) else "month" for one in model.seen] == ["before", "month", "after"]
    assert model.months_run == len(model.records) == model.steps == 1


def test_figures_are_declared_told_and_finite():
    declared = {"granted": ("fen", "paid")}
    assert told_by(declared, {"granted": np.int64(3)}) == {"granted": 3.0}
    for said, words in (
        ({"granted": 1, "grantd": 2}, "grantd is not declared"),
        ({}, "granted is declared and was not told"),
        ({"granted": math.nan}, "granted is nan, must be a finite number"),
        ({"granted": "3"}, "granted is '3'"),
        ({"granted": True}, "granted is True"),
        ({"granted": [1]}, r"granted is \[1\]"),
    ):
        with pytest.raises(FigureError, match=words):
            told_by(declared, said)


def test_what_a_class_keeps_goes_on_with_the_checkpoint(acting, tmp_path):
    model = acting(lambda m: setattr(m, "granted", 11))
    model.step()
    model.step()
    assert Grants.fork(CONFIG, model.save()).total == 22
    assert Grants.fork(CONFIG, model.save(tmp_path / "saved")).total == 22
    assert sim.Model.fork(CONFIG, model.save()).kept == {"total": 22}


def test_a_batch_of_mesa_runs_and_plots_find_the_months():
    configs = [CONFIG, sim.compose(["population.borrowers=300", "study.burn_in=2", "seed=2", "machine.threads=1"])]
    rows = mesa.batch_run(sim.Model, {"config": configs}, max_steps=1, data_collection_period=1, display_progress=False)
    model = sim.Model(CONFIG)
    model.step()
    model.step()
    assert len(rows) == 4 and [row["median_cash"] for row in rows[:2]] == [one["median_cash"] for one in model.records]
    assert rows[2]["median_cash"] != rows[0]["median_cash"]
    frame = model.datacollector.get_model_vars_dataframe()
    assert frame["median_cash"].tolist() == [one["median_cash"] for one in model.records]
    assert model.datacollector.collect(model) is None and len(model.records) == 2
    gaps = Months([{"a": 1}, {"b": 2}]).model_vars
    assert gaps["a"][0] == 1 and math.isnan(gaps["a"][1]) and math.isnan(gaps["b"][0])


def test_what_solara_viz_asks_of_the_constructor():
    """As `mesa.visualization` 3.3 checks it before a page is shown, and as a reset calls it: keywords alone."""
    parameters = inspect.signature(type(sim.Model(CONFIG)).__init__).parameters
    assert not [one for one in parameters.values() if one.kind == inspect.Parameter.VAR_POSITIONAL]
    needed = {name for name, one in parameters.items() if one.default is inspect.Parameter.empty} - {"self", "kwargs"}
    assert needed == {"config"} and {"config"} <= parameters.keys()
    for choice in ({"type": "Select", "value": CONFIG, "values": [CONFIG]}, CONFIG):  # a user's input, or a fixed value
        value = choice["value"] if isinstance(choice, dict) else choice
        assert sim.Model(**{"config": value}).steps == 0
    # A page plots before the first month.
    frame = sim.Model(CONFIG).datacollector.get_model_vars_dataframe()
    assert len(frame.loc[:, "loss_rate"]) == 0 and Months([], ["own"]).model_vars == {"own": []}
    model = sim.Model(CONFIG)
    before = set(model.datacollector.model_vars)
    model.step()
    assert set(model.datacollector.model_vars) == set(model.records[0]) <= before
    # Sliders of single settings need a class whose constructor takes them and composes.
    slid = Slid(borrowers=250, severity=1.5)
    slid.step()
    assert (
        slid.running and slid.config.population.borrowers == 250 and slid.config.economy.systematic.severity_mean == 1.5
    )
    assert slid.datacollector.get_model_vars_dataframe()["loss_rate"].index.tolist() == [0]


class Slid(sim.Model):
    """The page's example: SolaraViz makes it anew with each setting of the sliders."""

    def __init__(self, borrowers: int = 300, severity: float = 1.0) -> None:
        overrides = [f"population.borrowers={borrowers}", f"economy.systematic.severity_mean={severity}"]
        super().__init__(sim.compose(["economy=severe_recession", "study.burn_in=2", "machine.threads=1", *overrides]))


def test_what_the_tools_of_mesa_ask_of_a_model(acting):
    """The table of the tutorial: SolaraViz makes a model from its parameters, steps it and reads these names."""
    model = sim.Model(config=CONFIG)
    assert isinstance(model, mesa.Model) and model.running and model.steps == 0
    again = type(model)(**{"config": CONFIG})
    for one in (model, again):
        one.step()
        one.step()
    assert model.steps == again.steps == 2 and model.records == again.records
    assert len(model.datacollector.get_model_vars_dataframe()["loss_rate"]) == 2
    assert set(model.agents) == {model.lender} and len(model.borrowers) > 200 < len(list(model.borrowers))
    assert isinstance(model.random.random(), float) and not hasattr(model, "grid") and not hasattr(model, "space")
    for refused in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match=r"save|fork"):
            refused(model)
