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
# # A researcher: what people do, changed
#
# Two questions about behaviour in a recession. What if those who fell behind spent carefully for a year? And what if
# counsellors called those who stopped paying by choice? The first changes a **rule** that every person follows, the
# second adds **agents** to the model. Both run as arms of one study, on the same people and the same luck, so that
# each difference to the parent is the change alone.
#
# Needed: `make extras` once, or `pip install 'creditcycle[analysis,notebooks]'`. A study of 200 replications of 1 000
# persons takes a few minutes on two cores; with 20 the intervals are about three times as wide.

# %%
REPLICATIONS = 200

# %% [markdown]
# ## A rule of one's own
#
# A rule is one function in a file. Its arguments are what the person knows, by name; `creditcycle show
# behaviour/consumption` lists them with units. This one is the shipped rule with one thought more: who is past due
# aims at half as much cash again, for twelve months. The file declares a column that remembers how many months are
# left, and a figure of its own.

# %%
from pathlib import Path

RULE = '''
from sim.persons.elsewhere import due_elsewhere

CAREFUL = 12  # months
MORE = 1.5  # times the cash aimed at

COLUMNS = {"careful_months": (0, 0, 12, "months of careful spending that are left")}
FIGURES = {
    "careful_share": ("mean(min(careful_months, 1))", "fraction of persons", "spend carefully, for they fell behind"),
}


def careful(
    cash, employed, income, income_permanent, essential, payment, other_debt, other_due_share, other_squeeze,
    squeezed_due, patience, buffer_return, precaution, expected_loss, season, months_past_due, careful_months,
):
    """Who falls behind aims at more cash for a year."""
    left = CAREFUL if months_past_due > 0 else max(careful_months - 1, 0)
    target = int(patience * precaution * income_permanent)
    if left > 0:
        target = int(MORE * target)
    normal = 0
    if employed:
        elsewhere = due_elsewhere(other_debt, 0, other_due_share, other_squeeze, squeezed_due)
        normal = int(max(int(income * (1.0 - expected_loss)) - essential - payment - elsewhere, 0) * season)
    spending = min(max(normal + int(buffer_return * (cash - target)), 0), cash)
    return dict(cash=cash - spending, discretionary__paid=spending, careful_months=left)
'''
_ = Path("my_behaviour.py").write_text(RULE)

# %% [markdown]
# ## An agent of one's own
#
# A model of one's own is a subclass of `sim.Model`, which is a Mesa model. Three counsellors call up to ten persons
# each a month; three in five of those who are called pay again. The lender pays the counsellors, through the ledger,
# so that the cost stands in its profit. `draw` gives luck by person and month, the same in every arm.

# %%
MODEL = '''
import mesa

import sim

YUAN = 100  # fen


class Counsellor(mesa.Agent):
    """Calls persons who have stopped paying by choice; some of them pay again."""

    def __init__(self, model, calls):
        super().__init__(model)
        self.calls = calls
        self.won = 0

    def step(self):
        model, self.won = self.model, 0
        late = model.borrowers.select("months_past_due >= 1 and unwilling == 1")
        answers = model.draw(f"counsellor {self.unique_id}", late)
        for person, answer in list(zip(late, answers, strict=True))[: self.calls]:
            if answer < 0.6:
                person.unwilling = 0
                self.won += 1


class Counselled(sim.Model):
    """The engine's month with counsellors, whom the lender pays."""

    FIGURES = {
        "counsellors_won": ("persons a month", "persons who pay again after a counsellor's call", "sum"),
        "counsellors_paid": ("fen a month", "what the lender paid its counsellors", "sum"),
    }

    def __init__(self, config, checkpoint=None):
        super().__init__(config, checkpoint)
        Counsellor.create_agents(self, 3, calls=10)

    def before_month(self):
        self.added.shuffle_do("step")
        self.paid = self.pay("lender", "outside", 50 * YUAN * len(self.added))

    def figures(self):
        return {"counsellors_won": self.added.agg("won", sum), "counsellors_paid": self.paid}
'''
_ = Path("counsellors.py").write_text(MODEL)

# %% [markdown]
# ## Two arms beside their parent
#
# A package says what it is, what it builds on, and what it changes. Both have the parent `limits`, in which limits
# follow behaviour.

# %%
_ = Path("careful.yaml").write_text("""\
meaning: Limits follow behaviour, and who falls behind spends carefully for a year.
parent: limits
change:
  behaviour/consumption: careful
""")
_ = Path("counselled.yaml").write_text("""\
meaning: Limits follow behaviour, and counsellors call those who stopped paying by choice.
parent: limits
model: counsellors.py:Counselled
""")

# %%
import sim

results = sim.run(
    [
        "study.arms=[limits,careful.yaml,counselled.yaml]",
        "economy=severe_recession",
        f"study.replications={REPLICATIONS}",
        "population.borrowers=1000",
        "study.months=36",
    ],
    out="rule_and_agent",
    plugin="my_behaviour.py",
)
results

# %% [markdown]
# `out` keeps the study in a folder: `creditcycle resume rule_and_agent --trust` goes on after an interruption, and
# `sim.open("rule_and_agent")` gives the same object in another session.
#
# ## What does each change do?
#
# Paired, replication by replication, with an interval. Money is in fen, shares and rates are fractions.

# %%
results.difference("careful", "limits", "delinquent_30")

# %%
results.difference("counselled", "limits", "delinquent_30")

# %%
results.plot.compare("careful", "limits")

# %% picture="researcher_compare" caption="What counsellors change against the parent, with the 95 % interval."
changes = results.plot.compare("counselled", "limits")
changes

# %% [markdown]
# A hollow mark says that the interval holds zero: with two hundred replications that bounds what the change can do,
# which is an answer, too. When does a difference appear? A path is the mean of the replications, the band the middle
# 80 % of them, grey and dashed the parent. The share of single months swings in a book of a thousand persons; a larger
# population calms it.

# %% picture="researcher_paths" caption="Share of loans 30 and more days past due, by arm; grey and dashed: the parent."
paths = results.plot.paths("delinquent_30", months=3)
paths

# %% [markdown]
# ## Tidy data
#
# The object is a `pandas.DataFrame` with a row for each arm, scenario, replication and month, and a column for each
# figure, its own among them. `runs` has one number for each run and figure, the months combined as each figure
# declares.

# %%
tidy = results[["arm", "scenario", "replication", "month", "delinquent_30", "careful_share", "counsellors_won"]]
tidy.tail()

# %%
results.runs["delinquent_30"].groupby(["arm"], observed=True).describe()

# %% [markdown]
# The same as a labelled `xarray.Dataset` over arm, scenario, replication and month; each variable has its unit and
# meaning.

# %%
data = results.xarray
print(data.sizes, data["careful_share"].attrs, sep="\n")
shift = data["delinquent_30"].sel(arm="counselled") - data["delinquent_30"].sel(arm="limits")
shift.mean("month").quantile([0.05, 0.5, 0.95], dim="replication").round(4)

# %% [markdown]
# ## A figure for the paper
#
# Any figure is a matplotlib figure; text in PDF stays text, and the same figure has the same bytes. `save_figures`
# writes all of them. A CSV of the tidy data and the files above are what a replication package needs; the seed and
# every setting stand in `results.manifest`.

# %%
paths.savefig("paths.pdf")
results.runs.to_csv("runs.csv")
written = results.save_figures("pdf", "figures")
print(*(path.name for path in written), sep="\n")
