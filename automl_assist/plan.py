"""Fold the rules over the facts into a plan with its trace; write plan.yaml and read it back.

Pure: the same facts give the same plan, in whatever order the rules are listed, because topics are decided in the order of
``TOPICS`` and within a topic the highest priority wins.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from automl_assist.records import to_json
from automl_assist.rules import SPECIAL, Choice, Rule, _plan_yaml, rules
from automl_assist.rules._backbones import BACKBONES
from automl_assist.rules._consistency import require_consistent
from automl_assist.rules._plan_yaml import SCHEMA, Edits
from automl_assist.rules._portfolios import PROVEN, valid_portfolio
from automl_assist.rules._spaces import PARAMETERS, valid_space
from automl_assist.rules._values import (
    Topic,
    by_column,
    either,
    fields,
    flag,
    in_a_row,
    name,
    names,
    number,
    numbers,
    one_of,
    one_of_numbers,
    seasons,
    some_of,
)  # fmt: skip
from automl_assist.rules.answers import THRESHOLDS
from automl_assist.rules.classic import BOOSTING_LOSSES, JUDGED_BY, LEAVES
from automl_assist.rules.encoding import COUNTED_BY, DATE_PARTS, FILLS, LONGEST_TERM, SCALES, TERMS, interactions
from automl_assist.rules.image import FITS
from automl_assist.rules.levels import ENCODINGS
from automl_assist.rules.network import ACTIVATIONS, LOSSES, OPTIMIZERS, SCHEDULES
from automl_assist.rules.reading import LONGEST_NGRAM, READINGS, TEXT_LOSSES
from automl_assist.rules.split import WHOLE
from automl_assist.rules.target_scale import SCALES_OF_TARGET
from automl_assist.schema import AVERAGES, KINDS, MOST_DOUBT, STEP_UNITS, TASKS, Decision, Facts, Plan, Rejected

__all__ = ["SCHEMA", "TOPICS", "Edits", "Topic", "decided_for", "from_yaml", "make_plan", "require_consistent", "to_yaml", "with_settings"]

LONGEST_SAID = 120  # characters of an outcome that was overruled
MOST_REASONS = 40  # of one rule for columns that stand in the trace each by itself
EDITED = 2000  # the priority of a value that was edited in plan.yaml: above everything


# --- topics: one line each, in the order in which they are decided


def _column(value: Any) -> str | None:
    wrong = fields(use=flag, kind=one_of(*KINDS))(value)
    return wrong or next((f"needs {part!r}" for part in ("use", "kind") if part not in value), None)


_LEVELS = fields(**{group: one_of(*options) for group, options in ENCODINGS.items()})
_TEXT = fields(
    terms=one_of(*TERMS), by=one_of(*COUNTED_BY), linear=number(1, 1_000_000, int),
    **{group: number(0, 1_000, int) for group in ("boosting", "forest", "network")},
)  # fmt: skip
_LEVEL_DETAILS = fields(
    least_rows=number(1, 1_000, int), smoothing=number(0, 1e6), inner_folds=number(2, 50, int), classes=number(1, 1_000, int),
    vocabulary=number(1, 1_000_000, int), embedded=number(1, 1_000_000, int),
)  # fmt: skip
_TEXT_DETAILS = fields(
    word_lengths=in_a_row(1, LONGEST_TERM), letter_lengths=in_a_row(1, LONGEST_TERM),
    least_rows=number(1, 1_000, int), tree_terms=number(1, 1_000_000, int), network_terms=number(1, 1_000_000, int),
    most_rows=number(10, 10_000_000, int), longest=number(1, 10_000_000, int),
)  # fmt: skip
_PATCHES = fields(side=number(2, 32, int), entries=number(10, 20_000, int), step=number(1, 16, int), whitening=number(1e-6, 100))
_IMAGE_NETWORK = fields(
    epochs=number(1, 10_000, int), batch_size=number(8, 8_192, int), label_smoothing=number(0, 0.5), filters=number(1, 1_024, int),
    most_stages=number(1, 8, int), last_side=number(1, 64, int), halved_from=number(16, 1_024, int), fold_seconds=number(0, 1e6),
)  # fmt: skip
_FINE_TUNING = fields(
    layers=number(0.01, 1), epochs=number(1, 10_000, int), batch_size=number(1, 8_192, int), warm_up=number(0, 0.9),
    start_seconds=number(0, 1e6), fold_seconds=number(0, 1e6),
)  # fmt: skip
_JOINT_NETWORK = fields(
    epochs=number(1, 10_000, int), batch_size=number(8, 8_192, int), patience=number(0, 10_000, int), components=number(1, 512, int)
)
_SEQUENCE_NETWORK = fields(
    convolution_steps=number(1, 100_000, int), recurrent_steps=number(1, 100_000, int), batch_size=number(4, 8_192, int),
    gradient_steps=number(1, 1_000_000, int), least_epochs=number(1, 10_000, int), most_epochs=number(1, 10_000, int),
    patience_share=number(0, 1), hidden=number(1, 4_096, int), judged_rows=number(10, 1_000_000, int),
)  # fmt: skip
_PICTURES = fields(
    height=number(8, 1_024, int), width=number(8, 1_024, int), channels=one_of_numbers(1, 3), fit=one_of(*FITS),
    white=number(255, 65_535, int),
)  # fmt: skip
_ARCHITECTURE = fields(
    layers=number(1, 12, int), width=number(1, 4_096, int), activation=one_of(*ACTIVATIONS), embedding=one_of("waves", "none"),
    frequencies=number(1, 256, int), number_width=number(2, 64, int), level_width=number(1, 256, int),
    most_embedded=number(0, 100_000, int),
)  # fmt: skip
_OPTIMIZER = fields(
    name=one_of(*OPTIMIZERS), learning_rate=number(1e-7, 10), schedule=one_of(*SCHEDULES), warm_up=number(0, 0.9),
    momentum=number(0, 0.999), batch_size=number(8, 65_536, int), epochs=number(1, 10_000, int),
)  # fmt: skip
_REGULARIZATION = fields(
    dropout=number(0, 0.9), weight_decay=number(0, 1), label_smoothing=number(0, 0.5), patience=number(0, 1), average=number(0.001, 1),
)  # fmt: skip
_LOSS_DETAILS = fields(focal_gamma=number(0, 10), huber_delta=number(1e-6, 1e6), quantile=number(0.01, 0.99))
_WHOLE = fields(**dict.fromkeys(WHOLE, number(1, 50, int)))
_REFIT = fields(
    rows=one_of("all", "development"), share=number(0, 0.8), weight=number(0, 1), whole=_WHOLE, rounds=number(0.1, 10),
    worse=number(0, 1e6),
)  # fmt: skip
_CALIBRATION = fields(kind=one_of("temperature", "platt", "none"), sure=number(0, 10), unseen_errors=number(0, 10))
_NETWORK_CALIBRATION = fields(kind=one_of("temperature", "none"), least=number(0.01, 1), most=number(1, 100))
_CURVES = fields(logarithms=flag, products=number(0, 20_000, int), bound=number(0, 1))
_PENALTIES = fields(
    strongest=number(1e-9, 1e9), weakest=number(1e-9, 1e9), a_decade=number(1, 20, int), worse_in_a_row=number(1, 100, int),
)  # fmt: skip
_SEEN_PENALTIES = fields(
    strongest=number(1e-9, 1e9), weakest=number(1e-9, 1e9), a_decade=number(1, 20, int), worse_in_a_row=number(1, 100, int),
    softest=number(0.01, 100), sharpest=number(0.01, 10_000),
)  # fmt: skip
_NGRAMS = fields(
    words=number(100, 2_000_000, int), letters=number(100, 2_000_000, int), word_lengths=numbers(1, LONGEST_NGRAM, int),
    letter_lengths=numbers(1, LONGEST_NGRAM, int), least_texts=number(1, 1_000, int), weights=number(1_000, 100_000_000, int),
    fewest=number(100, 2_000_000, int), beside=number(0, 1), least_factor=number(0, 1), pressed=number(100, 2_000_000, int),
    directions=number(1, 500, int), inner_folds=number(2, 10, int), time_share=number(0.01, 1),
)  # fmt: skip
_READING = fields(
    vocabulary=number(100, 1_000_000, int), longest=number(8, 10_000, int), epochs=number(1, 1_000, int),
    word_lengths=numbers(1, LONGEST_NGRAM, int), letter_lengths=numbers(1, LONGEST_NGRAM, int), known_share=number(0, 1),
)  # fmt: skip
_TEXT_TRAINING = fields(
    batch_size=number(8, 8_192, int), least_texts=number(1, 1_000, int), patience=number(1, 1_000, int),
    judged_rows=number(50, 1_000_000, int), hidden=number(1, 4_096, int),
)  # fmt: skip
_KERNEL = fields(
    rows=number(10, 20_000, int), reaches=numbers(1e-3, 1e3), strongest=number(1e-9, 1e9), weakest=number(1e-9, 1e9),
    a_decade=number(1, 20, int), sharpest=number(1, 1_000),
)  # fmt: skip
_SEQUENCE_KERNELS = fields(
    strongest=number(1e-9, 1e9), weakest=number(1e-9, 1e9), a_decade=number(1, 20, int), rows=number(10, 1_000_000, int),
    figures=number(10, 1_000_000, int), beside=number(0, 1), time_share=number(0.01, 1),
    softest=number(0.01, 100), sharpest=number(0.01, 10_000),
)  # fmt: skip
_HISTORY = fields(local=number(10, 1_000_000, int), rows=number(100, 100_000_000, int), strays=number(0, 0.4))
_STOPPING = fields(
    judged_by=one_of(*JUDGED_BY), rounds=number(1, 100_000, int), patience_share=number(0, 1), patience_least=number(1, 10_000, int),
    patience_most=number(1, 10_000, int), patience_over_rate=number(0, 1_000), noticeable=number(0, 0.5),
    noticeable_of_rest=number(0, 0.5), rest_seconds=number(0, 1e6), most_leaves=number(100, 5_000_000, int),
    rounds_times_rate=number(0.1, 10_000), rounds_times_rate_of_catboost=number(0.1, 10_000), fastest_rate=number(0.01, 1),
)  # fmt: skip
_MADE = fields(
    combinations=number(0, 1_000, int), arithmetic=number(0, 1_000, int), groups=number(0, 1_000, int), rows=number(100, 10_000_000, int),
    sure=number(0, 100), sure_of_levels=number(0, 100), keys=number(1, 1_000, int), numbers=number(2, 1_000, int),
    number_rows=number(100, 10_000_000, int), rows_a_group=number(1, 1_000_000, int), smoothing=number(0, 1e6),
    rounds=number(1, 10_000, int), rate=number(1e-4, 1), time_share=number(0.01, 1), most_of_rows=number(0, 1), most_of_pairs=number(0, 1),
    parts=number(2, 1_000, int), leaves=number(2, 1_000, int), leaf_rows=number(1, 100_000, int), columns_share=number(0.01, 1),
)  # fmt: skip
_SEARCH = fields(
    order=one_of("portfolio, then local search", "portfolio alone"), limit=one_of("time", "trials"), trials=number(1, 100_000, int)
)
_LOCAL = fields(
    families=number(1, 100, int), changed=number(0.01, 1), step=number(1e-4, 1), modelled_from=number(3, 100_000, int),
    drawn=number(1, 1_000, int), boldness=number(0, 100), reach=number(1e-3, 10), noise=number(0, 100), first=number(0.01, 1),
)  # fmt: skip
_SHARES = fields(
    first_fold=number(0.01, 1), family=number(0.01, 1), cheap=number(0, 1), behind=number(0, 10), near=number(0, 10), chance=number(0, 100),
    near_chance=number(0, 10), start_with=number(0.05, 1), margin=number(1, 10), tries=number(1, 1_000, int),
    completed=some_of(*PROVEN, "baseline"),
)  # fmt: skip
_ENSEMBLE = fields(
    kind=one_of("greedy weighted", "best single"), steps=number(1, 200, int), candidates=number(1, 1_000, int), least_weight=number(0, 0.5),
    clearly=number(0, 1), first_fold_rows=number(1, 1_000_000, int), whole_first=number(0, 200, int),
    joining_rows=number(1, 1_000_000, int), judged_parts=number(2, 20, int), averaging=one_of(*AVERAGES),
    doubt=number(0, MOST_DOUBT),
)  # fmt: skip

_COMBINED = fields(
    kind=one_of("weighted", "median", "best single"), members=number(1, 100, int), of_a_kind=number(1, 100, int), far=number(1, 1e6),
    sharpness=number(0, 100), greedy=number(0, 1), steps=number(1, 200, int),
)  # fmt: skip

_FORECAST_NETWORK = fields(
    examples=number(10, 10_000_000, int), longest_read=number(2, 10_000, int), hidden=number(4, 4_096, int),
    features=number(1, 1_024, int), epochs=number(1, 10_000, int), batch_size=number(8, 8_192, int), learning_rate=number(1e-6, 10),
    weight_decay=number(0, 1), dropout=number(0, 0.9), patience=number(1, 1_000, int),
)  # fmt: skip
_FORECAST_TREES = fields(
    rounds=number(1, 100_000, int), patience=number(1, 10_000, int), learning_rate=number(1e-4, 1), leaves=number(2, 4_096, int),
    least_rows=number(1, 100_000, int), few_rows=number(0, 10_000_000, int), least_rows_of_few=number(1, 100_000, int),
    column_share=number(0.01, 1), row_share=number(0.01, 1), l2=number(0, 1e6),
)  # fmt: skip

TOPICS = {
    topic.name: topic
    for topic in (
        Topic("task", "Task", one_of(*TASKS)),
        Topic("metric", "Metric to optimise", name),
        Topic("metrics", "Metrics to show", names),
        Topic("costs", "What each mistake costs", fields(false_alarm=number(1e-6, 1e9), miss=number(1e-6, 1e9))),
        Topic("split.kind", "Line between training and test", one_of("random", "stratified", "group", "time", "group_time")),
        Topic("split.time", "Column that orders the rows", name),
        Topic("split.group", "Column whose rows belong together", name),
        Topic("split.folds", "Folds", number(2, 20, int)),
        Topic("split.repeats", "Times that folds are drawn", number(1, 10, int)),
        Topic("split.test_share", "Locked test part", number(0.0001, 0.5)),
        Topic("series", "Column that names the series", name),
        Topic("columns", "Columns", by_column(_column), by_column=True),
        Topic("columns.missing", "Missing numbers", by_column(fields(fill=one_of(*FILLS), flag=flag)), by_column=True),
        Topic("columns.scale", "Scales of numbers", by_column(fields(linear=one_of(*SCALES), network=one_of(*SCALES))), by_column=True),
        Topic("numbers", "How far scaled numbers reach", fields(clip=number(0.1, 1e6), ranks=number(2, 10_000, int))),
        Topic("columns.levels", "Levels of categories", by_column(_LEVELS), by_column=True),
        Topic("columns.dates", "Parts of dates", by_column(fields(parts=some_of(*DATE_PARTS), circular=flag)), by_column=True),
        Topic("columns.text", "Vectors of texts", by_column(_TEXT), by_column=True),
        Topic("forecast.frequency", "Step of the series", fields(unit=one_of(*STEP_UNITS), every=number(1e-9, 1e9))),
        Topic("forecast.horizon", "Steps to forecast", number(1, 100_000, int)),
        Topic("forecast.seasons", "Seasons", seasons),
        Topic("forecast.gaps", "What stands in empty steps", one_of("season", "linear", "zero")),
        Topic("forecast.transforms", "Transforms of the values", some_of("none", "log")),
        Topic("forecast.history", "How much is learned from", _HISTORY),
        Topic("forecast.backtests", "Backtests", fields(windows=number(1, 100, int), stride=number(1, 100_000, int))),
        Topic("forecast.boosting", "Boosted trees across series", _FORECAST_TREES),
        Topic("forecast.network", "Networks across series", _FORECAST_NETWORK),
        Topic("forecast.ensemble", "How forecasts are combined", _COMBINED),
        Topic("columns.future", "What is known ahead", by_column(fields(known=flag)), by_column=True),
        Topic("levels", "How levels are counted", _LEVEL_DETAILS),
        Topic("texts", "Which terms count", _TEXT_DETAILS),
        Topic("date_differences", "Differences between dates", number(0, 1_000, int)),
        Topic("interactions", "Columns made of two others", interactions),
        Topic("families", "Kinds of model", names),
        Topic("refit", "Rows of the last fit", _REFIT),
        Topic("image.backbone", "Network with weights from elsewhere", fields(name=one_of(*BACKBONES), weights=name)),
        Topic("image.fine_tuning", "How that network learns on", _FINE_TUNING),
        Topic("image.input", "What pictures become", _PICTURES),
        Topic("image.augmentation", "Changes that keep what a picture shows", fields(mirror=flag, shift=number(0, 0.5))),
        Topic("image.patches", "Dictionary of patches", _PATCHES),
        Topic("image.penalties", "Penalties of what is seen", _SEEN_PENALTIES),
        Topic("image.network", "Network that sees", _IMAGE_NETWORK),
        Topic("made_columns", "Columns made inside the folds", _MADE),
        Topic("sequence.length", "Length of series", fields(steps=number(1, 1_000_000, int), unequal=one_of("pad", "stretch"))),
        Topic("sequence.network", "Networks of series", _SEQUENCE_NETWORK),
        Topic("sequence.kernels", "Convolutions of series", _SEQUENCE_KERNELS),
        Topic("target_scale", "Scale on which the target is learned", one_of(*SCALES_OF_TARGET)),
        Topic("linear.penalties", "Penalties of the linear model", _PENALTIES),
        Topic("linear.curves", "Logarithms and products in linear models", _CURVES),
        Topic("text.ngrams", "N-grams that are counted", _NGRAMS),
        Topic("text.penalties", "Penalties of n-grams", _PENALTIES),
        Topic("text.loss", "Loss of n-gram models", one_of(*TEXT_LOSSES)),
        Topic("text.reading", "How networks read", fields(**dict.fromkeys(READINGS, _READING)), rows=True),
        Topic("text.training", "How networks of texts learn", _TEXT_TRAINING),
        Topic("joint.network", "Network of several inputs", _JOINT_NETWORK),
        Topic("boosting.loss", "Loss of boosted trees", one_of(*BOOSTING_LOSSES)),
        Topic("boosting.leaves", "Leaves of boosted trees", one_of(*LEAVES)),
        Topic("boosting.lines", "Lines in leaves", fields(penalty=number(0, 1e9))),
        Topic("boosting.stopping", "When boosting ends", _STOPPING),
        Topic("forest.size", "Size of forests", fields(trees=number(5, 10_000, int), most_leaves=number(100, 50_000_000, int))),
        Topic("kernel.details", "Kernel machines", _KERNEL),
        Topic("network.architecture", "Architecture of the network", _ARCHITECTURE),
        Topic("network.loss", "Loss of the network", one_of(*LOSSES)),
        Topic("network.loss_details", "Shape of that loss", _LOSS_DETAILS),
        Topic("network.optimizer", "Optimiser of the network", _OPTIMIZER),
        Topic("network.regularization", "Against overfitting", _REGULARIZATION),
        Topic("network.calibration", "Calibration of the network", _NETWORK_CALIBRATION),
        *(Topic(f"space.{family}", f"Ranges searched for {family}", valid_space(family), rows=True) for family in PARAMETERS),
        Topic("portfolio", "Proven settings tried first", valid_portfolio, rows=True),
        Topic("search", "Search", _SEARCH),
        Topic("local_search", "Steps around the best", _LOCAL),
        Topic("shares", "Shares of the time", _SHARES),
        Topic("limits", "Limits of the model", fields(prediction_ms_per_1000=number(0, 1e9))),
        Topic("ensemble", "Ensemble", _ENSEMBLE),
        Topic("calibration", "Calibration of the ensemble", _CALIBRATION),
        Topic("threshold", "Threshold", either(one_of(*THRESHOLDS), number(0, 1))),
        Topic("interval", "Interval", fields(kind=one_of("conformal residuals"), coverage=number(0.5, 0.99))),
        Topic(
            "importance",
            "What drives the predictions",
            fields(repeats=number(1, 100, int), rows=number(10, 1_000_000, int), resamples=number(50, 10_000, int)),
        ),
    )
}


# Topics that only forecasts have, and the only other ones that they have.
OF_FORECASTS = frozenset(name for name in TOPICS if name.startswith("forecast.") or name == "columns.future")
OF_ALL = frozenset(["task", "metric", "metrics", "split.time", "series", "columns", "families", "portfolio", "search", "interval"])


def decided_for(topic: str, modality: str) -> bool:
    """Whether a plan for data of this modality has the topic."""
    return topic in OF_ALL or (topic in OF_FORECASTS) is (modality == "forecast")


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
    by_topic: dict[str, list[Rule]] = {topic: [] for topic in TOPICS}
    for rule in rules().values() if all_rules is None else all_rules:
        by_topic[rule.topic].append(rule)
    settings: dict[str, Any] = {}
    trace: list[Decision] = []
    for called, topic in TOPICS.items():
        if not decided_for(called, facts.profile.modality.name):
            continue
        ordered = sorted(by_topic[called], key=lambda rule: -rule.priority)
        winners = _winners(ordered, facts, settings)
        decisions = [_decision(called, won, lost) for won, lost in winners.values()]
        if edits and called in edits:
            decisions = _edited(topic, decisions, edits[called])
        if topic.by_column:
            outcomes = {d.key: d.outcome for d in decisions}
            found = {c.name: outcomes[c.name] for c in facts.profile.features if c.name in outcomes}
            if found or called == "columns":
                settings[called] = found
            decisions = _gathered(decisions)
        elif decisions:
            settings[called] = decisions[0].outcome
        trace += decisions
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


def _gathered(decisions: list[Decision]) -> list[Decision]:
    """Return one decision for all columns that a rule decides alike: for the same reason, or beyond so many reasons by example.

    Columns that are left out keep a decision each.
    """
    shared: dict[tuple[str, ...], list[Decision]] = {}
    reasons: dict[str, set[str]] = {}
    for decision in decisions:
        alike: tuple[str, ...] = (decision.rule, decision.key)
        if decision.priority < SPECIAL or (decision.topic != "columns" and decision.priority < EDITED):
            of_rule, why, outcome = (
                reasons.setdefault(decision.rule, set()),
                decision.because + decision.flip,
                str(to_json(decision.outcome)),
            )
            alike = (decision.rule, why, outcome) if why in of_rule or len(of_rule) < MOST_REASONS else (decision.rule, "", outcome)
            of_rule |= {why} if alike[1] else set()
        shared.setdefault(alike, []).append(decision)
    found = []
    for alike, of in shared.items():
        if len(of) == 1:
            found.append(of[0])
            continue
        first = replace(of[0], key="", columns=tuple(d.key for d in of), facts={"columns": len(of)})
        example = "" if len(alike) == 2 or alike[1] else f"as for {of[0].key!r}, for instance: "
        found.append(replace(first, because=example + first.because, flip=example + first.flip) if example else first)
    return found


def _said(outcome: Any) -> str:
    text = outcome if isinstance(outcome, str) else json.dumps(to_json(outcome), ensure_ascii=False)
    return text if len(text) <= LONGEST_SAID else f"{text[:LONGEST_SAID]}..."


def _edited(topic: Topic, decisions: list[Decision], value: Any) -> list[Decision]:
    def edit(old: Decision | None, new: Any, key: str) -> Decision:
        if old is not None and isinstance(old.outcome, Mapping) and isinstance(new, Mapping):
            new = {**old.outcome, **new}  # what is not said stays as it was decided
        if old is not None and old.outcome == new and type(old.outcome) is type(new):
            return old
        overrides = (*((old.rule,) if old else ()), *(old.overrides if old else ()))
        return Decision(
            topic.name,
            "PLAN",
            "Edited in plan.yaml",
            new,
            "it stands so in the plan you gave",
            rejected=(Rejected(_said(old.outcome), f"{old.rule} would have it so: {old.because}"),) if old else (),
            flip=f"leaving it out of the plan gives {_said(old.outcome)}" if old else "leaving it out of the plan",
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
        Plain facts for the first lines, such as the target and the version that wrote it; ``target`` and ``modality`` are read back.
    """
    return _plan_yaml.write(plan, header, TOPICS)


def from_yaml(text: str, where: str) -> Edits:
    """Return ``{topic: value}``, and the target under ``target`` and a modality that was asked for, from a plan.yaml.

    Raises
    ------
    AssistError
        E0420 to E0425 with the line and a suggestion: no YAML, unknown keys, impossible values, a key twice.
    """
    return _plan_yaml.read(text, where, TOPICS)


def with_settings(plan: Plan, **changes: Any) -> Plan:
    """Return the plan with some settings replaced and no new decision, for facts learned while running."""
    return replace(plan, settings={**plan.settings, **changes})
