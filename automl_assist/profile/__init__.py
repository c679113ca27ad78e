"""Facts about a table: what each column is, which one is the target, what task it asks for; no opinions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from automl_assist.errors import AssistError, did_you_mean
from automl_assist.profile._associations import associations
from automl_assist.profile._casting import cast, cast_values, spread_values
from automl_assist.profile._cells import Cells, among, row_keys, seconds_of
from automl_assist.profile._date_writing import DateStyle, style_of, words_of, written_dates
from automl_assist.profile._facts import mean_length, number_facts, top_values
from automl_assist.profile._kinds import BOOLEANS, Understood, understand
from automl_assist.profile._layout import asks_to_carry_on, date_part_of, find_layout, group_of, is_year, series_of, stamps_of, time_of
from automl_assist.profile._learnable import require_learnable, target_problem
from automl_assist.profile._modality import infer_modality
from automl_assist.profile._pictures import Looked, look_at, picture_facts
from automl_assist.profile._rewriting import cast_as_written, truths
from automl_assist.profile._sampled_layout import Part, find_layout_in_part
from automl_assist.profile._series_facts import repeats_told
from automl_assist.profile._sizes import MOST_GAPS, layout_facts, series_of_each_label
from automl_assist.profile._strings import items_of
from automl_assist.profile._target import guess_target, require_column
from automl_assist.profile._task import infer_task, shape_of
from automl_assist.profile._whole import over_all_rows
from automl_assist.schema import CLASSIFICATION, KINDS, NUMERIC_KINDS, Alternative, Column, Guess, Options, Profile, Reading, named_column
from automl_assist.sources import frame_of

if TYPE_CHECKING:
    from automl_assist.sources import Table

__all__ = [
    "BOOLEANS", "MOST_GAPS", "DateStyle", "Looked", "cast", "cast_as_written", "date_part_of", "describe", "describe_rows", "is_year",
    "items_of", "look_at", "repeats_told", "require_column", "require_learnable", "stamps_of", "style_of", "target_problem", "truths",
    "words_of", "written_dates",
]  # fmt: skip

# Kinds that carry nothing to learn from, with the reason; the plan has the last word.
DROPPED = {"identifier": "it names the row", "constant": "it has one value", "empty": "it holds nothing", "email": "it names a person"}
ASSOCIATED_CATEGORIES = frozenset(["category", "boolean", "url"])
TIME_KINDS = frozenset(["datetime", *NUMERIC_KINDS])


def describe(table: Table, options: Options) -> tuple[Profile, pd.DataFrame]:
    """Return the facts of a table, and the table as typed values; see :func:`describe_rows`."""
    return describe_rows(table, options)[:2]


def describe_rows(table: Table, options: Options) -> tuple[Profile, pd.DataFrame, pd.DataFrame]:
    """Return the facts of a table, the table as typed values, and the cells behind them, row by row.

    Of a table too large to hold these are the rows of its sample, with rows of rare problems beside it.

    Raises
    ------
    AssistError
        E0201 for a table without rows; E0301, E0307, E0308, E0402, E0403 when `options` name what the table does not have.
    """
    reading, names = table.reading, list(table.frame.columns)
    if not len(table.frame):
        raise AssistError(
            "E0201",
            f"{reading.name} has a header and 0 rows",
            where=f"{len(names):,} column{'' if len(names) == 1 else 's'}, nothing below them",
            help="add rows of data",
        )
    _check_options(options, names, reading)
    table, cells, understood = _understood(table, options)
    frame, rows = table.frame, table.scan.rows if table.scan else len(table.frame)
    columns: list[Column] = []
    typed: dict[str, np.ndarray] = {}
    for position, name in enumerate(names):
        columns.append(_column(name, position, cells[name], understood[name], typed))
    keys = row_keys(cells, len(frame))
    target = _target(options, columns, rows)
    task: Guess | None = None
    classes: tuple[tuple[str, int], ...] = ()
    target_missing = 0
    if target:
        place, found = names.index(target.name), understood[target.name]
        as_number = _understand(target.name, cells[target.name], reading, options, is_target=True)
        if as_number.kind == "identifier" and as_number.numbers is not None and _asks_for_amounts(options):
            why = f"an amount, since you asked to have it predicted as such; {as_number.evidence}"
            as_number = replace(as_number, kind="integer", evidence=why)
        task = _task(target.name, cells[target.name], as_number, options)
        amount = task.name not in CLASSIFICATION or asks_to_carry_on(options)
        if amount and as_number.kind != found.kind:  # an amount stays a number however few its values
            columns[place] = _column(target.name, place, cells[target.name], as_number, typed)
        columns[place] = replace(columns[place], action="target", reason="it is what is predicted")
        target_missing = columns[place].missing
        classes = _classes(cells[target.name], columns[place]) if task.name in CLASSIFICATION else ()
        columns = _with_associations(columns, cells, typed, target.name, task.name, keys)
    _check_time(options, columns, reading)
    held = Part(None, cells, typed)
    if table.scan is None:
        layout = find_layout(columns, cells, typed, target.name if target else None, options)
    else:
        held = find_layout_in_part(table.scan, columns, understood, held, target.name if target else None, options) or held
        layout = held.layout
    modality = infer_modality(columns, target, task, held.cells, held.typed, layout, options)
    if modality.name == "forecast" and task and not task.given:
        task, classes = replace(modality, given=False, alternatives=(Alternative(task.name, 0.1, task.reason),)), ()
    shape = held.of_all(layout_facts(modality, columns, target, held.cells, held.typed, layout, options))
    examples = shape.get("labelled") if modality.name == "sequence" else None
    if layout and target and classes and examples is not None:
        of_label = held.counts_of_all(series_of_each_label(layout.groups, held.cells[target.name]))
        classes = _classes(held.cells[target.name], columns[names.index(target.name)], of_label)
    data = frame_of([typed[name] for name in names], names, frame.index)
    profile = Profile(
        reading=_with_sample(reading, rows, len(frame)), rows=rows, columns=tuple(columns), target=target, task=task, classes=classes,
        target_missing=target_missing,
        modality=modality, layout=shape | picture_facts(reading, columns, frame, target, task), examples=examples,
        duplicate_rows=table.repeated if table.scan else rows - len(np.unique(keys)),
        sampled_rows=len(frame) if table.scan else None, time=time_of(layout, columns, options), series=series_of(layout, options),
        group=group_of(columns, {name: c.outline() for name, c in cells.items()}, target.name if target else None, options),
    )  # fmt: skip
    return profile, data, frame


def _understood(table: Table, options: Options) -> tuple[Table, dict[str, Cells], dict[str, Understood]]:
    """Return the cells of each column and its kind, over all rows."""
    cells = Cells.of_frame(table.frame)
    kinds = {name: _understand(name, c, table.reading, options, is_target=False) for name, c in cells.items()}
    if table.scan is not None:
        sampled = len(table.frame)
        table, cells = over_all_rows(table, cells, kinds)
        before = kinds if len(table.frame) == sampled else {}
        kinds = {name: _understand(name, c, table.reading, options, is_target=False, before=before.get(name)) for name, c in cells.items()}
    return table, cells, kinds


def _with_sample(reading: Reading, rows: int, sampled: int) -> Reading:
    if sampled == rows:
        return reading
    said = (
        f"All {rows:,} rows were counted; quantiles, histograms, associations, findings and rare values come from {sampled:,} of them, "
        "chosen by what they hold."
    )
    return replace(reading, assumptions=(*reading.assumptions, said))


def _check_options(options: Options, names: Sequence[str], reading: Reading) -> None:
    if options.target is not None:
        require_column(options.target, names, reading, "target column", "E0301", "--target")
    for given, what, option in (
        (options.time, "time column", "--time"),
        (options.series, "series column", "--series"),
        (options.group, "group column", "--group"),
    ):
        if given is not None:
            require_column(given, names, reading, what, "E0308", option)
    for name, kind in options.kinds.items():
        require_column(name, names, reading, "column", "E0402", "--kind")
        if kind not in KINDS:
            raise AssistError(
                "E0403",
                f"{kind!r} is not a kind of column",
                where=f"--kind {name}={kind}",
                help=did_you_mean(kind, KINDS) or f"use one of {', '.join(KINDS)}",
            )


def _check_time(options: Options, columns: Sequence[Column], reading: Reading) -> None:
    if options.time is None:
        return
    column = next(c for c in columns if c.name == options.time)
    ordered = column.kind in TIME_KINDS or (column.kind in ("identifier", "category", "boolean") and column.numbers is not None)
    if not ordered:
        raise AssistError(
            "E0307",
            f"the time column {column.name!r} of {reading.name} holds no times",
            where=f"it is of kind {column.kind}: {column.evidence}",
            help="name a column of dates, times or numbers in order with --time, or leave it out",
            exit_code=2,
        )


def _asks_for_amounts(options: Options) -> bool:
    return options.task in ("regression", "count", "forecast") or asks_to_carry_on(options)


def _understand(
    name: str, cells: Cells, reading: Reading, options: Options, *, is_target: bool, before: Understood | None = None
) -> Understood:
    dayfirst = options.read.dayfirst if options.read.dayfirst is not None else reading.dayfirst
    kind = options.kinds.get(name)
    return understand(name, cells, decimal=reading.decimal or ".", dayfirst=dayfirst, kind=kind, is_target=is_target, before=before)


def _column(name: str, position: int, cells: Cells, found: Understood, typed: dict[str, np.ndarray]) -> Column:
    """Return the facts of a column, and put its typed values into `typed`."""
    column = Column(
        name=name, position=position, kind=found.kind, missing=0, distinct=0, evidence=found.evidence, missing_tokens=found.missing_tokens,
        date_format=found.dates.format if found.dates else None, true_token=found.true_token, false_token=found.false_token,
        thousands=found.style.thousands, affix=found.style.affix, decimal=None if found.style.decimal == "." else found.style.decimal,
        ledger=found.style.ledger, scaled=found.style.scaled, notation=found.style.notation,
        action="drop" if found.kind in DROPPED else "keep", reason=DROPPED.get(found.kind, ""),
    )  # fmt: skip
    values, _ = cast_values(cells, column, found.numbers, found.times)
    lost = pd.isna(values) if values.dtype != object else np.array([v is None for v in values], dtype=bool)
    typed[name] = spread_values(cells, values)
    numbers = values if values.dtype.kind == "f" else None
    if values.dtype.kind == "M":
        numbers = seconds_of(values)
    elif numbers is None and found.numbers is not None:
        numbers = np.where(among(cells.values, found.missing_tokens), np.nan, found.numbers) if cells.is_text else found.numbers
    tokens = int(among(np.array([str(v) for v in cells.values], dtype=object), found.missing_tokens).sum()) if found.missing_tokens else 0
    present = cells.distinct - tokens
    if values.dtype.kind in "fM" and found.unread + found.infinite:
        present = len(np.unique(values[~lost])) + max(0, cells.distinct - len(cells.values))
    words = values.dtype == object
    moments = cells.whole.moments if cells.whole and values.dtype.kind != "M" else None
    return replace(
        column,
        missing=cells.total - int(cells.counts[~lost].sum()),
        distinct=present,
        numbers=number_facts(numbers, cells.counts, moments) if numbers is not None else None,
        top=top_values(_known(cells, found)) if words and found.kind not in ("text", "identifier", "email", "image") else (),
        mean_length=mean_length(cells) if cells.is_text and found.kind in ("text", "list", "category") else None,
    )


def _known(cells: Cells, found: Understood) -> Cells:
    return cells.keeping(~among(cells.values, found.missing_tokens)) if found.missing_tokens else cells


def _target(options: Options, columns: Sequence[Column], rows: int) -> Guess | None:
    if options.target is not None:
        return named_column("target", options.target)
    return guess_target(columns, rows)


def _task(name: str, cells: Cells, understood: Understood, options: Options) -> Guess:
    inferred = infer_task(shape_of(name, cells, understood))
    if not options.task:
        return inferred
    return Guess(
        options.task, 1.0, f"you asked for it with --task {options.task}; the values say {inferred.name}: {inferred.reason}", given=True
    )


def _classes(cells: Cells, column: Column, counts: np.ndarray | None = None) -> tuple[tuple[str, int], ...]:
    """Return the classes as they stand in the file, most frequent first, with their rows or with other `counts` of the same values."""
    counts = cells.counts if counts is None else counts
    values = cells.values
    if not cells.is_text:
        whole = bool((values == np.floor(values)).all()) if values.dtype.kind == "f" else False
        words = [str(int(v)) if whole else repr(float(v)) for v in values] if values.dtype.kind == "f" else [str(v) for v in values]
    else:
        words = list(values)
    pairs = [(w, int(n)) for w, n in zip(words, counts, strict=True) if w not in column.missing_tokens and n]
    return tuple(sorted(pairs, key=lambda p: (-p[1], p[0])))


def _with_associations(
    columns: Sequence[Column], cells: dict[str, Cells], typed: dict[str, np.ndarray], target: str, task: str, keys: np.ndarray
) -> list[Column]:
    if task in CLASSIFICATION:
        y, n_classes = cells[target].codes, len(cells[target].values)
    elif typed[target].dtype.kind == "f":
        y, n_classes = typed[target], 0
    else:
        return list(columns)
    numbers, categories = {}, {}
    for column in columns:
        values = typed[column.name]
        if column.name == target:
            continue
        if values.dtype.kind == "f":
            numbers[column.name] = values
        elif values.dtype.kind == "M":
            numbers[column.name] = seconds_of(values)
        elif column.kind in ASSOCIATED_CATEGORIES:
            categories[column.name] = cells[column.name].codes
    found = associations(numbers, categories, y, n_classes, keys)
    return [replace(c, association=round(found[c.name], 4)) if c.name in found else c for c in columns]
