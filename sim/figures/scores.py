"""Figures of the lender's scores against what came of the accounts, a year on."""

from __future__ import annotations

from sim.economy.sectors import PRIVATE_SECTORS, SECTORS
from sim.figures.figure import index, number, share
from sim.figures.formula import told

TENTHS = range(1, 11)
SAMPLE = "a sample of accounts in order, twelve months on"
AUC = told(f"area under the ROC curve: {SAMPLE}")
GINI = told(f"2 * AUC - 1: {SAMPLE}")
KS = told(f"largest distance of the two cumulated distributions: {SAMPLE}")
PSI = told("sum over deciles of (share - share in the first sample) * log of their ratio")
PREDICTED = told(f"mean default probability by the score: {SAMPLE}")
REALISED = told(f"share that came to be 90 days past due: {SAMPLE}")
RATES = {"predicted": PREDICTED, "realised": REALISED}
CARDS = told("count of fits")
REFITTED = "policy.scoring.refit_interval>0"

SCORES = (
    index("score_auc", "probability", "a bad account scored worse than a good one, last judged; 0 before", AUC),
    index("score_auc_thin", "probability", "the same among thin files, last judged; 0 before", AUC),
    index("score_auc_thick", "probability", "the same among thick files, last judged; 0 before", AUC),
    index("score_gini", "2 AUC - 1", "Gini coefficient of the score, last judged; 0 before", GINI),
    share("score_ks", "fraction", "Kolmogorov-Smirnov distance of good and bad, last judged; 0 before", KS),
    index("score_psi", "index", "population stability of the score against the first sample; 0 before", PSI),
    index(
        "score_predicted", "within 12 months", "default rate that the score stood for, last judged; 0 before", PREDICTED
    ),
    index("score_realised", "within 12 months", "default rate that came, last judged; 0 before", REALISED),
    *(
        index(f"score_{what}_{file}", "within 12 months", f"default rate {what}, {file} files, last judged; 0 before",
              formula)
        for what, formula in RATES.items()
        for file in ("thin", "thick")
    ),
    index(
        "score_hosmer_lemeshow", "chi-squared, 10 deciles", "misfit of predicted default rates, last judged",
        told("sum over deciles of (realised - predicted)^2 / variance (Hosmer and Lemeshow, 1980)"),
    ),
    *(
        index(f"score_gini_{name}", "2 AUC - 1", f"Gini of the score, persons in {name.replace('_', ' ')}, last judged",
              GINI)
        for name in SECTORS
    ),
    *(
        index(f"score_{what}_{k}", "within 12 months", f"default rate {what}, decile {k} of the score, 1 the safest",
              formula)
        for what, formula in RATES.items()
        for k in TENTHS
    ),
    number("refits", "cards", "fitted so far", CARDS, kind="index", needs=REFITTED),
)  # fmt: skip

FIRM_SCORES = (
    index("firm_score_auc", "probability", "a bad firm scored worse than a good one, last judged; 0 before", AUC),
    index("firm_score_gini", "2 AUC - 1", "Gini coefficient of firms' scores, last judged; 0 before", GINI),
    share("firm_score_ks", "fraction", "Kolmogorov-Smirnov distance of firms' scores, last judged; 0 before", KS),
    index(
        "firm_score_psi", "index", "population stability of firms' scores against the first sample; 0 before", PSI
    ),
    index(
        "firm_score_predicted", "within 12 months", "default rate that firms' scores stood for, last judged", PREDICTED
    ),
    index("firm_score_realised", "within 12 months", "default rate of firms that came, last judged", REALISED),
    *(
        index(f"firm_score_gini_{name}", "2 AUC - 1", f"Gini of the score, firms in {name.replace('_', ' ')}", GINI)
        for name in PRIVATE_SECTORS
    ),
    number("firm_refits", "cards", "of firms fitted so far", CARDS, kind="index", needs=REFITTED),
)  # fmt: skip
