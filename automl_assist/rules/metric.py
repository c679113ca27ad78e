"""Which figure to optimise, and which to show beside it."""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.rules._rule import ASKED, ORDINARY, SPECIAL, Choice, Decided, Rule
from automl_assist.schema import CLASSIFICATION, Facts, Rejected

RARE_SHARE = 0.10  # below this ROC AUC looks good while most alarms are false (Saito and Rehmsmeier 2015)
SHOWN = {
    "binary": ("roc_auc", "average_precision", "log_loss", "brier", "accuracy", "balanced_accuracy", "precision", "recall", "f1", "mcc"),
    "multiclass": ("log_loss", "accuracy", "balanced_accuracy", "f1", "precision", "recall", "roc_auc", "brier", "mcc"),
    "regression": ("rmse", "mae", "median_absolute_error", "r2"),
    "count": ("rmse", "mae", "median_absolute_error", "r2"),
}


def rarest_share(facts: Facts) -> float:
    """Return the share of the rarest class among the labelled rows; 1 without classes."""
    counts = [count for _, count in facts.profile.classes]
    return min(counts) / sum(counts) if counts else 1.0


def _binary(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if decided["task"] != "binary":
        return
    share = rarest_share(facts)
    yield Choice(
        "roc_auc",
        f"two classes, the rarer in {share:.1%} of the rows: the order of the scores matters, and no threshold has to be known",
        {"rarest_share": share},
        (Rejected("accuracy", f"guessing the frequent class alone reaches {1 - share:.1%}"),),
        f"below {RARE_SHARE:.0%} for the rarer class it would be average_precision",
    )


def _rare(facts: Facts, decided: Decided) -> Iterator[Choice]:
    share = rarest_share(facts)
    if decided["task"] != "binary" or share >= RARE_SHARE:
        return
    yield Choice(
        "average_precision",
        f"the rarer class has {share:.2%} of the rows: average precision looks at that class alone",
        {"rarest_share": share},
        (
            Rejected("accuracy", f"guessing the frequent class alone reaches {1 - share:.2%}"),
            Rejected("roc_auc", "with so few positives it stays high while most alarms are false"),
        ),
        f"from {RARE_SHARE:.0%} for the rarer class it would be roc_auc",
    )


def _multiclass(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if decided["task"] == "multiclass":
        n = len(facts.profile.classes)
        yield Choice(
            "log_loss",
            f"{n} classes: log loss judges the whole probability, not only which class comes first",
            {"classes": n},
            (Rejected("accuracy", "it cannot tell 51 % sure from 99 % sure"),),
            "with two classes it would be roc_auc",
        )


def _regression(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if decided["task"] in ("regression", "count"):
        yield Choice(
            "rmse",
            "a number is predicted: the root mean squared error is in its unit, and its best answer is the mean",
            {},
            (Rejected("mae", "its best answer is the median, which hides rare large values"),),
            "--metric mae if a few large errors should not count more",
        )


def _asked(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if facts.options.metric:
        yield Choice(facts.options.metric, f"you asked for it with --metric {facts.options.metric}")


def _shown(facts: Facts, decided: Decided) -> Iterator[Choice]:
    names = SHOWN.get(decided["task"], (decided["metric"],))
    shown = [decided["metric"], *(name for name in names if name != decided["metric"])]
    kind = "classes" if decided["task"] in CLASSIFICATION else "numbers"
    yield Choice(shown, f"the usual figures for {kind}, the one that is optimised first")


BINARY = Rule("R201", "Two classes: the order of the scores", "metric", ORDINARY, _binary, ("Fawcett 2006",))
RARE = Rule("R202", "A rare class: precision and recall", "metric", SPECIAL, _rare, ("Saito and Rehmsmeier 2015",))
MULTICLASS = Rule("R203", "Several classes: the probability", "metric", ORDINARY + 1, _multiclass, ("Gneiting and Raftery 2007",))
REGRESSION = Rule("R204", "Numbers: squared errors", "metric", ORDINARY + 2, _regression)
METRIC_ASKED = Rule("R209", "The metric that was asked for", "metric", ASKED, _asked)
SHOWN_BESIDE = Rule("R211", "Figures shown beside it", "metrics", ORDINARY, _shown)
