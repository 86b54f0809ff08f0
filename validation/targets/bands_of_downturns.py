"""Bands of the cycle: downturns, and what credit does to firms and jobs."""

from __future__ import annotations

import numpy as np

from validation.targets.firms import (
    approved_in_recession,
    asset_correlation_of_firms,
    credit_over_sales_of_customers,
    failures_a_year,
    jobs_lost_by_withdrawal,
    sales_with_access,
    utilisation_of_firms,
)
from validation.targets.pairs import (
    DECEMBER_2019,
    MAY_2020,
    arrears,
    asset_correlation,
    calm_return,
    charge_offs_at_peak,
    credit_over_sales,
    fails_on_thin_capital,
    firm_charge_offs,
    firms_in_worst_year,
    ninety_after_a_year,
    profit_of_2020,
    quarters_to_peak,
    worst_return,
)
from validation.targets.runs import CHINA, US
from validation.targets.target import DOWNTURNS, FED, OVER, POINTS, REAL, SHARE, Target, around
from validation.targets.us_path import correlation, end_over_published, peak_over_published, quarters_late

ASKED = "size asked for, near SBA 7(a) loans of 2007 over calm years"
ASSUMED = "assumption: working capital of micro firms"


OF_DOWNTURNS: tuple[Target, ...] = (
    Target("charge_off_peak", DOWNTURNS, "severe recession: persons' charge-offs, highest quarter over the start",
           "2.7; 1.8", 1.8, 2.7, "Federal Reserve in AP: US cards to 2010Q2; Bank of England in BBC: UK cards", "S",
           OVER, charge_offs_at_peak),
    Target("charge_off_lag", DOWNTURNS, "quarters from the shock to that quarter", "10", *around(10.0),
           "Federal Reserve in AP: 2007Q4 to 2010Q2", "S", "quarters", quarters_to_peak),
    Target("calm_return", DOWNTURNS, "lender's profit over loans, calm", "0.0425", *around(0.0425),
           "R. K. Hammer: card issuers before tax, a decade", "S", "a year", calm_return),
    Target("worst_return", DOWNTURNS, "lender's return in the worst year of a severe recession over calm", "0.35",
           *around(0.35), "R. K. Hammer: 1.50 % in 2009 over 4.25 %", "S", OVER, worst_return),
    Target("thin_capital", DOWNTURNS, "lender with a third of the capital that fails in that recession", "none",
           np.nan, np.nan, "", "-", SHARE, fails_on_thin_capital),
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
