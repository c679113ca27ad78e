"""``assist why``: the decision trace in plain words."""

from __future__ import annotations

from collections.abc import Iterator

import click

from automl_assist.commands._console import Console, emit
from automl_assist.commands._options import UNDERSTANDING, Common, options
from automl_assist.commands._results import Document, decision_lines
from automl_assist.commands._text import plain
from automl_assist.schema import Options


@click.command(epilog="RUN is a run folder, or a data file to plan for.")
@click.argument("run")
@click.argument("topic", required=False)
@click.option("--all", "everything", is_flag=True, help="Also the rules that decided nothing here, and when they would.")
@options(*UNDERSTANDING)
@click.pass_context
def command(ctx: click.Context, run: str, topic: str | None, everything: bool, asked: Options, common: Common) -> int:
    r"""Why the run is as it is: every decision with its reason.

    \b
    assist why assist-run
    assist why assist-run loss
    assist why houses.csv --all
    """
    with Console(common, ctx.find_root().obj) as console:
        from automl_assist import pipeline

        document = pipeline.explain(run, topic, asked, console, everything=everything)
    return emit(document, "why", common, lambda d: _describe(d, full=topic is not None or common.verbose, run=run))


def _describe(document: Document, *, full: bool, run: str) -> Iterator[str]:
    for decision in document["decisions"]:
        yield from decision_lines(decision, full=full)
    if document.get("idle"):
        yield ""
        yield f"{len(document['idle'])} rules decided nothing here:"
        for rule in document["idle"]:
            over = f", but {plain(rule['overruled_by'])} comes first" if rule.get("overruled_by") else ""
            when = plain(rule["when"] or "it applies")
            yield f"  {plain(rule['rule'])} {plain(rule['topic'])}: {plain(rule['title'])} (when {when}{over})"
    if not full:
        yield ""
        yield f"assist why {plain(run)} TOPIC tells what else was possible and what would change it"
