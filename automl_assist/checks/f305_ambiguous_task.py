"""A target that can be read in two ways.

A whole number with few values may be a class or an amount, and metric, loss and models all follow from which. The guess is told
with the option that overrules it.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._wording import counted, named


def _find(context: CheckContext) -> Iterator[Hit]:
    profile = context.profile
    if profile.target is None or profile.task is None or not profile.task.ambiguous or profile.task.given:
        return
    task, name = profile.task, profile.target.name
    others = [a.name for a in task.alternatives if a.name != task.name]
    distinct = next((c.distinct for c in profile.columns if c.name == name), 0)
    also = f"; it could also be {others[0]}" if others else ""
    yield Hit(
        f"The task for {named(name)}, with {counted(distinct, 'different value')} in {counted(profile.labelled_rows, 'row')}, "
        f"is taken to be {task.name} ({task.reason}){also}.",
        (name,),
        fix=f"--task {others[0] if others else task.name}",
    )


CHECK = Check("F305", "Ambiguous task", "info", _find)
