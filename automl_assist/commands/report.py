"""``assist report``: the page once more, with the templates of this version."""

from __future__ import annotations

from pathlib import Path

import click

from automl_assist.commands._console import emit
from automl_assist.commands._options import Common, options
from automl_assist.commands._results import labelled
from automl_assist.commands._text import plain


@click.command(epilog="RUN is the folder that train or profile wrote.")
@click.argument("run", type=click.Path(path_type=Path))
@options()
def command(run: Path, common: Common) -> int:
    r"""Write report.html again from the run folder.

    \b
    assist report assist-run
    """
    from automl_assist import pipeline

    document = pipeline.write_report(run)
    return emit(document, "report", common, lambda d: [labelled("Report", plain(d.get("report") or run / "report.html"))])
