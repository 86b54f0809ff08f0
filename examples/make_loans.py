"""Make a tape of instalment loans in US dollars, as a lender's system might write it: nobody in it exists.

    python examples/make_loans.py loans.csv 50000

A row a loan: when it was opened, what was lent and is left, rate and term as texts, a status in words, days past due,
the borrower's yearly income, a score and a segment. Loans that were paid off or written off stand in it, too.
"""

import csv
import sys
from pathlib import Path

import numpy as np

HEADER = (
    *("loan_id", "opened", "lent", "balance", "rate", "term", "instalment", "status", "days_past_due"),
    *("annual_income", "score", "segment", "currency"),
)
AS_OF = 2024 * 12 + 11  # December 2024, in months
TERMS = (24, 36, 60)  # months
SHARES = {"Current": 0.90, "Late": 0.055, "Paid Off": 0.035, "Charged Off": 0.01}
DAYS = (15, 45, 75, 105, 140)
DAYS_SHARES = (0.5, 0.2, 0.12, 0.1, 0.08)
SEGMENTS = ("branch", "online", "partner")


def rows(count: int, seed: int = 2024):
    """Give ``count`` rows in the order of `HEADER`; the same seed gives the same rows."""
    draw = np.random.default_rng(seed)
    income = np.rint(np.exp(draw.normal(np.log(52_000), 0.5, count)) / 100) * 100
    score = np.clip(np.rint(draw.normal(700, 45, count) + 30 * np.log(income / 52_000)), 520, 850).astype(int)
    rate = np.clip(0.30 - 0.0003 * (score - 400) + draw.normal(0, 0.01, count), 0.05, 0.34)
    term = draw.choice(TERMS, count, p=(0.2, 0.5, 0.3))
    lent = np.clip(np.rint(income * draw.uniform(0.08, 0.35, count) / 100) * 100, 1_000, 40_000)
    age = (draw.uniform(0, 1, count) * (term - 1)).astype(int)
    monthly = rate / 12
    instalment = lent * monthly / (1 - (1 + monthly) ** -term)
    left = lent * (1 + monthly) ** age - instalment * ((1 + monthly) ** age - 1) / monthly
    status = draw.choice(list(SHARES), count, p=list(SHARES.values()))
    days = np.where(status == "Late", draw.choice(DAYS, count, p=DAYS_SHARES), 0)
    segment = draw.choice(SEGMENTS, count, p=(0.3, 0.5, 0.2))
    for i in range(count):
        over = status[i] in ("Paid Off", "Charged Off")
        year, month = divmod(AS_OF - int(age[i]), 12)
        yield (
            *(f"L{i + 1:06d}", f"{year}-{month + 1:02d}", int(lent[i]), f"{0.0 if over else left[i]:.2f}"),
            *(f"{100 * rate[i]:.2f}%", f"{term[i]} months", f"{instalment[i]:.2f}", status[i], days[i]),
            *(int(income[i]), score[i], segment[i], "USD"),
        )


if __name__ == "__main__":
    path, count = sys.argv[1], int(sys.argv[2])
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(rows(count))
    print(f"{path}: {count} loans")
