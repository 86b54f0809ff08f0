# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A rule of one's own
#
# A rule is a function in a file. Its arguments name what it may know: columns of the lender's book and published
# numbers. It runs compiled, at the speed of what is shipped. [Your own policy](../../docs/your_own_policy.md) says
# what may stand in it.

# %%
from pathlib import Path

RULE = '''
def patient_limit(limit, inflow_slow, months_past_due, unemployment_gap):
    """Three months of inflow, and nothing is taken away in a downturn."""
    wanted = int(3.0 * inflow_slow)
    if months_past_due > 0:
        return limit
    if unemployment_gap > 0.01:
        return max(limit, wanted)
    return wanted
'''
_ = Path("my_rule.py").write_text(RULE)

# %% [markdown]
# The study compares the default lender (`baseline`) with one that has the rule (`configured`).

# %%
import sim

SMALL = ["population.borrowers=2000", "study.replications=3", "study.months=18", "economy=severe_recession"]
results = sim.run(["policy/limit=patient_limit", *SMALL], plugin="my_rule.py")
results

# %%
results.plot.compare("configured", "baseline", ["limit_total", "loss_rate", "approval_rate", "lender_profit"])

# %% [markdown]
# What a lender cannot know, a rule cannot read: it is refused in one line before anything runs.

# %%
_ = Path("all_knowing.py").write_text("def all_knowing(limit, wage):\n    return wage\n")
try:
    sim.run(["policy/limit=all_knowing", *SMALL], plugin="all_knowing.py")
except ValueError as refused:
    print(refused)
