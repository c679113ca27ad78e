"""``assist predict``: answers for new rows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from automl_assist.commands._console import Console, emit
from automl_assist.commands._options import DATA_HELP, READING, Common, options, out_option
from automl_assist.commands._results import Document, labelled
from automl_assist.commands._text import plain, say
from automl_assist.errors import number
from automl_assist.schema import Options


@click.command(epilog="RUN is the folder that train wrote. " + DATA_HELP)
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("data", required=False)
@out_option(None, "File to write: .csv, .parquet or .jsonl; else standard output.")
@options("strict", "overwrite", "coverage", "raw-csv", *READING)
@click.pass_context
def command(
    ctx: click.Context,
    run: Path,
    data: str | None,
    out: Path | None,
    strict: bool,
    overwrite: bool,
    coverage: float | None,
    raw_csv: bool,
    asked: Options,
    common: Common,
) -> int:
    r"""Predictions for new rows, in the order they came.

    A forecast goes on from the end of DATA, or of training where no DATA is given.

    \b
    assist predict assist-run new.csv --out predictions.csv
    assist predict assist-run new.csv | head
    assist predict sales-forecast --out next.csv
    """
    with Console(common, ctx.find_root().obj) as console:
        from automl_assist import pipeline

        document = pipeline.predict_rows(
            run, data, out=out, strict=strict, overwrite=overwrite, coverage=coverage, raw_csv=raw_csv, read=asked.read, notify=console
        )
    if out is None and not common.json:
        say(document["text"], sys.stdout, newline=False)
        document = {key: value for key, value in document.items() if key != "text"}
    return emit(document, "predict", common, lambda d: _describe(d, out))


def _describe(document: Document, out: Path | None) -> Iterator[str]:
    if out is not None:
        yield labelled("Predicted", number(document["rows"], "row", "rows"))
        yield labelled("Written", plain(out))
