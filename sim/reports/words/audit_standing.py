"""Standing order of the audit pack: its headings, and the parts of the guidance that each answers."""

from __future__ import annotations

HEADINGS = (
    *("purpose", "model", "inputs", "assumptions", "changes", "limits", "tests", "outcomes", "monitoring"),
    *("reproduction", "open", "register", "month"),
)
"""Headings in order, by the keys of their texts."""

PLACES = {
    "development": ("purpose", "model"),
    "data": ("inputs",),
    "soundness": ("assumptions", "changes", "limits", "register", "month"),
    "process": ("tests", "reproduction"),
    "outcomes": ("outcomes",),
    "monitoring": ("monitoring",),
    "governance": ("open",),
}
"""Parts of SR 11-7, and the headings under which each is answered."""

PURPOSE = ("compares", "no_forecast")
"""What the model is for, and what it is not: texts that hold for every study."""

OPEN = ("owner", "decision", "fit", "back_test", "review", "third_party")
"""What only the institution can add."""
