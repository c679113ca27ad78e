"""``assist evaluate``: whether a finished run holds on rows that it has never seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from automl_assist.commands._console import Console, emit
from automl_assist.commands._options import DATA_HELP, READING, Common, options
from automl_assist.commands._results import Document, figure, labelled, score_line
from automl_assist.commands._text import plain
from automl_assist.schema import Options


@click.command(epilog="RUN is the folder that train wrote. " + DATA_HELP)
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("data")
@options("strict", "fail-under", *READING)
@click.pass_context
def command(ctx: click.Context, run: Path, data: str, strict: bool, fail_under: float | None, asked: Options, common: Common) -> int:
    r"""Score a finished run on labelled rows it has never seen.

    \b
    assist evaluate assist-run later.csv
    assist evaluate assist-run later.csv --fail-under 0.8
    """
    with Console(common, ctx.find_root().obj) as console:
        from automl_assist import pipeline

        document = pipeline.evaluate_run(run, data, strict=strict, fail_under=fail_under, read=asked.read, notify=console)
    return emit(document, "evaluate", common, _describe)


def _describe(document: Document) -> Iterator[str]:
    beside = (("rows_without_target", "without a known target left out"), ("rows_not_later", "not later than training left out"))
    left_out = ", ".join(f"{document[key]:,} {words}" for key, words in beside if document.get(key))
    yield labelled("Rows", f"{document['rows']:,}" + (f"  ({left_out})" if left_out else ""))
    headline = document["metric"]
    for part in document.get("targets") or ():
        yield labelled("Target", f"{plain(part['target'])}: {score_line(part['metric'])}")
    if headline["value"] is None and document.get("targets"):
        return
    yield labelled("Score", score_line(headline))
    if headline.get("when_trained") is not None:
        yield labelled("", f"{figure(headline['when_trained'])} on the test part when it was trained")
    yield from (labelled("", score_line(m)) for m in document["metrics"] if m["name"] != headline["name"])
