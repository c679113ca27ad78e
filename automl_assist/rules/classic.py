"""How the classic families fit: penalties of the linear model, loss, leaves and end of boosting, size of forests, kernel machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from automl_assist.rules._rule import ORDINARY, SPECIAL, Choice, Decided, Rule
from automl_assist.rules.network import ABSOLUTE_METRICS, RATE_METRICS, learns_rate
from automl_assist.schema import CLASSIFICATION, NUMERIC_KINDS, Facts, Rejected

# Kinds of model that fit one of these to figures of texts or series have its topics too.
BOOSTERS = ("lightgbm", "catboost", "text_boosted", "sequence_boosted")
FORESTS = ("extra_trees", "sequence_quantiles")
LINEAR = ("linear", "sequence_linear")
BOOSTING_LOSSES = ("cross_entropy", "squared", "absolute", "huber", "quantile", "poisson")
LEAVES = ("constant", "constant, and lines")
LOSSES_WITH_LINES = ("squared", "poisson")  # LightGBM fits lines by gradients and curvatures; losses of medians have no curvature
MOST_ROWS_WITH_LINES = 200_000  # LightGBM holds the numbers a second time for them; with more rows trees bend as finely as lines
# A decade in two steps, strong first: quick to fit, and a start for the next. Values take stronger ones too.
PENALTIES = {"strongest": 1e3, "weakest": 1e-3, "a_decade": 2, "worse_in_a_row": 2}
VALUE_PENALTIES = {**PENALTIES, "strongest": 1e5}
# Patience grows with the best round, as in AutoGluon, but a fast learner needs less of it than a slow one.
# Where classes can be told apart, log loss falls for thousands of rounds by less than anyone can see: rounds count as better for the
# patience of LightGBM only when they gain a noticeable share of all that was gained since the first round, or of what is left of the loss
# of values, while there is time for it: where 1 % of their variance is left, even half of that is little of what was gained (RESULTS, 28
# November 2026).
# Learning rate times rounds at the best round is 10 to 60 on most tables, and about half of that for CatBoost, whose trees are symmetric
# with all their leaves (engine notes, section 1.2): where time is too short for them, a faster rate loses less than an early end.
# Which round is best is told by the loss (for classes the log loss), whatever the metric is. On 23 tables of two classes (three splits,
# five folds, means of the answers; tests/benchmarks/RESULTS.md, 27 November 2026) ROC AUC misses 3 % less so than where it judges the
# rounds itself, and log loss is 13 % less; average precision misses 1 % less: on a few hundred held-out rows a metric of order is at its
# best by chance in early rounds.
JUDGED_BY = ("loss", "metric")
BY_METRIC = Rejected("judged_by: metric", "on few held-out rows a metric of order is at its best by chance in early rounds")
STOPPING = {
    "judged_by": "loss",
    "rounds": 10_000, "patience_share": 0.3, "patience_least": 30, "patience_most": 200, "patience_over_rate": 5.0, "noticeable": 3e-4,
    "noticeable_of_rest": 1e-3, "rest_seconds": 0.0, "most_leaves": 250_000, "rounds_times_rate": 25.0,
    "rounds_times_rate_of_catboost": 20.0, "fastest_rate": 0.3,
}  # fmt: skip
# Of the budget, the time of a fold in which a share of what is left counts: three times that for five folds on two cores. Without such a
# limit one fold took a fifth of a minute, and no other of its kind had time.
REST_SHARE = 0.05
FOREST = {"trees": 200, "most_leaves": 500_000}  # TabArena and AutoGluon take 50 to 300 trees; the gain above 200 is within noise
# Time grows with the cube of the rows and memory with their square: of more a sample is taken. Reaches are multiples of the median squared
# distance, in the order in which they are tried; wide kernels answer smoothly and narrow ones by the nearest rows. None has been swept.
KERNEL: dict[str, Any] = {
    "rows": 3_000,
    "reaches": [1.0, 3.0, 0.3, 10.0, 0.1],
    "strongest": 1e3,
    "weakest": 1e-3,
    "a_decade": 2,
    "sharpest": 12.0,
}
# The most squares and products of numbers (44 numbers have 990), and the most cells of them over all rows: 16 MB, a second of fitting.
CURVES = {"products": 1_000, "cells": 4_000_000}
AT_A_BOUND = 0.02  # of the rows have the lowest value, or the highest: it is a bound, such as no sale at all
LINE_PENALTY = 1.0  # LightGBM's linear_lambda, for numbers of about size one


def usual_boosting_loss(is_classification: bool, metric: str) -> str:
    """Return the loss that boosted trees learn with."""
    if is_classification:
        return "cross_entropy"
    return "absolute" if metric in ABSOLUTE_METRICS else "poisson" if metric in RATE_METRICS else "squared"


def usual_penalties(is_classification: bool) -> dict[str, float]:
    """Return the penalties that a linear model goes along."""
    return dict(PENALTIES if is_classification else VALUE_PENALTIES)


def _fits(kinds: tuple[str, ...], decided: Decided) -> bool:
    return not set(kinds).isdisjoint(decided["families"])


def offers_lines(settled: Decided) -> bool:
    """Whether candidates of boosted trees may have lines in their leaves, by a plan or by what is decided of it."""
    return bool(settled.get("boosting.leaves", LEAVES[0]) != LEAVES[0])


def offers_curves(settled: Decided) -> dict[str, int]:
    """Return what else linear models may see, by the hyper-parameter: logarithms, and how many squares and products at most."""
    curves = settled.get("linear.curves", {})
    return {"log_numbers": int(curves.get("logarithms", False)), "products": int(curves.get("products", 0))}


def count_of_products(numbers: int) -> int:
    """Return how many squares and products so many numbers have."""
    return numbers * (numbers + 1) // 2


def bound_of(settled: Decided) -> float:
    """Return which share of the rows has to stand at the lowest or highest value for linear answers to end there."""
    return float(settled.get("linear.curves", {}).get("bound", AT_A_BOUND))


def _penalties(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if _fits(LINEAR, decided):
        chosen = usual_penalties(decided["task"] in CLASSIFICATION)
        yield Choice(
            chosen,
            f"penalties from {chosen['strongest']:g} down to {chosen['weakest']:g}, two a decade, until held-out rows twice say "
            "that it got worse",
            {"rows": facts.profile.labelled_rows, "columns": len(facts.profile.features)},
            (
                Rejected("no penalty", "with many columns the weights grow without bound"),
                Rejected("absolute penalties", "of columns that say the same it keeps one by chance; slower for the same score"),
            ),
            "a regression takes stronger penalties too, classes do not",
        )


def _curves(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if "linear" not in decided["families"]:
        return
    used = [facts.profile.column(name) for name, action in decided["columns"].items() if action["use"]]
    numbers = [column for column in used if column.kind in NUMERIC_KINDS and column.numbers is not None]
    above = sum(column.numbers is not None and not column.numbers.negatives for column in numbers)
    rows, made = facts.profile.labelled_rows, count_of_products(len(numbers))
    fits = 0 < made <= CURVES["products"] and made * rows <= CURVES["cells"]
    logs = f"{above} of {len(numbers)} numbers never go below zero: some candidates see their logarithms" if above else "no logarithms"
    said = f"{made:,} squares and products of {rows:,} rows" if made else "there are no numbers to multiply"
    ends = f"; answers end where {AT_A_BOUND:.0%} of the rows stand at the lowest or highest value"
    yield Choice(
        {"logarithms": above > 0, "products": CURVES["products"] if fits else 0, "bound": AT_A_BOUND},
        f"{logs}; {said}{', and some see them too' if fits else ', which none sees'}: the ensemble says what they add"
        f"{'' if decided['task'] in CLASSIFICATION else ends}",
        {"numbers": len(numbers), "above_zero": above, "rows": rows, "products": made},
        (Rejected("for every candidate", "where effects add up along straight lines, more columns only add noise"),),
        f"products are seen up to {CURVES['products']:,} of them, and up to {CURVES['cells']:,} cells of all rows",
    )


def _boosting_loss(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if not _fits(BOOSTERS, decided):
        return
    chosen = usual_boosting_loss(decided["task"] in CLASSIFICATION, decided["metric"])
    kind = "classes are predicted" if decided["task"] in CLASSIFICATION else "the metric counts squared errors"
    yield Choice(
        chosen if chosen in ("cross_entropy", "squared") else "squared",
        f"{kind}: boosting follows the gradient of that loss",
        {"task": decided["task"], "metric": decided["metric"]},
        (Rejected("huber", "it learns something between mean and median, and no metric asks for that"),),
        "--metric mae would take absolute errors, poisson_deviance the Poisson loss",
    )


def _boosting_median(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if _fits(BOOSTERS, decided) and usual_boosting_loss(decided["task"] in CLASSIFICATION, decided["metric"]) == "absolute":
        yield Choice(
            "absolute",
            f"{decided['metric']} is least at the median, so boosting learns absolute errors",
            {"metric": decided["metric"]},
            (Rejected("squared", "it learns the mean, which large values pull away"),),
            "--metric rmse would take squared errors",
        )


def _boosting_rate(facts: Facts, decided: Decided) -> Iterator[Choice]:
    # what counts gain by it where trees look at texts or series alone has not been measured
    wanted = learns_rate(facts, decided) if "lightgbm" in decided["families"] else decided["metric"] in RATE_METRICS
    if _fits(BOOSTERS, decided) and wanted:
        yield Choice(
            "poisson",
            "counts vary the more the larger they are: boosting learns the logarithm of their mean, so predictions are above zero",
            {"task": decided["task"], "metric": decided["metric"]},
            (Rejected("squared", "predictions could fall below zero, and large counts would decide every split"),),
            "--task regression would take squared errors, --metric mae absolute ones",
        )


def _leaves(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if "lightgbm" not in decided["families"]:
        return
    classes = decided["task"] in CLASSIFICATION
    yield Choice(
        LEAVES[0],
        "classes are predicted: a number in every leaf"
        if classes
        else "a number in every leaf: there are no numbers to draw lines over, or too many rows, or a metric that asks for medians",
        {"task": decided["task"], "metric": decided["metric"]},
        (Rejected(LEAVES[1], "on tables of classes it made no difference" if classes else "lines need numbers and a squared error"),),
        f"up to {MOST_ROWS_WITH_LINES:,} rows with numbers to learn a mean from, lines would be tried too; you have "
        f"{facts.profile.labelled_rows:,}",
    )


def _lines(facts: Facts, decided: Decided) -> Iterator[Choice]:
    rows = facts.profile.labelled_rows
    numbers = sum(action["use"] and action["kind"] in (*NUMERIC_KINDS, "datetime") for action in decided["columns"].values())
    few = rows <= MOST_ROWS_WITH_LINES
    if "lightgbm" in decided["families"] and decided["boosting.loss"] in LOSSES_WITH_LINES and numbers and few:
        yield Choice(
            LEAVES[1],
            "what grows evenly with a number takes many steps of constant leaves and one line: some candidates have few leaves with a line "
            "in each, held within what training saw",
            {"loss": decided["boosting.loss"], "numbers": numbers, "rows": rows},
            (Rejected(LEAVES[0], "the error of an average with one such candidate was 0 to 4 % lower on eight of nine tables"),),
            f"above {MOST_ROWS_WITH_LINES:,} rows leaves would be constant; you have {rows:,}",
        )


def _line_penalty(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if offers_lines(decided):
        yield Choice(
            {"penalty": LINE_PENALTY},
            f"slopes cost their square times {LINE_PENALTY:g}, with numbers brought to size one",
            {"rows": facts.profile.labelled_rows},
            (Rejected("0", "in a leaf of a few rows a line would run through all of them"),),
            f"it only matters where leaves have lines; there are {facts.profile.labelled_rows:,} rows",
        )


def _stopping(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if _fits(BOOSTERS, decided):
        of_classes = decided["task"] in CLASSIFICATION
        rest_s = round(REST_SHARE * facts.options.budget_s, 1) if facts.options.trials is None else 0.0
        judged = ""
        if of_classes:
            judged = "; rounds are judged by log loss, whatever the metric"
        elif decided["boosting.loss"] != "poisson":  # which ends anywhere: nobody knows what is left of it
            judged = f"; {STOPPING['noticeable_of_rest']:.1%} of the errors that are left is seen"
            judged += f" in the first {rest_s:g} s of a fold" if rest_s else ""
        yield Choice(
            {**STOPPING, "rest_seconds": rest_s},
            "trees are added until 30 to 200 rounds, three tenths of those done, brought nothing that can be seen on held-out rows; "
            f"where a fold has no time for the rounds that its learning rate needs, it learns faster{judged}",
            {"rows": facts.profile.labelled_rows, "budget_s": facts.options.budget_s},
            (
                Rejected("a fixed number", "tables differ by a factor of a hundred in how many rounds they need"),
                *((BY_METRIC,) if of_classes else ()),
            ),
            "a learning rate below 0.025 gets the longest patience",
        )


def _forest(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if _fits(FORESTS, decided):
        yield Choice(
            dict(FOREST),
            f"{FOREST['trees']} trees, and so many leaves together that a fold takes less than ten megabytes",
            {"rows": facts.profile.labelled_rows, "classes": len(facts.profile.classes)},
            (Rejected("1,000 trees", "the gain above 200 is within noise, the cost is five times as high"),),
            f"leaves are merged where rows exceed {FOREST['most_leaves'] // FOREST['trees']:,}; you have {facts.profile.labelled_rows:,}",
        )


def _kernel(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if "kernel" in decided["families"]:
        yield Choice(
            {**KERNEL, "reaches": list(KERNEL["reaches"])},
            f"reaches from {min(KERNEL['reaches']):g} to {max(KERNEL['reaches']):g} times the median squared distance, each with penalties "
            f"from {KERNEL['strongest']:g} down to {KERNEL['weakest']:g}; what errs least on rows left out one by one is taken; answers "
            f"for three classes or more are made up to {KERNEL['sharpest']:g} times as sure, by the same rows",
            {"rows": facts.profile.labelled_rows},
            (Rejected("one reach", "how far likeness reaches differs from table to table"),),
            f"of more than {KERNEL['rows']:,} rows of a fold a sample is kept; there are {facts.profile.labelled_rows:,} in all",
        )


PENALTY = Rule(
    "R651",
    "A path of penalties",
    "linear.penalties",
    ORDINARY,
    _penalties,
    ("Friedman, Hastie and Tibshirani 2010",),
    when="a linear model is tried",
)
CURVED = Rule(
    "R652",
    "Linear models of logarithms and products",
    "linear.curves",
    ORDINARY,
    _curves,
    ("Box and Wilson 1951", "measured: blends with and without them on 50 tables"),
    when="a linear model is tried on columns",
)
BOOSTING = Rule(
    "R661", "The loss of boosted trees", "boosting.loss", ORDINARY, _boosting_loss, ("Friedman 2001",), when="boosted trees are tried"
)
MEDIAN = Rule(
    "R662",
    "Absolute errors for a median metric in boosting",
    "boosting.loss",
    SPECIAL,
    _boosting_median,
    ("Friedman 2001",),
    when=f"the metric is one of {', '.join(ABSOLUTE_METRICS)}",
)
RATE = Rule(
    "R663",
    "The Poisson loss for counts and rates in boosting",
    "boosting.loss",
    SPECIAL + 1,
    _boosting_rate,
    ("McCullagh and Nelder 1989", "measured: abalone 2.158 to 2.152, bike demand 33.8 to 33.4 in RMSE of boosted trees"),
    when="counts are predicted and the metric asks for their mean, or the metric is poisson_deviance",
)
CONSTANT = Rule("R665", "A number in every leaf", "boosting.leaves", ORDINARY, _leaves, ("Friedman 2001",), when="boosted trees are tried")
LINES = Rule(
    "R666",
    "Lines in the leaves of some boosted trees",
    "boosting.leaves",
    SPECIAL,
    _lines,
    ("Shi et al. 2019", "measured: hospital costs, used car prices, health insurance, abalone"),
    when="a mean is predicted from numbers",
)
LINE_PENALTIES = Rule(
    "R667",
    "Flat lines rather than steep ones",
    "boosting.lines",
    ORDINARY,
    _line_penalty,
    ("Shi et al. 2019",),
    when="leaves may have lines",
)
STOP = Rule(
    "R671",
    "Boosting ends when held-out rows gain no more",
    "boosting.stopping",
    ORDINARY,
    _stopping,
    ("Prechelt 1998, early stopping", "AutoGluon 1.6"),
    when="boosted trees are tried",
)
SIZE = Rule(
    "R681",
    "Two hundred trees",
    "forest.size",
    ORDINARY,
    _forest,
    ("Geurts, Ernst and Wehenkel 2006", "Oshiro et al. 2012"),
    when="forests are tried",
)
LIKENESS = Rule(
    "R691",
    "How far likeness reaches",
    "kernel.details",
    ORDINARY,
    _kernel,
    ("Rasmussen and Williams 2006",),
    when="kernel machines are tried",
)
