"""What becomes of predictions: who votes, where probabilities are cut, how wide intervals are, and what is asked about columns."""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.rules._rule import ORDINARY, SPECIAL, Choice, Decided, Rule
from automl_assist.rules.metric import RARE_SHARE, rarest_share
from automl_assist.schema import CLASSIFICATION, LINEAR, LOGARITHMIC, Facts, Rejected

THRESHOLDS = ("half", "best_f1", "best_balanced_accuracy", "best_mcc", "costs")
LEAST_POSITIVES = 20  # rows of the rarer class: with fewer a threshold fits the few that happened to be there
LABEL_METRICS = ("f1", "precision", "recall")  # those for which the threshold with the best F1 is taken
OWN_THRESHOLD = {"balanced_accuracy": "best_balanced_accuracy", "mcc": "best_mcc"}
ENSEMBLE_STEPS = 30
# The best of every kind of model, then the second of each, and so on; further ones only give the greedy steps more to overfit.
ENSEMBLE_CANDIDATES = 25
LEAST_WEIGHT = 0.02  # below this a member costs more prediction time than it adds
# A model of the first fold alone replaces complete ones where it beats them by this share of their worst member's loss on so many held-out
# rows; with fewer, the best of many candidates is best by chance. Where none does, they may join the ensemble of complete ones on those
# rows, which has been taken so many times before, from fewer rows on, since that is judged on rows that their weights were not found on: on
# five of ten tables with little time they did, and the error on the test part fell by 1 to 45 %. Below the rows that replacing asks for
# they get half of the weight at most: of four such ensembles three were better with it.
CLEARLY, FIRST_FOLD_ROWS, WHOLE_FIRST, JOINING_ROWS, JUDGED_PARTS = 0.05, 200, 3, 50, 4
# Of a class, added to what each model says: one that is nearly certain and wrong shall not outvote all others.
DOUBT = 1e-4
# Standard errors by which log loss must fall on held-out rows; once in 90 times or less they would by chance.
SURE = 1.5
# With 32 rows held out much of the log loss on new rows is gained, with 80 a little, with 128 nothing (RESULTS, 28 November 2026).
FEW_HELD_OUT = 100
UNSEEN_ERRORS = 0.5
COVERAGE = 0.9
IMPORTANCE = {"repeats": 5, "rows": 1_000, "resamples": 100}


def _rarer_rows(facts: Facts) -> int:
    return min((count for _, count in facts.profile.classes), default=0)


