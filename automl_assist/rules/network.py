"""How the Keras network is built and trained: loss, optimiser, and what holds it back from learning by heart."""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.rules._rule import ORDINARY, SPECIAL, Choice, Decided, Rule
from automl_assist.schema import CLASSIFICATION, Facts, Rejected

# Batch by rows, as pytabkit chooses it for RealMLP (Holzmüller et al. 2024).
BATCH_BY_ROWS = ((1_024, 64), (8_192, 128), (30_000, 256), (100_000, 512))
LARGEST_BATCH = 1_024
# Epochs by rows: with a one-cycle learning rate these are as good as the 256 of the recipe (compared on ten tables), and cheaper.
EPOCHS_BY_ROWS = ((2_000, 200), (8_000, 100), (20_000, 50), (50_000, 32))
FEWEST_EPOCHS = 20
REALMLP = "Holzmüller et al. 2024, RealMLP"


def _by_rows(table: tuple[tuple[int, int], ...], otherwise: int, rows: int) -> int:
    return next((value for most, value in table if rows <= most), otherwise)


def _loss(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if decided["task"] in CLASSIFICATION:
        yield Choice(
            "cross_entropy",
            "classes are predicted and their probabilities wanted: cross-entropy is least at the true probabilities",
            {"task": decided["task"]},
            (Rejected("focal", "it bends the probabilities; the threshold already answers a rare class"),),
            "a regression task would take squared errors",
        )
    else:
        yield Choice(
            "squared",
            "the metric counts squared errors, so the network learns them",
            {"metric": decided["metric"]},
            (Rejected("absolute", "it would learn the median, and the metric asks for the mean"),),
            "--metric mae would take absolute errors",
        )


def _loss_absolute(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if decided["metric"] in ("mae", "median_absolute_error"):
        yield Choice(
            "absolute",
            f"{decided['metric']} counts absolute errors, so the network learns the median",
            {"metric": decided["metric"]},
            (Rejected("squared", "it would learn the mean, which large values pull away"),),
            "--metric rmse",
        )


def _optimizer(facts: Facts, decided: Decided) -> Iterator[Choice]:
    rows = facts.profile.labelled_rows
    batch = _by_rows(BATCH_BY_ROWS, LARGEST_BATCH, rows)
    epochs = _by_rows(EPOCHS_BY_ROWS, FEWEST_EPOCHS, rows)
    yield Choice(
        {"name": "adamw", "batch_size": batch, "epochs": epochs},
        f"AdamW with batches of {batch} and at most {epochs} epochs for {rows:,} rows; the learning rate is searched",
        {"rows": rows},
        (Rejected("sgd", "it needs its learning rate tuned to the scale of every table"),),
        "more rows would mean larger batches and fewer epochs",
    )


def _regularization(facts: Facts, decided: Decided) -> Iterator[Choice]:
    smooth = 0.1 if decided["metric"] in ("accuracy", "balanced_accuracy", "f1", "mcc") else 0.0
    yield Choice(
        {"dropout": 0.15, "weight_decay": 0.02, "early_stopping": "best epoch on the held-out fold", "label_smoothing": smooth},
        "dropout, weight decay and the best epoch by the metric; "
        + (
            "smoothed labels, since only the class counts"
            if smooth
            else "labels are not smoothed, since probabilities or values are scored"
        ),
        {"metric": decided["metric"]},
        (Rejected("no early stopping", "a network of this size learns a small table by heart"),),
        "",
    )


LOSS = Rule("R601", "The loss that the metric asks for", "network.loss", ORDINARY, _loss, ("Gneiting and Raftery 2007",))
LOSS_ABSOLUTE = Rule("R602", "Absolute errors for a median metric", "network.loss", SPECIAL, _loss_absolute)
OPTIMIZER = Rule("R611", "AdamW, batches and epochs by rows", "network.optimizer", ORDINARY, _optimizer, (REALMLP,))
REGULARIZATION = Rule("R621", "Against overfitting", "network.regularization", ORDINARY, _regularization, (REALMLP,))
