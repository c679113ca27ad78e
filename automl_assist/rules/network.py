"""How the Keras network is built and trained: architecture, loss, optimiser, and what holds it back from learning by heart.

The functions without an underscore are asked by the network too, where a plan says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from automl_assist.rules._rule import ORDINARY, SPECIAL, Choice, Decided, Rule
from automl_assist.rules.columns import TABLES
from automl_assist.rules.encoding import TEXT_KINDS
from automl_assist.rules.families import ALL_CLASSIC
from automl_assist.rules.metric import RARE_SHARE, rarest_share
from automl_assist.schema import CLASSIFICATION, NUMERIC_KINDS, Facts, Rejected

CLASS_LOSSES = ("cross_entropy", "balanced_cross_entropy", "focal")
VALUE_LOSSES = ("squared", "absolute", "huber", "quantile", "poisson", "log_squared")
LOSSES = (*CLASS_LOSSES, *VALUE_LOSSES)
OPTIMIZERS = ("adamw", "adam", "sgd")
SCHEDULES = ("one_wave", "cosine", "constant")
ACTIVATIONS = ("selu", "mish")
ABSOLUTE_METRICS = ("mae", "median_absolute_error", "mase", "smape", "wql")
LOG_METRICS = ("rmsle",)
RATE_METRICS = ("poisson_deviance",)
MEAN_METRICS = ("rmse", "r2")  # whose best answer is the mean, which the Poisson loss learns too
LABEL_METRICS = ("accuracy", "balanced_accuracy", "f1", "mcc")
BALANCED_METRICS = ("balanced_accuracy",)

# Batch by rows, as pytabkit chooses it for RealMLP (Holzmüller et al. 2024).
BATCH_BY_ROWS = ((1_024, 64), (8_192, 128), (30_000, 256), (100_000, 512))
LARGEST_BATCH = 1_024
# Epochs by rows: with a learning rate of one wave as good as more. Half and .3 of 200 up to 2,000 rows and of 100 up to 8,000 gave the
# same errors (median of 31 tables 1.001 and 1.001) for .36 and .26 of the time; RealMLP's recipe, of several waves, takes 256.
EPOCHS_BY_ROWS = ((2_000, 80), (20_000, 50), (50_000, 32))
FEWEST_EPOCHS = 20
CLASS_RATE, VALUE_RATE = 0.02, 0.1  # half of RealMLP's, for a schedule of one wave
MOST_EMBEDDED = 200  # numbers; above it waves for each cost more than they give: four times as many columns, and sixteen waves each
PATIENCE = 0.3  # of the epochs; the falling rate may still bring better ones (27 folds of nine tables: with 0.4 as good for 14 % more time)
REALMLP = "Holzmüller et al. 2024, RealMLP"
PROPER = "Gneiting and Raftery 2007"


def by_rows(table: tuple[tuple[int, int], ...], otherwise: int, rows: int) -> int:
    """Return the entry of the first line that `rows` does not exceed."""
    return next((value for most, value in table if rows <= most), otherwise)


def usual_loss(is_classification: bool, metric: str) -> str:
    """Return the loss whose best answer is the metric's."""
    if is_classification:
        return "cross_entropy"
    if metric in LOG_METRICS:
        return "log_squared"
    return "poisson" if metric in RATE_METRICS else "absolute" if metric in ABSOLUTE_METRICS else "squared"


def usual_optimizer(is_classification: bool, rows: int) -> dict[str, Any]:
    """Return optimiser, rate, schedule, batch and epochs for so many rows."""
    return {
        "name": "adamw",
        "learning_rate": CLASS_RATE if is_classification else VALUE_RATE,
        "schedule": "one_wave",
        "warm_up": 0.0,
        "momentum": 0.9,
        "batch_size": by_rows(BATCH_BY_ROWS, LARGEST_BATCH, rows),
        "epochs": by_rows(EPOCHS_BY_ROWS, FEWEST_EPOCHS, rows),
    }


def usual_architecture(is_classification: bool) -> dict[str, Any]:
    """Return depth, width, embeddings and activation."""
    return {
        "layers": 3,
        "width": 256,
        "activation": "selu" if is_classification else "mish",
        "embedding": "waves",
        "frequencies": 16,
        "number_width": 4,
        "level_width": 8,
        "most_embedded": MOST_EMBEDDED,
    }


