"""The page of the oracles: one table, the keys of every case, and what is not covered."""

from __future__ import annotations

from validation import annuity, chains, guarantees, plain, pools
from validation.checks import FAMILY_LEVEL, Verdict

INTRODUCTION = """# Validation against closed forms

Where a credit model has a known answer, the engine must give it. Each case below is the model itself, stepped
month by month (`Model.step`), with behaviours switched off by configuration until a formula applies; no rule
is replaced and nothing is sampled beside the model. Written by

    python -m validation

which takes some minutes and gives the same page again; the reduced form of the same cases runs with the tests
(`tests/oracles`).

**How to read it.** *Expected* is the formula, *got* the model. *Error* is the standard error that chance alone
gives *got* under the formula, *z* their distance in such errors, *p* the chance of a result at least as far
away (exact binomial for shares and quantiles, chi-square and Kolmogorov-Smirnov for whole laws, normal for
means). Seeds were fixed in advance. The checks with a *p* are one family: *Holm* is *p* adjusted for their
number (Holm, 1979), and a check fails when it is below {level:.0%}. A row without *error* is an identity: it
holds to the last digit or it fails.
"""
HEAD = "| case | source | setting | compared | expected | got | error | z | p | Holm | pass |"
OPEN_POINTS = """## Not covered

- Expected credit loss as a sum over months (survival x default x loss x exposure, discounted): the lender
  provides by months past due, so the engine has no such quantity; the constant hazard above checks the
  12-month default probability that it would start from.
- Basel risk weights, Cramer-Lundberg ruin, clearing of trade credit, DebtRank and Merton's distance
  to default need parts that the engine does not have yet.
- The whole model with everything switched on has no closed form; there the laws (`tests/laws`) and the
  comparison with published figures (`experiments`) speak.
"""


def figure(value: float | None) -> str:
    """Write a number with six significant digits; whole numbers stay whole."""
    if value is None:
        return ""
    if float(value).is_integer() and abs(value) < 1e9:
        return f"{int(value)}"
    return f"{value:.6g}"


def probability(value: float | None) -> str:
    """Write a p-value with three digits."""
    return "" if value is None else f"{value:.3g}"


def row(verdict: Verdict) -> str:
    """Write one check as a row of the table."""
    check = verdict.check
    cells = (
        check.case,
        check.source,
        check.setting,
        check.quantity,
        figure(check.expected),
        figure(check.got),
        "" if check.error is None else f"{check.error:.2g}",
        "" if check.z is None else f"{check.z:+.2f}",
        probability(check.p),
        probability(verdict.adjusted),
        "yes" if verdict.passed else "**NO**",
    )
    return f"| {' | '.join(cells)} |"


def table(verdicts: list[Verdict]) -> str:
    """Write the table."""
    return "\n".join([HEAD, "|---" * (HEAD.count("|") - 1) + "|", *map(row, verdicts)])


def summary(verdicts: list[Verdict]) -> str:
    """Say in a sentence how the family did."""
    drawn = [verdict for verdict in verdicts if verdict.adjusted is not None]
    failed = [verdict for verdict in verdicts if not verdict.passed]
    smallest = min((verdict.adjusted for verdict in drawn if verdict.adjusted is not None), default=1.0)
    names = ": " + "; ".join(f"{v.check.case}, {v.check.quantity}" for v in failed) if failed else ""
    return (
        f"**{len(verdicts) - len(failed)} of {len(verdicts)} checks pass{names}.** {len(verdicts) - len(drawn)} are"
        f" identities, {len(drawn)} are subject to chance; the smallest adjusted p among these is {smallest:.3g}."
    )


def block(title: str, keys: tuple[str, ...]) -> str:
    """Write overrides as a user would type them."""
    return f"{title}:\n\n```\n" + "\n".join(keys) + "\n```"


def settings() -> str:
    """Write the configuration of every case."""
    tight = ("population.essential_share=<1 - 2 instalments / income>",)
    parts = [
        "## The configurations",
        "Each is the default composition with these overrides; they are keys that any user can set. Persons"
        f" become identical, earn {plain.INCOME // 100} yuan, save nothing and draw one loan; the lender says yes."
        " Lines open in the month before the policy date and are drawn on it; then the book is forked under each"
        " seed, with the keys of the case and `behaviour.want_probability=0`.",
        block("All cases", plain.PLAIN),
        block("Pools (large, finite; the correlation is 0, 0.15 or 1)", pools.overrides(pools.RHO)),
        block("Roll rates and all that follows a long loan", plain.LONG_LOAN),
        block("Jobs lost with 10 % and found with 30 % a month: arrears roll", chains.jobs(0.1, 0.3)),
        block("Oldest arrears first, also", tight),
        block("Constant hazard, also", (*plain.NO_UNEMPLOYMENT, "behaviour.oversight=0.02")),
        block("Regimes", chains.regime_keys()),
        block("Annuity", annuity.plain_loans("0.146")),
        block("Guarantees, when lent", guarantees.GUARANTEED),
        block("Capped guarantee, also", guarantees.CAPPED),
        block("Tranche, also", guarantees.TRANCHE),
        block("Guarantees, the month in which payments are missed, also", guarantees.FACTOR),
        block("Guarantees, the month of charge-off, also", guarantees.RUIN),
    ]
    return "\n\n".join(parts)


def page(verdicts: list[Verdict]) -> str:
    """Return the whole page as Markdown."""
    introduction = INTRODUCTION.format(level=FAMILY_LEVEL)
    return "\n".join([introduction, summary(verdicts), "", table(verdicts), "", settings(), "", OPEN_POINTS])
