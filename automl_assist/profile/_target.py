"""Which column is to be predicted, when nobody says: by name, place and kind; a guess with its reason, never more."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Sequence

from automl_assist.errors import AssistError, near_to
from automl_assist.profile.privacy import escaped
from automl_assist.schema import Alternative, Column, Guess, Reading

MOST_NAMES = 4  # shown in an error
DURATION = re.compile(r"[\d.]+(?P<unit>[smhd]?)")
IMPOSSIBLE_KINDS = frozenset(["identifier", "text", "url", "email", "image", "list", "constant", "empty", "datetime"])

# Points; their differences are log odds, set by judgement and kept because they order the shared cases well.
EXACT_NAME, PART_OF_NAME, OUTCOME_NAME, PERHAPS_NAME = 4.0, 2.4, 3.0, 1.6
LAST, FIRST = 2.2, 0.5
TWO_VALUES, FEW_VALUES, MANY_CATEGORIES, OFTEN_MISSING, INPUT_NAME, IMPOSSIBLE = 0.6, 0.3, -1.5, -1.0, -2.5, -6.0

TARGET_NAMES = re.compile(
    r"target|label|class|y|outcome|response|classification|dependent|result|class_?type|binary_?class|ground_?truth", re.IGNORECASE
)
TARGET_PARTS = re.compile(
    r"(^|[_\W])(target|label|class|outcome|response)([_\W]|$)|[a-z](Target|Label|Class|Outcome|Response)$|^y_", re.IGNORECASE
)
OUTCOMES = re.compile(  # what people predict; hardly ever known beforehand
    r"price|salary|survived|survival|churn|fraud|attrition|species|diagnosis|readmi|"
    r"(^|[_\W])(fare|charges|exited|default(ed)?|sales|wage|approved|purchased?|converted|clicked|winner|bankrupt|spam|sentiment|occupancy)([_\W]|$)|claim$|"
    r"(house|home|property|market|resale|sale)_?values?|(^|[_\W])tot(al)?_?(chg|charges?|costs?|price)([_\W]|$)|cancel|mortality|recidiv|delinquen|dropout|"
    r"(^|[_\W])(admitted|hired|promoted|subscribed|bought|delayed|stroke|diabetes|popularity|earnings|mpg|medv|rent|fraudulent|toxic|malignant)([_\W]|$)",
    re.IGNORECASE,
)
INPUTS = re.compile(  # what a row is told apart by, hardly ever what is asked about it
    r"(^|[_\W])(id|uuid|code|zip|year|month|day|date|time|timestamp|week|weekday|hour|latitude|longitude|lat|lon|lng|name|address|url|index|split|fold)$|"
    r"(?-i:[a-z](Id|ID|Code|Date|Year|Time)$)",
    re.IGNORECASE,
)
PERHAPS = re.compile(
    r"(^|[_\W])(cost|costs|income|quality|rating|demand|status|strength|consumption|revenue|profit|claims|category|conditions?|yield|count|rings|is_\w+|has_\w+|"
    r"won|passed|died|death|disease|cancer|risk|score|value)([_\W]|$)|(status|detection|value)$",
    re.IGNORECASE,
)


def guess_target(columns: Sequence[Column], rows: int) -> Guess | None:
    """Return the most likely target with up to three others, or None when no column can be one."""
    scored = sorted(((_points(c, columns, rows), -c.position, c) for c in columns), key=lambda s: s[:2], reverse=True)
    if not scored or scored[0][0][0] <= IMPOSSIBLE / 2:
        return None
    best = scored[0][0][0]
    odds = [math.exp(points[0] - best) for points, _, _ in scored]
    total = sum(odds)
    others = tuple(
        Alternative(c.name, round(o / total, 3), p[1]) for o, (p, _, c) in zip(odds[1:4], scored[1:4], strict=True) if p[0] > IMPOSSIBLE / 2
    )
    first = scored[0]
    confidence = round(odds[0] / total, 3)
    return Guess(first[2].name, confidence, first[0][1], confidence < 0.5, others)


def _points(column: Column, columns: Sequence[Column], rows: int) -> tuple[float, str]:
    points, reasons = 0.0, []
    if TARGET_NAMES.fullmatch(column.name):
        points, reasons = EXACT_NAME, ["its name is that of a target"]
    elif TARGET_PARTS.search(column.name):
        points, reasons = PART_OF_NAME, ["its name speaks of a target"]
    elif OUTCOMES.search(column.name):
        points, reasons = OUTCOME_NAME, ["its name is that of an outcome"]
    elif PERHAPS.search(column.name):
        points, reasons = PERHAPS_NAME, ["its name may be that of an outcome"]
    elif INPUTS.search(column.name):
        points, reasons = INPUT_NAME, ["though its name is that of an input"]
    if column.position == len(columns) - 1:
        points += LAST
        reasons.append("it is the last column")
    elif column.position == 0:
        points += FIRST
        reasons.append("it is the first column")
    if column.kind in IMPOSSIBLE_KINDS:
        return points + IMPOSSIBLE, f"but it is of kind {column.kind}"
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
