"""A column that is the target under another name.

A model would read the answer off and score perfectly, and fail on new rows where the column is not known yet. Such a column is
left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._relations import IDENTICAL, LINEAR, RECODED, copies
from automl_assist.checks._wording import counted, grouped, named

HOW = {
    IDENTICAL: "the cells are identical",
    RECODED: "each of its values goes with one value of the target, and the other way round",
    LINEAR: "the target is a constant times it plus another",
}


def _find(context: CheckContext) -> Iterator[Hit]:
    profile = context.profile
    if profile.target is None:
        return
    hits = [
        Hit(
            f"Column {named(name)} is a copy of the target {named(profile.target.name)} and leaks it: {HOW[relation]} "
            f"in all {counted(profile.labelled_rows, 'row')}.",
            (name,),
            fix=f"it is left out; set columns.{name}.use to true in plan.yaml if it is known beforehand",
        )
        for name, relation in copies(context).items()
    ]
    yield from grouped(hits, "are copies of the target and leak it")


CHECK = Check("F201", "Copy of the target", "error", _find)
