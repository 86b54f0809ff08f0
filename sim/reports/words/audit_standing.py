"""Standing words of the audit pack: its headings, what they answer, and what holds for every study."""

from __future__ import annotations

GUIDANCE = (
    "The headings are those of the supervisory guidance on model risk management SR 11-7 (Federal Reserve and OCC, "
    "4 April 2011), by which validation teams work. The agencies replaced it on 17 April 2026 by SR 26-2 (OCC "
    "Bulletin 2026-13). This pack is written by the program from the study folder and from the configurations "
    "installed with the program. It is evidence for a validation, which is for somebody to make who is independent "
    "of the model."
)
HEADINGS = {
    "purpose": "Purpose and intended use",
    "model": "Model description and theory",
    "inputs": "Inputs and their provenance",
    "assumptions": "Assumptions and their sources",
    "changes": "Changes against what is shipped",
    "limits": "Limits of use",
    "tests": "Tests",
    "outcomes": "Outcomes analysis",
    "monitoring": "Ongoing monitoring",
    "reproduction": "Reproduction and environment",
    "open": "What the institution adds",
    "register": "Appendix: every parameter",
    "month": "Appendix: the month, rule by rule",
}
PLACES = (
    ("Model development: purpose, design, theory, logic", ("purpose", "model")),
    ("Model development: data and their suitability", ("inputs",)),
    (
        "Validation: conceptual soundness, assumptions, limits",
        ("assumptions", "changes", "limits", "register", "month"),
    ),
    ("Validation: process verification, testing", ("tests", "reproduction")),
    ("Validation: outcomes analysis", ("outcomes",)),
    ("Validation: ongoing monitoring", ("monitoring",)),
    ("Governance, policies and controls", ("open",)),
)
"""Parts of SR 11-7, and the headings under which each is answered."""

INTERVALS = {"t": "Student's t over replications", "bootstrap": "bias-corrected and accelerated bootstrap"}

PURPOSE = (
    "The model compares policy packages of a lender and of those who share its risk, through paths of the economy. "
    "It answers what a package changes against another one for the same customers with the same luck.",
    "It is no forecast: scenarios are conditional, and nothing says how likely one is, unless regimes are drawn. It "
    "is no model of one country or one lender, and not made to price or approve single customers.",
)
OPEN = (
    "Owner, developer and user of the model in the institution; its entry in the inventory, its tier and what "
    "depends on it.",
    "The decision that the study is for, and how its figures enter it.",
    "Why the configuration stands for the institution's own customers, products and market: the shipped presets do "
    "not.",
    "A back-test against the institution's own accounts, and a benchmark by another model.",
    "Independent review and its findings, approval, conditions of use, and when the next review is due.",
    "As a product of a third party the program comes with its source code and its tests; both can be examined in full.",
)
