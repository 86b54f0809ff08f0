"""Published figures, as bands: what each is, where it was read, how sure it is, and what measures it here.

A figure of one market alone is asked of the preset of that market.

Where a source gives one figure, the band is a quarter of it on either side; where it gives several, or where there
are several sources, the band reaches from the least to the greatest. No band was moved for what came out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from validation.targets.allowance import allowance_over_losses
from validation.targets.exposure import (
    LATE,
    below_half,
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
from validation.targets.firms import (
    approved_in_recession,
    asset_correlation_of_firms,
    credit_over_sales_of_customers,
    failures_a_year,
    jobs_lost_by_withdrawal,
    sales_with_access,
    utilisation_of_firms,
)
from validation.targets.gradients import (
    after_job_loss,
    area,
    area_of_book,
    distance,
    high_utilisation_over_low,
    highest_burden_over_lowest,
    lowest_income_over_upper_half,
    many_loans_over_none,
    new_in_job_over_settled,
    on_opening,
    predicted_over_realised,
    worst_over_best_score,
)
from validation.targets.pairs import (
    DECEMBER_2019,
    MAY_2020,
    additional,
    arrears,
    asset_correlation,
    calm_return,
    charge_offs_at_peak,
    credit_over_sales,
    dearer,
    firm_charge_offs,
    firms_in_worst_year,
    more_approved,
    ninety_after_a_year,
    profit_of_2020,
    quarters_to_peak,
    saved_by_closing,
    worst_return,
)
from validation.targets.pooling import Measure
from validation.targets.runs import CHINA, TAIWAN, US
from validation.targets.tape import ROLLS as TAPE_ROLLS
from validation.targets.tape import area_of_october, by_limit, by_use, level_of_october, roll
from validation.targets.us_path import correlation, end_over_published, peak_over_published, quarters_late

EXPOSURE = "Exposure at default"
ROLLS = "Rolls, recoveries, timing"
GRADIENTS = "Discrimination and gradients"
GUARANTEES = "Guarantees"
CLOSING = "Limits and closing"
DOWNTURNS = "Downturns"
REAL = "Real effects"
PROVISIONS = "Provisions"
SECTIONS = (EXPOSURE, PROVISIONS, ROLLS, GRADIENTS, GUARANTEES, CLOSING, DOWNTURNS, REAL)
SURENESS = {
    "V": "read, or worked out from data",
    "S": "on a secondary page",
    "A": "in an abstract only",
    "D": "derived from what was read",
    "own": "asked for by this project",
    "-": "no published figure was found",
}
QUARTER = 0.25  # of a single figure, on either side


@dataclass(frozen=True)
class Target:
    """One published figure: ``low`` and ``high`` are its band, ``measure`` gives ours; without a band both are nan."""

    key: str
    section: str
    definition: str
    published: str
    low: float
    high: float
    source: str
    sureness: str
    unit: str
    measure: Measure
    presets: tuple[str, ...] = (CHINA, US)

    def holds(self, value: float) -> bool | None:
        """Whether a value lies in the band; None where there is no value or no band."""
        return None if math.isnan(value + self.low) else self.low <= value <= self.high


def around(figure: float) -> tuple[float, float]:
    """Return the band around a single figure."""
    return figure - QUARTER * abs(figure), figure + QUARTER * abs(figure)


TAPE = "Yeh and Lien (2009), accounts of 2005, CC BY 4.0"
TRUSTS = "SEC 8-K tables: Bank of America 2014-19, Citi 2009-12, Chase 2024"
BONDORA = "Bondora's public loan data, Estonia and Finland, off a chart, 2 points either way"
CREDIT_DATA = "R package modeldata, credit_data, 4,454 unselected loans"
FED = "Board of Governors, card balances 30 and more days past due, DRCCLACBS"
ADDED = "Ciani, Gallo and Rotondi (2020): in the middle class, none for the safest; Cowan, Drexler and Yanez: 0.65"
ITALY = "Ciani, Gallo and Rotondi (2020), Italy: 50 bp cheaper; de Blasio et al. (2018): no effect"

ASKED = "size asked for, near SBA 7(a) loans of 2007 over calm years"
ASSUMED = "assumption: working capital of micro firms"

WAY_IN = ((5, 0.40), (4, 0.44), (3, 0.55), (2, 0.70), (1, 0.80), (0, 0.83))
BELOW_HALF = ((5, 0.57), (4, 0.55), (3, 0.46), (2, 0.39), (1, 0.34), (0, 0.33))
BUCKETS = (
    (3, "60-89 over 30-59", "0.69-0.83", 0.69, 0.83),
    (4, "90-119 over 60-89", "0.81-0.94", 0.81, 0.94),
    (5, "120-149 over 90-119", "0.82-0.92", 0.82, 0.92),
    (6, "150-179 over 120-149", "0.90-1.07", 0.90, 1.07),
)
BACK = ((1, 0.05, 0.12), (2, 0.11, 0.21), (3, 0.17, 0.31))
SHARE, OVER, POINTS = "share", "ratio", "percentage points"
EVERYWHERE = (CHINA, US, TAIWAN)
STEPS = ((0.050, None), (0.293, None), (0.646, 0.10), (0.061, None), (0.107, None), (0.324, None), (0.569, None))


def when(month: int) -> str:
    """Say how long before the arrears."""
    return f"{month} month{'s' * (month > 1)} before" if month else "at"


ALL_TARGETS: tuple[Target, ...] = (
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
    Target("area_approved", GRADIENTS, "AUC of the score on opening, approved, 90+ within a year", "0.669-0.717", 0.669,
           0.717, "LendingClub: 9,857 loans in modeldata; 1.3 million loans", "V", "probability",
           on_opening("first", area)),
    Target("tape_area", GRADIENTS, "AUC of simulated default a month ahead, share of seeds past due in October",
           "status of September alone: 0.69", 0.66, 0.80, TAPE, "own", "probability", area_of_october, (TAIWAN,)),
    Target("tape_level", GRADIENTS, "share of accounts in default in October", "0.223", *around(0.223), TAPE, "V",
           SHARE, level_of_october, (TAIWAN,)),
    Target("tape_by_limit", GRADIENTS, "default in October, tenth of lowest limits over highest", "2.9", *around(2.88),
           TAPE, "V", OVER, by_limit, (TAIWAN,)),
    Target("tape_by_use", GRADIENTS, "default in October, above .6 of the limit over .1 to .2", "1.67", *around(1.67),
           TAPE, "V", OVER, by_use, (TAIWAN,)),
    Target("distance_approved", GRADIENTS, "Kolmogorov-Smirnov distance of the same", "0.26", *around(0.26),
           "LendingClub in modeldata", "V", SHARE, on_opening("first", distance)),
    Target("area_applicants", GRADIENTS, "AUC of the score on opening where everybody is approved", "0.68-0.83", 0.68,
           0.83, f"Berg et al. (2020): bureau score; {CREDIT_DATA}", "V", "probability", on_opening("everyone", area)),
    Target("area_book", GRADIENTS, "AUC of the score of accounts in order, 90+ within a year", "none", np.nan, np.nan,
           "", "-", "probability", area_of_book),
    Target("by_score", GRADIENTS, "12-month 90+ in the worst tenth by score over the best tenth", "8.5-41", 8.5, 41.0,
           "Federal Reserve (2007), FICO, x41; LendingClub's grades, x8.5 lifetime to x32 early", "V", OVER,
           worst_over_best_score),
    Target("by_income", GRADIENTS, "the same, lowest tenth by income over the upper half", "1.4-2.9", 1.4, 2.9,
           f"LendingClub, selected, x1.4; {TAPE}, by limit, x2 to x2.9", "V", OVER, lowest_income_over_upper_half),
    Target("by_utilisation", GRADIENTS, "the same, above .6 of the limit over .1 to .2", "1.67-2.3", 1.67, 2.3,
           f"{TAPE}, x1.67; LendingClub, x2.3", "V", OVER, high_utilisation_over_low),
    Target("by_burden", GRADIENTS, "the same, most owed in months of income over least, fifths", "3.3", *around(3.3),
           CREDIT_DATA, "V", OVER, highest_burden_over_lowest),
    Target("by_job", GRADIENTS, "the same, no work or under a year in the job over ten years and more", "4.5",
           *around(4.5), CREDIT_DATA, "V", OVER, new_in_job_over_settled),
    Target("by_loans", GRADIENTS, "the same, three loans elsewhere and more within two years over none", "2.7; 3.4",
           2.69, 3.41,
           "LendingClub in modeldata", "V", OVER, many_loans_over_none),
    Target("by_job_loss", GRADIENTS, "the same, job lost this month over at work", "2.5", *around(2.5),
           "Keys (2010): bankruptcy in the year after", "A", OVER, after_job_loss),
    *(Target(f"predicted_{name}", GRADIENTS, f"predicted over realised 12-month 90+, {said}", "1", 0.8, 1.25,
             "a score that is used as a probability", "own", OVER, predicted_over_realised(part))
      for name, said, part in (("all", "all accounts in order", None), ("worst", "worst tenth by score", 0),
                               ("best", "best tenth by score", 9))),
    Target("additional_middle", GUARANTEES, "lines opened under a guarantee of 80 % that would not be open without it, "
           "probability of default .02-.08", "0.3-0.7", 0.3, 0.7, f"Altavilla et al. (2025): at most 0.72 net; {ADDED}",
           "A", "share of limits", additional(0.02, 0.08)),
    Target("additional_safest", GUARANTEES, "the same, probability of default below .01", "near 0", -0.05, 0.05, ADDED,
           "A", "share of limits", additional(0.0, 0.01)),
    Target("more_approved", GUARANTEES, "rate of approval with that guarantee less without", "none", np.nan, np.nan, "",
           "-", POINTS, more_approved),
    Target("dearer", GUARANTEES, "price of those with a line in both, with that guarantee less without", "-0.5 to 0",
           -0.5, 0.0,
           ITALY, "A", POINTS, dearer),
    Target("saved_by_closing", CLOSING, "persons' net charge-offs saved in two years of severe recession by closing "
           "weak lines a year before", "0.06-0.25", 0.06, 0.25, "Khandani, Kim and Lo (2010), US bank, 2008-09", "A",
           SHARE, saved_by_closing(1)),
    Target("saved_since_closing", CLOSING, "the same, the year before the recession included", "none", np.nan, np.nan,
           "", "-", SHARE, saved_by_closing(0)),
    Target("charge_off_peak", DOWNTURNS, "severe recession: persons' charge-offs, highest quarter over the start",
           "2.7; 1.8", 1.8, 2.7, "Federal Reserve in AP: US cards to 2010Q2; Bank of England in BBC: UK cards", "S",
           OVER, charge_offs_at_peak),
    Target("charge_off_lag", DOWNTURNS, "quarters from the shock to that quarter", "10", *around(10.0),
           "Federal Reserve in AP: 2007Q4 to 2010Q2", "S", "quarters", quarters_to_peak),
    Target("calm_return", DOWNTURNS, "lender's profit over loans, calm", "0.0425", *around(0.0425),
           "R. K. Hammer: card issuers before tax, a decade", "S", "a year", calm_return),
    Target("worst_return", DOWNTURNS, "lender's return in the worst year of a severe recession over calm", "0.35",
           *around(0.35), "R. K. Hammer: 1.50 % in 2009 over 4.25 %", "S", OVER, worst_return),
    Target("china_2020", DOWNTURNS, "early 2020 in China: persons' 30+ in May over December", "1.93", *around(1.93),
           "Ant's prospectus: 3.01 % over 1.56 % of consumer loans", "V", OVER,
           arrears("china_2020", slice(MAY_2020, MAY_2020 + 1), slice(DECEMBER_2019, DECEMBER_2019 + 1)), (CHINA,)),
    Target("china_2021", DOWNTURNS, "the same: 90-179 days late in March 2021 over June 2020", "0.62",
           *around(1.84 / 2.99), "Lexin, releases of 2020-21: 1.84 % over 2.99 %", "S", OVER, ninety_after_a_year,
           (CHINA,)),
    Target("profit_2020", DOWNTURNS, "the same: lender's profit of 2020 over 2019", "0.26", *around(0.26),
           "Lexin, release of 2021: net income 74 % lower", "S", OVER, profit_of_2020, (CHINA,)),
    Target("states_2020", DOWNTURNS, "2020 in the United States: persons' 30+ in its last quarter over the first",
           "0.75", *around(0.75), "Board of Governors, DRCCLACBS: about 2.0 % over 2.6-2.7 % of card loans", "S", OVER,
           arrears("states_2020", slice(21, 24), slice(12, 15)), (US,)),
    Target("states_2021", DOWNTURNS, "the same: in the third quarter of 2021 over the first of 2020", "0.58",
           *around(0.58), "the same: 1.5-1.6 % over 2.6-2.7 %", "S", OVER,
           arrears("states_2020", slice(30, 33), slice(12, 15)), (US,)),
    Target("firm_charge_offs", DOWNTURNS, "firms' charge-offs after the shock, severe over calm", "3.6-8", 3.6, 8.0,
           "SBA 7(a) loans of 2007 over 2003 and 2011-15, by 60 months", "D", OVER, firm_charge_offs),
    Target("firm_90", DOWNTURNS, "firms' 90+ in the worst year, severe over calm", "2-4", 2.0, 4.0, ASKED, "own",
           OVER, firms_in_worst_year("firm_delinquent_90")),
    Target("firm_failures", DOWNTURNS, "firms' failures in the worst year, severe over calm", "2-4", 2.0, 4.0,
           ASKED, "own", OVER,
           firms_in_worst_year("firm_failure_rate")),
    Target("firm_approval", DOWNTURNS, "firms' approval in the two years from the shock, severe less calm", "below 0",
           -100.0, 0.0, ASKED, "own", POINTS, approved_in_recession),
    Target("asset_correlation", DOWNTURNS, "asset correlation implied by persons' annual 90+ over 20 years of chance",
           "0.013; 0.022", 0.013, 0.022, "US card charge-offs 1985-2006; with 2009-10", "D", "correlation",
           asset_correlation),
    Target("us_correlation", DOWNTURNS, "30+ along US unemployment of 2007-2012, correlation with the published index",
           "at least .9", 0.9, 1.0, FED, "own", "correlation", correlation, (US,)),
    Target("us_peak", DOWNTURNS, "highest quarter over 2007, less the published 1.59", "within .15", -0.15, 0.15, FED,
           "own", OVER, peak_over_published, (US,)),
    Target("us_peak_lag", DOWNTURNS, "quarters from the published highest quarter, 2009Q2, to ours", "within 3", -3.0,
           3.0, FED, "own", "quarters", quarters_late, (US,)),
    Target("us_end", DOWNTURNS, "2012 over 2007, less the published 0.68", "within .15", -0.15, 0.15, FED, "own", OVER,
           end_over_published, (US,)),
    Target("firm_correlation", DOWNTURNS, "the same by firms that owe and fail or come to 90+", "0.028; 0.095", 0.028,
           0.095, "SBA 7(a) at 60 months, without 2005-08; with them", "D", "correlation", asset_correlation_of_firms),
    Target("credit_over_sales", REAL, "firms' loans over a year's sales of all firms", "none", np.nan, np.nan, "", "-",
           OVER, credit_over_sales),
    Target("customers_over_sales", REAL, "the same of firms with an open line", "0.02-0.20", 0.02, 0.20, ASSUMED, "own",
           OVER, credit_over_sales_of_customers),
    Target("firm_utilisation", REAL, "owed over limits of firms with an open line", "0.30-0.60", 0.30, 0.60, ASSUMED,
           "own", SHARE, utilisation_of_firms),
    Target("failures_a_year", REAL, "firms that fail, calm", "0.07-0.09 close", 0.04, 0.08,
           "SBA Office of Advocacy (2018): 7 to 9 % of US employers close, some without failing", "own", "a year",
           failures_a_year),
    Target("sales_with_access", REAL, "sales over two years of firms that come to have a line, over the same without",
           "1.10-1.18", 1.10, 1.18, "Hau et al. (2024), Alibaba: +18 %; EIF, matched: +7 to +15 %", "S", OVER,
           sales_with_access),
    Target("jobs_withdrawn", REAL, "part of job losses of borrowing firms in a recession that is withdrawn credit",
           "0.33-0.50", 0.33, 0.50, "Chodorow-Reich (2014), small and medium US firms after Lehman", "A", SHARE,
           jobs_lost_by_withdrawal),
)  # fmt: skip


def targets_of(preset: str) -> tuple[Target, ...]:
    """Published figures that are asked of a preset."""
    return tuple(target for target in ALL_TARGETS if preset in target.presets)


TARGETS = targets_of(CHINA)

WAITING: tuple[tuple[str, str, str, str], ...] = (
    (EXPOSURE, "usage abnormal from about 12 months before default", "Norden and Weber (2010) [A]",
     "no figure but the date; the months above show what there is"),
    (ROLLS, "bucket ratios of small-business cards, .82 .81 .75", "Advanta 2001-06 [D]",
     "firms have no cards, and their book is not kept month by month here"),
    (GUARANTEES, "default of guaranteed over other loans of one firm (+1.17 to 1.67 points)", "Chile [A]",
     "a firm has one loan at a time"),
    (GUARANTEES, "share of final charge-offs seen by age; fund's recovery of 34-39 %", "SBA 7(a) [V]",
     "loans last 12 months and runs 5 years: cohorts of ten years are not seen"),
    (GUARANTEES, "jobs and sales of guaranteed firms", "Allinson (2013) [V], Barrot et al. [A]",
     "no firm is followed with its guarantee and without"),
    (CLOSING, "a micro lender that closes every line", "Advanta 2009 [S]", "no run here closes every line on one day"),
    (CLOSING, "debt added per unit of limit (.11 a quarter, .28 in 3 years)", "Aydin (2022) [A]",
     "no pair of runs in which limits rise by chance"),
)  # fmt: skip
