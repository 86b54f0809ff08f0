"""What is claimed of each control, before anything is run: the figure that moves, where to, by how much at least."""

from __future__ import annotations

from dataclasses import dataclass

SEVERE = "economy=severe_recession"
FIRMS = (SEVERE, "firms.per_person=0.3", "firms.credit_share=1")
FREEZE = ("economy=funding_freeze", "economy.shock_lag=0", "firms=none", "feedback=none")
WITH_FIRMS = (SEVERE, "feedback=none")
MULTIPLE, THRESHOLD = "policy/limit=income_multiple", "policy/closing=threshold"
# Why some figures do not move as claimed under the shipped numbers.
CHANCE = "the effect is large enough and within chance of so few runs"
APPROVED = "most applicants are approved, and little can move that"
SHIPPED = "the shipped card was fitted to far more accounts than a lender of this size has"
SAME_ACCOUNTS = "fitted to the same accounts, the usual card orders them about as well"
STOPPED = "collectors bring back those who stopped paying by choice, and coming back is rare (behaviour.resume_hazard)"


@dataclass(frozen=True)
class Claim:
    """One control and what it should move.

    Attributes
    ----------
    control : str
        What is switched on, as overrides.
    against : str
        What it is compared with; empty for the default lender.
    figure : str
        A figure of the month (mean over the months), or ``a/b``: the ratio of two sums.
    says : str
        The figure in words.
    sign, least : int, float
        Direction, and the least effect as a share of the mean without (absolute where that mean is 0).
    world : tuple of str
        What both have in common.
    unmet : str
        Why the figure does not move as claimed under the shipped numbers; empty where it does.
    """

    control: str
    figure: str
    says: str
    sign: int
    least: float
    against: str = ""
    world: tuple[str, ...] = (SEVERE, "firms=none", "feedback=none")
    unmet: str = ""

    @property
    def base(self) -> tuple[str, ...]:
        """Overrides without the control."""
        return (*self.world, *self.against.split())

    @property
    def changed(self) -> tuple[str, ...]:
        """Overrides with the control."""
        return (*self.base, *self.control.split())


