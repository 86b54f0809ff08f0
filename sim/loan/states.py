"""Small whole numbers that name states in the tables."""

from __future__ import annotations

# The line: what the lender lets a person do.
LINE_NONE = 0
LINE_APPLIED = 1
LINE_OPEN = 2
LINE_CLOSED = 3  # closed by the lender: no draws, the balance runs off
LINE_CHARGED_OFF = 4  # excluded for a configured time after a charge-off
LINE_REFUSED = 5
LINE_FROZEN = 6  # no draws for now; the line may be given back
LINES = ("none", "applied", "open", "closed", "charged off", "refused", "frozen")

# Months past due by contract date: M1 is 1-29 days, M2 30-59, M3 60-89, M4 90-119.
MONTHS_30 = 2
MONTHS_90 = 4
MONTHS_LAST = 13

# Why a payment was first missed.
CAUSE_NONE = 0
CAUSE_JOB_LOSS = 1
CAUSE_EXPENSE = 2
CAUSE_LINE_CLOSED = 3
CAUSE_OVER_INDEBTED = 4
CAUSE_STRATEGIC = 5
CAUSE_INCOME = 6
CAUSE_OVERSIGHT = 7
CAUSES = (
    "none",
    "job_loss",
    "expense_shock",
    "line_closed",
    "over_indebted",
    "strategic",
    "income_fall",
    "oversight",
)

# A charged-off debt in court: 0 not, 1 and more the months since the suit, then the judgment.
COURT_WON = 100
COURT_LOST = 101

NEVER = -30000  # a month that has not come

LARGEST = 1_000_000_000  # fen: no amount of one person is larger, so that the sum of two fits 32 bits
LONGEST_BUFFER = 1_200.0  # months of income: nobody aims at more
HIGHEST_LOG_INCOME = 20.0  # beyond it income is at LARGEST whoever earns it

# What a loan is for.
PRODUCT_PERSON = 0  # instalments or a minimum payment, by the line's term
PRODUCT_WORKING_CAPITAL = 1  # instalments
PRODUCT_FARM = 2  # bullet at harvest
PRODUCT_TECHNOLOGY = 3  # interest only, then instalments
PRODUCT_PROJECT = 4  # tranches at milestones, interest only until the last, then instalments
PRODUCTS = ("person", "working_capital", "farm", "technology", "project")

# Why a firm failed.
FAILURE_ILLIQUID = 1
FAILURE_INSOLVENT = 2
FAILURE_CUSTOMERS = 3  # illiquid after customers failed to pay

FAILED = 1e9  # layoff threshold of a failed firm: everybody loses the job, the owner too
LARGEST_FIRM = 10**14  # fen: no amount of one firm is larger
