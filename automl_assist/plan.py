"""Fold the rules over the facts into a plan with its trace; write plan.yaml and read it back.

Pure: the same facts give the same plan, in whatever order the rules are listed, because topics are decided in the order of
``TOPICS`` and within a topic the highest priority wins.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml

from automl_assist.errors import AssistError, did_you_mean
from automl_assist.rules import Choice, Rule, rules
from automl_assist.schema import KINDS, TASKS, Decision, Facts, Plan, to_json

SCHEMA = "assist.plan/1"
EDITED = 2000  # the priority of a value that was edited in plan.yaml: above everything
LARGEST_PLAN_BYTES = 20_000_000
PLAIN_RULES = ("R401",)  # the ordinary case of every column; its decisions would only repeat the table of columns

Valid = Callable[[Any], str | None]


# --- topics


def _one_of(*options: str) -> Valid:
    def valid(value: Any) -> str | None:
        if value in options:
            return None
        hint = did_you_mean(str(value), options)
        return f"must be one of {', '.join(options)}" + (f"; {hint}" if hint else "")

    return valid


def _number(low: float, high: float, kind: type = float) -> Valid:
    def valid(value: Any) -> str | None:
        right_type = isinstance(value, int if kind is int else int | float) and not isinstance(value, bool)
        what = "a whole number" if kind is int else "a number"
        return None if right_type and low <= value <= high else f"must be {what} from {low:g} to {high:g}"

    return valid


def _name(value: Any) -> str | None:
    return None if isinstance(value, str) and value else "must be a name"


def _names(value: Any) -> str | None:
    right = isinstance(value, list) and value and all(isinstance(v, str) for v in value)
    return None if right else "must be a list of names"


def _columns(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return "must map each column to {use: true|false, kind: KIND}"
    for name, entry in value.items():
        if not isinstance(entry, Mapping) or set(entry) - {"use", "kind"} or not isinstance(entry.get("use"), bool):
            return f"has no 'use: true' or 'use: false' for column {name!r}"
        if entry.get("kind") not in KINDS:
            return f"has an unknown kind for column {name!r}: one of {', '.join(KINDS)}"
    return None


def _fields(**parts: Valid) -> Valid:
    def valid(value: Any) -> str | None:
        if not isinstance(value, Mapping):
            return f"must have the keys {', '.join(parts)}"
        for key in value:
            if key not in parts:
                hint = did_you_mean(str(key), parts)
                return f"has the unknown key {key!r}" + (f"; {hint}" if hint else "")
        return next((f"{key} {wrong}" for key, part in parts.items() if key in value and (wrong := part(value[key]))), None)

    return valid


@dataclass(frozen=True)
class Topic:
    """Something to decide: its title, and what a value of it may be."""

    name: str
    title: str
    valid: Valid
    by_column: bool = False


TOPICS = {
    topic.name: topic
    for topic in (
        Topic("task", "Task", _one_of(*TASKS)),
        Topic("metric", "Metric to optimise", _name),
        Topic("metrics", "Metrics to show", _names),
        Topic("split.kind", "Line between training and test", _one_of("random", "stratified", "group", "time")),
        Topic("split.folds", "Folds", _number(2, 20, int)),
        Topic("split.test_share", "Locked test part", _number(0.0001, 0.5)),
        Topic("columns", "Columns", _columns, by_column=True),
        Topic("families", "Kinds of model", _names),
        Topic("network.loss", "Loss of the network", _one_of("cross_entropy", "squared", "absolute")),
        Topic(
            "network.optimizer",
            "Optimiser of the network",
            _fields(name=_one_of("adamw"), batch_size=_number(8, 65_536, int), epochs=_number(1, 10_000, int)),
        ),
        Topic(
            "network.regularization",
            "Against overfitting",
            _fields(dropout=_number(0, 0.9), weight_decay=_number(0, 1), early_stopping=_name, label_smoothing=_number(0, 0.5)),
        ),
        Topic(
            "search",
            "Search",
            _fields(order=_name, limit=_one_of("time", "trials"), trials=_number(1, 100_000, int)),
        ),
        Topic("ensemble", "Ensemble", _fields(kind=_one_of("greedy weighted"), steps=_number(1, 200, int))),
        Topic("threshold", "Threshold", _one_of("half", "best_f1")),
        Topic("interval", "Interval", _fields(kind=_one_of("conformal residuals"), coverage=_number(0.5, 0.999))),
    )
}


# --- folding


def make_plan(facts: Facts, edits: Mapping[str, Any] | None = None, *, all_rules: Iterable[Rule] | None = None) -> Plan:
    """Decide every topic.

    Parameters
    ----------
    facts : Facts
        The profile, the findings, the user's options and the machine.
    edits : mapping, optional
        Values by topic from an edited plan.yaml; they win over every rule.
    all_rules : iterable of Rule, optional
        Instead of the registry, for tests; their order does not matter.
    """
    by_topic: dict[str, list[Rule]] = {name: [] for name in TOPICS}
    for rule in rules().values() if all_rules is None else all_rules:
        by_topic[rule.topic].append(rule)
    settings: dict[str, Any] = {}
    trace: list[Decision] = []
    for name, topic in TOPICS.items():
        ordered = sorted(by_topic[name], key=lambda rule: -rule.priority)
        winners = _winners(ordered, facts, settings)
        decisions = [_decision(name, won, lost) for won, lost in winners.values()]
        if edits and name in edits:
            decisions = _edited(topic, decisions, edits[name])
        if topic.by_column:
            outcomes = {d.key: d.outcome for d in decisions}
            settings[name] = {c.name: outcomes[c.name] for c in facts.profile.features if c.name in outcomes}
        elif decisions:
            settings[name] = decisions[0].outcome
        trace += [d for d in decisions if d.rule not in PLAIN_RULES]
    return Plan(settings, tuple(trace))


Won = tuple[tuple[Rule, Choice], tuple[str, ...]]


def _winners(ordered: list[Rule], facts: Facts, settings: Mapping[str, Any]) -> dict[str, Won]:
    """Return the first choice for each key, and the codes of the rules that wanted something else."""
    found: dict[str, Won] = {}
    for rule in ordered:
        for choice in rule.decide(facts, settings):
            if choice.key not in found:
                found[choice.key] = ((rule, choice), ())
            else:
                winner, lost = found[choice.key]
                if choice.value != winner[1].value and rule.code != winner[0].code:
                    found[choice.key] = (winner, (*lost, rule.code))
    return found


def _decision(topic: str, won: tuple[Rule, Choice], overrides: tuple[str, ...]) -> Decision:
    rule, choice = won
    facts = to_json(choice.facts)
    return Decision(
        topic, rule.code, rule.title, choice.value, choice.because, facts, choice.rejected, choice.flip, rule.refs, rule.priority,
        overrides, choice.key,
    )  # fmt: skip


def _edited(topic: Topic, decisions: list[Decision], value: Any) -> list[Decision]:
    def edit(old: Decision | None, new: Any, key: str) -> Decision:
        if old is not None and old.outcome == new:
            return old
        overrides = (*((old.rule,) if old else ()), *(old.overrides if old else ()))
        return Decision(
            topic.name,
            "PLAN",
            "Edited in plan.yaml",
            new,
            "it stands so in the plan you gave",
            priority=EDITED,
            overrides=overrides,
            key=key,
        )

    if not topic.by_column:
        return [edit(decisions[0] if decisions else None, value, "")]
    old = {d.key: d for d in decisions}
    return [edit(d, value.get(key, d.outcome), key) for key, d in old.items()]


# --- plan.yaml


def to_yaml(plan: Plan, header: Mapping[str, str]) -> str:
    """Return plan.yaml: complete, commented with the reasons, valid to edit and give back.

    Parameters
    ----------
    plan : Plan
    header : mapping
        Plain facts for the first lines, such as the target and the version that wrote it; ``target`` is read back.
    """
    reasons = {d.topic: d for d in plan.decisions if not d.key}
    by_column = {d.key: d for d in plan.decisions if d.topic == "columns"}
    lines = ["# The plan: edit any value and give it back with `assist train DATA --plan plan.yaml`.", f"schema: {SCHEMA}"]
    lines += [f"{key}: {_scalar(value)}" for key, value in header.items()]
    group = None
    for name, value in plan.settings.items():
        head, _, tail = name.partition(".")
        if tail and head != group:
            lines += ["", f"{head}:"]
        group = head if tail else None
        indent = "  " if tail else ""
        if not tail:
            lines.append("")
        if name in reasons:
            lines.append(f"{indent}# {reasons[name].rule}: {_one_line(reasons[name].because)}")
            if reasons[name].flip:
                lines.append(f"{indent}#   would change it: {_one_line(reasons[name].flip)}")
        if name == "columns":
            lines.append("columns:")
            for column, entry in value.items():
                why = f"  # {by_column[column].rule}: {_one_line(by_column[column].because)}" if column in by_column else ""
                lines.append(f"  {_scalar(column)}: {_scalar(entry)}{why}")
        else:
            lines.append(f"{indent}{tail or head}: {_scalar(value)}")
    return "\n".join(lines) + "\n"


def _scalar(value: Any) -> str:
    """Return a value in YAML's flow style on one line: JSON, but for characters beyond the BMP, which YAML escapes otherwise."""
    text = json.dumps(to_json(value), ensure_ascii=False)
    return "".join(
        c if c.isprintable() and ord(c) <= 0xFFFF else f"\\u{ord(c):04x}" if ord(c) <= 0xFFFF else f"\\U{ord(c):08x}" for c in text
    )


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def from_yaml(text: str, where: str) -> dict[str, Any]:
    """Return ``{topic: value}``, and the target under ``target``, from a plan.yaml.

    Raises
    ------
    AssistError
        E0420 to E0423 with the line and a suggestion: no YAML, unknown keys, impossible values.
    """
    if len(text) > LARGEST_PLAN_BYTES:
        raise AssistError(
            "E0420", f"the plan {where!r} has more than {LARGEST_PLAN_BYTES // 1_000_000} MB", help="write a new one with assist recommend"
        )
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        at = f"{where}, line {mark.line + 1}" if mark else where
        raise AssistError(
            "E0420", f"the plan {where!r} is not valid YAML", where=at, help="mend that line, or write a new plan with assist recommend"
        ) from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise AssistError(
            "E0421",
            f"{where!r} is not a plan of ours: its first key must be 'schema: {SCHEMA}'",
            help="write one with assist recommend DATA --out plan.yaml",
        )
    lines = _lines(node)
    flat = _flatten(data, lines, where)
    for name, value in flat.items():
        wrong = None if name == "target" else TOPICS[name].valid(value)
        if wrong:
            at = f"{where}, line {lines.get(name, lines.get(name.partition('.')[0], 1))}"
            raise AssistError("E0423", f"{name} {wrong}", where=at, help="write a fresh plan with assist recommend to see a valid one")
    return flat


