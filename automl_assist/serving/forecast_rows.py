"""Using a finished forecast: going on from training or from new rows, and a score for what came."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl_assist.errors import AssistError, Exit
from automl_assist.runs import open_run, verify_model
from automl_assist.schema import Message, Notify, ReadOptions, to_json

if TYPE_CHECKING:
    import pandas as pd

    from automl_assist.serving.forecaster import SeriesForecaster


def has_forecast(run: Path) -> bool:
    """Whether a finished run forecasts series."""
    from automl_assist.serving.forecaster import is_forecast

    return is_forecast(open_run(run).model)


def _load(run: Path) -> SeriesForecaster:
    from automl_assist.serving.forecaster import SeriesForecaster

    folder = open_run(run)
    verify_model(folder.model)
    return SeriesForecaster.load(folder.model)


def forecast_rows(
    run: Path, path: str | None, coverage: float | None, strict: bool, notify: Notify, read: ReadOptions | None
) -> tuple[pd.DataFrame, list[Message]]:
    """Return the forecast from the end of the rows at `path`, or of training without one."""
    from automl_assist import sources

    forecaster = _load(run)
    if path is None:
        return forecaster.predict(None, coverage, run)
    rows = sources.read(path, read, like=forecaster.bundle.reading)
    table, messages = forecaster.predict(rows.frame, coverage, run)
    everything = [*rows.messages, *messages]
    _tell(everything, strict, notify)
    return table, everything


def score_forecast(run: Path, path: str, strict: bool, notify: Notify, read: ReadOptions | None) -> dict[str, Any]:
    """Return the figures of a forecast on rows later than its training, for the document of ``assist evaluate``."""
    from automl_assist import sources

    forecaster = _load(run)
    table = sources.read(path, read, like=forecaster.bundle.reading)
    target = forecaster.bundle.form.target.name
    if target not in table.frame.columns:
        raise AssistError(
            "E0704",
            f"the target {target!r} is not in this data",
            where=f"columns: {', '.join(map(str, table.frame.columns[:8]))}",
            help=f"score rows that have it, or go on from these: assist predict {run} {path}",
            exit_code=Exit.USAGE,
        )
    figures, counts, messages = forecaster.evaluate(table.frame, run)
    everything = [*table.messages, *messages]
    _tell(everything, strict, notify)
    return {
        "target": target,
        "rows": counts["rows"],
        "rows_without_target": counts["left_out"],
        "metric": dict(figures[0]),
        "metrics": figures,
        "coverage": counts["inside"] / max(counts["rows"], 1),
        "messages": to_json(everything),
    }


def _tell(messages: Sequence[Message], strict: bool, notify: Notify) -> None:
    """Say what differs from training; with `strict` a missing column ends it."""
    missing = next((m for m in messages if m.code == "W0701"), None)
    if strict and missing:
        raise AssistError("E0703", missing.message, help="leave out --strict to have them taken as unchanged", exit_code=Exit.GATE)
    for message in messages:
        notify.message(message)
