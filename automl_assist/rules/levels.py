"""How categories become numbers, for each kind of model, by how many levels they have.

The functions without an underscore are asked by the encoders too, for columns of which a plan says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.rules._rule import ORDINARY, Choice, Decided, Rule
from automl_assist.rules.encoding import PLAIN_KINDS, REALMLP, SKRUB, TEXT_KINDS, used_columns
from automl_assist.schema import NUMERIC_KINDS, Column, Facts, Rejected

ENCODINGS = {
    "boosting": ("native", "ordinal", "one_hot", "target", "native + target", "ordinal + target", "one_hot + target", "none"),
    "forest": ("ordinal", "one_hot", "target", "ordinal + target", "one_hot + target", "none"),
    "linear": ("one_hot", "ordinal", "target", "one_hot + target", "ordinal + target", "none"),
    "network": ("one_hot", "embedding", "ordinal", "target", "one_hot + target", "embedding + target", "ordinal + target", "none"),
}
NETWORK_ONE_HOT = 9  # levels; above it an embedding of size 8 (RealMLP, Holzmüller et al. 2024)
FOREST_ORDINAL = 9  # levels: random cuts through unordered codes tell little, target means do
LINEAR_ONE_HOT = 40  # levels (skrub's threshold)
MANY_LEVELS = 100  # above it a level has few rows, and its target mean and frequency help
TOO_MANY_LEVELS = 1_000  # above it splits on sets of levels learn the rows by heart: the target mean stands alone
MICCI = "Micci-Barreca 2001; five folds inside the fold against leaks, as in AutoGluon"
# Each of the most frequent classes has a target mean of its own; more would multiply the columns.
LEVEL_DETAILS: dict[str, float] = {
    "least_rows": 3, "smoothing": 10.0, "inner_folds": 5, "classes": 8, "vocabulary": 50_000, "embedded": 5_000,
}  # fmt: skip


def level_encodings(levels: int) -> dict[str, str]:
    """Return how each kind of model sees a category of so many levels."""
    alone = levels > TOO_MANY_LEVELS
    return {
        "boosting": "target" if alone else "native + target" if levels > MANY_LEVELS else "native",
        "forest": "target" if alone else "ordinal + target" if levels > FOREST_ORDINAL else "ordinal",
        "linear": "target" if levels > LINEAR_ONE_HOT else "one_hot",
        "network": "embedding + target" if levels > MANY_LEVELS else "embedding" if levels > NETWORK_ONE_HOT else "one_hot",
    }


def _few_levels(facts: Facts, decided: Decided) -> Iterator[Choice]:
    for column in used_columns(facts, decided):
        if _is_level(column) and column.distinct <= FOREST_ORDINAL:
            yield Choice(
                level_encodings(column.distinct),
                f"it has {column.distinct} levels: a column for each, where models need numbers; boosted trees split sets of levels",
                {"levels": column.distinct},
                (Rejected("target", "with so few levels a column for each says all, and uses no target"),),
                f"above {NETWORK_ONE_HOT} levels the network would embed it, above {LINEAR_ONE_HOT} the linear model would take target "
                f"means; it has {column.distinct}",
                column.name,
            )


def _some_levels(facts: Facts, decided: Decided) -> Iterator[Choice]:
    for column in used_columns(facts, decided):
        if _is_level(column) and FOREST_ORDINAL < column.distinct <= LINEAR_ONE_HOT:
            yield Choice(
                level_encodings(column.distinct),
                f"it has {column.distinct} levels: learned vectors in the network, a column for each in the linear model, target means "
                "beside the codes in forests",
                {"levels": column.distinct},
                (
                    Rejected("one_hot in the network", f"above {NETWORK_ONE_HOT} levels vectors share what levels have in common"),
                    Rejected("ordinal alone in forests", "cuts through unordered codes tell little"),
                ),
                f"up to {FOREST_ORDINAL} levels each would get a column, above {LINEAR_ONE_HOT} the linear model would take target means; "
                f"it has {column.distinct}",
                column.name,
            )


def _many_levels(facts: Facts, decided: Decided) -> Iterator[Choice]:
    for column in used_columns(facts, decided):
        if _is_level(column) and LINEAR_ONE_HOT < column.distinct <= TOO_MANY_LEVELS:
            beyond = "above" if column.distinct > MANY_LEVELS else "up to"
            yield Choice(
                level_encodings(column.distinct),
                f"it has {column.distinct:,} levels: too many for a column each, so their mean target, learned on other rows of the fold, "
                "stands for them where a model needs numbers",
                {"levels": column.distinct, "many": MANY_LEVELS},
                (
                    Rejected("one_hot in the linear model", f"above {LINEAR_ONE_HOT} levels most columns would have few rows"),
                    Rejected("target without inner folds", "a level's own rows would give their target away"),
                ),
                f"up to {LINEAR_ONE_HOT} levels the linear model would give each a column; above {MANY_LEVELS} trees and network get "
                f"target means too, above {TOO_MANY_LEVELS:,} trees nothing else; it has {column.distinct:,}, {beyond} {MANY_LEVELS}",
                column.name,
            )


def _too_many_levels(facts: Facts, decided: Decided) -> Iterator[Choice]:
    for column in used_columns(facts, decided):
        if _is_level(column) and column.distinct > TOO_MANY_LEVELS:
            yield Choice(
                level_encodings(column.distinct),
                f"it has {column.distinct:,} levels: splits on sets of them would learn rows by heart, so trees see their mean target and "
                "how often they occur",
                {"levels": column.distinct, "rows": facts.profile.labelled_rows},
                (Rejected("native", "a set of levels can be found for any noise"), Rejected("one_hot", "most columns would have one row")),
                f"up to {TOO_MANY_LEVELS:,} levels trees would see the levels themselves too; it has {column.distinct:,}",
                column.name,
            )


def _has_levels(facts: Facts, decided: Decided) -> bool:
    return any(_is_level(c) for c in used_columns(facts, decided))


def _level_details(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if _has_levels(facts, decided):
        most = max(c.distinct for c in used_columns(facts, decided) if _is_level(c))
        yield Choice(
            dict(LEVEL_DETAILS),
            "levels of one or two rows share a column; a mean target is mixed with ten rows' worth of the overall mean, and learned in "
            "five inner folds",
            {"most_levels": most},
            (Rejected("no smoothing", "the mean of a level with one row is that row's target"),),
            f"levels beyond the {LEVEL_DETAILS['vocabulary']:,} most frequent count as never seen; the column with most has {most:,}",
        )


def _is_level(column: Column) -> bool:
    return column.kind not in (*NUMERIC_KINDS, *TEXT_KINDS, *PLAIN_KINDS, "datetime")


FEW_LEVELS = Rule(
    "R431",
    "Few levels: a column each",
    "columns.levels",
    ORDINARY,
    _few_levels,
    (REALMLP, SKRUB),
    when=f"a category has up to {FOREST_ORDINAL} levels",
)
SOME_LEVELS = Rule(
    "R432",
    "Some levels: embedded in the network",
    "columns.levels",
    ORDINARY + 1,
    _some_levels,
    (REALMLP, SKRUB),
    when=f"a category has {FOREST_ORDINAL + 1} to {LINEAR_ONE_HOT} levels",
)
MANY = Rule(
    "R433",
    "Many levels: target means",
    "columns.levels",
    ORDINARY + 2,
    _many_levels,
    (MICCI, SKRUB),
    when=f"a category has {LINEAR_ONE_HOT + 1} to {TOO_MANY_LEVELS:,} levels",
)
TOO_MANY = Rule(
    "R434",
    "Very many levels: target means alone for trees",
    "columns.levels",
    ORDINARY + 3,
    _too_many_levels,
    (MICCI,),
    when=f"a category has more than {TOO_MANY_LEVELS:,} levels",
)
LEVELS = Rule("R439", "How levels are counted", "levels", ORDINARY, _level_details, (MICCI,), when="a category is used")
