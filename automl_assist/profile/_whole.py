"""Columns of a table too large to hold: kinds are found on a sample of rows, counts on all rows, in one pass of DuckDB over the file.

A column of few values comes back with the exact count of each. Of a column of many, the values of the sample stand for all, weighted so
that their counts add up; cells that do not read as the kind, marks for missing, the smallest, the largest and the most frequent values
are counted exactly. Rows with problems so rare that the sample has none of them are fetched and put beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from automl_assist.profile._cells import MOMENT, Cells, Whole
from automl_assist.profile._kinds import MISSING, Understood
from automl_assist.profile._numbers import BOTH, MAGNITUDES, NumberStyle, read_numbers, ways_of, written
from automl_assist.schema import NUMERIC_KINDS
from automl_assist.sources import Counts

if TYPE_CHECKING:
    from automl_assist.sources import Scan, Table

FEW_VALUES = 1000  # different ones in the sample: then every value of the whole table is counted
MOST_ODD = 100_000  # cells that do not read: beyond it the sample holds enough of them
FEW_LEVELS = 8  # of text: each is counted by itself, which takes DuckDB a third of the time of its histogram
RARE_ROWS = 200  # with a problem in one column: beyond it the sample has some of them
RARE_LEVELS = 50
MOST_RARE = 5000  # rows put beside the sample
COUNTED_TOP = 20  # most frequent values of the sample that are counted exactly
HEAVY_SHARE = 0.01  # of the rows: such values are left out where values are counted by their hashes
PART_VALUES = 16_384  # values looked at to tell how many differ, chosen by their hashes: right to within one in a hundred
HASHES = 2**64
TEXT = "VARCHAR"


@dataclass
class _Question:
    """What is asked about one column, and the places of its answers."""

    place: int  # of the column
    kind: Understood
    sample: Cells
    few: bool
    odd: str = ""  # in SQL: the cell holds something that is no value of the kind
    value: str = ""  # in SQL: the cell as a number or time
    heavy: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()  # counted one by one
    part: float = 1.0  # share of the values whose hashes are looked at
    answers: dict[str, Any] | None = None

    @property
    def cell(self) -> str:
        """The column in SQL."""
        return f"c{self.place}"

    @property
    def good(self) -> str:
        """The column in SQL as a finite number or time, computed once for all that is asked about it."""
        return f"g{self.place}"


def over_all_rows(table: Table, cells: Mapping[str, Cells], kinds: Mapping[str, Understood]) -> tuple[Table, dict[str, Cells]]:
    """Return the table with rows of rare problems beside its sample, and its cells weighted to stand for all rows."""
    scan = table.scan
    assert scan is not None
    questions = [_question(scan, i, kinds[name], cells[name]) for i, name in enumerate(scan.names)]
    _answer(scan, questions)
    rare = _rare(scan, questions, min(MOST_RARE, 2 * len(table.frame)))
    frame = table.frame
    if rare is not None:
        more = rare.loc[~rare.index.isin(frame.index)]
        frame = pd.concat([frame, more]).sort_index()
        table = replace(table, frame=frame)
        cells = Cells.of_frame(frame)
    return table, {scan.names[q.place]: _weighted(q, cells[scan.names[q.place]], scan.rows) for q in questions}


def _question(scan: Scan, place: int, kind: Understood, sample: Cells) -> _Question:
    asked = _Question(place, kind, sample, few=len(sample.values) <= FEW_VALUES)
    text, cell = scan.types[place] == TEXT, asked.cell
    if asked.few:
        asked.levels = tuple(map(str, sample.values)) if text and len(sample.values) <= FEW_LEVELS else ()
        return asked
    if kind.numbers is not None and not kind.style.notation:
        asked.value = number_in_sql(cell, kind.style) if text else f"{cell}::DOUBLE"
        asked.odd = f"{cell} IS NOT NULL AND ({asked.value} IS NULL OR NOT isfinite({asked.value}))"
        if kind.kind == "integer":
            asked.odd += f" OR isfinite({asked.value}) AND {asked.value} <> floor({asked.value})"
    elif kind.dates is not None:
        asked.value = _date_in_sql(cell, kind.dates.format) if text else cell
        asked.odd = f"{cell} IS NOT NULL AND {asked.value} IS NULL" if asked.value and text else ""
    elif text:
        marks = ", ".join(_literal(m) for m in sorted(MISSING))
        # CASE, because DuckDB works out both sides of an OR for every cell
        asked.odd = (
            f"CASE WHEN length({cell}) <= 14 THEN lower({cell}) IN ({marks}) OR trim({cell}) = '' "
            f"WHEN {cell} < '!' THEN trim({cell}) = '' ELSE false END"
        )
    if text:
        frequent = sample.counts > HEAVY_SHARE * sample.filled
        asked.heavy = tuple(sorted(str(v) for v in sample.values[frequent]))
    asked.part = min(1.0, PART_VALUES / scan.rows)
    return asked


def value_in_sql(scan: Scan, place: int, kind: Understood) -> str | None:
    """Return an expression that reads the cells of a column as numbers or times, or None where SQL cannot read them so."""
    cell, text = f"c{place}", scan.types[place] == TEXT
    if kind.numbers is not None:
        return None if kind.dates or kind.style.notation else number_in_sql(cell, kind.style) if text else f"{cell}::DOUBLE"
    if kind.dates is None:
        return None
    return (_date_in_sql(cell, kind.dates.format) or None) if text else cell


def number_in_sql(cell: str, style: NumberStyle) -> str:
    """Return an expression that reads a cell as a number of this style, more leniently than :func:`read_numbers` does."""
    text = cell
    if style.ledger:
        text = f"regexp_replace({text}, '^\\((.*)\\)$|^(.*)-$|^(.*[0-9])\\s?[Dd][Rr]\\.?$', '-\\1\\2\\3')"
        text = f"regexp_replace({text}, '\\s?[Cc][Rr]\\.?$', '')"
    if style.scaled:
        for power in sorted(set(MAGNITUDES.values())):
            marks = "|".join(mark for mark, n in MAGNITUDES.items() if n == power)
            text = f"regexp_replace({text}, '([0-9][.,]?)\\s?({marks})\\.?$', '\\1e{power}', 'i')"
    if style.affix:
        for way in ways_of(style.affix):
            text = f"replace({text}, {_literal(way)}, '')"
    if style.thousands:
        for mark in written(style.thousands):
            text = f"replace({text}, {_literal(mark)}, '')"
    if style.decimal == BOTH:
        comma = f"regexp_matches({text}, '^[^,]*,([0-9]{{1,2}}|[0-9]{{4,}})$|\\..*,')"
        text = f"CASE WHEN {comma} THEN replace(replace({text}, '.', ''), ',', '.') ELSE replace({text}, ',', '') END"
    if style.decimal == ",":
        text = f"replace({text}, ',', '.')"
    return f"try_cast({text} AS DOUBLE)"


def _date_in_sql(cell: str, form: str) -> str:
    """Return an expression that reads a cell as a date, or nothing where DuckDB has no such form."""
    forms = form.split("|")
    if forms == ["ISO8601"]:
        return f"try_cast({cell} AS TIMESTAMP)"
    if not all(f.startswith("%") and "%z" not in f and "%Y" in f for f in forms):
        return ""
    return f"try_strptime({cell}, [{', '.join(_literal(f) for f in forms)}])"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _answer(scan: Scan, questions: Sequence[_Question]) -> None:
    """Ask everything in one pass, then, in a second one, what the odd cells hold."""
    asked = [(q, name, sql) for q in questions for name, sql in _figures(scan, q)]
    read = {f"v{q.place}": q.value for q in questions if q.value and q.value != q.cell}
    finite = {q.good: _finite(f"v{q.place}" if f"v{q.place}" in read else q.cell) for q in questions if q.value}
    figures = [sql.replace(q.value, f"v{q.place}") if isinstance(sql, str) and f"v{q.place}" in read else sql for q, _, sql in asked]
    for (q, name, _), value in zip(asked, scan.figures(figures, (read, finite)), strict=True):
        q.answers = (q.answers or {}) | {name: value}
    for q in questions:
        if q.odd and q.answers and "n" in q.answers:
            fractions = _count(q, "broken") if q.kind.kind == "integer" else 0
            q.answers["odd"] = _count(q, "filled") - _count(q, "n") + fractions
        if q.levels and q.answers and sum(q.answers[f"level {level}"] for level in q.levels) == q.answers["filled"]:
            q.answers["levels"] = {level: q.answers[f"level {level}"] for level in q.levels}
    again = [(q, "odd values", q.odd) for q in questions if q.odd and 0 < _count(q, "odd") <= MOST_ODD]
    again += [(q, "levels", f"{q.cell} IS NOT NULL") for q in questions if q.levels and "levels" not in (q.answers or {})]
    if again:
        found = scan.figures([Counts(q.cell, condition) for q, _, condition in again])
        for (q, name, _), values in zip(again, found, strict=True):
            q.answers = (q.answers or {}) | {name: values}


def _finite(value: str) -> str:
    return f"CASE WHEN isfinite({value}) THEN {value} END"


def _figures(scan: Scan, q: _Question) -> list[tuple[str, str | Counts]]:
    cell, present = q.cell, f"({q.cell} IS NOT NULL)"
    if scan.types[q.place] in ("DOUBLE", "FLOAT"):
        present = f"({cell} IS NOT NULL AND NOT isnan({cell}))"
    if q.levels:
        return [("filled", f"count({cell})"), *((f"level {level}", f"count_if({cell} = {_literal(level)})") for level in q.levels)]
    if q.few:
        return [("levels", Counts(cell, present))]
    asked: list[tuple[str, str | Counts]] = [("filled", f"count({cell})" if scan.types[q.place] == TEXT else f"count(*) FILTER {present}")]
    good = q.good
    if q.value and q.kind.dates is not None:
        asked += [("smallest", f"arg_min({cell}, {good})"), ("largest", f"arg_max({cell}, {good})")]
    if q.odd and (not q.value or q.kind.dates is not None):
        asked.append(("odd", f"count_if({q.odd})"))
    if q.value and q.kind.dates is None:
        asked += [
            ("smallest", f"min({good})"),
            ("largest", f"max({good})"),
            ("n", f"count({good})"),
            ("mean", f"avg({good})"),
            ("sd", f"stddev_samp({good})"),
            ("zeros", f"count_if({good} = 0)"),
            ("negatives", f"count_if({good} < 0)"),
        ]
        if q.kind.numbers is None or not _has_fractions(q.kind.numbers):
            asked.append(("broken", f"count_if({good} <> floor({good}))"))
    beside = f" AND {cell} NOT IN ({', '.join(map(_literal, q.heavy))})" if q.heavy else ""
    if len(q.sample.values) > 0.5 * q.sample.filled:
        asked.append(
            ("part", f"list(hash({cell})) FILTER ({cell} IS NOT NULL AND hash({cell}) <= {int(HASHES * q.part) - 1}::UBIGINT{beside})")
        )
    else:
        asked.append(("about", f"approx_count_distinct({cell})"))
        if scan.types[q.place] == TEXT and q.kind.kind in ("category", "url", "list"):
            order = np.argsort(-q.sample.counts, kind="stable")[:COUNTED_TOP]
            asked.append(("top", Counts(cell, f"{cell} IN ({', '.join(_literal(str(q.sample.values[i])) for i in order)})")))
    return asked


def _has_fractions(numbers: np.ndarray) -> bool:
    return bool((numbers[np.isfinite(numbers)] % 1 != 0).any())


def _count(q: _Question, name: str) -> int:
    value = (q.answers or {}).get(name)
    return 0 if value is None else int(value)


def _rare(scan: Scan, questions: Sequence[_Question], most: int) -> pd.DataFrame | None:
    """Return rows with a problem that is too rare for the sample to show, or None where there are none."""
    conditions = []
    for q in questions:
        if q.odd and 0 < _count(q, "odd") <= RARE_ROWS:
            conditions.append(f"({q.odd})")
        elif q.few and scan.types[q.place] == TEXT:
            known = set(q.sample.values.tolist())
            levels = (q.answers or {}).get("levels") or {}
            levels = {v: n for v, n in levels.items() if not _ordinary(v, q.kind)}
            unseen = sorted((n, v) for v, n in levels.items() if v.strip() and v.strip() not in known and n <= RARE_ROWS)[:RARE_LEVELS]
            if unseen:
                conditions.append(f"{q.cell} IN ({', '.join(_literal(v) for _, v in unseen)})")
    return scan.rows_where(" OR ".join(conditions), most) if conditions else None


def _ordinary(level: str, kind: Understood) -> bool:
    """Whether a value that the sample lacks is only one more number of the kind."""
    if kind.numbers is None or kind.kind not in NUMERIC_KINDS:
        return False
    number = read_numbers(np.array([level.strip()], dtype=object), kind.style)[0]
    return bool(np.isfinite(number)) and (kind.kind == "number" or number == np.floor(number))


def _weighted(q: _Question, sample: Cells, rows: int) -> Cells:
    """Return the cells of a column with the counts of all rows."""
    answers = q.answers or {}
    if q.few:
        return _with_levels(sample, answers["levels"] or {}, rows)
    exact = _stripped({**(answers.get("top") or {}), **(answers.get("odd values") or {})}, sample)
    blank = exact.pop("", 0)
    filled = _count(q, "filled") - blank
    places = {v: i for i, v in enumerate(sample.values.tolist())} if exact or q.value else {}
    extra: dict[Any, int] = {v: n for v, n in exact.items() if v not in places}
    for end in ("smallest", "largest"):
        for value in _stripped({_as_written(answers[end], q): 1}, sample) if answers.get(end) is not None else ():
            if value not in places and value not in exact:
                extra[value] = 1
    known = np.array([places[v] for v in exact if v in places], dtype=int)
    counts = sample.counts.astype(float)
    counts[known] = 0
    left = filled - sum(exact.values()) - sum(n for v, n in extra.items() if v not in exact)
    total = counts.sum()
    weights = np.diff(np.rint(np.cumsum(counts) * (max(left, 0) / total if total else 0.0)), prepend=0.0).astype(np.int64)
    weights[known] = [exact[v] for v in exact if v in places]
    values = sample.values
    if extra:
        added = sorted(extra)
        more = np.empty(len(added), dtype=values.dtype)
        more[:] = added
        values, weights = np.concatenate([values, more]), np.concatenate([weights, [extra[v] for v in added]])
    return Cells(values, sample.codes, weights, sample.keys, Whole(rows, _distinct(q, sample, filled, len(values)), _moments(answers)))


def _as_written(value: Any, q: _Question) -> Any:
    """Return the smallest or largest value of a column as one of its cells would hold it."""
    if not q.sample.is_text or q.kind.numbers is None or q.kind.dates is not None:
        return value
    same = np.flatnonzero(q.kind.numbers == value)
    if len(same):
        return q.sample.values[same[0]]
    text = format(Decimal(repr(float(value))), "f")
    text = text.removesuffix(".0")
    return text.replace(".", ",") if q.kind.style.decimal == "," else text


def _with_levels(sample: Cells, levels: Mapping[Any, int], rows: int) -> Cells:
    exact = _stripped(levels, sample)
    exact.pop("", None)
    values = sample.values
    known = {v: i for i, v in enumerate(values.tolist() if values.dtype.kind != "M" else list(values))}
    added = sorted(v for v in exact if v not in known)
    if added:
        more = np.empty(len(added), dtype=values.dtype)
        more[:] = added
        values = np.concatenate([values, more])
    listed = values.tolist() if values.dtype.kind != "M" else list(values)
    counts = np.array([exact.get(v, 0) for v in listed], dtype=np.int64)
    return Cells(values, sample.codes, counts, sample.keys, Whole(rows, len(values), None))


def _stripped(counted: Mapping[Any, int], sample: Cells) -> dict[Any, int]:
    """Return counts by values as :class:`Cells` holds them."""
    found: dict[Any, int] = {}
    for value, n in counted.items():
        if sample.is_text:
            key: Any = str(value).strip()
        elif sample.values.dtype.kind == "M":
            key = np.datetime64(value).astype(MOMENT)
        else:
            key = float(value)
        found[key] = found.get(key, 0) + int(n)
    return found


def _distinct(q: _Question, sample: Cells, filled: int, seen: int) -> int:
    """Return how many different values there are, from those whose hashes fall into a part of all hashes."""
    answers = q.answers or {}
    if "part" not in answers:
        return max(seen, min(filled, _count(q, "about")))
    hashes = np.asarray(answers["part"] if answers["part"] is not None else [], dtype=np.uint64)
    different = len(np.unique(hashes))
    if different == len(hashes) and not q.heavy and len(sample.values) == sample.filled:
        return filled
    return max(seen, min(filled, round(different / q.part) + len(q.heavy)))


def _moments(answers: Mapping[str, Any]) -> dict[str, float] | None:
    """Return what was computed over all numbers, rounded to what does not depend on the order of adding."""
    if not answers.get("n"):
        return None
    return {
        "mean": float(f"{answers['mean']:.12g}"),
        "sd": float(f"{answers['sd']:.12g}") if answers["sd"] is not None else 0.0,
        "zeros": int(answers["zeros"]),
        "negatives": int(answers["negatives"]),
        "whole": answers.get("broken") == 0,  # not asked where the sample has fractions
    }
