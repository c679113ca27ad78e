"""Which column is to be predicted, when nobody says: by name, place and kind; a guess with its reason, never more."""

from __future__ import annotations

import math
import re
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence

from automl_assist.errors import AssistError, near_to
from automl_assist.profile.privacy import escaped
from automl_assist.schema import NUMERIC_KINDS, Alternative, Column, Guess, Reading

MOST_NAMES = 4  # shown in an error
DURATION = re.compile(r"[\d.]+(?P<unit>[smhd]?)")
IMPOSSIBLE_KINDS = frozenset(["identifier", "text", "url", "email", "image", "list", "constant", "empty", "datetime"])

# Points; their differences are log odds, set by judgement and kept because they order the shared cases well.
EXACT_NAME, PART_OF_NAME, EVENT_NAME, OUTCOME_NAME, PERHAPS_NAME = 4.0, 2.4, 3.6, 3.0, 1.6
WHOLE_NAME = 1.2  # more, for a name that is such a word and nothing else
LAST, FIRST = 2.2, 1.4
TWO_VALUES, FEW_VALUES, MANY_CATEGORIES, OFTEN_MISSING, INPUT_NAME, IMPOSSIBLE = 0.6, 0.3, -1.5, -1.0, -2.5, -6.0
TRAIT_NAME, ONE_OF_MANY = -1.2, -3.0
FAMILY = 5  # columns of one name with numbers behind it: none of them is what is asked for

TARGET_NAMES = re.compile(
    r"target|label|class|y|outcome|response|classification|dependent|result|class_?type|binary_?class|ground_?truth", re.IGNORECASE
)
TARGET_PARTS = re.compile(
    r"(^|[_\W])(target|label|class|outcome|response)([_\W]|$)|[a-z](?<!Sub)(Target|Label|Class|Outcome|Response)$|^y_", re.IGNORECASE
)
EVENTS = re.compile(  # what happens to somebody, and is known only then
    r"surviv|churn|fraud|attrition|diagnosis|readmi|recidiv|delinquen|dropout|cancel|relapse|recurrence|callback|bankrupt|"
    r"(^|[_\W])(exited|default(ed)?|approved?|den(y|ied)|accept(ed|ance)?|purchased?|converted|clicked|spam|admitted|hired|promoted|subscribed|"
    r"bought|delayed|stroke|malignant|fraudulent|dead|died|death|responded|remission)([_\W]|$)",
    re.IGNORECASE,
)
OUTCOMES = re.compile(  # what people predict; hardly ever known beforehand
    r"price|salary|species|mortality|(^|[_\W])(fare|charges|sales|wages?|winner|sentiment|occupancy)([_\W]|$)|claim$|"
    r"(house|home|property|market|resale|sale)_?values?|(^|[_\W])tot(al)?_?(chg|charges?|costs?|price)([_\W]|$)|interest_?rate|time_?to_|"
    r"(^|[_\W])(diabetes|popularity|earnings|mpg|mileage|medv|rent|toxic|fertility|yield)([_\W]|$)",
    re.IGNORECASE,
)
INPUTS = re.compile(  # what a row is told apart by, hardly ever what is asked about it
    r"(^|[_\W])(id|uuid|code|zip|year|month|day|date|time|timestamp|week|weekday|hour|latitude|longitude|lat|lon|lng|name|address|url|index|split|fold|pred|predicted|prediction|fitted)$|"
    r"(?-i:[a-z](Id|ID|Code|Date|Year|Time)$)",
    re.IGNORECASE,
)
ROW_NUMBERS = re.compile(  # what programs call the numbers of rows that they write beside a table; whatever it holds, nobody predicts it
    r"row[_.\s]?(names?|id|index|num|number|nr|no)|unnamed(: ?\d+)?|level_0|#", re.IGNORECASE
)
PERHAPS_ROW_NUMBERS = re.compile(r"index|idx|id", re.IGNORECASE)  # without fractions; 104.37 is an index of prices
BEFORE = re.compile(r"(num_)?(prev|previous|prior|past|last|initial|baseline|first)[_\W]", re.IGNORECASE)  # known before, whatever it is
TRAITS = re.compile(  # of a person or a place: mostly known beforehand
    r"sex|gender|age|race|ethnicity|married|marital(_?status)?|children|education|region|state|country|city|county|district", re.IGNORECASE
)
PERHAPS = re.compile(
    r"(^|[_\W])(cost|costs|income|quality|rating|demand|status|strength|consumption|revenue|profit|claims|category|conditions?|count|rings|is_\w+|has_\w+|"
    r"won|passed|disease|cancer|risk|score|value)([_\W]|$)|(status|detection|value)$",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"(.*?[^\d])_?\d+")


def guess_target(columns: Sequence[Column], rows: int) -> Guess | None:
    """Return the most likely target with up to three others, or None when no column can be one."""
    families = Counter(family for c in columns if (family := _family(c)) is not None)
    first = next((c.position for c in columns if c.kind not in IMPOSSIBLE_KINDS), -1)
    scored = sorted(((_points(c, columns, rows, families, first), -c.position, c) for c in columns), key=lambda s: s[:2], reverse=True)
    if not scored or scored[0][0][0] <= IMPOSSIBLE / 2:
        return None
    best = scored[0][0][0]
    odds = [math.exp(points[0] - best) for points, _, _ in scored]
    total = sum(odds)
    others = tuple(
        Alternative(c.name, round(o / total, 3), p[1]) for o, (p, _, c) in zip(odds[1:4], scored[1:4], strict=True) if p[0] > IMPOSSIBLE / 2
    )
    (_, reason), _, found = scored[0]
    confidence = round(odds[0] / total, 3)
    return Guess(found.name, confidence, reason, confidence < 0.5, others)


