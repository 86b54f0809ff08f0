"""``study.compare=GROUP``: a package of each option of a group, beside the one that the composition has without it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from sim.config.errors import UsageError, nearest, refusal
from sim.config.options import BY_NAME, GROUPS, POLICY_ROOTS, is_file, meaning_of, option_names
from sim.config.overrides import Given, written
from sim.config.own import own_option
from sim.config.packages import Package
from sim.config.request import Request
from sim.config.schema import Config

COMPARE, LEFT_OUT = "study.compare", "study.leave_out"
COMPARABLE = tuple(group.name for group in GROUPS if group.name.split("/")[0] in POLICY_ROOTS)
LONGEST_REASON = 120


@dataclasses.dataclass(frozen=True)
class Compared:
    """What is put side by side: packages by name, the one that the others are compared with first, and the rest."""

    group: str
    packages: dict[str, Package]
    baseline: str
    request: Request


def compared(request: Request, base: Config) -> Compared:
    """Make a package of each option of the group that ``study.compare`` names.

    A rule or a file of the user's is an option, too: that of ``--plugin``, and the one that an override chooses.

    Parameters
    ----------
    request : Request
        What was asked for.
    base : Config
        The composition without the user's policies.

    Raises
    ------
    UsageError
        The group cannot be compared, packages are named as well, or fewer than two options are left. One line.
    """
    group = _group(base.study.compare)
    if request.says("study.arms"):
        raise UsageError(refusal(COMPARE, group, "either study.compare or study.arms, not both"))
    chosen = [entry for entry in request.policy if entry.key == group and entry.is_group]
    options = {_name(group, option): option for option in (*option_names(group), *_own(group, chosen))}
    baseline = base.study.baseline or base.chosen[group]
    left = _left(group, options, base.study.leave_out, baseline)
    made = {name: Package(name, "", {group: option}, _meaning(group, option)) for name, option in left.items()}
    first = {baseline: made.pop(baseline)}
    rest = dataclasses.replace(request, policy=[entry for entry in request.policy if entry not in chosen])
    return Compared(group, first | made, baseline, rest)


def _group(name: str) -> str:
    """The group of a name, with dots or slashes."""
    group = name.replace(".", "/")
    if group in COMPARABLE:
        return group
    if group == "economy":
        raise UsageError(refusal(COMPARE, name, "name economies in study.scenarios"))
    if group in BY_NAME:
        allowed = f"a package cannot change it; use -m {group}=A,B for a study of each"
        raise UsageError(refusal(COMPARE, name, allowed))
    raise UsageError(refusal(COMPARE, name, "one of " + ", ".join(COMPARABLE), nearest(group, COMPARABLE)))


def _left(group: str, options: Mapping[str, str], without: Sequence[str], baseline: str) -> dict[str, str]:
    """Options that are compared, by name."""
    for name in without:
        if name not in options:
            allowed = f"options of {group}: {', '.join(options)}"
            raise UsageError(refusal(LEFT_OUT, name, allowed, nearest(name, options)))
    if baseline in without:
        raise UsageError(f"{LEFT_OUT}: {baseline} is what the others are compared with; name another in study.baseline")
    left = {name: option for name, option in options.items() if name not in without}
    if baseline not in left:
        raise UsageError(refusal("study.baseline", baseline, "one of " + ", ".join(left), nearest(baseline, left)))
    if len(left) < 2:
        raise UsageError(f"{COMPARE}: {group} has one option, {baseline}: there is nothing to compare it with")
    return left


def _own(group: str, chosen: list[Given]) -> list[str]:
    """The file of the user's that an override chooses; one of the options named there would change nothing."""
    for entry in chosen:
        if not is_file(group, entry.value):
            raise UsageError(
                f"{group}: {entry.value} would change nothing: {COMPARE} puts every option side by side; "
                f"leave others out with {LEFT_OUT}=[...]"
            )
    return [entry.value for entry in chosen]


def _name(group: str, option: str) -> str:
    return own_option(group, option).name if is_file(group, option) else option


def _meaning(group: str, option: str) -> str:
    if is_file(group, option):
        return own_option(group, option).meaning
    return meaning_of(group, option) or f"{group}={option}."


def refuse_unfit(found: Compared, compose: Callable[[Package], object]) -> None:
    """Refuse options that cannot be combined with the rest: which, why, and how to go on without them.

    A value of the user's that is not allowed, and what no option can be combined with, are mistakes of another kind.

    Parameters
    ----------
    compose : callable
        Composes a package and raises `UsageError` where that cannot be.
    """
    why: dict[str, str] = {}
    values = tuple(f"{entry.key}:" for entry in found.request.all)
    for name, one in found.packages.items():
        try:
            compose(one)
        except UsageError as error:
            if str(error).startswith(values):
                raise
            why[name] = str(error)
    if 0 < len(why) < len(found.packages):
        raise UsageError(_said(found.group, why))


def _said(group: str, why: Mapping[str, str]) -> str:
    """Name the options, the reason of the first, and how to go on; the list that the user needs comes whole."""
    (first, reason), *others = why.items()
    more = f", nor can {len(others)} more" if others else ""
    return (
        f"{COMPARE}: {group}={first} cannot be combined with the rest: {reason[:LONGEST_REASON]}{more}; "
        f"to go on without: {LEFT_OUT}={written(list(why))}"
    )
