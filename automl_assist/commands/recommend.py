"""``assist recommend``: the plan, before a minute is spent on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from automl_assist.commands._console import Console, emit
from automl_assist.commands._options import DATA_HELP, SEARCHING, UNDERSTANDING, Common, options, out_option
from automl_assist.commands._results import Document, command as line_of, cost_line, decision_lines, labelled
from automl_assist.commands._text import plain
from automl_assist.schema import Options


@click.command(epilog=DATA_HELP)
@click.argument("data")
@out_option(None, "File for the plan, such as plan.yaml; give it to train with --plan.")
@options(*UNDERSTANDING, *SEARCHING, "overwrite", "dry-run")
@click.pass_context
def command(ctx: click.Context, data: str, asked: Options, out: Path | None, overwrite: bool, dry_run: bool, common: Common) -> int:
    r"""The plan: every choice, its reason, what would change it.

    \b
    assist recommend houses.csv --target price
    assist recommend houses.csv --target price --out plan.yaml
    """
    started: float = ctx.find_root().obj
    with Console(common, started) as console:
        from automl_assist import pipeline

        document = pipeline.recommend_plan(data, asked, out=None if dry_run else out, overwrite=overwrite, started=started, notify=console)
    return emit(document, "recommend", common, lambda d: _describe(d, data, asked, None if dry_run else out, common.verbose))


# Topics by what a person asks, in the order in which they are read; what is in none of them comes last.
PARTS = (
    ("What is predicted, and how it is judged", ("task", "metric", "metrics", "costs")),
    ("How it is tested", ("split", "refit")),
    ("What is learned from", ("columns", "numbers", "levels", "texts", "date_differences", "interactions", "made_columns")),
    ("What learns", ("families", "linear", "boosting", "forest", "kernel", "network")),
    ("What is tried in the time", ("space", "portfolio", "search", "local_search", "shares", "limits")),
    ("What comes out", ("ensemble", "calibration", "threshold", "interval", "importance")),
)
QUIET = (
    "space",
    "metrics",
    "network.loss_details",
    "numbers",
    "levels",
    "texts",
    "costs",
    "local_search",
    "shares",
    "limits",
    "importance",
)  # shown with -v
MOST_COLUMNS = 12


def _describe(document: Document, data: str, asked: Options, out: Path | None, verbose: bool) -> Iterator[str]:
    left = list(document["decisions"])
    for title, heads in (*PARTS, ("Further choices", None)):
        mine = [d for d in left if heads is None or d["topic"].split(".")[0] in heads]
        left = [d for d in left if d not in mine]
        shown = [d for d in mine if verbose or not {d["topic"], d["topic"].split(".")[0]} & set(QUIET)]
        columns = [d for d in shown if d.get("key")]
        if shown:
            yield ""
            yield title
            for decision in (*(d for d in shown if not d.get("key")), *columns[: None if verbose else MOST_COLUMNS]):
                yield from (f"  {line}" for line in decision_lines(decision, full=verbose))
        if len(columns) > MOST_COLUMNS and not verbose:
            yield f"  ... {len(columns) - MOST_COLUMNS:,} more about single columns: {plain(line_of('why', data))} COLUMN"
    yield ""
    if document.get("cost"):
        yield labelled("Cost", cost_line(document["cost"]))
    if out:
        yield labelled("Plan", plain(out))
        yield labelled("Next", plain(line_of("train", data, "--plan", out, *Options(read=asked.read).said())))
    else:
        target = () if asked.target is None else ("--target", asked.target)
        again = plain(line_of("recommend", data, *target, *asked.said()))
        yield labelled("Next", f"{again} --out plan.yaml, or assist train with the same options")