def _family(column: Column) -> tuple[str, bool] | None:
    """Return the name before the number of a column, and whether it is measured: a class among measured columns is none of them."""
    stem = NUMBERED.fullmatch(column.name)
    return (stem[1].lower(), column.kind in NUMERIC_KINDS) if stem else None


def _points(
    column: Column, columns: Sequence[Column], rows: int, families: Mapping[tuple[str, bool], int], first: int
) -> tuple[float, str]:
    points, reasons = _by_name(column.name, is_place=_is_place(column, columns))
    family = _family(column)
    if family and families[family] >= FAMILY:
        points += ONE_OF_MANY
        reasons.append(f"but it is one of {families[family]} columns of that name with numbers")
    if column.position == len(columns) - 1:
        points += LAST
        reasons.append("it is the last column")
    elif column.position == first:
        points += FIRST
        reasons.append("it is the first column" + (" that tells more than rows apart" if first else ""))
    labels = column.kind == "list" and (  # several in a cell; tags beside a text alone are what is asked for, as nothing else can be
        TARGET_NAMES.fullmatch(column.name) is not None or all(c.kind in IMPOSSIBLE_KINDS for c in columns)
    )
    if column.kind in IMPOSSIBLE_KINDS and not labels:
        return points + IMPOSSIBLE, f"but it is of kind {column.kind}"
    if column.distinct == 1:
        return points + IMPOSSIBLE, "but it has one value"
    if ROW_NUMBERS.fullmatch(column.name) or (column.kind != "number" and PERHAPS_ROW_NUMBERS.fullmatch(column.name)):
        return 2 * IMPOSSIBLE, "but it is called like a number of the row"
    if column.distinct == 2:
        points += TWO_VALUES
        reasons.append("it has two values")
    elif column.distinct <= 20:
        points += FEW_VALUES
        reasons.append(f"it has {column.distinct} different values")
    elif column.kind == "category" and column.distinct > 0.2 * rows:
        points += MANY_CATEGORIES
    if column.missing > 0.3 * rows:
        points += OFTEN_MISSING
    return points, ", ".join(reasons) or "no other column fits better"


def _is_place(column: Column, columns: Sequence[Column]) -> bool:
    """Whether a column called y is a place: with x and z, or right behind x and with a last column that is no measured number."""
    if column.name.lower() != "y":
        return False
    names = [c.name.lower() for c in columns]
    if {"x", "z"} <= set(names):
        return True
    at, last = names.index("y"), columns[-1]
    return 0 < at < len(names) - 1 and names[at - 1] == "x" and last.kind not in {*NUMERIC_KINDS, *IMPOSSIBLE_KINDS}


def _by_name(name: str, *, is_place: bool) -> tuple[float, list[str]]:
    """Return the points of a name, and why."""
    if TARGET_NAMES.fullmatch(name) and not is_place:
        return EXACT_NAME, ["its name is that of a target"]
    if BEFORE.match(name):
        return INPUT_NAME, ["though its name is that of something known before"]
    for names, points, said in (
        (TARGET_PARTS, PART_OF_NAME, "speaks of a target"),
        (EVENTS, EVENT_NAME, "is that of an outcome"),
        (OUTCOMES, OUTCOME_NAME, "is that of an outcome"),
        (PERHAPS, PERHAPS_NAME, "may be that of an outcome"),
    ):
        if found := names.search(name):
            whole = names in (EVENTS, OUTCOMES) and found[0] == name
            return points + WHOLE_NAME * whole, [f"its name {said}"]
    if INPUTS.search(name):
        return INPUT_NAME, ["though its name is that of an input"]
    if TRAITS.fullmatch(name):
        return TRAIT_NAME, ["though its name is that of a trait"]
    return 0.0, []


def require_column(name: str, names: Sequence[str], reading: Reading, what: str, code: str, option: str) -> None:
    """Refuse a column that the table lacks, naming the nearest one and the command to paste.

    Raises
    ------
    AssistError
        With `code` and exit code 2.
    """
    if name in names:
        return
    shown = [escaped(n)[:40] for n in names[:MOST_NAMES]]
    more = f", ... ({len(names) - MOST_NAMES:,} more)" if len(names) > MOST_NAMES else ""
    near = near_to(name, names)
    help = f"name one of them with {option}"
    duration = DURATION.fullmatch(name) if option == "--time" else None
    if duration:
        help = f"--time names a column; the limit of time is --time-budget {name if duration['unit'] else f'{name}s'}"
    elif near:
        right = escaped(near)
        pasted = right if re.fullmatch(r"[\w.-]+", right) else shlex.quote(right)
        target = f"--target {pasted}" if option == "--target" else f"{option} {pasted}"
        help = f"did you mean {right!r}?\n        assist train {reading.path} {target}"
    raise AssistError(
        code,
        f"{what} {name!r} is not in {reading.name}",
        where=f"{reading.name} has {len(names):,} column{'s' if len(names) != 1 else ''}: {', '.join(shown)}{more}",
        help=help,
        exit_code=2,
    )
