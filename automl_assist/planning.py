"""From a file to a plan: what was read, what it is, what is wrong with it, and every choice that follows."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl_assist.errors import AssistError, Exit, did_you_mean
from automl_assist.rules.families import to_install
from automl_assist.runs.known_facts import KnownFacts, recall
from automl_assist.schema import CLASSIFICATION, Facts, Finding, Guess, Notify, Options, Plan, Profile, named_column

if TYPE_CHECKING:
    import pandas as pd

    from automl_assist.plan import Edits
    from automl_assist.preprocessing.labels import Labels
    from automl_assist.sources import Table

LATER_TASKS = ("multilabel",)  # several labels are learned one by one
LEAST_VALUES, LEAST_ROWS = 2, 10  # of a target


@dataclass
class Understood:
    """A data set, read and looked at."""

    table: Table
    typed: pd.DataFrame
    profile: Profile
    findings: tuple[Finding, ...]

    def let_rows_go(self) -> None:
        """Free the memory of the rows, once training has those it needs in a form of its own; what was found out about them stays."""
        self.table = without_rows(self.table)
        self.typed = self.typed.head(0).copy()


def without_rows(table: Table) -> Table:
    """Return what is known of a table, without its rows."""
    return replace(table, frame=table.frame.head(0).copy())


def understand(path: str, options: Options, notify: Notify, *, whole: bool = False) -> Understood:
    """Read, profile and check a data set; with `whole` every row is held, as training needs them."""
    return look_at(read_table(path, options, notify, whole=whole), options)


def read_table(path: str, options: Options, notify: Notify, *, whole: bool = False, page: bool = True) -> Table:
    """Read a data set, the `whole` of it to learn from, and say what had to be repaired; a `page` about it is got ready meanwhile."""
    from automl_assist import sources

    table = sources.read(path, options.read, whole=whole, meanwhile=partial(_make_ready, learning=whole, page=page))
    for message in table.messages:
        notify.message(message)
    return table


def _make_ready(*, learning: bool, page: bool) -> None:
    """Import and compile what comes after the reading: half a second that is free while a large file is looked at."""
    from automl_assist import checks, report

    checks.checks()
    if learning:
        from automl_assist.models import families

        families()
    if page:
        report.make_ready()


GRADES = ("binary", "multiclass", "regression", "count")  # tasks between which a metric may choose
MOST_GRADES = 50  # different numbers that can be classes


def look_at(table: Table, options: Options) -> Understood:
    """Profile and check a table."""
    from automl_assist.checks import CheckContext, find_all
    from automl_assist.profile import describe_rows

    profile, typed, cells = describe_rows(table, options)
    implied = _task_of_metric(profile, options)
    if implied:
        profile, typed, cells = describe_rows(table, replace(options, task=implied.name))
        profile = replace(profile, task=implied)
    findings = find_all(CheckContext(profile, cells, typed))
    return Understood(replace(table, frame=cells), typed, profile, findings)


def _task_of_metric(profile: Profile, options: Options) -> Guess | None:
    """Return the task that the metric asked for judges, where the values alone say another and could be meant so.

    Who asks for an error of amounts wants the five grades of a target as numbers, and who asks for accuracy wants them as classes.
    """
    if options.metric is None:
        return None
    from automl_assist.metrics import metrics

    asked, task, target = metrics().get(options.metric), profile.task, profile.target
    if asked is None or task is None or target is None or options.task is not None or task.name in asked.tasks or task.name not in GRADES:
        return None
    column = profile.column(target.name)
    amounts = task.name in CLASSIFICATION
    if column.numbers is None or (not amounts and column.distinct > MOST_GRADES):
        return None
    name = "regression" if amounts else "binary" if column.distinct == 2 else "multiclass"
    judged = "amounts" if amounts else "classes"
    return Guess(name, 1.0, f"--metric {asked.name} judges {judged}; the values alone say {task.name}: {task.reason}")


@dataclass(frozen=True)
class Asked:
    """A table and what is to be predicted of it.

    Attributes
    ----------
    options
        With several targets these stand under ``targets``, those of labels included.
    seen
        The table as understood for its one target, which then alone holds the rows; None with several, each of which is looked at when
        its turn comes.
    labels
        Of a target whose cells join several labels; the table has a column for each of them in its place.
    """

    table: Table
    options: Options
    seen: Understood | None = None
    labels: Labels | None = None

    def of_target(self, target: str | None) -> tuple[Understood, Options]:
        """Return the table without the other targets, as understood, and the options for this one; None for the only one."""
        if self.seen is not None or target is None:
            return self.seen or look_at(self.table, self.options), self.options
        others = [name for name in self.options.targets if name != target]
        task = "binary" if self.options.task == "multilabel" else self.options.task
        options = replace(self.options, target=target, targets=(), task=task)
        return look_at(replace(self.table, frame=self.table.frame.drop(columns=others)), options), options

    def require_learnable(self) -> None:
        """Refuse a target that cannot be learned before an hour has gone into the others, as far as a glance shows it."""
        for target in self.options.targets:
            cells = self.table.frame[target]
            if cells.nunique() < LEAST_VALUES or cells.count() < LEAST_ROWS:
                decide(*self.of_target(target))


def read_asked(path: str, options: Options, notify: Notify, *, whole: bool = False) -> Asked:
    """Read a data set and find what is to be predicted: one target, several, or one that joins several labels.

    Raises
    ------
    AssistError
        E0301 when one of several targets is not a column, E0303 when no label can be learned; what reading and profiling raise.
    """
    from automl_assist.preprocessing.labels import Labels
    from automl_assist.profile import require_column

    table = read_table(path, options, notify, whole=whole, page=whole)
    if options.targets:
        labels = Labels.named(table.frame, options.targets)
        if labels is not None:
            return Asked(replace(table, frame=labels.spread(table.frame)), options, labels=labels)
        for target in options.targets:
            require_column(target, list(table.frame.columns), table.reading, "target column", "E0301", "--target")
        return Asked(table, options)
    return asked_of(look_at(table, options), table, options, notify)


def asked_of(seen: Understood, table: Table, options: Options, notify: Notify) -> Asked:
    """Return what is to be predicted of a table that has been looked at for one target, which may join several labels."""
    from automl_assist.preprocessing.labels import Labels

    task = options.task or (seen.profile.task.name if seen.profile.task else None)
    if task != "multilabel" or seen.profile.target is None:
        return Asked(without_rows(table), options, seen)
    name = seen.profile.target.name
    labels, others = Labels.learn(table.frame[name], name)
    if others:
        what = "1 label" if others == 1 else f"{others:,} labels"
        notify.note(f"not predicted: {what} of {name!r} in too few rows, or beyond the most frequent")
    options = replace(options, target=None, targets=labels.columns, task=None)
    return Asked(replace(table, frame=labels.spread(table.frame)), options, labels=labels)


def known_for(path: str, options: Options) -> KnownFacts | None:
    """Return what the last profile found out about this file, where the options ask nothing else of it; None where it is to be read."""
    known = recall(path)
    if known is None or known.profile.target is None or _about_data(known.options) != _about_data(options):
        return None
    profile, target = known.profile, known.profile.target
    if options.target != known.options.target:
        if known.options.target is not None or options.target != target.name:
            return None
        profile = replace(profile, target=named_column("target", target.name))  # as guessed, so that nothing else is another
    return None if _task_of_metric(profile, options) else replace(known, profile=profile)


def _about_data(options: Options) -> Options:
    """Return the options without those that change nothing in what is found out, and without the target."""
    return replace(options, target=None, metric=None, families=(), budget_s=0.0, trials=None, max_predict_ms=None, pretrained=None, seed=0)


def facts_of(understood: Understood | KnownFacts, options: Options) -> Facts:
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
    from automl_assist.profile import require_learnable

    require_learnable(understood.profile, understood.typed, options)
    return decide_learnable(understood, options, plan_file)


def decide_learnable(understood: Understood | KnownFacts, options: Options, plan_file: Path | None = None) -> Plan:
    """Do what :func:`decide` does, for data that has passed for learnable before; no row is looked at."""
    from automl_assist.plan import Edits, make_plan, require_consistent

    _require_steps(understood.profile, options)
    _require_task(options.task or (understood.profile.task.name if understood.profile.task else None))
    edits = _plan_for(plan_file, understood.profile) if plan_file else Edits("plan", {})
    for name in ("target", "modality", "split.time", "split.group", "series"):  # these have become options
        edits.pop(name, None)
    _require_columns_as_read(edits, understood.profile)
    limit = {part: edits["search"].pop(part) for part in ("limit", "trials") if part in edits.get("search", {})}  # and these
    plan = make_plan(facts_of(understood, options), edits)
    edits.setdefault("search", {}).update(limit)
    _require_line(plan, options)
    _require_task(plan["task"])
    _require_backbone(plan, options)
    require_consistent(plan, edits)
    kind = understood.profile.modality.name
    checks = {
        "metric": (options.metric or "metrics" in edits, partial(_require_metric, plan)),
        "families": (options.families, partial(_require_families, plan, kind)),
    }
    for topic, (asked, check) in checks.items():
        if not asked and topic not in edits:
            continue  # what the rules choose fits and is there; to look costs the import of all of them
        try:
            check()
        except AssistError as error:
            if topic in edits:
                error.where = f"{edits.of_topic(topic)}; {error.where or ''}".rstrip("; ")
            raise
    return plan


def _require_steps(profile: Profile, options: Options) -> None:
    """Refuse a forecast of rows that stand in no order of time, and a series that nothing would look at."""
    if options.series and profile.modality.name not in ("sequence", "forecast"):
        raise AssistError(
            "E0405",
            f"--series is for sequences and forecasts, and this data is read as {profile.modality.name}",
            where=profile.modality.reason,
            help="say which with --modality sequence or --modality forecast, or leave out --series",
        )
    if profile.modality.name == "forecast" and not profile.layout.get("steps"):
        raise AssistError(
            "E0314",
            "nothing says when the rows are from, so that there is nothing to carry on",
            where=f"{len(profile.columns):,} columns; {profile.modality.reason}",
            help="name the column of times with --time COL, and that of the series, if there are several, with --series COL",
        )


def _require_task(task: str | None) -> None:
    if task in LATER_TASKS:
        raise AssistError("E0405", f"the task {task!r} is not part of this version", help="leave out --task")


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
    """Return the options with what of a plan file is an option: targets, modality, columns of the split, trials; what was given stands."""
    plans = _read_plans(plan_file)
    first = plans[0]
    if options.targets and len(plans) == 1:
        raise AssistError("E0424", "the plan is for one target, and several are named", help="leave out --target, or --plan")
    if len(plans) > 1 and not options.target and not options.targets:
        options = replace(options, targets=tuple(str(plan.get("target")) for plan in plans))
    forecast = any(name.startswith("forecast.") for name in first)
    return replace(
        options,
        modality=options.modality or first.get("modality") or ("forecast" if forecast else None),
        target=options.target or (None if options.targets else first.get("target")),
        time=options.time or first.get("split.time"),
        group=options.group or first.get("split.group"),
        series=options.series or first.get("series"),
        trials=options.trials or first.get("search", {}).get("trials"),
    )


def _require_columns_as_read(edits: Edits, profile: Profile) -> None:
    """Refuse what a plan says of columns that are not there, or are of another kind: nothing in a plan is passed over."""
    known = {column.name: column.kind for column in profile.features}
    for name, entry in edits.get("columns", {}).items():
        line = edits.at("columns", name)
        if profile.target and name == profile.target.name:
            raise AssistError(
                "E0424",
                f"the plan takes {name!r} for a column to learn from, and here it is the target",
                where=line,
                help=f"name the target of that plan, or write one for this: assist recommend DATA --target {shlex.quote(name)}",
            )
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
        if kind in plan.settings.get("split.kind", "").split("_") and column is None:
            raise AssistError("E0408", f"the plan parts rows by {kind}, and no column for it was named", help=f"name it with --{kind} COL")


def _require_metric(plan: Plan) -> None:
    from automl_assist.metrics import metrics
    from automl_assist.rules.metric import SHOWN

    fitting = [m.name for m in metrics().values() if plan["task"] in m.tasks]
    usual = next((name for name in SHOWN.get(plan["task"], ()) if name in fitting), fitting[0])
    for name in (plan["metric"], *plan["metrics"]):
        if name not in fitting:
            raise AssistError(
                "E0404",
                f"{name!r} is not a metric for the task {plan['task']}",
                where=f"metrics for it: {', '.join(fitting)}",
                help=did_you_mean(name, fitting) or f"--metric {usual} is usual",
            )


def _require_backbone(plan: Plan, options: Options) -> None:
    """Refuse weights from elsewhere that are not known, not there or of no use, and the family that needs them without any."""
    from automl_assist.rules._backbones import BACKBONES, IMAGENET, named_backbone
    from automl_assist.rules.families import PRETRAINED

    asked, chosen = options.pretrained, plan.settings.get("image.backbone")
    if asked is not None and named_backbone(asked) is None:
        raise AssistError(
            "E0404",
            f"--pretrained {asked!r} is no network that is known here, and no file (.h5) named like one",
            where=f"networks: {', '.join(BACKBONES)}",
            help=did_you_mean(asked, BACKBONES) or "--pretrained MobileNetV2",
        )
    if asked is not None and chosen is None:
        raise AssistError(
            "E0405", "--pretrained is for pictures, and none are learned from here", help="leave it out, or see assist profile for why"
        )
    needing = next((name for name in plan["families"] if name in PRETRAINED), None)
    if chosen is None and needing is not None:
        raise AssistError(
            "E0405", f"the model family {needing!r} needs weights from elsewhere", help="--pretrained MobileNetV2, or a file of weights"
        )
    if chosen is not None and chosen["weights"] != IMAGENET and not Path(chosen["weights"]).is_file():
        raise AssistError("E0101", f"there is no file of weights {chosen['weights']!r}", help="--pretrained takes a file, or a name alone")


def _require_families(plan: Plan, kind: str) -> None:
    """Refuse a family that data of this kind, a modality, has no use for, or whose libraries are not there."""
    from automl_assist.modalities import modality
    from automl_assist.models import families

    known: dict[str, Any] = {}
    if kind == "forecast":
        from automl_assist.forecasting import forecasters

        known |= forecasters()
    else:
        known |= {name: family for name, family in families().items() if name in modality(kind).families}
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
                help=f"{to_install(missing)}\nor leave out --family {name}",
            )


def require_target(profile: Profile) -> None:
    """Refuse a profile in which no column was named or found as the target; E0311 (exit 2)."""
    if profile.target is None:
        raise AssistError("E0311", "no column looks like a target", help="name it with --target COL", exit_code=Exit.USAGE)