def usual_regularization(metric: str) -> dict[str, Any]:
    """Return what holds the network back."""
    return {
        "dropout": 0.15,
        "weight_decay": 0.02,
        "label_smoothing": 0.1 if metric in LABEL_METRICS else 0.0,
        "patience": PATIENCE,
        "average": 0.02,
    }


# A factor of the logits, found on held-out rows: networks grow too sure of themselves long before they stop to improve (Guo et al. 2017;
# "refine, then calibrate", Berta et al. 2025). Few held-out rows could ask for any factor, so it is held within bounds that are not swept.
TEMPERATURE = {"kind": "temperature", "least": 0.2, "most": 1.2}
LOSS_DETAILS = {"focal_gamma": 2.0, "huber_delta": 1.0, "quantile": 0.5}


def learns_rate(facts: Facts, decided: Decided) -> bool:
    """Whether the mean of counts is wanted: the Poisson loss learns it with the right weight for small and large ones."""
    target = facts.profile.target
    numbers = facts.profile.column(target.name).numbers if target else None
    counted = decided["task"] == "count" and decided["metric"] in MEAN_METRICS and numbers is not None and numbers.minimum >= 0
    return decided["metric"] in RATE_METRICS or counted


def has_network(decided: Decided) -> bool:
    """Whether a network is among the kinds of model to try."""
    return any(name not in ALL_CLASSIC for name in decided.get("families", ()))


def has_table_network(decided: Decided) -> bool:
    """Whether the network of tables is among them; those of texts take the loss and the calibration from the plan."""
    return "mlp" in decided.get("families", ())


def _numbers(facts: Facts) -> int:
    """Return about how many numbers a network would see: a date has up to 13, a text 4."""
    wide = {"datetime": 13, **dict.fromkeys(NUMERIC_KINDS, 1), **dict.fromkeys(TEXT_KINDS, 4)}
    return sum(wide.get(c.kind, 0) for c in facts.profile.features)


# --- architecture


