"""Columns that boosted trees make of others inside each fold: how many, and by how many rows they are chosen.

``USUAL_MADE`` is asked by the encoders too, where a plan says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.rules._rule import ORDINARY, SPECIAL, Choice, Decided, Rule
from automl_assist.rules.encoding import TEXT_KINDS, used_columns
from automl_assist.schema import CLASSIFICATION, NUMERIC_KINDS, Facts, Rejected

SORTS = ("combinations", "arithmetic", "groups")
# Standard errors beyond chance: hundreds of numbers are looked at, and each may look good by chance; the means of levels in other rows
# seldom do, and errors with long tails hide what they gain.
SURE, SURE_OF_LEVELS = 3.0, 1.0
# The most telling keys and numbers are combined, since pairs grow with their square; a mean of a group needs ten rows of it on average, and
# five more of the overall mean make it steady; so many rows tell the sixteenths of a number apart, which show what rises, falls or turns. A
# key of more values than the given share of the rows says too little of any. The quick trees are small: what such trees miss is looked for.
USUAL_MADE: dict[str, float] = {
    "combinations": 20, "arithmetic": 20, "groups": 20, "rows": 10_000, "sure": SURE, "sure_of_levels": SURE_OF_LEVELS,
    "keys": 24, "numbers": 18, "number_rows": 4_000, "rows_a_group": 10, "smoothing": 5.0, "rounds": 40, "rate": 0.1, "time_share": 0.2,
    "most_of_rows": 0.6, "most_of_pairs": 0.8, "parts": 16, "leaves": 15, "leaf_rows": 10, "columns_share": 0.7,
}  # fmt: skip
MANY_CLASSES = 4  # each round of the quick trees has one for every class: beyond, half as many rounds, twice as fast
NONE_MADE = dict.fromkeys(SORTS, 0)
FEWEST_ROWS = 500  # to learn from: with fewer, what looks useful is chance (measured: loan approval, 294 rows, lost 1.4 % of its AUC)
TABPREP = "arXiv 2606.02384, TabPrep: generated columns for LightGBM are worth more than its tuning"


def usual_made(n_classes: int) -> dict[str, float]:
    """Return how columns are made and chosen where so many classes are predicted; 0 for values."""
    if n_classes <= MANY_CLASSES:
        return dict(USUAL_MADE)
    return {**USUAL_MADE, "rounds": USUAL_MADE["rounds"] // 2, "rate": USUAL_MADE["rate"] * 2}


def makes_columns(made: object) -> bool:
    """Whether a plan's ``made_columns`` asks for any; None is a plan that says nothing."""
    return made is None or (isinstance(made, dict) and any(made.get(sort, USUAL_MADE[sort]) for sort in SORTS))


def _made(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if "lightgbm" not in decided["families"]:
        return
    columns = [c for c in used_columns(facts, decided) if c.kind not in TEXT_KINDS]
    usual = usual_made(_classes(facts, decided))
    numbers = sum(c.kind in (*NUMERIC_KINDS, "datetime") for c in columns)
    yield Choice(
        usual if len(columns) > 1 else {**usual, **NONE_MADE},
        "a candidate of boosted trees may make up to 20 columns of each sort inside its fold: combined levels with their mean target, two "
        "numbers added, subtracted, multiplied or divided, and a number beside the mean of its group; a column is made where it explains "
        "more of what quick trees missed than chance would"
        if len(columns) > 1
        else "there is no second column to make a new one with",
        {"numbers": numbers, "levels": len(columns) - numbers, "rows": facts.profile.labelled_rows},
        (
            Rejected("all pairs", "most of them are noise, and every one costs time in every round"),
            Rejected("for every candidate", "where nothing is missed they only add noise: candidates with and without compete"),
        ),
        f"below {FEWEST_ROWS} rows none would be made; you have {facts.profile.labelled_rows:,}",
    )


def _classes(facts: Facts, decided: Decided) -> int:
    return len(facts.profile.classes) if decided["task"] in CLASSIFICATION else 0


def _few_rows(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if "lightgbm" in decided["families"] and facts.profile.labelled_rows < FEWEST_ROWS:
        yield Choice(
            {**usual_made(_classes(facts, decided)), **NONE_MADE},
            f"{facts.profile.labelled_rows:,} rows cannot tell a useful new column from one that looks so by chance",
            {"rows": facts.profile.labelled_rows},
            (Rejected("20 of each sort", "hundreds of columns would be looked at, and the best of them would be best by chance"),),
            f"from {FEWEST_ROWS} rows they would be tried; you have {facts.profile.labelled_rows:,}",
        )


MADE = Rule(
    "R463",
    "Columns made of others, for some of the boosted trees",
    "made_columns",
    ORDINARY,
    _made,
    (TABPREP,),
    when="boosted trees are tried",
)
MADE_FEW = Rule(
    "R464",
    "None made on few rows",
    "made_columns",
    SPECIAL,
    _few_rows,
    ("measured: loan approval",),
    when=f"there are fewer than {FEWEST_ROWS} rows",
)
