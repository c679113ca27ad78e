"""Which figure to optimise, and which to show beside it."""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.rules._rule import ASKED, ORDINARY, SPECIAL, Choice, Decided, Rule
from automl_assist.schema import CLASSIFICATION, Facts, Rejected

RARE_SHARE = 0.10  # below this ROC AUC looks good while most alarms are false (Saito and Rehmsmeier 2015)
# Below this the order among the many negatives is looked at by nobody. On three tables of 2 to 5 % who was chosen by average precision was
# on the whole no better by it (tests/benchmarks/RESULTS.md; also McDermott et al. 2024).
VERY_RARE = 0.02
FEW_RARE = 500  # rows of the rarer class, below which choosing by average precision follows chance
HEAVY_TAIL = 5.0  # one value in twenty is that many times the median: errors are then judged in per cent more often than in units
SHOWN = {
    "binary": ("roc_auc", "average_precision", "log_loss", "brier", "accuracy", "balanced_accuracy", "precision", "recall", "f1", "mcc"),
    "multiclass": ("log_loss", "accuracy", "balanced_accuracy", "f1", "precision", "recall", "roc_auc", "brier", "mcc"),
    "regression": ("rmse", "mae", "median_absolute_error", "r2"),
    "count": ("rmse", "mae", "median_absolute_error", "r2"),
    "forecast": ("mase", "smape", "wql"),
}


def rarest_share(facts: Facts) -> float:
    """Return the share of the rarest class among the labelled rows; 1 without classes."""
    counts = [count for _, count in facts.profile.classes]
    return min(counts) / sum(counts) if counts else 1.0


def _rarest(facts: Facts) -> int:
    return min((count for _, count in facts.profile.classes), default=0)


