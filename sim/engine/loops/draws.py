"""What the random draws are for: every draw has a declared purpose, and a purpose never changes its number.

One call of the generator gives four words, so purposes stand in groups of four: the group is the block that
enters the counter, the place within it picks the word. Draws that the same phase reads together share a
group.
"""

import difflib
import hashlib

WORDS = 4
"""Words that one call of the generator gives, and so purposes in a group."""

# Append only: a purpose's index is part of every draw, so moving one would change every published result.
PURPOSES: tuple[str, ...] = (
    *("job", "income", "income_noise", "expense"),
    *("help", "want", "want_size", "arrival_transitory"),
    *("pay", "resume", "leave", "other_credit"),
    *("inflow_noise", "outflow_noise", "prepay", "apply"),
    *("collect", "recover", "score_noise", "ration"),
    *("arrival_income", "arrival_cash", "arrival_type", "arrival_footprint"),
    *("arrival_debt", "arrival_sector", "arrival_need", "arrival_signal"),
    *("arrival_community", "arrival_patience", "arrival_honesty", "arrival_product"),
    *("economy_severity", "economy_timing", "economy_sector", "economy_regime"),
    # One group for a list of draws: the benchmark that closes as many lines at random.
    *("random_closing", "random_closing_2nd", "random_closing_3rd", "random_closing_4th"),
    *("tape_cash", "tape_job", "tape_honesty", "tape_will"),
    *("hire", "firm_seat", "firm_owner", "firm_entry"),
    *("firm_size", "firm_region", "firm_honesty", "firm_bank"),
    *("firm_staff", "firm_footprint", "firm_start", "firm_signal"),
    *("firm_productivity", "firm_layoff", "firm_hire", "firm_research"),
    *("firm_research_size", "firm_project", "firm_project_size", "firm_divert"),
    *("firm_accident", "firm_thrift", "firm_spare_3rd", "firm_spare_4th"),
    *("supplier_1", "supplier_2", "supplier_3", "supplier_4"),
    *("supplier_5", "supplier_6", "supplier_7", "supplier_8"),
    *("rival_bid", "rival_bid_2nd", "rival_bid_3rd", "rival_bid_4th"),
    *("relief", "bureau", "review", "contact"),
    *("fraud", "fraud_size", "authenticate", "dispute"),
    *("data_noise", "data_missing", "data_error", "data_age"),
    *("balance_share", "statement_error", "firm_research_style", "education"),
    *("arrival_job", "arrears_habit", "person_spare_3rd", "person_spare_4th"),
    *("own_account", "hearing", "path_spare_3rd", "path_spare_4th"),
    *("firm_dismissal", "firm_spare_5th", "firm_spare_6th", "firm_spare_7th"),
    *("panel", "panel_spare_2nd", "panel_spare_3rd", "panel_spare_4th"),
)

_INDEX = {name: index for index, name in enumerate(PURPOSES)}


def purpose(name: str) -> int:
    """Return the index of a declared purpose.

    Parameters
    ----------
    name : str
        One of `PURPOSES`.

    Returns
    -------
    int
        Place in `PURPOSES`; see :func:`block` and :func:`word` for what the generator takes.

    Raises
    ------
    KeyError
        When no such purpose is declared; the message names the nearest one.
    """
    try:
        return _INDEX[name]
    except KeyError:
        nearest = difflib.get_close_matches(str(name), PURPOSES, n=1, cutoff=0.0)
        raise KeyError(f"draw purpose {name!r} is not declared; nearest: {nearest[0]!r}") from None


def block(name: str) -> int:
    """Return the group of a purpose, which enters the generator's counter."""
    return purpose(name) // WORDS


def word(name: str) -> int:
    """Return which of the four words of its group belongs to a purpose (0 to 3)."""
    return purpose(name) % WORDS


OWN_BLOCKS = 0x8000_0000
"""First group of purposes that a user names; the declared ones stay far below."""


def own_block(name: str) -> int:
    """Return the group of a purpose that a user's own model names, by the name alone.

    Raises
    ------
    ValueError
        The name is empty, or no text.
    """
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"draw: the purpose {name!r} must be a text that says what the draw is for")
    return OWN_BLOCKS | (int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little") & (OWN_BLOCKS - 1))
