"""Using a finished forecast: going on from training or from new rows, and a score for what came."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl_assist.errors import AssistError, Exit
from automl_assist.runs import open_run, read_manifest, verify_model
from automl_assist.schema import Message, Notify, ReadOptions
from automl_assist.serving.bundle import parts_of
from automl_assist.serving.several import column_names

if TYPE_CHECKING:
    import pandas as pd

    from automl_assist.serving.forecaster import SeriesForecaster
    from automl_assist.sources import Table


def has_forecast(run: Path) -> bool:
    """Whether a finished run forecasts series."""
    from automl_assist.serving.forecaster import is_forecast

    model = open_run(run).model
    return all(is_forecast(part) for part in parts_of(model, read_manifest(model)))


def _load(run: Path) -> list[SeriesForecaster]:
    """Return the forecaster of each target."""
    from automl_assist.serving.forecaster import SeriesForecaster

    folder = open_run(run)
    return [SeriesForecaster.load(part) for part in parts_of(folder.model, verify_model(folder.model))]


def forecast_rows(
    run: Path, path: str | None, coverage: float | None, strict: bool, notify: Notify, read: ReadOptions | None
) -> tuple[pd.DataFrame, list[Message]]:
    """Return the forecast from the end of the rows at `path`, or of training without one; several targets stand side by side."""
    from automl_assist import sources

    forecasters = _load(run)
    rows = _placed(sources.read(path, read, like=forecasters[0].bundle.reading), forecasters) if path is not None else None
    tables, said = [], [*rows.messages, *_beside(rows.frame, forecasters)] if rows else []
    for forecaster in forecasters:
        table, messages = forecaster.predict(rows.frame if rows else None, coverage, run)
        names = column_names(forecaster.bundle.form.target.name, "forecast", ()) if len(forecasters) > 1 else {}
        tables.append(table.rename(columns=names))
        said += [message for message in messages if message not in said]
    _tell(said, strict, notify)
    return reduce(lambda all_, more: all_.merge(more, how="outer", sort=False), tables), said


def score_forecast(
    run: Path, path: str, strict: bool, notify: Notify, read: ReadOptions | None
) -> tuple[list[dict[str, Any]], list[Message]]:
    """Return the figures of each target on rows later than its training, and what is to be said."""
    from automl_assist import sources

    forecasters = _load(run)
    table = _placed(sources.read(path, read, like=forecasters[0].bundle.reading), forecasters)
    parts, said = [], [*table.messages, *_beside(table.frame, forecasters)]
    for forecaster in forecasters:
        target = forecaster.bundle.form.target.name
        frame, renamed = forecaster.named(table.frame)
        if target not in frame.columns:
            raise AssistError(
                "E0704",
                f"the target {target!r} is not in this data",
                where=f"columns: {', '.join(map(str, table.frame.columns[:8]))}",
                help=f"score rows that have it, or go on from these: assist predict {run} {path}",
                exit_code=Exit.USAGE,
            )
        figures, counts, messages = forecaster.evaluate(frame, run)
        said += [message for message in (*renamed, *messages) if message not in said]
        parts.append(
            {
                "target": target,
                "rows": counts["rows"],
                "rows_without_target": counts["without_target"],
                "rows_not_later": counts["not_later"],
                "metric": dict(figures[0]),
                "metrics": figures,
                "coverage": counts["inside"] / max(counts["rows"], 1),
            }
        )
    _tell(said, strict, notify)
    return parts, said


def _placed(table: Table, forecasters: Sequence[SeriesForecaster]) -> Table:
    """Return the rows of a file without names of columns with those of training, where it has as many."""
    from automl_assist.serving.headless import by_place

    forms = [forecaster.bundle.form for forecaster in forecasters]
    columns = [column for form in forms for column in (*form.columns, *form.series)]
    return by_place(table, forecasters[0].bundle.reading, columns, [form.target for form in forms])


def _beside(frame: pd.DataFrame, forecasters: Sequence[SeriesForecaster]) -> list[Message]:
    """Return what is said of columns that no target's forecast uses."""
    from automl_assist.serving.predictor import not_used

    used: set[str] = set()
    for forecaster in forecasters:
        form = forecaster.bundle.form
        named, _ = forecaster.named(frame)  # as they stand in the file, some under other names than in training
        wanted = {c.name for c in (*form.columns, *form.series, form.target)}
        used |= {str(old) for old, new in zip(frame.columns, named.columns, strict=True) if new in wanted}
    extra = [str(name) for name in frame.columns if name not in used]
    return [not_used(extra)] if extra else []


def _tell(messages: Sequence[Message], strict: bool, notify: Notify) -> None:
    """Say what differs from training; with `strict` a missing column ends it."""
    missing = next((m for m in messages if m.code == "W0701"), None)
    if strict and missing:
        raise AssistError("E0703", missing.message, help="leave out --strict to have them taken as unchanged", exit_code=Exit.GATE)
    for message in messages:
        notify.message(message)
