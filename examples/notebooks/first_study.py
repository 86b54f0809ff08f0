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
# # A first study
#
# Three policy packages in calm years and in a severe recession. Each package changes one thing in its parent:
# `limits` lets limits move with behaviour, `closing` closes lines when the score crosses a threshold. All packages
# meet the same people and the same luck, so differences are paired.
#
# This is a small study: 2 000 borrowers, four replications, two years. `study.replications=20 study.months=60
# population.borrowers=20000` is one that bears a decision.

# %%
import sim

results = sim.run(
    [
        "study.arms=[lenient,limits,closing]",
        "study.scenarios=[calm,severe_recession]",
        "population.borrowers=2000",
        "study.replications=4",
        "study.months=24",
    ]
)
results

# %% [markdown]
# The object shows its bottom line and the main table. It is also the table of the months, a `pandas.DataFrame` with a
# row for each package (`arm`), scenario, replication and month; money is in fen, shares are fractions.

# %%
results.groupby(["arm", "scenario"], observed=True)["loss_rate"].mean().unstack()

# %% [markdown]
# ## How sure is a difference?
#
# `difference` takes one package less another, replication by replication; against its parent the numbers are those of
# the report. An interval that holds zero names no direction.

# %%
difference = results.difference("closing", "limits", "access_all")
print(difference.attrs)
difference

# %%
results.plot.compare("closing", "lenient")

# %% [markdown]
# ## When does it happen?
#
# Line: mean of the replications; band: their range; grey and dashed: the parent.

# %%
results.plot.paths("delinquent_30", scenarios="severe_recession")

# %% [markdown]
# ## Who gains and who loses?
#
# Each person lives under the package and under its parent. `gains` has them by segment; the figure shows tenths of
# true income, which no lender sees.

# %%
results.plot.gains("severe_recession", arms="closing")

# %%
segments = results.segments
by_income = segments[(segments["dimension"] == "income_decile") & (segments["scenario"] == "severe_recession")]
by_income.groupby(["arm", "segment"], observed=True)["loss_rate"].mean().unstack("arm").head()

# %% [markdown]
# ## Taking it along
#
# `save_figures` writes PDF, PNG or SVG; `xarray` gives a labelled dataset with units and meanings; `report` is the
# page that can be mailed.

# %%
written = results.save_figures("pdf", "figures")
print(*(path.name for path in written), sep="\n")

# %%
data = results.xarray
data["loss_rate"].mean(["replication", "month"])

# %%
results.report("report.html")
