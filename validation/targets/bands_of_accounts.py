"""Bands of accounts: exposure at default, provisions, rolls and recoveries, calm arrears and losses."""

from __future__ import annotations

import numpy as np

from validation.targets.allowance import allowance_over_losses
from validation.targets.exposure import (
    LATE,
    below_half,
    calm_level,
    conversion_by_line,
    conversion_factor,
    leaves_before_180,
    loss_at_charge_off,
    loss_from_90,
    near_limit,
    ninety_to_179,
    recovered_of_charged_off,
    recovered_within,
    stock_ratio,
    utilisation_before,
    utilisation_late,
    utilisation_of_book,
)
from validation.targets.runs import CHINA, TAIWAN, US
from validation.targets.tape import ROLLS as TAPE_ROLLS
from validation.targets.tape import roll
from validation.targets.target import EXPOSURE, FED, LEVELS, OVER, PROVISIONS, ROLLS, SHARE, TAPE, Target, around

TRUSTS = "SEC 8-K tables: Bank of America 2014-19, Citi 2009-12, Chase 2024"
BONDORA = "Bondora's public loan data, Estonia and Finland, off a chart, 2 points either way"
CALM = "the joint band of this project"
ADVANTA = "SEC: Advanta's small-business cards, 2001-06"
WAY_IN = ((5, 0.40), (4, 0.44), (3, 0.55), (2, 0.70), (1, 0.80), (0, 0.83))
BELOW_HALF = ((5, 0.57), (4, 0.55), (3, 0.46), (2, 0.39), (1, 0.34), (0, 0.33))
BUCKETS = (
    (3, "60-89 over 30-59", "0.69-0.83", 0.69, 0.83),
    (4, "90-119 over 60-89", "0.81-0.94", 0.81, 0.94),
    (5, "120-149 over 90-119", "0.82-0.92", 0.82, 0.92),
    (6, "150-179 over 120-149", "0.90-1.07", 0.90, 1.07),
)
BACK = ((1, 0.05, 0.12), (2, 0.11, 0.21), (3, 0.17, 0.31))
FIRM_BUCKETS = ((3, "60-89 over 30-59", 0.82), (4, "90-119 over 60-89", 0.81), (5, "120-149 over 90-119", 0.75))
EVERYWHERE = (CHINA, US, TAIWAN)
STEPS = ((0.050, None), (0.293, None), (0.646, 0.10), (0.061, None), (0.107, None), (0.324, None), (0.569, None))


def when(month: int) -> str:
    """Say how long before the arrears."""
    return f"{month} month{'s' * (month > 1)} before" if month else "at"


