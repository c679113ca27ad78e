"""A loaded model: new rows in, predictions out, and what was odd about the rows."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from automl_assist.errors import AssistError, did_you_mean, number
from automl_assist.evaluation import calibration
from automl_assist.evaluation.ensemble import averaged
from automl_assist.evaluation.scoring import labels
from automl_assist.machine import this_machine
from automl_assist.modalities import Examples, Modality, RowCoding, modality
from automl_assist.models import Model, families
from automl_assist.profile import cast_as_written
from automl_assist.rules.families import to_install
from automl_assist.schema import CLASSIFICATION, NUMERIC_KINDS, Column, Message
from automl_assist.serving.bundle import Bundle, Member, read_bundle
from automl_assist.serving.headless import nothing_known
from automl_assist.serving.names import MOST_HINTS, alone_as, named_as, named_otherwise
from automl_assist.serving.wording import counted, listed

FEWEST_ROWS, MOST_ROWS = 2_000, 50_000  # fewer are answered before threads would pay; more at a time would take their memory
FEWEST_DENSE, MOST_DENSE = 50, 250  # pictures and series, each of which becomes thousands of figures
OUT_OF_RANGE_SHARE = 0.5  # of the training range beyond either end, before a value is called out of range


@dataclass(frozen=True)
class Prediction:
    """What was predicted for n rows.

    Attributes
    ----------
    raw
        Probabilities (n, k) or values (n,).
    label
        Class names (n,), or None for numbers.
    """

    raw: np.ndarray
    label: np.ndarray | None


class Predictor:
    """An ensemble of fold models with everything around it.

    Parameters
    ----------
    bundle : Bundle
    coding : RowCoding
    models : sequence of sequence of Model
        Fold models of each member.
    """

    def __init__(self, bundle: Bundle, coding: RowCoding, models: Sequence[Sequence[Model]]):
        self.bundle = bundle
        self.modality: Modality = modality(bundle.modality)
        self.coding = coding
        self.models = models

    @classmethod
    def load(cls, folder: Path, *, first_fold_only: bool = False) -> Predictor:
        """Load ``model/`` of a run whose manifest has been verified.

        Parameters
        ----------
        folder : Path
        first_fold_only : bool
            One fold model of each member instead of all: for what needs many predictions and no last digit.
        """
        bundle, coding = read_bundle(folder)
        return cls.of(bundle, coding, folder, first_fold_only=first_fold_only)

    @classmethod
    def of(cls, bundle: Bundle, coding: dict[str, Any], folder: Path, *, first_fold_only: bool = False) -> Predictor:
        """Load the fold models of `bundle` from below `folder`."""
        try:
            restored = modality(bundle.modality).restore_coding(coding)
        except (ValueError, KeyError, TypeError) as error:
            raise AssistError(
                "E0603", "the model is damaged: coding.json cannot be used", where=str(error)[:200], help="train again"
            ) from error
        models = [
            [_load_model(member, folder, name) for name in (member.folders[:1] if first_fold_only else member.folders)]
            for member in bundle.members
        ]
        return cls(bundle, restored, models)

    def predict_typed(self, typed: pd.DataFrame) -> np.ndarray:
        """Return probabilities (n, k) or values (n,) for examples that are typed already."""
        parts = _parts(len(typed), *((FEWEST_DENSE, MOST_DENSE) if self.bundle.arrangement else (FEWEST_ROWS, MOST_ROWS)))
        if len(parts) == 1:
            return self._predict_part(typed)
        # most of the work is native code; threads of BLAS within each of ours would wait for one another on the same cores
        with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(min(_cores(), len(parts))) as pool:
            return np.concatenate(list(pool.map(lambda part: self._predict_part(typed.iloc[part]), parts)))

    def _predict_part(self, typed: pd.DataFrame) -> np.ndarray:
        features = self.coding.transform(typed)
        way = self.bundle.averaging
        each = [averaged([model.predict(features) for model in folds], [1 / len(folds)] * len(folds), way) for folds in self.models]
        mean = averaged(each, [member.weight for member in self.bundle.members], way)
        if self.bundle.task in CLASSIFICATION:
            return calibration.applied(self.bundle.calibration, mean / mean.sum(axis=1, keepdims=True))
        return mean if self.bundle.lowest is None else np.maximum(mean, self.bundle.lowest)

    def prepare(self, frame: pd.DataFrame, folder: Path, decimal: str | None = None) -> tuple[Examples, list[Message]]:
        """Return examples with the columns of training, and what was missing, extra, retyped, unseen or out of range.

        Parameters
        ----------
        frame : DataFrame
            As a source read it.
        folder : Path
            What relative paths in cells start from.
        decimal : str, optional
            The decimal mark of the file.

        Raises
        ------
        AssistError
            E0702 (exit 4) when no column of training is there.
        """
        wanted = self.bundle.columns
        messages = []
        frame, renamed = named_as(frame, [c.name for c in wanted])
        if not renamed:
            frame, renamed = alone_as(frame, wanted, self.bundle.target.name)
        messages += [named_otherwise(renamed)] if renamed else []
        there = [c for c in wanted if c.name in frame.columns]
        absent = [c.name for c in wanted if c.name not in frame.columns]
        if not there:
            raise nothing_known(frame, self.bundle.reading, wanted, (self.bundle.target,))
        known = {c.name for c in wanted} | {self.bundle.target.name}
        extra = [str(name) for name in frame.columns if name not in known]
        if absent:
            hints = [f"{name!r}: {hint}" for name in absent[:MOST_HINTS] if (hint := did_you_mean(name, extra))]
            messages.append(
                Message(
                    "W0701",
                    f"{counted(absent, 'column is', 'columns are')} missing and filled as missing: {listed(absent)}",
                    "; ".join(hints) or None,
                )
            )
        messages += [not_used(extra)] if extra else []
        series = self.bundle.arrangement.get("series", ())  # a file of one series needs no name for it
        emptied = [c.name for c in there if not c.missing and c.name not in series and len(frame) and frame[c.name].isna().all()]
        if emptied:
            said = f"{counted(emptied, 'column is', 'columns are')} empty here, though every row of training had a value: {listed(emptied)}"
            messages.append(Message("W0710", said, "fill in what is known; without it predictions are worse than in training"))
        typed, unread, otherwise = cast_as_written(frame, there, decimal)
        messages += [otherwise_written(otherwise)] if otherwise else []
        messages += [
            Message("W0703", f"column {name!r}: {number(count, 'cell does', 'cells do')} not read as {self._kind(name)}, taken as missing")
            for name, count in unread.items()
            if count and not (name in series and typed[name].isna().all())  # whose cells are names where none of them is a number
        ]
        messages += [
            Message(
                "W0705",
                f"column {c.name!r}: no cell has the '%' of training, and all are at most 1: 0.5 was read as 0.5 %",
                "write shares as 50% or 50",
            )
            for c in there
            if _as_shares(c, frame[c.name], typed[c.name])
        ]
        for name in absent:
            typed[name] = np.nan if self._kind(name) in NUMERIC_KINDS else None
        typed = typed[[c.name for c in wanted]]
        messages += self._unusual(typed)
        examples = self.modality.arrange(frame, typed, self.bundle.arrangement, folder)
        messages += examples.notes
        messages += [
            Message("W0704", f"column {name!r}: {number(count, 'value was', 'values were')} never seen in training")
            for name, count in self.coding.unseen(examples.typed).items()
            if count
        ]
        return examples, messages

    def _kind(self, name: str) -> str:
        return next(c.kind for c in self.bundle.columns if c.name == name)

    def _unusual(self, typed: pd.DataFrame) -> list[Message]:
        messages, together = [], {*self.bundle.arrangement.get("columns", ())}
        outside = 0
        for column in self.bundle.columns:
            facts = column.numbers
            if facts is None or column.kind not in NUMERIC_KINDS:
                continue
            room = OUT_OF_RANGE_SHARE * (facts.maximum - facts.minimum)
            values = typed[column.name].to_numpy(dtype=float)
            count = int(((values < facts.minimum - room) | (values > facts.maximum + room)).sum())
            if column.name in together:  # a step or a channel of series: one sentence for all of them
                outside += count
            elif count:
                seen = f"{facts.minimum:g} to {facts.maximum:g}"
                said = f"{number(count, 'value is', 'values are')} far outside the range of training, {seen}"
                messages.append(Message("W0705", f"column {column.name!r}: {said}"))
        if outside:
            messages.append(Message("W0705", f"{outside:,} values of the series are far outside the range of training"))
        return messages

    def predict(self, typed: pd.DataFrame) -> Prediction:
        """Return the prediction for typed rows."""
        raw = self.predict_typed(typed)
        if self.bundle.task not in CLASSIFICATION:
            return Prediction(raw, None)
        names = np.array(self.bundle.answers, dtype=object)
        return Prediction(raw, names[labels(raw, self.bundle.threshold)] if len(raw) else names[:0])

    def half_width(self, coverage: float) -> float:
        """Return half the width of the interval that holds `coverage` of the errors."""
        return float(np.interp(coverage, self.bundle.levels, self.bundle.half_widths))


def _as_shares(column: Column, cells: pd.Series, typed: pd.Series) -> bool:
    """Whether numbers that were percentages in training may be shares of one here, as spreadsheets and typed files hold them."""
    facts = column.numbers
    if column.kind not in NUMERIC_KINDS or column.affix != "%" or facts is None or facts.quantiles[1] <= 1:
        return False  # three in four were above 1 %
    return bool(typed.abs().max() <= 1 and (typed != 0).any()) and not cells.dropna().astype(str).str.contains("%", regex=False).any()


def otherwise_written(names: Sequence[str]) -> Message:
    """Return what is said of columns that a file writes in another way than the one of training."""
    return Message(
        "W0708",
        f"{counted(names, 'column is', 'columns are')} written in another way than in training (marks, currency or unit, order of a date, "
        f"words for yes and no), and read so: {listed(names)}",
        "look at a few predictions, and write them as in training where they are wrong",
    )


def not_used(names: Sequence[str]) -> Message:
    """Return what is said of columns that a file has beside those of the model."""
    them = "it" if len(names) == 1 else "them"
    said = f"{counted(names, 'column is', 'columns are')} not used, as the model did not learn from {them}"
    return Message("W0702", f"{said}: {listed(names)}")


def _parts(rows: int, fewest: int, most: int) -> list[slice]:
    """Return equal parts of rows: one for each core, more where they would exceed `most`, one alone for less than `fewest`."""
    number = 1 if rows < fewest else max(_cores(), math.ceil(rows / most))
    edges = [k * rows // number for k in range(number + 1)]
    return [slice(start, end) for start, end in itertools.pairwise(edges)]


@lru_cache(maxsize=1)
def _cores() -> int:
    return this_machine().cores


def _load_model(member: Member, folder: Path, name: str) -> Model:
    family = families().get(member.family)
    if family is None:
        raise AssistError(
            "E0604",
            f"the model needs the model family {member.family!r}, which this version does not have",
            help="upgrade assist, or train again",
        )
    missing = family.missing_libraries()
    if missing:
        raise AssistError("E0803", f"the model needs {', '.join(missing)}, which is not installed", help=to_install(missing))
    try:
        return family.load(folder / name)
    except AssistError:
        raise
    except Exception as error:  # a family refuses what it did not write; whatever it stumbles over, the file is the cause
        raise AssistError(
            "E0603",
            f"the model is damaged: {name} cannot be used",
            where=f"{type(error).__name__}: {str(error)[:200]}",
            help="train again, or restore the run folder",
        ) from error
