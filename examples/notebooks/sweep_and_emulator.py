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
# # A sweep, and an emulator of it
#
# A sweep visits many points; an emulator answers between them. It is only as good as its error out of sample, which
# is printed below.
#
# Two numbers vary over a Sobol sequence: how severe the recession is, and the capital of the guarantee fund. The
# package `guaranteed` is compared with `lenient`.

# %%
import sim

results = sim.run(
    [
        "study.arms=[lenient,guaranteed]",
        "economy=severe_recession",
        "design=sobol",
        "design.size=32",
        "economy.systematic.severity_mean=interval(0.5,2)",
        "fund.capital_share=interval(0.01,0.2)",
        "population.borrowers=500",
        "study.replications=2",
        "study.months=36",
        "firms=none",
    ]
)
results

# %%
points = results.summary
points = points[points["arm"] == "guaranteed"].set_index("point")
AXES = ["economy.systematic.severity_mean", "fund.capital_share"]
points[[*AXES, "loss_rate", "loss_rate.error"]].head()

# %% [markdown]
# ## An emulator
#
# A Gaussian process over the two axes. All points meet the same luck, so that they differ far less by chance than the
# standard error of a point says; how much they do is estimated from the points themselves.

# %%
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.model_selection import LeaveOneOut, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# An axis along which nothing changes has a length without a bound, which scikit-learn warns of.
warnings.filterwarnings("ignore", category=ConvergenceWarning)
x, y = points[AXES].to_numpy(), points["delinquent_30"].to_numpy()
kernel = RBF([1.0, 1.0], (0.1, 100.0)) + WhiteKernel(0.1, (1e-4, 1.0))
emulator = make_pipeline(StandardScaler(), GaussianProcessRegressor(kernel, normalize_y=True, n_restarts_optimizer=2))
left_out = cross_val_predict(emulator, x, y, cv=LeaveOneOut())
error = np.sqrt(np.mean((left_out - y) ** 2))
explained = 1 - np.mean((left_out - y) ** 2) / y.var()
print(f"error out of sample {100 * error:.2f} points of 30+ days past due; R2 {explained:.2f}")

# %% [markdown]
# Between the points it answers at once, with its own doubt.

# %%
emulator.fit(x, y)
asked = np.array([[0.75, 0.05], [1.25, 0.05], [1.75, 0.05]])
mean, doubt = emulator[-1].predict(emulator[0].transform(asked), return_std=True)
for (severity, share), value, half in zip(asked, mean, doubt, strict=True):
    print(f"severity {severity:g}, fund {share:.0%}: {100 * value:.2f} ± {100 * half:.2f} % of loans 30+ days past due")
