"""Using a finished run: predictions for new rows, and a score for labelled ones."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl_assist.errors import AssistError, Exit, number
from automl_assist.records import from_json, to_json
from automl_assist.runs import open_run, verify_model, write_bytes
from automl_assist.schema import CLASSIFICATION, Message, Notify, Reading, ReadOptions
from automl_assist.serving.bundle import damaged, parts_of
from automl_assist.serving.several import mean_metric

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from automl_assist.modalities import Examples
    from automl_assist.preprocessing.labels import Labels
    from automl_assist.serving.predictor import Predictor
    from automl_assist.sources import Table


def document_head(command: str) -> dict[str, Any]:
    """Return what every JSON document begins with (contract, section 6)."""
    return {"schema": f"assist.{command}/1", "command": command, "status": "ok", "exit_code": 0, "error": None}


def gate(metric: Mapping[str, Any], fail_under: float | None) -> dict[str, Any]:
    """Return what changes in a document when the figure misses ``--fail-under``; exit code 7."""
    if fail_under is None:
        return {}
    value = metric["value"]
    held = value is not None and (value >= fail_under if metric["higher_is_better"] else value <= fail_under)
    if held:
        return {}
    said = f"is {value:.6g}" if value is not None and math.isfinite(value) else "cannot be computed from these rows"
    error = AssistError("E0501", f"{metric['name']} {said}, and --fail-under asks for {fail_under:g}", exit_code=Exit.GATE)
    return {"status": "failed", "exit_code": int(Exit.GATE), "error": error.to_json()}


@dataclass(frozen=True)
class LoadedRun:
    """What a run predicts with: a predictor for each target, and the labels where the targets are labels of one column."""

    predictors: tuple[Predictor, ...]
    labels: Labels | None = None

    @property
    def reading(self) -> Reading:
        """How the data of the training was read."""
        return self.predictors[0].bundle.reading

    @property
    def targets(self) -> list[str]:
        """The names of the targets; of labels those of their columns."""
        return [predictor.bundle.target.name for predictor in self.predictors]

    def placed(self, table: Table) -> Table:
        """Return the rows of a file without names of columns with those of training, where it has as many."""
        from automl_assist.serving.headless import by_place

        if self.labels and table.frame.shape[1] == self.reading.columns:  # where their column stood among the others is not known
            return table
        columns = [column for predictor in self.predictors for column in predictor.bundle.columns]
        targets = [predictor.bundle.target for predictor in self.predictors]
        return by_place(table, self.reading, columns, targets[:1] if self.labels else targets)

    def require_known(self, table: Table) -> None:
        """Refuse rows that have no column of the training.

        Raises
        ------
        AssistError
            E0702.
        """
        from automl_assist.serving.headless import nothing_known

        columns = list({column.name: column for predictor in self.predictors for column in predictor.bundle.columns}.values())
        if not any(column.name in table.frame.columns for column in columns):
            raise nothing_known(table.frame, self.reading, columns, [predictor.bundle.target for predictor in self.predictors])

    def answers(self, tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
        """Return the predictions for all targets side by side."""
        from automl_assist.serving.output import joined

        table = joined(tables, [predictor.bundle for predictor in self.predictors])
        return self.labels.joined(table) if self.labels else table


def load_run(run: Path) -> LoadedRun:
    """Return what a run whose files have been verified predicts with."""
    from automl_assist.serving.predictor import Predictor

    folder = open_run(run)
    manifest = verify_model(folder.model)
    predictors = tuple(Predictor.load(part) for part in parts_of(folder.model, manifest))
    if "labels" not in manifest:
        return LoadedRun(predictors)
    from automl_assist.preprocessing.labels import Labels

    try:
        labels = from_json(Labels, manifest["labels"])
    except (TypeError, KeyError, ValueError) as error:
        raise damaged(folder.model, "its manifest names no labels") from error
    return LoadedRun(predictors, labels.only([predictor.bundle.target.name for predictor in predictors]))


def predict_rows(
    run: Path,
    path: str | None,
    *,
    out: Path | None,
    strict: bool,
    overwrite: bool,
    coverage: float | None,
    raw_csv: bool,
    notify: Notify,
    read: ReadOptions | None = None,
) -> dict[str, Any]:
    """Predict new rows in the order they came."""
    from automl_assist import sources
    from automl_assist.serving.forecast_rows import forecast_rows, has_forecast
    from automl_assist.serving.output import prediction_table, require_ending

    if out:
        require_ending(out)
    if out and not out.parent.is_dir():
        raise AssistError(
            "E0905", f"{str(out)!r} cannot be written: {str(out.parent)!r} is no folder", help="make it first, or choose another --out"
        )
    if out and out.exists() and not overwrite:
        raise AssistError(
            "E0706", f"{str(out)!r} exists already", help="replace it with --overwrite, or choose another --out", exit_code=Exit.USAGE
        )
    if out and path is not None and out.exists() and Path(path).exists() and out.samefile(path):
        raise AssistError(
            "E0706", f"--out {str(out)!r} is the file to predict, and would be lost", help="choose another --out", exit_code=Exit.USAGE
        )
    if has_forecast(run):
        table, messages = forecast_rows(run, path, coverage, strict, notify, read)
        return _written(table, messages, run, out, raw_csv, notify)
    if path is None:
        raise AssistError("E0701", "no rows to predict were given", help=f"assist predict {run} DATA", exit_code=Exit.USAGE)
    loaded = load_run(run)
    rows = loaded.placed(sources.read(path, read, like=loaded.reading))
    if loaded.labels and loaded.labels.target in rows.frame.columns:
        rows = replace(rows, frame=rows.frame.drop(columns=loaded.labels.target))
    examples, messages = _prepared(loaded, rows, strict, notify)
    tables = []
    for predictor, mine in zip(loaded.predictors, examples, strict=True):
        table = prediction_table(predictor, predictor.predict(mine.typed), predictor.bundle.coverage if coverage is None else coverage)
        if mine.example_of is not None:  # a row for each row that came: those of one series repeat its prediction, others have none
            table = table.reindex(mine.example_of).reset_index(drop=True)
        tables.append(table)
    table = loaded.answers(tables)
    if rows.reading.format in sources.FOLDERS:  # files have no order of their own
        table["path"] = rows.frame["path"].to_numpy()
    return _written(table, messages, run, out, raw_csv, notify)


def _written(
    table: pd.DataFrame, messages: Sequence[Message], run: Path, out: Path | None, raw_csv: bool, notify: Notify
) -> dict[str, Any]:
    """Write predictions, and return the document about them."""
    from automl_assist.serving.output import encode, to_csv

    document = {
        **document_head("predict"),
        "run_dir": str(run),
        "rows": len(table),
        "columns": list(table.columns),
        "messages": to_json(messages),
        "out": None,
    }
    if out:
        data, defused = encode(table, out, raw_csv=raw_csv)
        write_bytes(out, data)
        document["out"] = str(out)
    else:
        document["text"], defused = to_csv(table, raw=raw_csv)
    document["defused_cells"] = defused
    if defused:
        notify.note(f"{defused:,} cells that a spreadsheet would run as a formula begin with an apostrophe now")
    return document


def _prepared(loaded: LoadedRun, table: Table, strict: bool, notify: Notify) -> tuple[list[Examples], list[Message]]:
    """Return the examples of each predictor, after every difference from training has been said once."""
    from automl_assist.modalities import folder_of

    examples, said = [], list(table.messages)
    for predictor, own in zip(loaded.predictors, loaded.targets, strict=True):
        others = [name for name in loaded.targets if name != own and name in table.frame.columns]
        found, messages = predictor.prepare(table.frame.drop(columns=others), folder_of(table.reading), table.reading.decimal)
        missing = next((m for m in messages if m.code == "W0701"), None)
        if strict and missing:
            raise AssistError(
                "E0703", missing.message, help=missing.help or "leave out --strict to have them filled as missing", exit_code=Exit.GATE
            )
        examples.append(found)
        said += [message for message in messages if message not in said]
    for message in said:
        notify.message(message)
    return examples, said


def evaluate_run(
    run: Path, path: str, *, strict: bool, fail_under: float | None, notify: Notify, read: ReadOptions | None = None
) -> dict[str, Any]:
    """Score a finished run on labelled rows that it has never seen."""
    from automl_assist import sources
    from automl_assist.serving.forecast_rows import has_forecast, score_forecast

    report = open_run(run).read_report()
    if has_forecast(run):
        parts, said = score_forecast(run, path, strict, notify, read)
        document = _evaluated(run, parts, report, said, max(part["rows"] for part in parts))
        return document | gate(document["metric"], fail_under)
    loaded = load_run(run)
    table = loaded.placed(sources.read(path, read, like=loaded.reading))
    wanted = [loaded.labels.target] if loaded.labels else loaded.targets
    table = _with_targets(table, loaded, wanted)
    missing = [name for name in wanted if name not in table.frame.columns]
    if missing:
        loaded.require_known(table)
        raise AssistError(
            "E0704",
            f"the target {missing[0]!r} is not in this data",
            where=f"columns: {', '.join(map(str, table.frame.columns[:8]))}",
            help=f"score rows that have it, or predict: assist predict {run} {path}",
            exit_code=Exit.USAGE,
        )
    if loaded.labels:
        table = _with_labels(table, loaded.labels)
    examples, messages = _prepared(loaded, table, strict, notify)
    parts = []
    for predictor, mine, trained in zip(loaded.predictors, examples, _parts(report), strict=False):
        y, said = _truth(predictor, mine, table.reading.decimal)
        for message in said:
            notify.message(message)
        messages += said
        parts.append(_scored(predictor, mine, y, trained))
    document = _evaluated(run, parts, report, messages, len(table.frame))
    return document | gate(document["metric"], fail_under)


def _with_labels(table: Table, labels: Labels) -> Table:
    """Return the table with a column of yes and no for each label that was learned; rows that hold none of these are told."""
    from automl_assist.serving.wording import listed

    cells = labels.as_learned(table.frame[labels.target])
    strange, labelled = labels.strange(cells)
    known = f"the model knows {listed(labels.names)}"
    if labelled and strange == labelled:
        raise AssistError(
            "E0705", f"no row has a label of {labels.target!r} that the model knows", where=known, help="give rows with known labels"
        )
    said = Message("W0704", f"column {labels.target!r}: {strange:,} of {labelled:,} rows with labels have none that was learned; {known}")
    messages = (*table.messages, said) if strange else table.messages
    return replace(table, frame=labels.spread(table.frame.assign(**{labels.target: cells})), messages=messages)


def _with_targets(table: Table, loaded: LoadedRun, targets: Sequence[str]) -> Table:
    """Return the table with the targets' names of training, where they differ in case and marks alone."""
    from automl_assist.serving.predictor import named_as, named_otherwise

    learned = [column.name for predictor in loaded.predictors for column in predictor.bundle.columns]
    renamed = {old: new for old, new in named_as(table.frame, [*learned, *targets])[1].items() if new in targets}
    if not renamed:
        return table
    return replace(table, frame=table.frame.rename(columns=renamed), messages=(*table.messages, named_otherwise(renamed)))


