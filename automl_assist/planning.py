"""From a file to a plan: what was read, what it is, what is wrong with it, and every choice that follows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from automl_assist.errors import AssistError, Exit, did_you_mean
from automl_assist.schema import Facts, Finding, Notify, Options, Plan, Profile

if TYPE_CHECKING:
    import pandas as pd

    from automl_assist.plan import Edits
    from automl_assist.sources import Table

LATER_TASKS = ("multilabel", "forecast")


@dataclass(frozen=True)
class Understood:
    """A data set, read and looked at."""

    table: Table
    typed: pd.DataFrame
    profile: Profile
    findings: tuple[Finding, ...]


def understand(path: str, options: Options, notify: Notify, *, whole: bool = False) -> Understood:
    """Read, profile and check a data set; with `whole` every row is held, as training needs them."""
    return look_at(read_table(path, options, notify, whole=whole), options)


def read_table(path: str, options: Options, notify: Notify, *, whole: bool = False) -> Table:
    """Read a data set, and say what had to be repaired."""
    from automl_assist import sources

    table = sources.read(path, options.read, whole=whole)
    for message in table.messages:
        notify.message(message)
    return table


def look_at(table: Table, options: Options) -> Understood:
    """Profile and check a table."""
    from automl_assist.checks import CheckContext, find_all
    from automl_assist.profile import describe_rows

    profile, typed, cells = describe_rows(table, options)
    findings = find_all(CheckContext(profile, cells, typed))
    return Understood(replace(table, frame=cells), typed, profile, findings)


def facts_of(understood: Understood, options: Options) -> Facts:
    """Return all that a rule may look at."""
    from automl_assist.machine import this_machine

    return Facts(understood.profile, understood.findings, options, this_machine())


def decide(understood: Understood, options: Options, plan_file: Path | None = None) -> Plan:
    """Fold the rules, and the edits of a plan file, into a plan that can be run.

    Raises
    ------
    AssistError
        E03xx when nothing can be learned from this data, E04xx for a metric or family that does not fit, E0801 for one that is not
        installed.
    """
    from automl_assist.plan import Edits, make_plan, require_consistent
    from automl_assist.profile import require_learnable

    require_learnable(understood.profile, understood.typed, options)
    _require_task(options.task or (understood.profile.task.name if understood.profile.task else None))
    edits = _plan_for(plan_file, understood.profile) if plan_file else Edits("plan", {})
    for name in ("target", "split.time", "split.group"):  # these have become options
        edits.pop(name, None)
    _require_columns_as_read(edits, understood.profile)
    limit = {part: edits["search"].pop(part) for part in ("limit", "trials") if part in edits.get("search", {})}  # and these
    plan = make_plan(facts_of(understood, options), edits)
    edits.setdefault("search", {}).update(limit)
    _require_line(plan, options)
    _require_task(plan["task"])
    require_consistent(plan, edits)
    for topic, check in (("metric", lambda: _require_metric(plan)), ("families", lambda: _require_families(plan, understood))):
        try:
            check()
        except AssistError as error:
            if topic in edits:
                error.where = f"{edits.of_topic(topic)}; {error.where or ''}".rstrip("; ")
            raise
    return plan


def _require_task(task: str | None) -> None:
    if task in LATER_TASKS:
        raise AssistError("E0405", f"the task {task!r} is not part of this version", help="--task binary, multiclass, regression or count")


def _read_plans(plan_file: Path) -> list[Edits]:
    """Return what a plan file says: one plan, or one for each of several targets, with ``---`` between them."""
    from automl_assist.plan import from_yaml

    try:
        text = plan_file.read_text("utf-8")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise AssistError(
            "E0420", f"the plan {str(plan_file)!r} cannot be read", where=why, help="write one with assist recommend DATA --out plan.yaml"
        ) from error
    plans, line = [], 0
    for part in re.split(r"^---[ \t]*\r?\n", text, flags=re.MULTILINE):
        if part.strip() or not text.strip():
            plans.append(from_yaml("\n" * line + part, str(plan_file)))  # so that a mistake is found on its line of the file
        line += part.count("\n") + 1
    return plans


def _plan_for(plan_file: Path, profile: Profile) -> Edits:
    """Return the plan in a file that is for this target."""
    plans = _read_plans(plan_file)
    target = profile.target.name if profile.target else None
    fitting = [plan for plan in plans if len(plans) == 1 or plan.get("target") == target]
    if not fitting:
        known = ", ".join(repr(plan.get("target")) for plan in plans)
        raise AssistError(
            "E0424", f"the plan has no part for the target {target!r}", where=f"it has parts for {known}", help="name one of these"
        )
    return fitting[0]


def options_of_plan(plan_file: Path, options: Options) -> Options:
    """Return the options with the targets, the columns of the split and the trials that stand in a plan file, unless others were given."""
    plans = _read_plans(plan_file)
    first = plans[0]
    if options.targets and len(plans) == 1:
        raise AssistError("E0424", "the plan is for one target, and several are named", help="leave out --target, or --plan")
    if len(plans) > 1 and not options.target and not options.targets:
        options = replace(options, targets=tuple(str(plan.get("target")) for plan in plans))
    return replace(
        options,
        target=options.target or (None if options.targets else first.get("target")),
        time=options.time or first.get("split.time"),
        group=options.group or first.get("split.group"),
        trials=options.trials or first.get("search", {}).get("trials"),
    )


def _require_columns_as_read(edits: Edits, profile: Profile) -> None:
    """Refuse what a plan says of columns that are not there, or are of another kind: nothing in a plan is passed over."""
    known = {column.name: column.kind for column in profile.features}
    for name, entry in edits.get("columns", {}).items():
        line = edits.at("columns", name)
        if name not in known:
            help = did_you_mean(name, known) or f"columns here: {', '.join(list(known)[:8])}"
            raise AssistError("E0424", f"the plan names a column {name!r} that is not in this data", where=line, help=help)
        if entry["kind"] != known[name]:
            raise AssistError(
                "E0424",
                f"the plan takes column {name!r} for {entry['kind']}, and here it reads as {known[name]}",
                where=line,
                help=f"the kind is decided when the data is read: --kind {name}={entry['kind']}",
            )


def _require_line(plan: Plan, options: Options) -> None:
    for kind, column in (("time", options.time), ("group", options.group)):
        if kind in plan["split.kind"].split("_") and column is None:
            raise AssistError("E0408", f"the plan parts rows by {kind}, and no column for it was named", help=f"name it with --{kind} COL")


def _require_metric(plan: Plan) -> None:
    from automl_assist.metrics import metrics

    fitting = [m.name for m in metrics().values() if plan["task"] in m.tasks]
    for name in (plan["metric"], *plan["metrics"]):
        if name not in fitting:
            raise AssistError(
                "E0404",
                f"{name!r} is not a metric for the task {plan['task']}",
                where=f"metrics for it: {', '.join(fitting)}",
                help=did_you_mean(name, fitting) or f"--metric {fitting[0]}",
            )


def _require_families(plan: Plan, understood: Understood) -> None:
    from automl_assist.modalities import modality
    from automl_assist.models import families

    known = {name: family for name, family in families().items() if name in modality(understood.profile.modality.name).families}
    for name in plan["families"]:
        if name not in known:
            words = (*known, "neural", "classic")
            raise AssistError(
                "E0406",
                f"there is no model family {name!r}",
                where=f"families: {', '.join(words)}",
                help=did_you_mean(name, words),
                exit_code=Exit.USAGE,
            )
        missing = known[name].missing_libraries()
        if missing:
            raise AssistError(
                "E0802",
                f"the model family {name!r} needs {' and '.join(missing)}, which cannot be imported",
                help=f"pip install {' '.join(missing)}\nor leave out --family {name}",
            )


def require_target(profile: Profile) -> None:
    """Refuse a profile in which no column was named or found as the target; E0311 (exit 2)."""
    if profile.target is None:
        raise AssistError("E0311", "no column looks like a target", help="name it with --target COL", exit_code=Exit.USAGE)


def for_target(table: Table, options: Options, target: str) -> tuple[Table, Options]:
    """Return the table without the other targets, and the options for this one."""
    others = [name for name in options.targets if name != target]
    task = "binary" if options.task == "multilabel" else options.task
    return replace(table, frame=table.frame.drop(columns=others)), replace(options, target=target, targets=(), task=task)


def require_targets(table: Table, options: Options) -> None:
    """Refuse several targets of which one is not a column; E0301 (exit 2)."""
    from automl_assist.profile import require_column

    for target in options.targets:
        require_column(target, list(table.frame.columns), table.reading, "target column", "E0301", "--target")