def _binary(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if decided["task"] != "binary":
        return
    share, rare = rarest_share(facts), _rarest(facts)
    accuracy = Rejected("accuracy", f"guessing the frequent class alone reaches {1 - share:.1%}")
    few = f"{rare:,} rows of the rarer class are few for it: who is chosen by it follows chance"
    scarce = f"at {share:.1%} who is chosen by it was on the whole no better by it where that was measured"
    precision = Rejected("average_precision", f"{few if rare < FEW_RARE else scarce}; it is shown beside")
    yield Choice(
        "roc_auc",
        f"two classes, the rarer in {share:.1%} of the rows: the order of the scores matters, and no threshold has to be known",
        {"rarest_share": share, "rarest_rows": rare},
        (accuracy, precision) if share < RARE_SHARE else (accuracy,),
        f"below {VERY_RARE:.0%} and from {FEW_RARE} rows of the rarer class it would be average_precision; it has "
        f"{share:.1%}, {rare:,} rows",
    )


def _rare(facts: Facts, decided: Decided) -> Iterator[Choice]:
    share, rare = rarest_share(facts), _rarest(facts)
    if decided["task"] != "binary" or share >= VERY_RARE or rare < FEW_RARE:
        return
    yield Choice(
        "average_precision",
        f"the rarer class has {share:.2%} of the rows: average precision looks at that class alone",
        {"rarest_share": share, "rarest_rows": rare},
        (
            Rejected("accuracy", f"guessing the frequent class alone reaches {1 - share:.2%}"),
            Rejected("roc_auc", "with so few positives it stays high while most alarms are false"),
        ),
        f"from {VERY_RARE:.0%} for the rarer class, or below {FEW_RARE} rows of it, it would be roc_auc; it has {share:.2%}, {rare:,} rows",
    )


def _multiclass(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if decided["task"] == "multiclass":
        n = len(facts.profile.classes)
        yield Choice(
            "log_loss",
            f"{n} classes: log loss judges the whole probability, not only which class comes first",
            {"classes": n, "rarest_share": rarest_share(facts)},
            (
                Rejected("accuracy", "it cannot tell 51 % sure from 99 % sure"),
                Rejected("balanced_accuracy", "it counts the rarest class as much as the most frequent one, which nobody asked for"),
            ),
            f"with two classes it would be roc_auc; there are {n}",
        )


def _regression(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if decided["task"] == "regression":
        spread = target_spread(facts)
        yield Choice(
            "rmse",
            "a number is predicted: the root mean squared error is in its unit, and its best answer is the mean",
            {"largest_to_median": spread},
            (
                Rejected("mae", "its best answer is the median, which hides rare large values"),
                Rejected("r2", "it orders models alike, and has no unit"),
            ),
            "--metric mae if a few large errors should not count more, rmsle if errors should count in per cent"
            + (f"; the upper values are {spread:.3g} times the median" if spread else ""),
        )


def _count(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if decided["task"] == "count":
        yield Choice(
            "rmse",
            "a count is predicted: the root mean squared error is in things counted, and its best answer is the mean",
            {"largest_to_median": target_spread(facts)},
            (
                Rejected("poisson_deviance", "it lets rows with large counts be further off; shown beside it"),
                Rejected("mae", "its best answer is the median, which for rare things is none at all"),
            ),
            "--metric poisson_deviance if large counts may be further off than small ones",
        )


def _forecast(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if decided["task"] == "forecast":
        steps = facts.profile.layout.get("steps") or {}
        yield Choice(
            "mase",
            "errors are divided by those of repeating the last season, so that series of any size count alike and 1 is no better than that",
            {"series": steps.get("n_series", 1)},
            (
                Rejected("smape", "it explodes near zero, and lets forecasts that are too low off lightly"),
                Rejected("rmse", "the largest series alone would decide"),
            ),
            "--metric wql if large series should count more, smape if errors should count in per cent; there are "
            f"{steps.get('n_series', 1):,} series",
        )


def target_spread(facts: Facts) -> float | None:
    """Return how many times the median the 95 % quantile of a target above zero is, or None."""
    target = facts.profile.target
    numbers = facts.profile.column(target.name).numbers if target else None
    if numbers is None or numbers.minimum < 0 or numbers.quantiles[2] <= 0:
        return None
    return numbers.quantiles[4] / numbers.quantiles[2]


def _asked(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if facts.options.metric:
        yield Choice(facts.options.metric, f"you asked for it with --metric {facts.options.metric}", flip="leaving out --metric")


def _shown(facts: Facts, decided: Decided) -> Iterator[Choice]:
    names = SHOWN.get(decided["task"], (decided["metric"],))
    yield _beside(decided, names, f"the usual figures for {'classes' if decided['task'] in CLASSIFICATION else 'numbers'}")


def _shown_above_zero(facts: Facts, decided: Decided) -> Iterator[Choice]:
    target = facts.profile.target
    numbers = facts.profile.column(target.name).numbers if target else None
    if decided["task"] not in ("regression", "count") or numbers is None or numbers.minimum < 0:
        return
    spread = target_spread(facts)
    if decided["task"] == "count" or (spread is not None and spread > HEAVY_TAIL):
        also = ("poisson_deviance", "rmsle") if decided["task"] == "count" else ("rmsle",)
        why = "counts" if decided["task"] == "count" else f"values whose upper end is {spread:.3g} times the median"
        yield _beside(decided, (*SHOWN[decided["task"]], *also), f"the usual figures for numbers, and {' and '.join(also)} for {why}")


def _beside(decided: Decided, names: tuple[str, ...], why: str) -> Choice:
    shown = [decided["metric"], *(name for name in names if name != decided["metric"])]
    return Choice(
        shown,
        f"{why}, the one that is optimised first",
        {"task": decided["task"], "metric": decided["metric"]},
        (Rejected("one figure alone", "every figure hides what another shows"),),
        "another task would show other figures; only the first is optimised",
    )


BINARY = Rule("R201", "Two classes: the order of the scores", "metric", ORDINARY, _binary, ("Fawcett 2006",), when="there are two classes")
RARE = Rule(
    "R202",
    "A rare class: precision and recall",
    "metric",
    SPECIAL,
    _rare,
    ("Saito and Rehmsmeier 2015", "McDermott et al. 2024"),
    when=f"of two classes the rarer has less than {VERY_RARE:.0%} of the rows, and at least {FEW_RARE} of them",
)
MULTICLASS = Rule(
    "R203",
    "Several classes: the probability",
    "metric",
    ORDINARY + 1,
    _multiclass,
    ("Gneiting and Raftery 2007",),
    when="there are three classes or more",
)
REGRESSION = Rule("R204", "Numbers: squared errors", "metric", ORDINARY + 2, _regression, ("Gneiting 2011",), when="numbers are predicted")
COUNT = Rule("R205", "Counts: squared errors", "metric", ORDINARY + 3, _count, ("Gneiting 2011",), when="counts are predicted")
FORECAST = Rule(
    "R206",
    "Forecasts: errors beside those of the last season",
    "metric",
    ORDINARY + 4,
    _forecast,
    ("Hyndman and Koehler 2006",),
    when="a series is carried on",
)
METRIC_ASKED = Rule(
    "R209", "The metric that was asked for", "metric", ASKED, _asked, refs=("the contract, section 1: --metric",), when="--metric is given"
)
SHOWN_BESIDE = Rule("R211", "Figures shown beside it", "metrics", ORDINARY, _shown, ("Japkowicz and Shah 2011",), when="always")
SHOWN_ABOVE_ZERO = Rule(
    "R212",
    "Figures for counts and heavy tails",
    "metrics",
    SPECIAL,
    _shown_above_zero,
    refs=("Tofallis 2015",),
    when=f"counts are predicted, or values above zero of which one in twenty is {HEAVY_TAIL:g} times the median",
)