OF_ACCOUNTS: tuple[Target, ...] = (
    *(Target(f"utilisation_{k}_before", EXPOSURE, f"median of owed over limit {when(k)} 30+ arrears, none before",
             f"{x:.2f}", *around(x), TAPE, "V", SHARE, utilisation_before(k, np.median),
             EVERYWHERE) for k, x in WAY_IN),
    *(Target(f"below_half_{k}_before", EXPOSURE, f"share of them that owes less than half the limit {when(k)} arrears",
             f"{x:.2f}", *around(x), TAPE, "V", SHARE, utilisation_before(k, below_half),
             EVERYWHERE) for k, x in BELOW_HALF),
    Target("near_limit_at", EXPOSURE, "share of them that owes above nine tenths of the limit at arrears",
           "0.42", *around(0.42), TAPE, "V", SHARE, utilisation_before(0, near_limit), EVERYWHERE),
    Target("late_median", EXPOSURE, "median of owed over limit, 3 months past due and more", "0.77", *around(0.77),
           TAPE, "V", SHARE, utilisation_late(np.median), EVERYWHERE),
    Target("late_below_half", EXPOSURE, "share of those accounts that owes less than half the limit",
           "0.35", *around(0.35), TAPE, "V", SHARE, utilisation_late(below_half), EVERYWHERE),
    Target("conversion_3_mean", EXPOSURE, "credit conversion over 3 months to 30+, mean", "0.30", *around(0.30),
           TAPE, "D", OVER, conversion_factor(3, LATE, np.mean), EVERYWHERE),
    Target("conversion_3_median", EXPOSURE, "credit conversion over 3 months to 30+, median", "0.09", *around(0.09),
           TAPE, "D", OVER, conversion_factor(3, LATE, np.median), EVERYWHERE),
    Target("conversion_3_line", EXPOSURE, "the same, all balances added over all lines left", "0.19", *around(0.19),
           TAPE, "D", OVER, conversion_by_line, EVERYWHERE),
    Target("conversion_12_mean", EXPOSURE, "credit conversion over 12 months to 90+, mean", "none", np.nan, np.nan,
           "", "-", OVER, conversion_factor(12, 4, np.mean)),
    Target("conversion_12_median", EXPOSURE, "credit conversion over 12 months to 90+, median", "none", np.nan, np.nan,
           "", "-", OVER, conversion_factor(12, 4, np.median)),
    Target("utilisation_book", EXPOSURE, "owed over limits of open lines, weighted by limit", "0.20; 0.31", 0.20, 0.31,
           f"BPI (2024); {TAPE}", "S", SHARE, utilisation_of_book),
    Target("utilisation_tape", EXPOSURE, "owed over limits, weighted by limit", "0.31", *around(0.31), TAPE, "V", SHARE,
           utilisation_of_book, (TAIWAN,)),
    Target("allowance", PROVISIONS, "IFRS 9 allowance at a date, calm, over the net losses that came of its accounts",
           "within 20 % of 1", 0.8, 1.2, "IFRS 9, 5.5.17: an unbiased amount", "own", OVER,
           allowance_over_losses(1, 2, 3)),
    *(Target(f"allowance_{k}", PROVISIONS, f"the same, stage {k} alone", "none", np.nan, np.nan, "", "-", OVER,
             allowance_over_losses(k)) for k in (1, 2, 3)),
    Target("early_roll", ROLLS, "balance 30-59 days late over 1-29", "below 0.14", 0.0, 0.14,
           "360 DigiTech (2020): over 86 % of what is due is collected within 30 days", "S", OVER, stock_ratio(2),
           (CHINA,)),
    Target("early_roll_us", ROLLS, "balance 30-59 days late over 1-29", "0.19-0.48", 0.19, 0.48,
           "SEC: Capital One and Cabela's .19-.26, Citi .39-.48", "D", OVER, stock_ratio(2), (US,)),
    *(Target(f"roll_{k}", ROLLS, f"balance {name} days late, monthly roll of a book that stands still", text, low, high,
             TRUSTS, "D", OVER, stock_ratio(k)) for k, name, text, low, high in BUCKETS),
    *(Target(f"tape_{k}", ROLLS, f"status {start} on the tape, a month later {' or '.join(ends)}, April to August",
             f"{x:.3f}", *((x - band, x + band) if band else around(x)), TAPE, "V", SHARE, roll(start, ends),
             (TAIWAN,)) for k, ((start, ends), (x, band)) in enumerate(zip(TAPE_ROLLS, STEPS, strict=True))),
    Target("leaves", ROLLS, "share by balance of 90+ that leaves before 180 days", "0.12-0.18 at most", 0.0, 0.18,
           TRUSTS, "D", SHARE, leaves_before_180, (CHINA,)),
    Target("ninety", ROLLS, "balance 90-179 days late over balance up to 179 days", "0.0102-0.0148", 0.0102, 0.0148,
           "360 DigiTech, releases of 2019-20", "V", SHARE, ninety_to_179, (CHINA,)),
    Target("loss_from_90", ROLLS, "loss given 90+, by flows of principal", "0.65-0.80", 0.65, 0.80,
           "from trusts' rolls and recoveries", "D", SHARE, loss_from_90),
    Target("loss_at_charge_off", ROLLS, "loss given charge-off, by flows of principal", "0.75-0.95", 0.75, 0.95,
           "from trusts' recoveries", "D", SHARE, loss_at_charge_off),
    Target("recoveries", ROLLS, "recoveries over gross charge-offs of the same years", "0.048-0.32", 0.048, 0.32,
           "SEC 8-K tables: Citi 2009-12, American Express 2004-09; big issuers in American Banker", "V", SHARE,
           recovered_of_charged_off),
    *(Target(f"back_{k}", ROLLS, f"share of exposure at 90+ that is paid within {k} year{'s' * (k > 1)}",
             f"{low:.2f}-{high:.2f}", low, high, BONDORA, "V", SHARE, recovered_within(k)) for k, low, high in BACK),
    Target("calm_30", LEVELS, "persons' balance 30 and more days late", "0.012-0.019", 0.012, 0.019, CALM, "own", SHARE,
           calm_level("delinquent_30"), (CHINA,)),
    Target("calm_30_us", LEVELS, "persons' balance 30 and more days late", "0.0425", *around(0.0425), FED, "V", SHARE,
           calm_level("delinquent_30"), (US,)),
    Target("calm_90_of_30", LEVELS, "of that, 90 and more days late, charge-off at 360 days", "0.63-0.75", 0.63, 0.75,
           CALM, "own", SHARE, calm_level("ratio_90_30"), (CHINA,)),
    Target("calm_90_of_30_us", LEVELS, "of that, 90 and more days late, charge-off at 180 days", "0.45-0.55", 0.45,
           0.55, CALM, "own", SHARE, calm_level("ratio_90_30"), (US,)),
    Target("calm_charge_offs", LEVELS, "persons' gross charge-offs over balance", "0.010-0.016", 0.010, 0.016, CALM,
           "own", "a year", calm_level("charge_offs"), (CHINA,)),
    Target("calm_charge_offs_us", LEVELS, "persons' gross charge-offs over balance", "0.0382", *around(0.0382),
           "Board of Governors in AP: before the crisis", "S", "a year", calm_level("charge_offs"), (US,)),
    *(Target(f"firm_roll_{k}", LEVELS, f"firms' balance {name} days late, monthly roll of a book that stands still",
             f"{x:.2f}", *around(x), ADVANTA, "D", OVER, stock_ratio(k, "firms")) for k, name, x in FIRM_BUCKETS),
)  # fmt: skip
