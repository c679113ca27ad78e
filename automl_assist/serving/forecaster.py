"""A trained forecast: carries its series on from the end of training, or from the end of new rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl_assist.errors import AssistError
from automl_assist.forecasting import Fitted, Past, forecasters
from automl_assist.forecasting._backtests import figure
from automl_assist.forecasting._ensemble import combined
from automl_assist.forecasting._intervals import LEVELS, Widths
from automl_assist.forecasting._panel import WHOLE, Form, Rows, last_steps, lay_out, place_rows, some_series, times
from automl_assist.metrics import metric
from automl_assist.preprocessing import storage
from automl_assist.profile import cast_as_written
from automl_assist.records import from_json, to_json
from automl_assist.schema import Message, Reading
from automl_assist.serving.bundle import Member, damaged, read_object, require_schema
from automl_assist.serving.headless import nothing_known
from automl_assist.serving.predictor import named_as, named_otherwise, otherwise_written
from automl_assist.serving.wording import counted, listed

SCHEMA = "assist.forecast/1"
FILE = "forecast.json"
NEVER = np.iinfo(np.int64).min
LATER_ROWS = "give rows of the trained series that are later than those it was trained on"


@dataclass(frozen=True)
class ForecastBundle:
    """All that a forecast needs to know beside its series and its members, as plain data.

    Attributes
    ----------
    names
        The series, in the order of the stored past.
    combination
        ``weighted``, ``median`` or ``best single``.
    lowest
        Forecasts are not below it, such as 0 where no value ever was; None without a bound.
    """

    metric: str
    metrics: tuple[str, ...]
    form: Form
    names: tuple[tuple[str, ...], ...]
    reading: Reading
    members: tuple[Member, ...]
    combination: str
    coverage: float
    lowest: float | None = None

    def write(self, folder: Path, past: Past, widths: Widths) -> None:
        """Write everything but the members into `folder`, a folder that is put in place as a whole later."""
        (folder / FILE).write_text(json.dumps({"schema": SCHEMA, **to_json(self)}), "utf-8", "backslashreplace")
        (folder / "past").mkdir()
        past.save(folder / "past")
        storage.save(folder, "widths", widths)


class SeriesForecaster:
    """A forecast ready for use.

    Parameters
    ----------
    bundle : ForecastBundle
    past : Past
        The end of the training series.
    widths : Widths
    members : sequence of Fitted
    """

    def __init__(self, bundle: ForecastBundle, past: Past, widths: Widths, members: Sequence[Fitted]):
        self.bundle, self.past, self.widths, self.members = bundle, past, widths, members

    @classmethod
    def load(cls, folder: Path) -> SeriesForecaster:
        """Load ``model/`` of a run whose manifest has been verified.

        Raises
        ------
        AssistError
            E0603 if it is damaged, E0604 if another version wrote it.
        """
        data = read_object(folder / FILE)
        require_schema(data, SCHEMA, folder / FILE)
        try:
            bundle = from_json(ForecastBundle, data)
            past = Past.load(folder / "past")
            widths = storage.load(folder, "widths", Widths)
            if len(bundle.names) != past.n or widths.growth.shape != (past.horizon,) or len(widths.quantiles) != len(LEVELS):
                raise ValueError("its parts do not fit together")
            members = [_member(folder, member) for member in bundle.members]
            if not members:
                raise ValueError("it names no members")
        except (ValueError, KeyError, TypeError) as error:
            raise damaged(folder / FILE, str(error)) from error
        return cls(bundle, past, widths, members)

    # --- series

    def ahead(self, past: Past) -> np.ndarray:
        """Return forecasts of shape (n, horizon)."""
        each = [member.predict(past) for member in self.members]
        out = combined(each, [member.weight for member in self.bundle.members], self.bundle.combination)
        return out if self.bundle.lowest is None else np.maximum(out, self.bundle.lowest)

    def table(self, names: Sequence[tuple[str, ...]], past: Past, coverage: float | None) -> pd.DataFrame:
        """Return the columns that the contract names: the series, the time, ``prediction``, ``lower``, ``upper``."""
        bundle, h = self.bundle, past.horizon
        ahead = self.ahead(past)
        half = self.widths.half(bundle.coverage if coverage is None else coverage, self._sizes(names, past))
        lower, upper = ahead - half, ahead + half
        if bundle.lowest is not None:
            lower, upper = np.maximum(lower, bundle.lowest), np.maximum(upper, bundle.lowest)
        data: dict[str, Any] = {}
        for k, column in enumerate(bundle.form.series):
            data[column.name] = np.repeat(np.array([name[k] for name in names], dtype=object), h)
        steps = (past.last[:, None] + 1 + np.arange(h)[None, :]).ravel()
        data |= times(bundle.form, steps)
        return pd.DataFrame(data | {"prediction": ahead.ravel(), "lower": lower.ravel(), "upper": upper.ravel()})

    def _sizes(self, names: Sequence[tuple[str, ...]], past: Past) -> np.ndarray:
        known = {name: k for k, name in enumerate(self.bundle.names)}
        scale = np.where(np.isfinite(past.scale), past.scale, float(np.median(self.widths.size)))
        return np.array([self.widths.size[known[name]] if name in known else self.widths.usual * scale[i] for i, name in enumerate(names)])

    # --- rows

    def named(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Message]]:
        """Return the rows with the names of training for columns that differ from them in case and marks alone, and what is said of it."""
        form = self.bundle.form
        frame, renamed = named_as(frame, [c.name for c in (*form.columns, *form.series, form.target)])
        return frame, [named_otherwise(renamed)] if renamed else []

    def read(self, frame: pd.DataFrame, run: Path) -> tuple[Rows, list[Message]]:
        """Return rows as series and steps, and what was missing, extra or unreadable.

        Raises
        ------
        AssistError
            E0702 (exit 4) when a column that places rows is not there, or no row has a time.
        """
        form = self.bundle.form
        frame, messages = self.named(frame)
        placing = [c.name for c in (*form.time, *form.series)]
        absent = [name for name in placing if name not in frame.columns]
        names = [c.name for c in (*form.columns, *form.series, form.target)]
        if absent:
            if not any(name in frame.columns for name in names):
                raise nothing_known(frame, self.bundle.reading, (*form.columns, *form.series), (form.target,))
            raise AssistError(
                "E0702",
                f"the column {absent[0]!r}, which places rows in time and series, is not in this data",
                where=f"here are {', '.join(map(repr, map(str, frame.columns[:8])))}",
                help=f"give rows like those of training, or none: assist predict {run}",
            )
        wanted = [c for c in (*form.columns, *form.series, form.target) if c.name in frame.columns]
        lost = [c.column.name for c in form.covariates if c.column.name not in frame.columns]
        if lost:
            columns = counted(lost, "column is", "columns are")
            messages.append(Message("W0701", f"{columns} missing and taken as unchanged: {listed(lost)}"))
        typed, unread, otherwise = cast_as_written(frame, wanted, None)
        messages += [otherwise_written(otherwise)] if otherwise else []
        messages += [
            Message("W0703", f"column {name!r}: {count:,} cells do not read as in training and are taken as missing")
            for name, count in unread.items()
        ]
        rows = place_rows(frame, typed, form)
        if not len(frame):
            raise AssistError(
                "E0702", "there are no rows to go on from", help=f"leave DATA out to go on from the end of training: assist predict {run}"
            )
        if not len(rows.group):
            raise AssistError(
                "E0702", "no row has a time that can be read", where=f"column {placing[0]!r}" if placing else None, help="see --dayfirst"
            )
        return rows, [*messages, *rows.messages]

    def continued(self, rows: Rows) -> tuple[list[tuple[str, ...]], Past, list[Message]]:
        """Return the series of the rows with the past of training before them, up to the last known value of each."""
        known = {name: k for k, name in enumerate(self.bundle.names)}
        last = last_steps(rows)
        trained = np.array([known.get(name, -1) for name in rows.names], dtype=np.int64)
        last = np.where((last == NEVER) & (trained >= 0), self.past.last[trained], last)
        keep = last != NEVER
        messages = []
        if not keep.all():
            messages.append(Message("W0706", f"{_series(int((~keep).sum()), 'has')} no value, here or in training: left out"))
        if not keep.any():
            raise AssistError(
                "E0705", "no series of these rows has a value to go on from", help="give rows with known values, or no rows at all"
            )
        rows, last, trained = some_series(rows, keep), last[keep], trained[keep]
        if (trained < 0).any():
            unseen = _series(int((trained < 0).sum()), "was")
            messages.append(Message("W0704", f"{unseen} never seen in training: forecast from these rows alone"))
        messages += self._out_of_place(rows, last, trained)
        own = lay_out(rows, self.bundle.form, last)
        length = max(own.length, self.past.length)
        new = lay_out(rows, self.bundle.form, last, length)
        return list(rows.names), self._with_past(new, last, trained), messages

    def _out_of_place(self, rows: Rows, last: np.ndarray, trained: np.ndarray) -> list[Message]:
        """Return what is said of series whose rows end before training ended, or begin so late that a gap lies between."""
        known = trained >= 0
        ended = self.past.last[trained[known]]
        first = np.full(len(rows.names), np.iinfo(np.int64).max)
        np.minimum.at(first, rows.group, rows.step)
        early = int((last[known] < ended).sum())
        gap = np.maximum(first[known] - ended - 1, 0)
        late = gap > self.bundle.form.horizon
        said = []
        if early:
            said.append(
                Message(
                    "W0709",
                    f"{_series(early, 'ends')} before training ended: what is forecast are times that training has seen",
                    "leave DATA out to go on from the end of training",
                )
            )
        if late.any():
            said.append(
                Message(
                    "W0709",
                    f"{_series(int(late.sum()), 'begins')} long after training ended, up to {int(gap.max()):,} steps unknown between",
                    "give the rows between, or train again",
                )
            )
        return said

    def predict(self, frame: pd.DataFrame | None, coverage: float | None, run: Path) -> tuple[pd.DataFrame, list[Message]]:
        """Return the forecast from the end of the rows, or of training without rows."""
        if frame is None:
            return self.table(self.bundle.names, self.past, coverage), []
        rows, messages = self.read(frame, run)
        names, past, more = self.continued(rows)
        return self.table(names, past, coverage), [*messages, *more]

    def evaluate(self, frame: pd.DataFrame, run: Path) -> tuple[list[dict[str, Any]], dict[str, int], list[Message]]:
        """Return the figures on rows after the end of training, from that end on and then again after each horizon.

        Raises
        ------
        AssistError
            E0705 when there are no rows, or none with a value after the end of training.
        """
        if not len(frame):
            raise AssistError("E0705", "there are no rows to score", help=LATER_ROWS)
        rows, messages = self.read(frame, run)
        number = {name: k for k, name in enumerate(self.bundle.names)}
        trained = np.array([number.get(name, -1) for name in rows.names], dtype=np.int64)
        ends = np.where(trained >= 0, self.past.last[trained], np.iinfo(np.int64).max)
        later = np.isfinite(rows.value) & (rows.step > ends[rows.group])
        if not later.any():
            raise self._nothing_to_score(rows, trained, ends, len(frame))
        truth, ahead, scale, inside = [], [], [], []
        furthest = int((rows.step - ends[rows.group])[later].max())
        for begin in range(0, furthest, self.past.horizon):
            seen = replace(rows, value=np.where(later & (rows.step > ends[rows.group] + begin), np.nan, rows.value))
            seen = some_series(seen, trained >= 0)
            origin = ends[trained >= 0] + begin
            past = self._up_to(seen, origin, trained[trained >= 0])
            answer = self.ahead(past)
            came = _after(some_series(rows, trained >= 0), origin, past.horizon)
            half = self.widths.half(self.bundle.coverage, self._sizes(seen.names, past))
            truth.append(came), ahead.append(answer), scale.append(past.scale)  # type: ignore[func-returns-value]
            inside.append(np.abs(came - answer)[np.isfinite(came)] <= half[np.isfinite(came)])
        came, said = np.stack(truth), np.stack(ahead)
        figures = [_record(name, figure(came, said, scale[0], name)) for name in self.bundle.metrics]
        counts = {"rows": int(np.isfinite(came).sum()), "inside": int(np.concatenate(inside).sum())}
        counts |= _left_out(rows, trained, ends, len(frame))
        if (trained < 0).any():
            unseen = _series(int((trained < 0).sum()), "was")
            messages.append(Message("W0704", f"{unseen} never seen in training and left out of the score"))
        return figures, counts, messages

    def _nothing_to_score(self, rows: Rows, trained: np.ndarray, ends: np.ndarray, n: int) -> AssistError:
        """Return why none of the `n` rows of a file can be scored: other series, no values, or no later times."""
        read = f"{n:,} {'row was' if n == 1 else 'rows were'} read"
        if (trained < 0).all():
            return AssistError(
                "E0705", "no row belongs to a series of training", where=f"{read} of {len(rows.names):,} series", help=LATER_ROWS
            )
        without = _left_out(rows, trained, ends, n)["without_target"]
        if without:
            where = f"{read}; {without:,} of them are later, and none of these has a value that can be read"
            target = repr(self.bundle.form.target.name)
            return AssistError(
                "E0705", f"no row after the end of training has a target {target}", where=where, help="give rows with known targets"
            )
        where = f"{read}; {int((trained < 0).sum()):,} of {len(rows.names):,} series are new"
        return AssistError("E0705", "no row lies after the end of training", where=where, help=LATER_ROWS)

    def _up_to(self, rows: Rows, origin: np.ndarray, trained: np.ndarray) -> Past:
        new = lay_out(rows, self.bundle.form, origin, self.past.length + int((origin - self.past.last[trained]).max()))
        return self._with_past(new, origin, trained)

    def _with_past(self, new: Past, last: np.ndarray, trained: np.ndarray) -> Past:
        """Return new series that end at `last`, (n,), filled from those of training by their numbers there, (n,); -1 for a new one."""
        observed, before, ahead = new.observed.copy(), new.before.copy(), new.known.copy()
        for i, k in enumerate(trained):
            if k < 0:
                continue
            shift = int(last[i] - self.past.last[k])
            _under(observed[i][:, None], self.past.observed[k][:, None], shift)
            if before.shape[2]:
                _under(before[i], self.past.before[k], shift, zero=True)
            if ahead.shape[2]:
                _under(ahead[i], self.past.known[k], shift, zero=True)
        return replace(new, observed=observed, before=before, known=ahead)


def _left_out(rows: Rows, trained: np.ndarray, ends: np.ndarray, n: int) -> dict[str, int]:
    """Return how many rows of trained series have no value after the end of training, and how many are not later than it.

    Parameters
    ----------
    n : int
        Rows of the file; steps without any that were filled in stand behind them.
    """
    mine, after = trained[rows.group] >= 0, rows.step > ends[rows.group]
    empty = ~np.isfinite(rows.value)
    return {"without_target": int((mine & after & empty)[:n].sum()), "not_later": int((mine & ~after)[:n].sum())}


def _record(name: str, value: float) -> dict[str, Any]:
    m = metric(name)
    return {
        "name": name,
        "title": m.title,
        "value": value if np.isfinite(value) else None,
        "ci95": None,
        "higher_is_better": m.higher_is_better,
        "optimum": m.optimum,
        "plain": m.plain,
    }


def _under(new: np.ndarray, old: np.ndarray, shift: int, *, zero: bool = False) -> None:
    """Fill what is empty in `new`, (t, k), from `old`, whose last known column lies `shift` columns earlier."""
    place = np.arange(len(new)) - (len(new) - len(old)) + shift
    inside = np.flatnonzero((place >= 0) & (place < len(old)))
    have = new[inside]
    empty = (have == 0) if zero else np.isnan(have)
    new[inside] = np.where(empty, old[place[inside]], have)


def _after(rows: Rows, origin: np.ndarray, horizon: int) -> np.ndarray:
    """Return the mean value of each of the `horizon` steps after each origin, of shape (n, horizon); NaN for none."""
    k = rows.step - origin[rows.group] - 1
    use = np.isfinite(rows.value) & (k >= 0) & (k < horizon)
    cell = rows.group[use] * horizon + k[use]
    size = len(rows.names) * horizon
    count, total = np.bincount(cell, minlength=size), np.bincount(cell, rows.value[use], minlength=size)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan).reshape(-1, horizon)


def _member(folder: Path, member: Member) -> Fitted:
    known = forecasters()
    if member.family not in known:
        raise AssistError(
            "E0604", f"the model needs the forecaster {member.family!r}, which this version does not have", help="upgrade assist"
        )
    missing = known[member.family].missing_libraries()
    if missing:
        raise AssistError("E0803", f"the model needs {', '.join(missing)}, which is not installed", help=f"pip install {' '.join(missing)}")
    return known[member.family].load(folder / member.folders[0])


def is_forecast(folder: Path) -> bool:
    """Whether ``model/`` holds a forecast."""
    return (folder / FILE).is_file()


__all__ = ["WHOLE", "ForecastBundle", "SeriesForecaster", "is_forecast"]


def _series(n: int, verb: str) -> str:
    """Return how many series do something, the verb as one of them does it."""
    plural = {"has": "have", "was": "were"}.get(verb, verb.removesuffix("s"))
    return f"{n:,} series {verb if n == 1 else plural}"