def _parts(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the report of each target."""
    return list(report.get("targets") or [report])


def _evaluated(
    run: Path, parts: Sequence[Mapping[str, Any]], report: Mapping[str, Any], messages: Sequence[Message], rows: int
) -> dict[str, Any]:
    """Return the document of ``assist evaluate`` from the figures of each target, beside those of the training."""
    parts = [
        {**part, "metric": part["metric"] | {"when_trained": trained["metric"]["value"]}}
        for part, trained in zip(parts, _parts(report), strict=False)
    ]
    document = {**document_head("evaluate"), "run_dir": str(run), **parts[0], "messages": to_json(messages)}
    if "targets" in report:
        headline = mean_metric([part["metric"] for part in parts])
        document |= {"targets": parts, "metric": headline | {"when_trained": report["metric"]["value"]}, "metrics": [headline]}
        document |= {"rows": rows, "rows_without_target": 0}
    return document


def _truth(predictor: Predictor, examples: Examples, decimal: str | None) -> tuple[np.ndarray, list[Message]]:
    """Return the codes or values of the target of each example, none as -1 or NaN, and whether the file writes it in another way."""
    from automl_assist.preprocessing.target import target_codes
    from automl_assist.profile import cast_as_written
    from automl_assist.serving.predictor import otherwise_written

    bundle = predictor.bundle
    cells = examples.cells[bundle.target.name]
    if bundle.task in CLASSIFICATION:
        return target_codes(cells, bundle.target, bundle.task, bundle.classes), []
    typed, _, otherwise = cast_as_written(cells.to_frame(bundle.target.name), [bundle.target], decimal)
    return typed[bundle.target.name].to_numpy(dtype=float), [otherwise_written(otherwise)] if otherwise else []


def _scored(predictor: Predictor, examples: Examples, y: np.ndarray, trained: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of one target on examples, beside what they were on the test part of its training."""
    import numpy as np

    from automl_assist.evaluation.assessment import TestPart, measured
    from automl_assist.serving.wording import listed

    bundle = predictor.bundle
    known = y >= 0 if bundle.task in CLASSIFICATION else np.isfinite(y)
    if not known.any():
        classes = f"; the model knows {listed(bundle.classes)}" if bundle.task in CLASSIFICATION else ""
        raise AssistError(
            "E0705",
            f"no row has a target {bundle.target.name!r} that the model knows",
            where=f"{number(len(examples.cells), 'row was', 'rows were')} read{classes}",
            help="give rows with known targets",
        )
    part = TestPart(y[known], predictor.predict_typed(examples.typed[known]), {})
    figures = measured(trained["plan"]["settings"]["metrics"], part, bundle.threshold, seed=0, until=float("inf"))
    return {
        "target": bundle.target.name,
        "rows": int(known.sum()),
        "rows_without_target": int((~known).sum()),
        "metric": figures[0],
        "metrics": figures,
    }
