"""The stage: a pure scalar rule turned into a compiled loop over blocks of rows.

A rule's argument names are all the wiring there is. A name is looked up in this order:

1. ``month``: the calendar counter of the run;
2. a column of the tables that the stage may see (read, widened to ``int`` or ``float``);
3. ``luck_<purpose>``: a uniform draw that depends on (seed, purpose, who, month) alone, and
   ``normal_<purpose>``: the standard normal draw at the same uniform; ``lasting_<purpose>``: a uniform that
   a person keeps for good (rare stages only);
4. ``<table>_by_<column>``: entry number ``column`` of an array in the environment; of one with two dimensions a
   row, as a tuple;
5. anything else: a number in the environment.

The rule returns a ``NamedTuple`` by keyword: a field is a column that it writes or, marked as `Tally`, a total that
it adds to; a histogram has two, ``NAME_place`` marked with `Places` and ``NAME_amount``. The same source runs compiled
for millions of rows and as plain Python for one row, and leaves the same bits.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_type_hints

from sim.engine.loops.compiled import rule_of_loop

Tally = Annotated[int, "tally"]
"""A result that is added to the month's total of its name; ``__`` in a name stands for a dot."""

TALLIED: set[str] = set()
"""Every total and histogram that a declared rule adds to: whoever reads one by another name has misspelt it."""


@dataclass(frozen=True)
class Places:
    """Mark of the place in a histogram, with its length: a number, or the name of one in the environment."""

    length: int | str


@dataclass(frozen=True, eq=False)  # each is itself: the loops of every month are looked up by their stages
class Stage:
    """A rule and what it writes; calling a stage calls the rule.

    Attributes
    ----------
    rule : callable
        Pure scalar function of Python ``int`` and ``float``.
    writes, tallies : tuple of str
        Columns stored and int64 totals added to, in the order of the rule's return values.
    bins : tuple of (str, int or str)
        Histograms (name, length); the rule returns a place and an amount for each. A length may be the name
        of a whole number of the environment, so that loops for few and for many need not be compiled apart.
    where : tuple of str
        Rows are skipped unless every one of these columns is non-zero.
    rare : bool
        Draw the luck row by row inside the guard instead of for whole blocks: cheaper when
        only a few rows pass it.
    when : callable, optional
        Condition on some of the rule's arguments, by their names, outside of which the rule changes and tallies
        nothing, and is not called: cheaper when few rows fulfil it. One on the month's numbers alone is asked once
        for all rows. Pure, like the rule.
    both_sides : bool
        Whether it may touch the private table and also what the lender hides: it carries signals from one side to
        the other, or counts both for the record. A rule of persons or firms sees what they know alone.
    """

    name: str
    rule: Callable[..., Any]
    writes: tuple[str, ...] = ()
    tallies: tuple[str, ...] = ()
    bins: tuple[tuple[str, int | str], ...] = ()
    where: tuple[str, ...] = ("alive",)
    rare: bool = False
    both_sides: bool = False
    when: Callable[..., bool] | None = None

    def __post_init__(self) -> None:
        """Make known what the rule tallies."""
        TALLIED.update(self.tallies, (name for name, _ in self.bins))
        unknown = set(self.asked) - set(self.arguments)
        if unknown:
            raise StageError(f"rule {self.name}: its condition asks for {min(unknown)}, which the rule does not read")

    def __call__(self, *arguments: Any) -> Any:
        """Call the rule itself on plain numbers."""
        return self.rule(*arguments)

    @functools.cached_property
    def arguments(self) -> tuple[str, ...]:
        """Names of the rule's arguments, in order."""
        return tuple(inspect.signature(self.rule).parameters)

    @functools.cached_property
    def asked(self) -> tuple[str, ...]:
        """Names of the condition's arguments, in order."""
        return tuple(inspect.signature(self.when).parameters) if self.when is not None else ()

    @property
    def touches(self) -> tuple[str, ...]:
        """Names of the columns that it may read, store or be guarded by; of its other arguments, too."""
        return (*self.arguments, *self.writes, *self.where)

    @functools.cached_property
    def is_named(self) -> bool:
        """Whether the rule returns a ``NamedTuple``."""
        return hasattr(inspect.get_annotations(self.rule, eval_str=True).get("return"), "_fields")

    @functools.cached_property
    def compiled(self) -> Callable[..., Any]:
        """The rule as a function that compiled loops may call."""
        return rule_of_loop(self.rule)

    @functools.cached_property
    def condition(self) -> Callable[..., bool] | None:
        """The condition as a function that compiled loops may call."""
        return rule_of_loop(self.when) if self.when is not None else None


def stage(
    *,
    where: str = "alive",
    rare: bool = False,
    both_sides: bool = False,
    when: Callable[..., bool] | None = None,
) -> Callable[[Callable[..., Any]], Stage]:
    """Declare a rule: what it writes and counts are the fields of what it returns; names in ``where`` by blanks."""

    def declare(rule: Callable[..., Any]) -> Stage:
        return Stage(rule.__name__, rule, *results_of(rule), tuple(where.split()), rare, both_sides, when)

    return declare


Results = tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, int | str], ...]]


def results_of(rule: Callable[..., Any]) -> Results:
    """Columns written, tallies and histograms of a rule, from the fields of what it returns, in their order.

    Raises
    ------
    StageError
        When it returns no ``NamedTuple``, or its fields do not stand in that order.
    """
    returned = inspect.get_annotations(rule, eval_str=True).get("return")
    fields = getattr(returned, "_fields", ())
    if not fields:
        raise StageError(f"{rule.__name__}: must return a NamedTuple whose fields name what it writes and counts")
    hints = get_type_hints(returned, include_extras=True)
    marks = {name: next(iter(getattr(hints[name], "__metadata__", ())), None) for name in fields}
    bins = tuple((name.removesuffix("_place"), mark.length) for name, mark in marks.items() if isinstance(mark, Places))
    tallies = tuple(name for name, mark in marks.items() if mark == "tally")
    amounts = [f"{name}_{what}" for name, _ in bins for what in ("place", "amount")]
    writes = tuple(name for name in fields if name not in {*tallies, *amounts})
    if fields != (*writes, *tallies, *amounts):
        raise StageError(f"{rule.__name__}: columns come first, then tallies, then place and amount of each histogram")
    return writes, tuple(name.replace("__", ".") for name in tallies), bins


class StageError(TypeError):
    """A rule asks for something that its stage may not see."""
