"""What a model of a user's own may do in a month: hooks, draws by key, money through the ledger, figures."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from sim.engine.framework import Agent, AgentSet
from sim.engine.loops.draws import own_block
from sim.engine.loops.filling import fill_uniforms
from sim.engine.tables.agents import RowAgent, TableAgentSet
from sim.engine.tables.finite import check_columns
from sim.engine.tables.population import Population
from sim.engine.tables.table import Table
from sim.figures.own import FigureError
from sim.loan.ledger import LedgerError
from sim.loan.postings import own_flow
from sim.month.paying import Side, side_of, split

BOOK = ("principal", "interest", "covered", "triggered", "written_off")
MONEY = {
    "persons": ("cash", "other_debt"),
    "accounts": BOOK,
    "firms": ("cash", "receivables", "inventory"),
    "firm_accounts": BOOK,
    "trade_links": ("later", "due"),
}
"""Columns of each table that the ledger's stocks are made of: a hook reads them and pays through ``pay``."""

ADDED = 32_767
"""Stands in a draw's key where persons and firms have the month of their arrival: added agents have none."""


class OwnMonth:
    """The part of a model that a subclass may override: nothing here does anything by itself.

    Attributes
    ----------
    FIGURES : mapping of str to tuple
        Figures of the class's own: name to ``(unit, meaning)`` or ``(unit, meaning, combined)`` with ``sum``, ``mean``
        or ``last``.
    kept : dict
        What `keep` returned when the checkpoint was saved that this model goes on from; empty in a fresh one.
    """

    FIGURES: ClassVar[Mapping[str, Any]] = {}

    kept: Mapping[str, Any]
    month: int
    config: Any
    people: Population
    accounts: Table
    firms: Any
    ledger: Any
    agenda: Any
    records: list[dict[str, Any]]
    agents: Any
    _may_pay = False

    if TYPE_CHECKING:

        @property
        def tables(self) -> dict[str, Table]:
            """All tables by name."""

    def before_month(self) -> None:
        """Act when the month has opened and newcomers have arrived, before anybody works, earns or pays."""

    def after_month(self) -> None:
        """Look at a month that has been lived and recorded; ``self.month`` is still its number."""

    def figures(self) -> Mapping[str, float]:
        """Return the month's value of each figure that ``FIGURES`` declares; asked for after `after_month`."""
        return {}

    def keep(self) -> Mapping[str, Any]:
        """Return plain values that a checkpoint is to hold beside the engine's own; see `kept`."""
        return {}

    @property
    def book(self) -> Table:
        """The lender's book on persons."""
        return self.accounts

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Refuse to be pickled or copied, in words that say what does it."""
        raise TypeError(
            "a model is neither pickled nor copied: keep what model.save() returns, or model.save(folder) writes, "
            "and go on from it with sim.Model.fork(config, checkpoint)"
        )

    @property
    def added(self) -> AgentSet:
        """Agents that a subclass or a script has added: ``agents`` without the engine's own institutions."""
        return self.agents.select(lambda agent: not type(agent).__module__.startswith("sim."))

    # ---- what hooks may call ------------------------------------------------------------------------

    def draw(self, purpose: str, whom: Any) -> Any:
        """Draw from 0 to 1 by seed, purpose, who and month: the same in each arm, however many draws came before.

        Parameters
        ----------
        purpose : str
            What it is for; another purpose is another draw.
        whom : Borrower, Firm, a set of these, an added agent or a set of them, int or sequence of int
            Who draws.

        Returns
        -------
        float, or ndarray of float64, shape (n,), for a set or a sequence
        """
        group, one = own_block(purpose), isinstance(whom, Agent | int | np.integer)
        if isinstance(whom, RowAgent | TableAgentSet):
            rows = np.array([whom.row]) if isinstance(whom, RowAgent) else np.asarray(whom.rows, dtype=np.int64)
            firms = side_of(self, whom).is_firms
            found = (self.firms.population if firms else self.people).words_of(group, 0, rows, self.month)
        else:
            found = self._drawn_by_number(group, whom)
        return float(found[0]) if one else found

    def _drawn_by_number(self, group: int, whom: Any) -> np.ndarray:
        several = isinstance(whom, AgentSet | list | tuple | np.ndarray)
        numbers = [one.unique_id if isinstance(one, Agent) else one for one in (whom if several else [whom])]
        who = np.array(numbers, dtype=np.int32)
        found, arrival = np.empty(len(who)), np.full(len(who), ADDED, dtype=np.int16)
        fill_uniforms(who, arrival, np.arange(len(who)), self.month, group, 0, *self.people.key_words, found)
        return found

    def pay(self, payer: Any, receiver: Any, amount: Any) -> int:
        """Move cash from one sector to another, through the ledger; in `before_month` only.

        Parameters
        ----------
        payer, receiver : Borrower, Firm, a set of these, or "lender", "outside", "government"
            Who pays whom. Of two sets each pays one, or one of them has a single member.
        amount : int or ndarray of int, shape (n,)
            Whole fen, at least 0, of each.

        Returns
        -------
        int
            Fen moved in all.

        Raises
        ------
        LedgerError
            It is not `before_month`, the payer has less cash, or the amount is no whole number of fen.
        """
        if not self._may_pay:
            raise LedgerError("pay: money moves in before_month, while the month's books are open")
        one, other = side_of(self, payer), side_of(self, receiver)
        out, into = split(amount, one, other)
        one.check_means(out)
        self._move(one, -out)
        self._move(other, into)
        total = int(out.sum())
        if one.sector != other.sector:
            self.ledger.transfer(own_flow(one.sector, other.sector), one.sector, other.sector, total)
        return total

    def _move(self, side: Side, amounts: np.ndarray) -> None:
        if side.table is not None:
            side.table.lock(["cash"], False)
            side.table["cash"][side.rows] += amounts
            side.table.lock(["cash"], True)

    # ---- what the model calls -----------------------------------------------------------------------

    def live_before(self) -> None:
        """Let the subclass act on an open month, then look at what it left in the columns."""
        if type(self).before_month is OwnMonth.before_month:
            return
        self._may_pay = True
        try:
            with self._money_locked():
                self.before_month()
        finally:
            self._may_pay = False
        check_columns(self.month, self.tables, self.agenda)

    def live_after(self) -> None:
        """Let the subclass look at the recorded month, and add the figures that it tells."""
        if type(self).after_month is not OwnMonth.after_month:
            with self._money_locked():
                self.after_month()
        if type(self).FIGURES or type(self).figures is not OwnMonth.figures:
            self.records[-1].update(told_by(type(self).FIGURES, self.figures()))

    @contextlib.contextmanager
    def _money_locked(self) -> Iterator[None]:
        """Let no column of money be written but by ``pay``: an error then names the line that tried."""
        tables = self.tables
        for name, columns in MONEY.items():
            tables[name].lock(columns, True)
        try:
            yield
        except ValueError as error:
            if "read-only" in str(error):
                raise LedgerError("writes into a column of money: what is paid moves through self.pay") from error
            raise
        finally:
            for name, columns in MONEY.items():
                tables[name].lock(columns, False)


