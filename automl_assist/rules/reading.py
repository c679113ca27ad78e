"""How texts are read: which n-grams are counted, how their weights are fitted and held back, how networks read and learn."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from automl_assist.rules._rule import ORDINARY, Choice, Decided, Rule
from automl_assist.rules.families import reads_texts
from automl_assist.rules.network import ABSOLUTE_METRICS
from automl_assist.schema import CLASSIFICATION, Facts, Rejected

LONGEST_NGRAM = 8  # words or letters in a row; longer ones hardly come twice
# As many n-grams as TF-IDF baselines take; 30 to 100 directions did alike on five sets (engine notes, section 10.5).
NGRAMS: dict[str, Any] = {
    "words": 100_000, "letters": 200_000, "word_lengths": [1, 2], "letter_lengths": [2, 3, 4, 5], "least_texts": 2,
    "weights": 1_500_000, "fewest": 20_000, "beside": 0.2, "least_factor": 0.05, "pressed": 40_000, "directions": 48, "inner_folds": 3,
    "time_share": 0.7,  # of a fold, at most, for readers whose scores trees are boosted on: such trees are fitted soon
}  # fmt: skip
# Of the sum of losses: 1 / C of other libraries.
PENALTIES = {"strongest": 10.0, "weakest": 0.001, "a_decade": 2, "worse_in_a_row": 1}
SMOOTH = ("log_loss", "brier", "rmse", "mae", "r2")  # the loss over the penalty has one valley for these; figures of order look one further
MANY_ROWS = 30_000  # whose summed loss outweighs the strongest penalties in any case
# Of a usual text more than half of the words are known, and more than a quarter of words and pairs; less is known in scripts without
# spaces and among names, which are read in runs of letters.
READINGS: Mapping[str, Mapping[str, Any]] = {
    "bag": {"vocabulary": 40_000, "longest": 256, "epochs": 20, "word_lengths": [1, 2], "letter_lengths": [3], "known_share": 0.25},
    "convolution": {"vocabulary": 20_000, "longest": 160, "epochs": 15, "word_lengths": [1], "letter_lengths": [3], "known_share": 0.5},
    "recurrent": {"vocabulary": 20_000, "longest": 96, "epochs": 12, "word_lengths": [1], "letter_lengths": [3], "known_share": 0.5},
}
READ_BY = {"text_bag": "bag", "joint": "bag", "text_cnn": "convolution", "text_rnn": "recurrent"}
BATCHES = ((3_000, 32), (30_000, 64), (90_000, 128))  # labelled rows, and the batch up to there
LARGEST_BATCH = 256
TRAINING = {"least_texts": 3, "patience": 5, "judged_rows": 2_048, "hidden": 64}
COUNTERS = ("text_linear", "nb_linear", "text_boosted")
TEXT_LOSSES = ("cross_entropy", "squared", "absolute")


def usual_penalties(metric: str, rows: int) -> dict[str, float]:
    """Return the penalties that linear models of n-grams go along, learning from so many rows in all."""
    return {**PENALTIES, "strongest": 1.0 if rows > MANY_ROWS else 10.0, "worse_in_a_row": 1 if metric in SMOOTH else 2}


def usual_text_loss(is_classification: bool, metric: str) -> str:
    """Return the loss that linear models of n-grams learn with."""
    return "cross_entropy" if is_classification else "absolute" if metric in ABSOLUTE_METRICS else "squared"


def usual_training(rows: int) -> dict[str, int]:
    """Return how networks of texts learn from so many labelled rows."""
    return {"batch_size": next((size for most, size in BATCHES if rows <= most), LARGEST_BATCH), **TRAINING}


def reading_of(kind: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a kind of network reads, by the plan and else as usual."""
    return {**READINGS[kind], **settings.get("text.reading", {}).get(kind, {})}


