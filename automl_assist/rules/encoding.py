"""How columns become numbers, for each kind of model: missing cells, scales, levels, dates, texts, and columns made of others.

The functions without an underscore are asked by the encoders too, for columns of which a plan says nothing.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from automl_assist.rules._rule import ORDINARY, SPECIAL, Choice, Decided, Rule
from automl_assist.rules.columns import TABLES
from automl_assist.schema import NUMERIC_KINDS, Column, Facts, Rejected

GROUPS = ("boosting", "forest", "linear", "network")  # kinds of model that see columns differently
SCALES = ("robust", "standard", "range", "quantile", "none")
FILLS = ("median", "mean", "zero")
DATE_PARTS = ("day number", "year", "month", "day", "weekday", "hour", "day of year")
TERMS = ("words", "letters")
COUNTED_BY = ("tf_idf", "hashing")
TEXT_KINDS = ("text", "url", "email", "list")
PLAIN_KINDS = ("image", "empty")  # nothing here becomes numbers

MOST_FLAGS = 256  # columns with most missing cells; more indicators only add noise
SHORT_TEXT = 40  # characters, on average: names and titles tell more by parts of words (skrub's StringEncoder)
BOOSTING_COMPONENTS, NETWORK_COMPONENTS = 16, 48
ROWS_A_COMPONENT, COMPONENT_STEP = 64, 8  # a network learns few rows by heart from many components (measured on titanic's names)
TREE_TERMS, NETWORK_TERMS, LINEAR_TERMS = 5_000, 10_000, 40_000
HASHED_CHARACTERS = 1_000_000_000  # of a column in all: its vocabulary would take minutes and gigabytes to learn
LONGEST_TERM = 8  # words or letters in a row
MOST_DATE_PAIRS = 10  # differences between dates grow with the square of their number
SKRUB, REALMLP = "skrub 0.6, TableVectorizer and StringEncoder", "Holzmüller et al. 2024, RealMLP"


# --- what holds for a column, by its numbers


def text_vectors(mean_length: float | None, rows: int) -> dict[str, object]:
    """Return how a text of that many characters on average becomes numbers, with so many rows to learn from."""
    steps = rows // (ROWS_A_COMPONENT * COMPONENT_STEP)  # whole steps, so that folds rarely differ
    return {
        "terms": "letters" if mean_length is not None and mean_length < SHORT_TEXT else "words",
        "by": "hashing" if (mean_length or 0) * rows > HASHED_CHARACTERS else "tf_idf",
        "linear": LINEAR_TERMS,
        "boosting": BOOSTING_COMPONENTS,
        "forest": BOOSTING_COMPONENTS,
        "network": min(NETWORK_COMPONENTS, COMPONENT_STEP * max(1, steps)),
    }


TEXT_DETAILS: dict[str, Any] = {
    "word_lengths": [1, 2],
    "letter_lengths": [3, 4],
    "least_rows": 5,
    "tree_terms": TREE_TERMS,
    "network_terms": NETWORK_TERMS,
    "most_rows": 50_000,
    "longest": 20_000,
}
# The smooth clip is RealMLP's: outliers keep their order, and none outweighs the rest. Two hundred steps of rank are half a percent each.
NUMBER_DETAILS: dict[str, float] = {"clip": 3.0, "ranks": 201}
USUAL_MISSING = {"fill": "median", "flag": True}
USUAL_SCALE = {"linear": "robust", "network": "robust"}


OPERATIONS = (" * ", " / ", " - ", " + ")


def parted(interaction: str) -> tuple[str, str, str] | None:
    """Return the two columns and the operation of ``price / area``, or None; of several ways to read it the first."""
    for operation in OPERATIONS:
        first, found, second = interaction.partition(operation)
        if found and first and second:
            return first, operation.strip(), second
    return None


def interactions(value: object) -> str | None:
    """Say what is wrong with a list of interactions, or None."""
    if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
        return 'must be a list of columns made of two others, such as ["price / area"]'
    wrong = next((v for v in value if parted(v) is None), None)
    return None if wrong is None else f'has {wrong!r}; write two columns with " * ", " / ", " - " or " + " between them'


# --- rules


def used_columns(facts: Facts, decided: Decided) -> Iterator[Column]:
    """Yield the columns of a table that are learned from."""
    if facts.profile.modality.name in TABLES:
        columns: Mapping[str, Mapping[str, object]] = decided["columns"]
        yield from (c for c in facts.profile.features if columns.get(c.name, {}).get("use") and c.kind not in PLAIN_KINDS)


def _numeric(facts: Facts, decided: Decided) -> Iterator[Column]:
    return (c for c in used_columns(facts, decided) if c.kind in (*NUMERIC_KINDS, "datetime"))


def _missing(facts: Facts, decided: Decided) -> Iterator[Choice]:
    for column in _numeric(facts, decided):
        yield Choice(
            {"fill": "median", "flag": True},
            "none of its cells is missing, but new rows may miss some: the median of the fold stands in"
            if not column.missing
            else "the median of the fold stands in where a cell is missing, beside a column that says so; trees send missing cells "
            "where they cost least",
            {"missing": column.missing},
            (
                Rejected("mean", "one extreme value moves it"),
                Rejected("leave out the rows", "new rows would miss cells too, and would get no answer"),
            ),
            "set its 'missing' in plan.yaml: fill mean or zero, flag false",
            column.name,
        )


def _missing_too_many(facts: Facts, decided: Decided) -> Iterator[Choice]:
    gapped = sorted((c for c in _numeric(facts, decided) if c.missing), key=lambda c: (-c.missing, c.position))
    for column in gapped[MOST_FLAGS:]:
        yield Choice(
            {"fill": "median", "flag": False},
            f"{len(gapped):,} columns miss cells: the {MOST_FLAGS} that miss most are flagged, further flags would only add noise",
            {"missing": column.missing, "columns_with_missing": len(gapped)},
            (Rejected("flag", "a column of zeros and ones for each would double the width of the table"),),
            f"with up to {MOST_FLAGS} such columns it would be flagged; there are {len(gapped):,}",
            column.name,
        )


def _scale(facts: Facts, decided: Decided) -> Iterator[Choice]:
    for column in _numeric(facts, decided):
        yield Choice(
            dict(USUAL_SCALE),
            "the middle half of its values spans one unit and what lies outside is drawn in smoothly, for linear models and networks; "
            "trees only look at the order",
            {},
            (
                Rejected("standard", "a few extreme values would squeeze all others together"),
                Rejected("quantile", "it forgets how far apart values are"),
                Rejected("range", "one extreme value would decide the scale of all"),
            ),
            "set its 'scale' in plan.yaml: standard, range, quantile or none",
            column.name,
        )


def _dates(facts: Facts, decided: Decided) -> Iterator[Choice]:
    for column in used_columns(facts, decided):
        if column.kind == "datetime":
            yield Choice(
                {"parts": list(DATE_PARTS), "circular": True},
                "a date becomes the day number and those of year, month, day, weekday, hour and day of year that vary, with weekday, hour "
                "and day of year on a circle too, so that December lies beside January",
                {"distinct": column.distinct},
                (Rejected("the day number alone", "what comes again each week or year could not be seen"),),
                "leave parts out of its 'dates' in plan.yaml; parts that never vary are left out by themselves",
                column.name,
            )


def _texts(facts: Facts, decided: Decided) -> Iterator[Choice]:
    yield from _text_choices(facts, decided, short=False)


def _short_texts(facts: Facts, decided: Decided) -> Iterator[Choice]:
    yield from _text_choices(facts, decided, short=True)


def _text_choices(facts: Facts, decided: Decided, *, short: bool) -> Iterator[Choice]:
    rows = _rows_of_a_fold(facts, decided)
    for column in used_columns(facts, decided):
        vectors = text_vectors(column.mean_length, rows)
        if column.kind not in TEXT_KINDS or (vectors["terms"] == "letters") is not short:
            continue
        length = f"{column.mean_length:.0f} characters on average" if column.mean_length is not None else "texts of unknown length"
        what = "runs of letters, so that parts of words count" if short else "words, alone and in a row"
        yield Choice(
            vectors,
            f"{length}: {what}, weighed by how rare they are; the linear model sees them all, trees and network "
            f"{vectors['boosting']} and {vectors['network']} directions of most variance",
            {"mean_length": column.mean_length, "rows_of_a_fold": rows},
            (
                Rejected(
                    "letters" if not short else "words",
                    "long texts are told apart by their words" if not short else "short ones share few whole words",
                ),
                Rejected("hashing", "terms could not be named any more, and the vocabulary fits into memory"),
            )
            if vectors["by"] == "tf_idf"
            else (Rejected("tf_idf", "learning the vocabulary of so much text would take longer than the models"),),
            f"{'from' if short else 'below'} {SHORT_TEXT} characters on average it would be {'words' if short else 'parts of words'}; "
            f"here it is {length}",
            column.name,
        )


def _rows_of_a_fold(facts: Facts, decided: Decided) -> int:
    folds = decided["split.folds"]
    return int(facts.profile.labelled_rows * (1 - decided["split.test_share"]) * (folds - 1) / folds)


def _number_details(facts: Facts, decided: Decided) -> Iterator[Choice]:
    numbers = [c for c in used_columns(facts, decided) if c.kind in (*NUMERIC_KINDS, "datetime")]
    if numbers:
        yield Choice(
            dict(NUMBER_DETAILS),
            f"what is scaled robustly is drawn smoothly within {NUMBER_DETAILS['clip']:g} on both sides, so that no cell outweighs the "
            f"rest; ranks are read from {NUMBER_DETAILS['ranks']:g} quantiles",
            {"numbers": len(numbers)},
            (Rejected("a hard limit", "values beyond it could not be told apart"), Rejected("no limit", "a mistyped number rules the fit")),
            f"no fact of the {len(numbers)} columns does; `columns.scale` chooses the scale of each",
        )


def _text_details(facts: Facts, decided: Decided) -> Iterator[Choice]:
    texts = [c for c in used_columns(facts, decided) if c.kind in TEXT_KINDS]
    if texts:
        yield Choice(
            copy.deepcopy(TEXT_DETAILS),
            "a term is a word or a pair of words, of short texts three or four letters in a row; it must stand in five rows: one of fewer "
            "may be somebody's name, and says little",
            {"texts": len(texts), "rows": facts.profile.labelled_rows},
            (
                Rejected("all terms", "most terms stand in one text only and would be learned by heart"),
                Rejected("longer terms", "the longer, the fewer texts share one"),
            ),
            f"with fewer than {TEXT_DETAILS['least_rows']} texts alike no term is left; there are {facts.profile.labelled_rows:,} rows",
        )


def _differences(facts: Facts, decided: Decided) -> Iterator[Choice]:
    dates = [c.name for c in used_columns(facts, decided) if c.kind == "datetime"]
    if len(dates) > 1:
        pairs = len(dates) * (len(dates) - 1) // 2
        yield Choice(
            min(pairs, MOST_DATE_PAIRS),
            f"{len(dates)} columns hold dates: the days between two of them often say more than either, so {min(pairs, MOST_DATE_PAIRS)} "
            "differences become columns",
            {"dates": len(dates), "pairs": pairs},
            (Rejected("0", "trees and linear models cannot subtract dates by themselves"),),
            f"with more than {MOST_DATE_PAIRS} pairs of dates the first {MOST_DATE_PAIRS} are taken; there are {pairs}",
        )


def _interactions(facts: Facts, decided: Decided) -> Iterator[Choice]:
    numbers = sum(c.kind in NUMERIC_KINDS for c in used_columns(facts, decided))
    if numbers > 1:
        yield Choice(
            [],
            "no column is made of two others: trees and network find products and ratios by themselves, and a linear model is there to be "
            "read",
            {"numbers": numbers},
            (
                Rejected("all pairs", f"{numbers * (numbers - 1) // 2:,} new columns, most of them noise"),
                Rejected("pairs found by a search", "what is found on few rows is found by chance"),
            ),
            'name them in plan.yaml, such as interactions: ["price / area"]',
        )


MISSING = Rule(
    "R411",
    "Medians stand in for missing numbers, beside a flag",
    "columns.missing",
    ORDINARY,
    _missing,
    ("Perez-Lebel et al. 2022, missing values in large tables", REALMLP),
    when="a number or date is used",
)
MISSING_MANY = Rule(
    "R412",
    "No more flags than help",
    "columns.missing",
    SPECIAL,
    _missing_too_many,
    refs=("Perez-Lebel et al. 2022",),
    when=f"more than {MOST_FLAGS} columns miss cells",
)
SCALE = Rule("R421", "Robust scaling with a smooth clip", "columns.scale", ORDINARY, _scale, (REALMLP,), when="a number or date is used")
NUMBERS = Rule("R422", "How far numbers reach", "numbers", ORDINARY, _number_details, (REALMLP,), when="a number or date is used")
DATES = Rule(
    "R441", "Parts of dates, some on a circle", "columns.dates", ORDINARY, _dates, ("skrub 0.6, DatetimeEncoder",), when="a date is used"
)
DIFFERENCES = Rule(
    "R442",
    "Days between dates",
    "date_differences",
    ORDINARY,
    _differences,
    refs=("Kuhn and Johnson 2019, Feature Engineering and Selection",),
    when="two or more columns hold dates",
)
TEXTS = Rule(
    "R451",
    "Long texts: words",
    "columns.text",
    ORDINARY,
    _texts,
    ("Wang and Manning 2012, baselines and bigrams",),
    when=f"a text has {SHORT_TEXT} characters or more on average",
)
SHORT_TEXTS = Rule(
    "R452",
    "Short texts: parts of words",
    "columns.text",
    SPECIAL,
    _short_texts,
    (SKRUB,),
    when=f"a text has fewer than {SHORT_TEXT} characters on average",
)
TEXT_TERMS = Rule("R459", "Which terms count", "texts", ORDINARY, _text_details, refs=("Sweeney 2002, k-anonymity",), when="a text is used")
INTERACTIONS = Rule(
    "R461",
    "No columns made of others",
    "interactions",
    ORDINARY,
    _interactions,
    ("Tschalzev et al. 2026, TabPrep: they pay with more time",),
    when="two or more numbers are used",
)
