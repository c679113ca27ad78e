"""What an edited plan asks for and cannot be brought about together: refused with the line, never passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from automl_assist.errors import AssistError, did_you_mean
from automl_assist.rules._plan_yaml import COLUMNS, Edits
from automl_assist.rules._portfolios import OF_FORECASTERS
from automl_assist.rules.classic import BOOSTING_LOSSES
from automl_assist.rules.encoding import parted
from automl_assist.rules.families import CLASSIC, JOINT, NEURAL
from automl_assist.rules.network import CLASS_LOSSES, VALUE_LOSSES
from automl_assist.rules.reading import TEXT_LOSSES
from automl_assist.schema import CLASSIFICATION, LINEAR, LOGARITHMIC, NUMERIC_KINDS, Plan

Problem = tuple[str, str, str]  # where, what, help


def require_consistent(plan: Plan, edits: Edits) -> None:
    """Refuse what the edits ask for where the rest of the plan leaves no room for it.

    Raises
    ------
    AssistError
        E0426 with the line and a way out.
    """
    for find in (_of_others, _columns, _losses, _split, _answers, _interactions, _portfolio):
        for where, what, help in find(plan, edits):
            raise AssistError("E0426", what, where=where, help=help)


def _of_others(plan: Plan, edits: Edits) -> Iterator[Problem]:
    """Yield what is said of topics that this kind of data does not have."""
    forecast = plan["task"] == "forecast"
    for topic in edits:
        is_forecasts = topic.startswith("forecast.") or topic == "columns.future"
        if topic not in plan.settings and (is_forecasts or (forecast and topic not in ("search", "portfolio"))):
            said = "a forecast does not look at it" if forecast else "only a forecast looks at it"
            yield edits.of_topic(topic), f"the plan says something of {topic!r}, and {said}", f"leave out {topic!r}"


def _columns(plan: Plan, edits: Edits) -> Iterator[Problem]:
    for topic in [name for name in edits if name.startswith(f"{COLUMNS}.")]:
        part = topic.partition(".")[2]
        for column in edits[topic]:
            entry = plan[COLUMNS].get(column)
            if entry and entry["use"] and column not in plan.settings.get(topic, {}):
                kind = entry["kind"]
                yield edits.at(COLUMNS, column), f"column {column!r} is a {kind}, which has no {part!r}", f"leave out {part!r}"


def _losses(plan: Plan, edits: Edits) -> Iterator[Problem]:
    classes = plan["task"] in CLASSIFICATION
    fitting: dict[str, tuple[str, ...]] = {"network.loss": CLASS_LOSSES if classes else VALUE_LOSSES}
    for topic, known in (("boosting.loss", BOOSTING_LOSSES), ("text.loss", TEXT_LOSSES)):
        fitting[topic] = tuple(loss for loss in known if (loss == "cross_entropy") is classes)
    for topic, losses in fitting.items():
        if topic in edits and edits[topic] not in losses:
            said = did_you_mean(str(edits[topic]), losses) or f"one of {', '.join(losses)}"
            yield edits.of_topic(topic), f"{topic} {edits[topic]!r} does not fit the task {plan['task']}", said


def _split(plan: Plan, edits: Edits) -> Iterator[Problem]:
    if edits.get("split.kind") == "stratified" and plan["task"] not in CLASSIFICATION:
        yield edits.of_topic("split.kind"), "rows can only be stratified by classes", "kind: random"
    if edits.get("split.repeats", 1) > 1 and plan["split.kind"] in ("time", "group_time"):
        yield edits.of_topic("split.repeats"), "folds forward in time can be drawn in one way only", "repeats: 1"
    search = edits.get("search", {})
    if search.get("limit") == "trials" and "trials" not in plan["search"]:
        yield edits.of_topic("search"), "search is limited by trials, and none were named", "add trials: 20, or limit: time"


def _answers(plan: Plan, edits: Edits) -> Iterator[Problem]:
    for topic in ("threshold", "costs"):
        if topic in edits and plan["task"] != "binary":
            yield edits.of_topic(topic), f"{topic} is for two classes, and the task is {plan['task']}", f"leave out {topic!r}"
    said = edits.get("ensemble", {})
    for part, wrong, right in (("averaging", said.get("averaging") == LOGARITHMIC, LINEAR), ("doubt", said.get("doubt"), 0)):
        if wrong and plan["task"] not in CLASSIFICATION:
            yield edits.of_topic("ensemble", part), "numbers have no probabilities to average", f"{part}: {right}"
    if "interval" in edits and plan["task"] in CLASSIFICATION:
        yield edits.of_topic("interval"), "intervals are for numbers, and classes are predicted", "leave out 'interval'"


def _interactions(plan: Plan, edits: Edits) -> Iterator[Problem]:
    numbers = [name for name, entry in plan[COLUMNS].items() if entry["use"] and entry["kind"] in NUMERIC_KINDS]
    for interaction in edits.get("interactions", ()):
        first, _, second = parted(interaction) or ("", "", "")
        for column in (first, second):
            if column not in numbers:
                help = did_you_mean(column, numbers) or "name two numbers that are used"
                yield edits.of_topic("interactions"), f"{interaction!r} needs a number {column!r} among the columns", help


def _portfolio(plan: Plan, edits: Edits) -> Iterator[Problem]:
    known: list[Any] = sorted({JOINT, *(name for listed in (*CLASSIC.values(), *NEURAL.values()) for name in listed)})
    for family, listed in edits.get("portfolio", {}).items():
        if family not in known:
            at = edits.of_topic("portfolio", family)
            yield at, f"there is no kind of model {family!r}", did_you_mean(family, known) or f"one of {', '.join(known)}"
        elif family in plan["families"]:
            offered = OF_FORECASTERS.get(family, {}) if plan["task"] == "forecast" else plan.settings.get(f"space.{family}", {})
            for place, values in enumerate(listed):
                for name in values:
                    if name not in offered:
                        at = edits.of_topic("portfolio", family, str(place))
                        yield at, f"{name} of {family} changes nothing with this data", f"leave out {name!r}"