def told_by(declared: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, float]:
    """Figures of a month as a class tells them, each declared, each a finite number.

    Raises
    ------
    FigureError
        One line that names the figure.
    """
    for name in said:
        if name not in declared:
            raise FigureError(f"figures: {name} is not declared in FIGURES with its unit and meaning")
    for name in declared:
        if name not in said:
            raise FigureError(f"figures: {name} is declared and was not told")
        value: Any = said[name]
        is_number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value):
            raise FigureError(f"figures: {name} is {value!r}, must be a finite number")
    return {name: float(said[name]) for name in declared}


class Months:
    """The months' figures as Mesa's batch runs and plots ask for them: a `DataCollector` that is filled already.

    Parameters
    ----------
    records : list of dict
        Figures of each month, of a list that grows.
    names : iterable of str
        Figures that the months will have: a page plots them before the first.
    """

    def __init__(self, records: list[dict[str, Any]], names: Iterable[str] = ()) -> None:
        self._records, self._names = records, tuple(names)
        self.model_reporters: dict[str, Any] = {}
        self.agent_reporters: dict[str, Any] = {}
        self._agent_records: dict[int, Any] = {}

    @property
    def model_vars(self) -> dict[str, list[Any]]:
        """Values of each figure, month by month; not-a-number where a month has none."""
        names = dict.fromkeys(name for record in self._records for name in record) or dict.fromkeys(self._names)
        return {name: [record.get(name, math.nan) for record in self._records] for name in names}

    def collect(self, model: Any) -> None:
        """Do nothing: each month records its figures by itself."""

    def get_model_vars_dataframe(self) -> Any:
        """Return the figures as a pandas frame, a row for each month."""
        import pandas as pd

        return pd.DataFrame(self.model_vars)