def _costs(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if decided["task"] == "binary":
        yield Choice(
            {"false_alarm": 1.0, "miss": 1.0},
            "nothing in the data says what a mistake costs, so both kinds count alike",
            {"rarest_share": rarest_share(facts)},
            (Rejected("costs by how rare the class is", "rare need not be dear"),),
            "set costs.miss to 5 in plan.yaml if a miss costs five times a false alarm; the threshold follows",
        )


def _half(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if decided["task"] == "binary":
        share, rows = rarest_share(facts), _rarer_rows(facts)
        yield Choice(
            "half",
            "the class with the higher probability is predicted: that is right most often",
            {"rarest_share": share, "rarer_rows": rows},
            (Rejected("best_f1", "it trades more false alarms for fewer misses, which only a rare class calls for"),),
            f"below {RARE_SHARE:.0%} for the rarer class (it has {share:.1%}) and from {LEAST_POSITIVES} rows of it (it has {rows:,}), or "
            "with --metric f1, it would be chosen for F1",
        )


def _rare(facts: Facts, decided: Decided) -> Iterator[Choice]:
    share, rows, metric = rarest_share(facts), _rarer_rows(facts), decided["metric"]
    if decided["task"] != "binary" or rows < LEAST_POSITIVES or not (share < RARE_SHARE or metric in LABEL_METRICS):
        return
    why = f"the metric {metric} depends on it" if share >= RARE_SHARE else f"the rarer class has {share:.2%} of the rows"
    yield Choice(
        "best_f1",
        f"{why}: the threshold with the best F1 on held-out folds is taken",
        {"rarest_share": share, "rarer_rows": rows, "metric": metric},
        (Rejected("half", "few rows of a rare class ever reach a probability of one half"),),
        f"from {RARE_SHARE:.0%} for the rarer class (it has {share:.1%}), or below {LEAST_POSITIVES} rows of it (it has {rows:,}), it "
        "would be one half",
    )


def _own(facts: Facts, decided: Decided) -> Iterator[Choice]:
    rows = _rarer_rows(facts)
    if decided["task"] == "binary" and decided["metric"] in OWN_THRESHOLD and rows >= LEAST_POSITIVES:
        yield Choice(
            OWN_THRESHOLD[decided["metric"]],
            f"{decided['metric']} is what counts, so the threshold that makes it best on held-out folds is taken",
            {"metric": decided["metric"], "rarer_rows": rows},
            (Rejected("half", "it is best for accuracy, which was not asked for"), Rejected("best_f1", "F1 was not asked for either")),
            f"below {LEAST_POSITIVES} rows of the rarer class it would be one half; it has {rows:,}",
        )


def _by_costs(facts: Facts, decided: Decided) -> Iterator[Choice]:
    costs = decided.get("costs")
    if decided["task"] == "binary" and costs and costs["false_alarm"] != costs["miss"]:
        cut = costs["false_alarm"] / (costs["false_alarm"] + costs["miss"])
        yield Choice(
            "costs",
            f"a false alarm costs {costs['false_alarm']:g} and a miss {costs['miss']:g}: an alarm pays from a probability of {cut:.3g}",
            dict(costs),
            (Rejected("half", "it is right only where both mistakes cost alike"),),
            "equal costs would cut at one half",
        )


def _ensemble(facts: Facts, decided: Decided) -> Iterator[Choice]:
    classes = decided["task"] in CLASSIFICATION
    by_logarithms = f", by their logarithms with {DOUBT:g} added to each probability," if classes else ""
    yield Choice(
        {
            "kind": "greedy weighted",
            "steps": ENSEMBLE_STEPS,
            "candidates": ENSEMBLE_CANDIDATES,
            "least_weight": LEAST_WEIGHT,
            "clearly": CLEARLY,
            "first_fold_rows": FIRST_FOLD_ROWS,
            "whole_first": WHOLE_FIRST,
            "joining_rows": JOINING_ROWS,
            "judged_parts": JUDGED_PARTS,
            "averaging": LOGARITHMIC if classes else LINEAR,
            "doubt": DOUBT if classes else 0.0,
        },
        f"predictions on held-out folds are averaged{by_logarithms} with weights found one greedy step after the other; models that add "
        "nothing get none. "
        f"The best of every kind of model is looked at, then the second of each, up to {ENSEMBLE_CANDIDATES}. "
        "Models of one fold alone join where they help by more than chance, on rows that their weights were not found on, with half of the "
        f"weight at most on fewer than {FIRST_FOLD_ROWS} rows, and replace all where they are better by {CLEARLY:.0%}, as in tables too "
        "large for whole folds",
        {"families": len(decided["families"])},
        (
            Rejected("stacking", "models of what models said on held-out rows were worse than their average on most tables"),
            Rejected("best single", "unlike models err in unlike places, and their average errs less"),
            *([Rejected("linear averaging", "it is less sure than models that agree")] if classes else []),
        ),
        f"with one finished candidate there is nothing to combine; {len(decided['families'])} kinds of model are tried",
    )


def _calibration(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if decided["task"] in CLASSIFICATION:
        shifting = decided["task"] == "binary" and decided["metric"] != "accuracy"
        shift = ", and one shift between the two classes," if shifting else ""
        rows = round(facts.profile.labelled_rows * (1 - decided["split.test_share"]))
        few = rows < FEW_HELD_OUT
        unseen = (
            f". {rows:,} rows are few: that none of them is wrong does not mean that none ever will be, so {UNSEEN_ERRORS:g} errors are "
            "counted beside those that were seen"
        )
        yield Choice(
            {"kind": "platt" if shifting else "temperature", "sure": SURE, "unseen_errors": UNSEEN_ERRORS if few else 0.0},
            f"one power of the ensemble's probabilities{shift} found on held-out rows makes it as sure as it should be, where that "
            f"lowers their log loss by {SURE:g} standard errors: an average of models that were chosen for order or labels need not be"
            + (unseen if few else ""),
            {"rows": facts.profile.labelled_rows, "metric": decided["metric"], "classes": len(facts.profile.classes)},
            (
                Rejected("isotonic", "it needs a thousand held-out rows and makes ties"),
                Rejected("none", "a probability of 70 % should come true in 70 of 100 rows"),
            ),
            "with --metric accuracy nothing is shifted, since the members were chosen by who is right at one half"
            if shifting
            else "with two classes and another metric than accuracy they would be shifted too",
        )


def _interval(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if decided["task"] not in CLASSIFICATION:
        yield Choice(
            {"kind": "conformal residuals", "coverage": COVERAGE},
            f"the {COVERAGE:.0%} interval is as wide as nine in ten errors on held-out folds: it assumes nothing about their shape",
            {"rows": facts.profile.labelled_rows},
            (Rejected("normal errors", "errors have heavier tails than the normal distribution"),),
            "--coverage at prediction time changes the share",
        )


def _importance(facts: Facts, decided: Decided) -> Iterator[Choice]:
    rows = round(facts.profile.labelled_rows * decided["split.test_share"])
    yield Choice(
        dict(IMPORTANCE),
        f"each column is shuffled {IMPORTANCE['repeats']} times among up to {IMPORTANCE['rows']:,} test rows: what gets worse rests on it; "
        f"intervals hold the chance of the shuffles and of the rows, which are drawn anew {IMPORTANCE['resamples']} times",
        {"test_rows": rows},
        (
            Rejected("importance of the trees", "it counts what was used in training, which noise with many values is too"),
            Rejected("refitting without each column", "it would take a training for each"),
        ),
        f"more rows than {IMPORTANCE['rows']:,} would only make intervals narrower; the test has about {rows:,}",
    )


COSTS = Rule("R221", "Mistakes cost alike", "costs", ORDINARY, _costs, ("Elkan 2001",), when="there are two classes")
ENSEMBLE = Rule(
    "R711",
    "A greedy weighted ensemble",
    "ensemble",
    ORDINARY,
    _ensemble,
    ("Caruana et al. 2004", "Genest and Zidek 1986"),
    when="always",
)
CALIBRATE = Rule(
    "R712",
    "As sure as held-out rows allow",
    "calibration",
    ORDINARY,
    _calibration,
    ("Guo et al. 2017", "Platt 1999", "Krichevsky and Trofimov 1981"),
    when="classes are predicted",
)
THRESHOLD = Rule("R721", "The more likely class", "threshold", ORDINARY, _half, ("Elkan 2001",), when="there are two classes")
THRESHOLD_RARE = Rule(
    "R722",
    "A threshold for a rare class",
    "threshold",
    SPECIAL,
    _rare,
    ("Lipton et al. 2014",),
    when=f"of two classes the rarer has less than {RARE_SHARE:.0%} of the rows, or the metric is F1, precision or recall",
)
THRESHOLD_OWN = Rule(
    "R723",
    "The threshold of the metric",
    "threshold",
    SPECIAL + 1,
    _own,
    ("Koyejo et al. 2014",),
    when="the metric is balanced_accuracy or mcc",
)
THRESHOLD_COSTS = Rule(
    "R724", "A threshold by costs", "threshold", SPECIAL + 2, _by_costs, ("Elkan 2001",), when="costs in plan.yaml differ"
)
INTERVAL = Rule(
    "R731", "Intervals from held-out errors", "interval", ORDINARY, _interval, ("Barber et al. 2021",), when="numbers are predicted"
)
SHUFFLES = Rule(
    "R741", "Columns are shuffled to see what rests on them", "importance", ORDINARY, _importance, ("Breiman 2001",), when="always"
)