def _architecture(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if not has_table_network(decided) or facts.profile.modality.name not in TABLES:
        return
    rows, numbers = facts.profile.labelled_rows, _numbers(facts)
    yield Choice(
        usual_architecture(decided["task"] in CLASSIFICATION),
        f"three layers of 256, each number seen through {16} waves first: the recipe of RealMLP; other depths and widths are searched",
        {"rows": rows, "numbers": numbers},
        (
            Rejected("numbers as they are", "a network learns steps and bends in a number slowly without waves; tried second"),
            Rejected("a transformer of columns", "many times the cost for the same score on tables of this size"),
            Rejected("deeper than four layers", "more to learn by heart, and no gain seen on tables"),
        ),
        f"above {MOST_EMBEDDED} numbers they would be taken as they are; there are about {numbers}",
    )


def _wide(facts: Facts, decided: Decided) -> Iterator[Choice]:
    numbers = _numbers(facts)
    if not has_table_network(decided) or facts.profile.modality.name not in TABLES or numbers <= MOST_EMBEDDED:
        return
    yield Choice(
        {**usual_architecture(decided["task"] in CLASSIFICATION), "embedding": "none"},
        f"about {numbers:,} numbers: waves for each would make the first layer four times as wide for little",
        {"numbers": numbers, "rows": facts.profile.labelled_rows},
        (Rejected("waves", f"{numbers:,} numbers with sixteen waves each are slow and learn noise by heart"),),
        f"up to {MOST_EMBEDDED} numbers each would be seen through waves; there are about {numbers:,}",
    )


# --- loss


def _loss(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if not has_network(decided):
        return
    if decided["task"] in CLASSIFICATION:
        share = rarest_share(facts)
        yield Choice(
            "cross_entropy",
            "classes are predicted and their probabilities wanted: cross-entropy is least at the true probabilities",
            {"task": decided["task"], "rarest_share": share},
            (
                Rejected("focal", "it bends the probabilities; the threshold already answers a rare class"),
                Rejected("balanced_cross_entropy", f"it would make the rarest class ({share:.1%} of the rows) look more likely than it is"),
            ),
            f"--metric balanced_accuracy would weigh all classes alike, however rare; the rarest has {share:.1%} here "
            f"(below {RARE_SHARE:.0%} the metric and the threshold answer it)",
        )
    else:
        yield Choice(
            "squared",
            "the metric counts squared errors, so the network learns them",
            {"metric": decided["metric"]},
            (
                Rejected("absolute", "it would learn the median, and the metric asks for the mean"),
                Rejected("huber", "it would learn something between mean and median"),
                Rejected("poisson", "rows with small values would count more than the metric lets them"),
            ),
            "--metric mae would take absolute errors, rmsle those of logarithms, poisson_deviance the Poisson loss",
        )


def _loss_absolute(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if has_network(decided) and decided["metric"] in ABSOLUTE_METRICS:
        yield Choice(
            "absolute",
            f"{decided['metric']} counts absolute errors, so the network learns the median",
            {"metric": decided["metric"]},
            (Rejected("squared", "it would learn the mean, which large values pull away"),),
            "--metric rmse would take squared errors",
        )


def _loss_log(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if has_network(decided) and decided["metric"] in LOG_METRICS:
        yield Choice(
            "log_squared",
            f"{decided['metric']} compares logarithms, so the network learns the logarithm of the target",
            {"metric": decided["metric"]},
            (Rejected("squared", "a few large values would decide what is learned, and the metric hardly counts them"),),
            "--metric rmse would take squared errors",
        )


def _loss_rate(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if has_network(decided) and learns_rate(facts, decided):
        yield Choice(
            "poisson",
            "counts vary the more the larger they are: the Poisson loss weighs them so, learns their mean and never falls below zero",
            {"task": decided["task"], "metric": decided["metric"]},
            (Rejected("squared", "a few large counts would decide what is learned; its score was worse on both tables compared"),),
            "--task regression would take squared errors, --metric mae absolute ones",
        )


def _loss_balanced(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if has_network(decided) and decided["metric"] in BALANCED_METRICS and decided["task"] == "multiclass":
        share = rarest_share(facts)
        yield Choice(
            "balanced_cross_entropy",
            f"{decided['metric']} counts every class alike, so rows of a class weigh the more the fewer there are",
            {"metric": decided["metric"], "rarest_share": share},
            (
                Rejected("cross_entropy", f"the rarest class has {share:.1%} of the rows and would hardly count"),
                Rejected("focal", "it looks at hard rows, which need not be rare ones"),
            ),
            "--metric accuracy would take plain cross-entropy",
        )


def _details(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if has_network(decided):
        yield Choice(
            dict(LOSS_DETAILS),
            "what the focal, Huber and quantile losses would use; others do not look at it",
            {"loss": decided["network.loss"]},
            (Rejected("larger gamma", "rows that are right already would hardly count"),),
            "network.loss set to focal, huber or quantile in plan.yaml",
        )


# --- optimiser


def _optimizer(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if not has_table_network(decided):
        return
    rows = facts.profile.labelled_rows
    chosen = usual_optimizer(decided["task"] in CLASSIFICATION, rows)
    above = next((most for most, _ in BATCH_BY_ROWS if rows <= most), None)
    yield Choice(
        chosen,
        f"AdamW with batches of {chosen['batch_size']} and at most {chosen['epochs']} epochs for {rows:,} rows; the learning rate rises to "
        f"{chosen['learning_rate']} and falls once, and is searched",
        {"rows": rows},
        (
            Rejected("sgd", "it needs its learning rate tuned to the scale of every table"),
            Rejected("adam", "its weight decay depends on the size of the gradients"),
            Rejected("constant rate", "the last steps would be as large as the first, and miss the minimum"),
        ),
        (
            f"above {above:,} rows batches would be larger; you have {rows:,}"
            if above
            else f"up to {BATCH_BY_ROWS[-1][0]:,} rows batches would be smaller; you have {rows:,}"
        ),
    )


# --- against overfitting


def _regularization(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if has_table_network(decided):
        yield Choice(
            usual_regularization(decided["metric"]),
            "dropout, weight decay, an average of the last weights, and the best epoch by the metric on held-out rows; labels are not "
            "smoothed, since probabilities or values are scored",
            {"metric": decided["metric"], "rows": facts.profile.labelled_rows},
            (
                Rejected("no early stopping", "a network of this size learns a small table by heart"),
                Rejected("label smoothing", "it makes probabilities less sure than they should be"),
            ),
            "--metric accuracy would smooth labels; dropout and decay are searched in any case",
        )


def _smoothed(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if has_table_network(decided) and decided["metric"] in LABEL_METRICS and decided["task"] in CLASSIFICATION:
        yield Choice(
            usual_regularization(decided["metric"]),
            f"{decided['metric']} looks at the class alone: smoothed labels keep the network from growing too sure, beside dropout, weight "
            "decay, averaged weights and the best epoch",
            {"metric": decided["metric"]},
            (Rejected("labels as they are", "a network that is sure of every row stops to learn from those it has right"),),
            "a metric of probabilities, such as log_loss, would leave labels as they are",
        )


def _calibration(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if has_network(decided) and decided["task"] in CLASSIFICATION:
        yield Choice(
            dict(TEMPERATURE),
            f"one factor from {TEMPERATURE['least']:g} to {TEMPERATURE['most']:g}, found on held-out rows, makes the network as sure as it "
            "should be: networks grow too sure of themselves",
            {"classes": len(facts.profile.classes)},
            (
                Rejected("isotonic", "it needs a thousand held-out rows and makes ties"),
                Rejected("none", "log loss and Brier score punish what is too sure"),
            ),
            "a regression has nothing to calibrate",
        )


ARCHITECTURE = Rule(
    "R631", "Three layers behind waves", "network.architecture", ORDINARY, _architecture, (REALMLP,), when="a network learns from a table"
)
WIDE = Rule(
    "R632",
    "Many numbers are taken as they are",
    "network.architecture",
    SPECIAL,
    _wide,
    (REALMLP,),
    when=f"a table has more than {MOST_EMBEDDED} numbers",
)
LOSS = Rule("R601", "The loss that the metric asks for", "network.loss", ORDINARY, _loss, (PROPER,), when="there is a network")
LOSS_ABSOLUTE = Rule(
    "R602",
    "Absolute errors for a median metric",
    "network.loss",
    SPECIAL,
    _loss_absolute,
    (PROPER,),
    when=f"the metric is one of {', '.join(ABSOLUTE_METRICS)}",
)
LOSS_LOG = Rule(
    "R603",
    "The logarithm of the target for a metric of logarithms",
    "network.loss",
    SPECIAL + 1,
    _loss_log,
    refs=("Gneiting 2011",),
    when="the metric is rmsle",
)
LOSS_RATE = Rule(
    "R604",
    "The Poisson loss for counts and rates",
    "network.loss",
    SPECIAL + 2,
    _loss_rate,
    ("McCullagh and Nelder 1989", "measured: abalone 2.120 to 2.118, bike demand 35.0 to 34.3 in RMSE of the network"),
    when="counts are predicted and the metric asks for their mean, or the metric is poisson_deviance",
)
LOSS_BALANCED = Rule(
    "R605",
    "Classes weigh alike for balanced accuracy",
    "network.loss",
    SPECIAL + 3,
    _loss_balanced,
    ("King and Zeng 2001",),
    when="the metric is balanced_accuracy and there are three classes or more; of two the threshold sees to it",
)
DETAILS = Rule(
    "R609",
    "Shapes of the losses",
    "network.loss_details",
    ORDINARY,
    _details,
    ("Lin et al. 2017, focal loss", "Huber 1964"),
    when="there is a network",
)
OPTIMIZER = Rule(
    "R611",
    "AdamW, batches and epochs by rows",
    "network.optimizer",
    ORDINARY,
    _optimizer,
    (REALMLP, "Loshchilov and Hutter 2019", "Smith and Topin 2018"),
    when="there is a network",
)
REGULARIZATION = Rule(
    "R621", "Against overfitting", "network.regularization", ORDINARY, _regularization, (REALMLP,), when="there is a network"
)
SMOOTHED = Rule(
    "R622",
    "Smoothed labels for a metric of labels",
    "network.regularization",
    SPECIAL,
    _smoothed,
    ("Müller et al. 2019",),
    when=f"the metric is one of {', '.join(LABEL_METRICS)}",
)
CALIBRATION = Rule(
    "R641",
    "A temperature for the network's probabilities",
    "network.calibration",
    ORDINARY,
    _calibration,
    ("Guo et al. 2017",),
    when="a network predicts classes",
)