CLAIMS: tuple[Claim, ...] = (
    Claim("policy/limit=tiered", "utilisation", "owed over limits of open lines", -1, 0.03),
    Claim("policy/limit=behavioural", "limits_cut", "limits cut a month", 1, 5.0),
    Claim("policy/limit=income_multiple", "limits_cut", "limits cut a month", 1, 5.0),
    Claim("policy/limit=countercyclical", "outstanding", "principal outstanding", 1, 0.01, MULTIPLE),
    Claim("policy/limit=procyclical", "outstanding", "principal outstanding", -1, 0.01, MULTIPLE),
    Claim("policy/limit=debt_service_capped", "delinquent_30", "30 days past due and more", -1, 0.05),
    Claim("policy.limit.cut_score=660", "outstanding", "principal outstanding", -1, 0.05, "policy/limit=behavioural"),
    Claim("policy/limit=us_cards", "limits_cut", "limits cut a month", 1, 5.0),
    Claim("policy.limit.cut_tightening=0", "limits_cut", "limits cut a month", -1, 0.05, "policy/limit=us_cards",
          unmet=CHANCE),
    Claim("policy/closing=threshold", "access_all", "persons with an open line", -1, 0.005),
    Claim("policy/closing=hysteresis", "access_all", "persons with an open line", 1, 0.001, THRESHOLD),
    Claim("policy/closing=freeze_first", "closures_month", "lines closed a month", -1, 0.10, THRESHOLD),
    Claim("policy/closing=early_recall", "recalls", "balances called a month", 1, 0.1, THRESHOLD),
    Claim("policy/pricing=risk_based", "loss_rate", "net charge-offs", -1, 0.01),
    Claim("policy/pricing=capped", "price", "mean rate of new lending", -1, 0.05, "policy/pricing=risk_based"),
    Claim("policy/pricing=capped", "approval_rate", "applications approved", -1, 0.03, "policy/pricing=risk_based"),
    Claim("policy/pricing=downturn_relief", "price", "mean rate of new lending", -1, 0.02, "policy/pricing=risk_based"),
    Claim("policy/term=shortened", "delinquent_30", "30 days past due and more", 1, 0.02),
    Claim("policy/term=extended", "delinquent_30", "30 days past due and more", -1, 0.03),
    Claim("policy/relief=restructuring", "delinquent_90", "90 days past due and more", -1, 0.05),
    Claim("policy/relief=moratorium", "defaults", "entries into 90 days past due", -1, 0.05),
    Claim("policy.relief.clock_frozen=false", "defaults", "entries into 90 days past due", 1, 0.10,
          "policy/relief=moratorium"),
    Claim("policy/appetite=cycle", "approval_rate", "applications approved", 1, 0.01),
    Claim("policy.appetite.appetite_slope=-800", "approval_rate", "applications approved", -1, 0.05,
          "policy/appetite=cycle", unmet=APPROVED),
    Claim("policy/appetite=target policy.appetite.arrears_target=0.008", "approval_rate", "applications approved", -1,
          0.03),
    Claim("behaviour.same_engine_share=0.5", "delinquent_30", "30 days past due and more", 1, 0.005,
          "policy/limit=behavioural policy/closing=threshold"),
    Claim("behaviour.give_up_hazard=0.02", "loss_rate", "net charge-offs (adverse retention)", 1, 0.02,
          unmet=CHANCE),
    Claim("policy/warning=drop", "warning_recall", "defaults that a warning preceded", 1, 0.2),
    Claim("policy/warning=cusum", "warning_recall", "defaults that a warning preceded", 1, 0.2),
    Claim("policy/warning=multi_signal", "alerts_true/alerts", "warnings that came true", 1, 0.2,
          "policy/warning=cusum"),
    Claim("policy/warning=multi_signal", "freezes", "lines frozen a month", 1, 0.2, "policy/closing=freeze_first"),
    Claim("bureau=partial", "over_indebted", "persons with debt service above half of income", -1, 0.01,
          unmet="few owe more than half of their income, and a part of the lenders shows few of them"),
    Claim("bureau=full", "over_indebted", "persons with debt service above half of income", -1, 0.03),
    Claim("bureau=full", "other_debt", "debt to other lenders", -1, 0.05),
    Claim("policy/scoring=refitted", "score_auc", "AUC of the score, a year on", 1, 0.01,
          unmet=SHIPPED),
    Claim("policy/scoring=segmented", "score_auc_thin", "AUC among thin files, a year on", 1, 0.01,
          unmet=SHIPPED),
    Claim("policy.scoring.privacy_epsilon=1", "approval_rate", "applications approved", -1, 0.05,
          unmet=APPROVED),
    Claim("policy/scoring=sector", "score_auc", "AUC of the score, a year on", 1, 0.01,
          unmet=SAME_ACCOUNTS),
    Claim("policy/scoring=sector", "firm_score_auc", "AUC of firms' scores, a year on", 1, 0.05, world=FIRMS,
          unmet="the effect is smaller than claimed and within chance of so few runs"),
    Claim("policy/approval=everyone", "approval_rate", "applications approved", 1, 0.1),
    Claim("policy/education=courses", "defaults", "entries into 90 days past due", -1, 0.02),
    Claim("behaviour.block_churn=0.3", "open_lines", "persons with an open line", -1, 0.01,
          "policy/authentication=multi_factor"),
    Claim("behaviour.closing_churn=0.05", "lost_after_closing", "who leave after a line in order was closed, a month",
          1, 0.5, THRESHOLD),
    Claim("policy/approval=parity", "approval_gap_thin", "approval of thick files less thin files", -1, 0.2,
          unmet="thin files are approved about as often as others"),
    Claim("policy/approval=reviewed", "reviews", "applications looked at by hand", 1, 1.0,
          unmet="few applications lie near the bar"),
    Claim("policy/collections=compliant", "complaints", "complaints about collections", -1, 0.5,
          unmet="they fall by less than the half that was claimed"),
    Claim("policy/collections=compliant", "delinquent_90", "90 days past due and more", 1, 0.005,
          unmet=STOPPED),
    Claim("policy.collections.call_capacity=0.005", "delinquent_90", "90 days past due and more", 1, 0.005,
          unmet=STOPPED),
    Claim("policy/collections=litigation", "recovered/charged_off", "recovered of what is charged off", 1, 0.1),
    Claim("policy.collections.evidence=notarised", "judgments_won", "suits won a month", 1, 0.15,
          "policy/collections=litigation"),
    Claim("policy/collections=us_cards", "judgments_won", "suits won a month", 1, 0.5),
    Claim("policy/collections=bulk_sale", "debt_sold", "what sold debts fetched a month", 1, 1.0),
    Claim("policy/engine=rules", "restructured", "accounts restructured a month", 1, 1.0),
    Claim("policy/engine=rules", "delinquent_90", "90 days past due and more", -1, 0.05),
    Claim("fraud=takeovers", "fraud_loss", "drawn by strangers, fen a month", 1, 1.0),
    Claim("fraud=organised", "fraud_rings", "rings that strike a month", 1, 0.01),
    Claim("fraud=wave", "fraud_loss", "drawn by strangers, fen a month", 1, 0.2, "fraud=takeovers"),
    Claim("policy/authentication=face", "fraud_loss", "drawn by strangers, fen a month", -1, 0.4, "fraud=takeovers"),
    Claim("policy/authentication=behavioural", "fraud_loss", "drawn by strangers, fen a month", -1, 0.3,
          "fraud=takeovers"),
    Claim("policy/authentication=multi_factor", "fraud_loss", "drawn by strangers, fen a month", -1, 0.5,
          "fraud=takeovers"),
    Claim("policy/authentication=multi_factor", "draws_blocked", "honest draws blocked a month", 1, 1.0),
    Claim("funding=abs", "notes", "asset-backed notes outstanding", 1, 1.0),
    Claim("regulation=china_2021", "limits_capped", "limits lowered to a cap by law, a month", 1, 1.0),
    Claim("provisioning=ifrs9", "allowance_stage_2/stage_2", "coverage of stage 2", 1, 0.1),
    Claim("provisioning=five_category", "provisions", "provisions", -1, 0.02),
    Claim("policy/collections=light", "delinquent_90", "90 days past due and more", 1, 0.02,
          unmet=STOPPED),
    # Funding and regulation.
    Claim("funding=abs", "lender_profit", "lender's profit", 1, 0.02),
    Claim("funding.revolving_months=1", "outstanding", "principal outstanding in a freeze", -1, 0.01,
          "funding=abs", FREEZE),
    Claim("funding.least_excess=0.5", "draws_cut", "draws refused for want of funds, a month", 1, 5.0, "funding=abs"),
    Claim("regulation=china_2021", "limit_total", "limits of open lines", -1, 0.05, "policy.limit.opening_multiple=6"),
    Claim("lender.growth_cap=-0.2", "outstanding", "principal outstanding", -1, 0.05),
    # The five categories by obligor.
    Claim("provisioning=ifrs9 lender.conversion_prior=0.4", "allowance_stage_1", "allowance for stage 1", 1, 0.05,
          "provisioning=ifrs9 lender.conversion_prior=0 lender.prior_defaults=1e6"),
    Claim("lender.undrawn_weighed=true", "rwa_irb", "risk-weighted assets by internal ratings", 1, 0.05),
    Claim("provisioning.adverse_gap=0.06", "provisions", "provisions", 1, 0.01,
          "provisioning=ifrs9 provisioning.adverse_gap=0"),
    Claim("provisioning.probation_months=12", "stage_2", "principal in stage 2", 1, 0.1,
          "provisioning=ifrs9 provisioning.probation_months=0 policy/relief=restructuring"),
    Claim("provisioning.elsewhere_share=0.2", "contaminated", "principal classed worse than by its own arrears", 1, 1.0,
          "provisioning=five_category provisioning.elsewhere_share=1 bureau=full"),
    Claim("provisioning.observation_months=12", "provisions", "provisions", 1, 0.005,
          "provisioning=five_category provisioning.observation_months=0 policy/relief=restructuring"),
    Claim("provisioning.obligor_share=0.1", "contaminated", "principal classed worse than by its own arrears", 1, 1.0,
          "provisioning=five_category provisioning.obligor_share=1", WITH_FIRMS),
    # Organised fraud and what checks cost.
    Claim("fraud=organised", "fraud_loss", "drawn by strangers, fen a month", 1, 0.2, "fraud=takeovers"),
    Claim("economy=fraud_wave", "fraud_loss", "drawn by strangers, fen a month", 1, 0.2, "fraud=takeovers",
          ("economy=calm", "firms=none", "feedback=none")),
    Claim("policy.authentication.access_control=0.9", "fraud_loss", "drawn by strangers, fen a month", -1, 0.1,
          "fraud=organised fraud.leak_hazard=0.1"),
    Claim("policy/authentication=face", "lines_abandoned", "lines given up over checks, a month", 1, 0.1),
    Claim("policy/authentication=behavioural", "lines_abandoned", "lines given up over checks, a month", 1, 0.05),
    Claim("policy/authentication=multi_factor", "lines_abandoned", "lines given up over checks, a month", 1, 0.2),
    # Security of firms in business.
    Claim("policy/collections=secured", "security_brought", "from pledges and owners, fen a month", 1, 1.0,
          "firms.small_share=1", WITH_FIRMS),
    Claim("policy/collections=secured", "firm_npl_new", "firms' principal that came to be 90 days late", -1, 0.02,
          "firms.small_share=1", WITH_FIRMS),
)  # fmt: skip
"""One claim a control; the page says what came out, whichever way."""
