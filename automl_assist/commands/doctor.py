"""``assist doctor``: what a report of a bug needs, and what to install."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click

from automl_assist.commands._console import emit
from automl_assist.commands._options import Common, options
from automl_assist.commands._results import Document, brief
from automl_assist.commands._text import plain

OF_EVERY_DOCUMENT = ("schema", "command", "status", "exit_code", "error")


@click.command()
@options()
def command(common: Common) -> int:
    """Versions, backend, cores, memory, what is installed."""
    from automl_assist import pipeline

    return emit(pipeline.describe_machine(), "doctor", common, _describe)


def _describe(document: Document) -> Iterator[str]:
    for key, value in document.items():
        if key in OF_EVERY_DOCUMENT:
            continue
        if isinstance(value, Mapping):
            yield plain(key.replace("_", " "))
            yield from (f"  {plain(name):<16} {brief(item)}" for name, item in value.items())
        else:
            yield f"{plain(key.replace('_', ' ')):<18} {brief(value)}"