def _flatten(data: Mapping[str, Any], lines: Mapping[str, int], where: str) -> dict[str, Any]:
    groups = {name.partition(".")[0] for name in TOPICS if "." in name}
    flat: dict[str, Any] = {}
    for key, value in data.items():
        if key in ("schema", "written_by", "data"):
            continue
        if key in groups and isinstance(value, Mapping):
            flat |= {f"{key}.{part}": inner for part, inner in value.items()}
        else:
            flat[key] = value
    known = (*TOPICS, "target")
    for name in flat:
        if name not in known:
            at = f"{where}, line {lines.get(name, 1)}"
            raise AssistError(
                "E0422", f"unknown key {name!r} in the plan", where=at, help=did_you_mean(name, known) or f"known keys: {', '.join(known)}"
            )
    return flat


def _lines(node: Any) -> dict[str, int]:
    """Return the line of every key and of every key one level down, counted from 1."""
    found: dict[str, int] = {}
    for key, value in node.value:
        found[key.value] = key.start_mark.line + 1
        if isinstance(value, yaml.MappingNode):
            found |= {f"{key.value}.{k.value}": k.start_mark.line + 1 for k, _ in value.value}
    return found


def with_settings(plan: Plan, **changes: Any) -> Plan:
    """Return the plan with some settings replaced and no new decision, for facts learned while running."""
    return replace(plan, settings={**plan.settings, **changes})