def _ngrams(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if not reads_texts(facts) or not set(COUNTERS) & set(decided["families"]):
        return
    yield Choice(
        copy.deepcopy(NGRAMS),
        "as many words, pairs of words and runs of two to five letters as counting baselines take, known by hashes alone; an n-gram of one "
        f"text says nothing of others and may be a name; columns beside the texts keep {NGRAMS['beside']:g} of their scale, which is what "
        "an n-gram of a text of thirty words weighs",
        {"texts": sum(c.kind == "text" for c in facts.profile.features), "rows": facts.profile.labelled_rows},
        (Rejected("all n-grams", "those of single texts make the model large and repeat what stands in the data"),),
        "many classes leave room for fewer n-grams each: `weights` limits them all together, down to `fewest` n-grams; what says nothing "
        "by itself may say something beside others, so where classes weigh n-grams it keeps `least_factor` of the mean weight",
    )


def _penalties(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if not reads_texts(facts) or not set(COUNTERS) & set(decided["families"]):
        return
    rows = facts.profile.labelled_rows
    chosen = usual_penalties(decided["metric"], rows)
    times = "once" if chosen["worse_in_a_row"] == 1 else "twice"
    yield Choice(
        chosen,
        f"from {chosen['strongest']:g} down to {chosen['weakest']:g}, two a decade, until held-out rows {times} say that it got worse",
        {"metric": decided["metric"], "rows": rows},
        (Rejected("one penalty", "short texts want a strong one and long texts a weak one"),),
        "a metric of order or of labels is bumpy over the penalty: it looks one penalty further",
    )


def _loss(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if not reads_texts(facts) or not set(COUNTERS) & set(decided["families"]):
        return
    chosen = usual_text_loss(decided["task"] in CLASSIFICATION, decided["metric"])
    because, rejected, flip = {
        "cross_entropy": (
            "classes are predicted: on average this loss is least for probabilities that are right",
            Rejected("squared", "answers that are right and sure would count as errors"),
            "a number to predict (--task regression) would take squared errors, with --metric mae absolute ones",
        ),
        "squared": (
            f"{decided['metric']} does not ask for the median, so weights are fitted to squared errors, which are least at the mean",
            Rejected("absolute", "they are least at the median, and their slope does not tell near from far"),
            "--metric mae would take absolute errors",
        ),
        "absolute": (
            f"{decided['metric']} is least at the median, so weights are fitted to absolute errors",
            Rejected("squared", "they are least at the mean, which large values pull away"),
            "--metric rmse would take squared errors",
        ),
    }[chosen]
    yield Choice(chosen, because, {"task": decided["task"], "metric": decided["metric"]}, (rejected,), flip)


def _reading(facts: Facts, decided: Decided) -> Iterator[Choice]:
    kinds = [READ_BY[name] for name in decided["families"] if name in READ_BY]
    if not reads_texts(facts) or not kinds:
        return
    yield Choice(
        {kind: copy.deepcopy(dict(READINGS[kind])) for kind in kinds},
        "a bag reads words and pairs of words at any length; networks that read in order cost time for every word, so they read single "
        "words, of long texts the beginning and the end; where few of them are known, as in scripts without spaces, runs of three letters "
        "are read",
        {"networks": len(kinds)},
        (Rejected("whole texts in order", "a recurrent network takes as many steps as there are words, one after the other"),),
        "longer texts that say what matters in their middle: raise `longest`; below `known_share` of known words letters are read",
    )


def _training(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if not reads_texts(facts) or not any(name in READ_BY for name in decided["families"]):
        return
    rows = facts.profile.labelled_rows
    chosen = usual_training(rows)
    limit = next((most for most, _ in BATCHES if rows <= most), None)
    yield Choice(
        chosen,
        f"batches of {chosen['batch_size']} give {rows:,} rows enough steps in an epoch; a word of fewer than "
        f"{chosen['least_texts']} texts has no vector of its own",
        {"rows": rows},
        (Rejected("batches of 512", "too few steps before the network knows the rows by heart"),),
        f"more than {limit:,} rows would take larger batches" if limit else f"up to {BATCHES[-1][0]:,} rows would take smaller batches",
    )


WHEN = "texts are learned from"
NGRAMS_COUNTED = Rule("R542", "N-grams that are counted", "text.ngrams", ORDINARY, _ngrams, ("Wang and Manning 2012",), when=WHEN)
HELD_BACK = Rule(
    "R543", "Penalties of n-grams", "text.penalties", ORDINARY, _penalties, ("Friedman, Hastie and Tibshirani 2010",), when=WHEN
)
FITTED = Rule(
    "R546",
    "The loss of n-gram models that the metric asks for",
    "text.loss",
    ORDINARY,
    _loss,
    ("Gneiting and Raftery 2007", "Gneiting 2011"),
    when=WHEN,
)
READ = Rule("R544", "How networks read", "text.reading", ORDINARY, _reading, ("Zhang et al. 2015",), when="a network reads texts")
LEARNED = Rule(
    "R545",
    "How networks of texts learn",
    "text.training",
    ORDINARY,
    _training,
    ("Prechelt 1998, early stopping",),
    when="a network reads texts",
)
