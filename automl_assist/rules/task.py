"""What kind of answer is wanted."""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.rules._rule import ASKED, ORDINARY, Choice, Decided, Rule
from automl_assist.schema import Facts, Rejected


def _from_values(facts: Facts, _: Decided) -> Iterator[Choice]:
    task = facts.profile.task
    if task is None or task.given:
        return
    yield Choice(
        task.name,
        task.reason,
        {"confidence": task.confidence, "ambiguous": task.ambiguous},
        tuple(Rejected(a.name, a.reason or f"less likely ({a.confidence:.0%})") for a in task.alternatives),
        f"--task {task.alternatives[0].name} would override it" if task.alternatives else "--task would override it",
    )


def _asked(facts: Facts, _: Decided) -> Iterator[Choice]:
    if facts.options.task:
        yield Choice(facts.options.task, f"you asked for it with --task {facts.options.task}", flip="leaving out --task")


FROM_VALUES = Rule(
    "R101",
    "The task from the shape of the target's values",
    "task",
    ORDINARY,
    _from_values,
    refs=("the profile's task inference, tests/profile",),
    when="the task is not given",
)
TASK_ASKED = Rule(
    "R109", "The task that was asked for", "task", ASKED, _asked, refs=("the contract, section 1: --task",), when="--task is given"
)
