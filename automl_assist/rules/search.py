"""How the time is spent, and what becomes of the candidates."""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.rules._rule import ASKED, ORDINARY, SPECIAL, Choice, Decided, Rule
from automl_assist.rules.metric import RARE_SHARE, rarest_share
from automl_assist.schema import CLASSIFICATION, Facts, Rejected

LEAST_POSITIVES = 20  # rows of the rarer class: with fewer a threshold fits the few that happened to be there
LABEL_METRICS = ("f1", "precision", "recall", "balanced_accuracy", "mcc")  # those for which the threshold matters


def _search(facts: Facts, decided: Decided) -> Iterator[Choice]:
    yield Choice(
        {"order": "portfolio, then local search", "limit": "time"},
        f"a list of proven settings first, then small steps around the best, until {facts.options.budget_s:.0f} s are used",
        {"budget_s": facts.options.budget_s},
        (Rejected("Bayesian search", "below some twenty trials a good list beats any search"),),
        "--trials N limits by count, which can be repeated exactly",
    )


def _trials(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if facts.options.trials is not None:
        yield Choice(
            {
                "order": "portfolio, then local search",
                "limit": "trials",
                "trials": facts.options.trials,
            },
            f"you asked for {facts.options.trials} trials with --trials; the budget of {facts.options.budget_s:.0f} s still holds",
        )


def _ensemble(facts: Facts, decided: Decided) -> Iterator[Choice]:
    yield Choice(
        {"kind": "greedy weighted", "steps": 30},
        "predictions on held-out folds are averaged with weights found one greedy step after the other; models that add nothing get none",
        {},
        (Rejected("stacking", "it needs another level of folds, which a short budget cannot pay"),),
        "with one finished candidate there is nothing to combine",
    )


def _threshold(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if decided["task"] == "binary":
        yield Choice(
            "half",
            "the class with the higher probability is predicted: that is right most often",
            {"rarest_share": rarest_share(facts)},
            (Rejected("best_f1", "it trades more false alarms for fewer misses, which only a rare class calls for"),),
            f"below {RARE_SHARE:.0%} for the rarer class, or with --metric f1, it would be chosen for F1",
        )


def _threshold_rare(facts: Facts, decided: Decided) -> Iterator[Choice]:
    share = rarest_share(facts)
    rows = min((count for _, count in facts.profile.classes), default=0)
    if rows < LEAST_POSITIVES:
        return
    if decided["task"] == "binary" and (share < RARE_SHARE or decided["metric"] in LABEL_METRICS):
        why = f"the metric {decided['metric']} depends on it" if share >= RARE_SHARE else f"the rarer class has {share:.2%} of the rows"
        yield Choice(
            "best_f1",
            f"{why}: the threshold with the best F1 on held-out folds is taken",
            {"rarest_share": share, "metric": decided["metric"]},
            (Rejected("half", "few rows of a rare class ever reach a probability of one half"),),
            f"from {RARE_SHARE:.0%} for the rarer class, or below {LEAST_POSITIVES} rows of it, it would be one half",
        )


def _interval(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if decided["task"] not in CLASSIFICATION:
        yield Choice(
            {"kind": "conformal residuals", "coverage": 0.9},
            "the 90 % interval is as wide as nine in ten errors on held-out folds: it assumes nothing about their shape",
            {},
            (Rejected("normal errors", "errors have heavier tails than the normal distribution"),),
            "--coverage at prediction time changes the share",
        )


SEARCH = Rule("R701", "A proven list, then local search", "search", ORDINARY, _search, ("Salinas and Erickson 2024, TabRepo",))
TRIALS_ASKED = Rule("R709", "The number of trials that was asked for", "search", ASKED, _trials)
ENSEMBLE = Rule("R711", "A greedy weighted ensemble", "ensemble", ORDINARY, _ensemble, ("Caruana et al. 2004",))
THRESHOLD = Rule("R721", "The more likely class", "threshold", ORDINARY, _threshold)
THRESHOLD_RARE = Rule("R722", "A threshold for a rare class", "threshold", SPECIAL, _threshold_rare, ("Lipton et al. 2014",))
INTERVAL = Rule("R731", "Intervals from held-out errors", "interval", ORDINARY, _interval, ("Barber et al. 2021",))
