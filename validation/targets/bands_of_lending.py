"""Bands of what a lender chooses by: discrimination and gradients, guarantees, limits and closing."""

from __future__ import annotations

import numpy as np

from validation.targets.gradients import (
    after_job_loss,
    area,
    area_of_book,
    distance,
    high_utilisation_over_low,
    highest_burden_over_lowest,
    lowest_income_over_upper_half,
    lowest_over_highest_tenth,
    lowest_tenth_over_upper_half,
    many_loans_over_none,
    new_in_job_over_settled,
    on_opening,
    predicted_over_realised,
    worst_over_best_score,
)
from validation.targets.guarantor import more_defaults, recovered_by_fund, recovered_in_first_year
from validation.targets.pairs import additional, dearer, more_approved, saved_by_closing
from validation.targets.runs import TAIWAN
from validation.targets.tape import area_of_october, by_limit, by_use, level_of_october
from validation.targets.target import CLOSING, GRADIENTS, GUARANTEES, OVER, POINTS, SHARE, TAPE, Target, around

CREDIT_DATA = "R package modeldata, credit_data, 4,454 unselected loans"
SBA = "SBA 7(a), guarantors' recoveries: 4 % in the first year, 34-39 % after 5 to 9 years"
ADDED = "Ciani, Gallo and Rotondi (2020): in the middle class, none for the safest; Cowan, Drexler and Yanez: 0.65"
ITALY = "Ciani, Gallo and Rotondi (2020), Italy: 50 bp cheaper; de Blasio et al. (2018): no effect"


OF_LENDING: tuple[Target, ...] = (
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
    Target("by_score_applicants", GRADIENTS, "12-month 90+ where everybody is approved, worst tenth by score on "
           "opening over the best", "32; 41", 32.0, 41.0, "Federal Reserve (2007), FICO, x41; LendingClub's grades, "
           "early, x32", "V", OVER, on_opening("everyone", lowest_over_highest_tenth)),
    Target("by_income_applicants", GRADIENTS, "the same, lowest tenth by income over the upper half", "2.24-3.13", 2.24,
           3.13, f"{CREDIT_DATA}: .47 over .15 to .21", "V", OVER,
           on_opening("everyone", lowest_tenth_over_upper_half, "income_permanent")),
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
    Target("more_defaults", GUARANTEES, "12-month 90+ of lines opened under that guarantee less that of lines opened "
           "without", "0 to 1.7", 0.0, 1.7, "Chile: missed payments +1.17 to +1.67, default unchanged", "A", POINTS,
           more_defaults),
    Target("fund_recovers", GUARANTEES, "recovered by the fund from debtors over what it paid, first five years",
           "0.05-0.39", 0.05, 0.39, SBA, "V", SHARE, recovered_by_fund),
    Target("fund_recovers_early", GUARANTEES, "share of claims that debtors pay within a year of their payment by the "
           "fund", "0.04", *around(0.04), SBA, "V", SHARE, recovered_in_first_year),
    Target("saved_by_closing", CLOSING, "persons' net charge-offs saved in two years of severe recession by closing "
           "weak lines a year before", "0.06-0.25", 0.06, 0.25, "Khandani, Kim and Lo (2010), US bank, 2008-09", "A",
           SHARE, saved_by_closing(1)),
    Target("saved_since_closing", CLOSING, "the same, the year before the recession included", "none", np.nan, np.nan,
           "", "-", SHARE, saved_by_closing(0)),
)  # fmt: skip
