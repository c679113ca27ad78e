"""Every choice that training uses stands in the plan: changed there, training changes with it."""

from __future__ import annotations

import dataclasses
import time
import types
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from automl_assist import planning, training, training_report
from automl_assist.metrics import metric
from automl_assist.models import (
    _made_columns,
    _network,
    _table_network,
    _text_network,
    catboost,
    extra_trees,
    families,
    kernel,
    lightgbm,
    linear,
    nb_linear,
    proven,
    text_bag,
    text_boosted,
)
from automl_assist.models._family import FitRequest
from automl_assist.plan import TOPICS, make_plan
from automl_assist.preprocessing.choices import Choices
from automl_assist.preprocessing.encoders import LinearEncoder, NetworkEncoder, NetworkRows, TreeEncoder
from automl_assist.preprocessing.made import MadeColumns
from automl_assist.rules._portfolios import PROVEN
from automl_assist.rules._spaces import FIRST_ELSEWHERE, PARAMETERS, USUAL
from automl_assist.schema import CLASSIFICATION, Options, Problem
from automl_assist.tuning.candidates import Candidate, FittedFold
from automl_assist.tuning.clock import Clock
from automl_assist.tuning.data import prepare
from automl_assist.tuning.proposers import Defaults, portfolio
from tests.golden.test_situations import SITUATIONS, facts_of

ROWS = 260
OTHERS = ("image", "sequence", "forecast", "joint", "mixed", "series", "augmentation", "columns.future")  # topics of others


def _table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    start = pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 900, ROWS), unit="D")
    size = rng.gamma(2.0, 3.0, ROWS).round(3)
    words = ["good", "bad", "slow", "quick", "dear", "cheap", "kind", "rude"]
    frame = pd.DataFrame({
        "size": np.where(rng.random(ROWS) < 0.1, np.nan, size),
        "weight": rng.normal(50, 10, ROWS).round(2),
        "colour": rng.choice(["red", "green", "blue"], ROWS),
        "street": [f"street {k}" for k in rng.integers(0, 60, ROWS)],
        "shop": [f"shop {k}" for k in rng.integers(0, 25, ROWS)],
        "start": start.strftime("%Y-%m-%d"),
        "until": (start + pd.to_timedelta(rng.integers(1, 90, ROWS), unit="D")).strftime("%Y-%m-%d"),
        "note": [" ".join(rng.choice(words, 14)) for _ in range(ROWS)],
    })  # fmt: skip
    score = frame["weight"] / 10 + (frame["colour"] == "red") + rng.normal(0, 0.5, ROWS)
    frame["y"] = np.where(score > score.median(), "yes", "no")
    frame["count"] = rng.poisson(np.exp(score / 4))
    return frame


@dataclasses.dataclass
class Case:
    """One task on the table, with the plan that the rules make for it."""

    understood: planning.Understood
    options: Options
    plan: Any
    folder: Any

    def changed(self, topic: str, value: Any) -> Any:
        """Return the plan with an edit."""
        return make_plan(planning.facts_of(self.understood, self.options), {topic: value})

    def prepared(self, plan: Any) -> Any:
        """Return the rows as workers get them."""
        table = self.understood
        return prepare(table.table.frame, table.typed, table.profile, plan, self.options, self.folder)


@pytest.fixture(scope="module")
def cases(tmp_path_factory) -> dict[str, Case]:
    folder = tmp_path_factory.mktemp("table")
    made = {}
    for task, target, other in (("binary", "y", "count"), ("count", "count", "y")):
        path = folder / f"{task}.csv"
        _table().drop(columns=other).to_csv(path, index=False)
        options = Options(
            target=target, task=task, time="start", group="shop", kinds={"note": "text", "street": "category", "shop": "category"}
        )
        understood = planning.understand(str(path), options, None)
        plan = make_plan(planning.facts_of(understood, options), {})
        made[task] = Case(understood, options, plan, folder)
    return made


# --- what is looked at: each returns something that tells two trainings apart


def _flat(encoded: Any) -> bytes:
    parts = (encoded.numbers, encoded.plain, encoded.codes) if isinstance(encoded, NetworkRows) else (encoded,)
    dense = [part.toarray() if sparse.issparse(part) else np.asarray(part) for part in parts]
    return b"".join(np.asarray(d.shape).tobytes() + np.nan_to_num(d, nan=-9e9).tobytes() for d in dense)


def _encoded(encoder: Any, group: str) -> Any:
    def look(case: Case, plan: Any) -> bytes:
        shared = case.prepared(plan).shared
        n_classes = shared.problem.n_classes
        return _flat(encoder.fit(shared.features, shared.target, n_classes, 0, Choices(group, shared.problem.settings))[1])

    return look


boosting, forest = _encoded(TreeEncoder, "boosting"), _encoded(TreeEncoder, "forest")
straight, network = _encoded(LinearEncoder, "linear"), _encoded(NetworkEncoder, "network")


def straight_letters(case: Case, plan: Any) -> bytes:
    of_note = {TEXT: {**plan["columns.text"][TEXT], "terms": "letters"}}
    return straight(case, _with(plan, "columns.text", {**plan["columns.text"], **of_note}))


def numbers(case: Case, plan: Any) -> tuple[str, ...]:
    return case.prepared(plan).shared.features.number_names


def levels(case: Case, plan: Any) -> tuple[int, ...]:
    return case.prepared(plan).shared.features.cardinalities


def parted(case: Case, plan: Any) -> list[Any]:
    prepared = case.prepared(plan)
    return [prepared.test_rows.tolist(), [(a.tolist(), b.tolist()) for a, b in prepared.shared.folds]]


def problem(case: Case, plan: Any) -> Any:
    made = case.prepared(plan).shared.problem
    return made.task, made.metric, made.n_classes


def listed(case: Case, plan: Any) -> list[Any]:
    return portfolio([families()[name] for name in plan["families"]], case.prepared(plan).shared.problem)


def listed_as_values(case: Case, plan: Any) -> list[Any]:
    return listed(case, _with(plan, "task", "regression"))


class Spy(Defaults):
    """Keeps the range or the options of each hyper-parameter beside what is tried first."""

    def __init__(self) -> None:
        super().__init__({})
        self.ranges: dict[str, Any] = {}

    def Float(self, name: str, low: float, high: float, **more: Any) -> Any:
        self.ranges[name] = low, high
        return super().Float(name, low, high, **more)

    def Int(self, name: str, low: int, high: int, **more: Any) -> Any:
        self.ranges[name] = low, high
        return super().Int(name, low, high, **more)

    def Choice(self, name: str, values: list[Any], **more: Any) -> Any:
        self.ranges[name] = tuple(values)
        return super().Choice(name, values, **more)


def declared(family: str, problem: Problem) -> Any:
    spy = Spy()
    families()[family].declare_space(spy, problem)
    return spy.values, spy.ranges


def space(family: str) -> Any:
    return lambda case, plan: declared(family, case.prepared(plan).shared.problem)


def _problem(plan: Any, rows: int, **settings: Any) -> Problem:
    kinds = [action["kind"] for action in plan["columns"].values() if action["use"]]
    levels, texts = sum(kind in ("category", "boolean") for kind in kinds), kinds.count("text")
    seen = plan.settings.get("image.input")
    blocks = {"pictures": (seen["height"], seen["width"], seen["channels"])} if seen else {}
    classes = plan["task"] in CLASSIFICATION
    return Problem(plan["task"], 3 if classes else 0, plan["metric"], rows, len(kinds), levels, texts, settings, blocks)


def space_of_others(family: str) -> Any:
    return lambda case, plan: declared(family, _problem(plan, ROWS, **plan.settings))


def request(case: Case, plan: Any, family: str, **values: Any) -> FitRequest:
    shared = case.prepared(plan).shared
    train, valid = shared.folds[0]
    defaults = Defaults(values)
    families()[family].declare_space(defaults, shared.problem)
    return FitRequest(
        shared.features.take(train), shared.target[train], shared.features.take(valid), shared.target[valid], shared.problem,
        defaults.values, seed=0, seconds=None, threads=1, padded_rows=len(train),
    )  # fmt: skip


def recipe(case: Case, plan: Any) -> Any:
    asked = request(case, plan, "mlp")
    return _table_network.recipe(asked.problem, asked.values, 100, _network.loss_of(asked.problem, asked.target), asked.target)


def architecture(case: Case, plan: Any) -> Any:
    asked = request(case, plan, "mlp")
    return _table_network.architecture_of(asked.problem), asked.values


def calibrated(case: Case, plan: Any) -> Any:
    problem, truth = request(case, plan, "mlp").problem, np.arange(40) % 2
    right = np.column_stack([np.zeros(40), 2.0 * truth - 1])
    return _network.sharpness_of(problem, truth, right), _network.sharpness_of(problem, truth, -right)


def scale_of_values(case: Case, plan: Any) -> Any:
    asked = request(case, plan, "mlp")
    return _network.scale_of(asked, _network.loss_of(asked.problem, asked.target))[0]


def rounds(case: Case, plan: Any) -> Any:
    return lightgbm.fit(request(case, plan, "lightgbm")).booster.model_to_string()


class Ticking:
    """A clock on which every look takes a tenth of a second."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.looks = seconds, 0

    @property
    def elapsed(self) -> float:
        self.looks += 1
        return self.looks / 10

    @property
    def left(self) -> float:
        return max(0.0, self.seconds - self.elapsed)


def hurried(case: Case, plan: Any) -> Any:
    """Return the rate at which trees are boosted that have three seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lightgbm, "Clock", types.SimpleNamespace(start=lambda _: Ticking(3.0)))
        return lightgbm.fit(request(case, plan, "lightgbm")).facts()["learning_rate"]


def hurried_catboost(case: Case, plan: Any) -> Any:
    library = types.SimpleNamespace(CatBoost=lambda _: types.SimpleNamespace(fit=lambda _: None))
    return catboost._fast_enough(library, {}, None, Ticking(30.0), plan["boosting.stopping"])


def kernel_machine(case: Case, plan: Any) -> Any:
    model = kernel.fit(request(case, plan, "kernel"))
    return model.facts(), model.weights.tobytes()


def kernel_machine_of_levels(case: Case, plan: Any) -> Any:
    """Return what makes answers for three classes surer, which are easy to tell apart."""
    asked = request(case, plan, "kernel")
    edges = np.nanquantile(asked.features.numbers[:, 0], [1 / 3, 2 / 3])
    target, others = (np.digitize(rows.numbers[:, 0], edges) for rows in (asked.features, asked.valid_features))
    problem = dataclasses.replace(asked.problem, task="multiclass", n_classes=3)
    return kernel.fit(dataclasses.replace(asked, target=target, valid_target=others, problem=problem)).slope


def lines(case: Case, plan: Any) -> Any:
    plan = _with(_with(plan, "boosting.leaves", "constant, and lines"), "boosting.loss", "squared")
    return lightgbm.fit(request(case, plan, "lightgbm", linear_leaves=True)).booster.model_to_string()


def ranked(case: Case, plan: Any) -> bytes:
    return straight(case, _with(plan, "columns.scale", {NUMBER: {"linear": "quantile"}}))


def boosted(case: Case, plan: Any) -> Any:
    return lightgbm.fit(request(case, plan, "lightgbm")).facts()


def boosted_values(case: Case, plan: Any) -> Any:
    """Boost towards the first number, which is there to be learned, by its squared error."""
    plan = _with(plan, "boosting.loss", "squared")
    asked = request(case, _with(plan, "boosting.stopping", {**plan["boosting.stopping"], "noticeable": 0.3}), "lightgbm")
    inside, outside = (np.nan_to_num(part.numbers[:, 0]).astype(float) for part in (asked.features, asked.valid_features))
    return lightgbm.fit(dataclasses.replace(asked, target=inside, valid_target=outside)).facts()


def target_means(case: Case, plan: Any) -> bytes:
    features = case.prepared(plan).shared.features
    choices = Choices("boosting", {**plan.settings, "columns.levels": {LEVEL: {"boosting": "target"}}})
    return _flat(TreeEncoder.fit(features, np.arange(len(features)) % 4, 4, 0, choices)[1])


def made_columns(case: Case, plan: Any) -> Any:
    return [(asked, len(missed.rows)) for asked, missed in asked_of_made_columns(case, plan)]


def missed_by_quick_trees(case: Case, plan: Any) -> Any:
    return [missed.residuals.tobytes() for _, missed in asked_of_made_columns(case, plan)]


def asked_of_made_columns(case: Case, plan: Any) -> Any:
    """Return what the choice of columns is told, which tests/preprocessing/test_made.py shows to be followed, and by what it is made."""
    told: list[Any] = []

    def make(features: Any, outputs: Any, missed: Any, seed: int, asked: Any, levels: Any) -> Any:
        told.append((dict(asked), missed))
        return MadeColumns(0, 0, (), (), (), ()), None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_made_columns, "make_columns", make)
        patch.setattr(lightgbm, "Clock", types.SimpleNamespace(start=lambda _: Ticking(100.0)))
        lightgbm.fit(request(case, _with(plan, "split.kind", "random"), "lightgbm", made_columns=True))
    return told


def some_made_columns(case: Case, plan: Any) -> Any:
    return made_columns(case, _with(plan, "made_columns", {**plan["made_columns"], "groups": 3}))


def _wordy(asked: FitRequest) -> FitRequest:
    """Return the request with more words in its texts than the fewest that a plan may ask for."""
    codes = [" ".join(["", *(f"{chr(97 + m)}{k % m}" for m in range(7, 23))]) for k in range(len(asked.features))]
    texts = asked.features.texts + np.array(codes, object)[:, None]
    return dataclasses.replace(asked, features=dataclasses.replace(asked.features, texts=texts))


def counted(case: Case, plan: Any) -> Any:
    model = nb_linear.fit(_wordy(request(case, _with(plan, "split.kind", "random"), "nb_linear")))
    return model.ngrams.width, model.weights.tobytes(), model.penalty, model.tried


def pressed(case: Case, plan: Any) -> Any:
    model = text_boosted.fit(_wordy(request(case, plan, "text_boosted")))
    return model.pressed.directions.shape, len(model.readers)


def time_of_a_reader(case: Case, plan: Any) -> Any:
    """Return the seconds that the first reader is told, of a fold that has thirty."""
    told: list[float] = []

    def read(asked: FitRequest, *_: Any) -> Any:
        told.append(asked.seconds)
        raise _FarEnoughError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_boosted.nb_linear, "fit_weighed", read)
        patch.setattr(text_boosted, "Clock", types.SimpleNamespace(start=Ticking))
        with pytest.raises(_FarEnoughError):
            text_boosted.fit(dataclasses.replace(_wordy(request(case, plan, "text_boosted")), seconds=30.0))
    return told


def bag(case: Case, plan: Any) -> Any:
    """Return which words a network reads, and how wide its rows are."""
    asked = _wordy(request(case, _with(plan, "split.kind", "random"), "text_bag"))
    words = _text_network.learned_words(asked.features, asked.problem, text_bag.READING)
    return words.unit, words.lengths, words.buckets.tolist(), words.length


def bag_of_letters(case: Case, plan: Any) -> Any:
    return bag(case, _with(plan, "text.reading", {"bag": {**plan["text.reading"]["bag"], "known_share": 1.0}}))


def trees(case: Case, plan: Any) -> Any:
    return extra_trees.fit(request(case, plan, "extra_trees")).facts()


def penalty(case: Case, plan: Any) -> Any:
    model = linear.fit(request(case, plan, "linear"))
    return model.penalty, model.tried


def least_answer(case: Case, plan: Any) -> Any:
    asked = request(case, _with(plan, "task", "regression"), "linear")
    return linear.fit(dataclasses.replace(asked, target=np.maximum(asked.target, 2.0))).least


def multiplied(case: Case, plan: Any) -> Any:
    return linear.fit(request(case, plan, "linear", products=True)).encoder.width


class _FarEnoughError(Exception):
    """The search would begin now."""


def asked_of_the_search(case: Case, plan: Any) -> Any:
    """Return what the search, the selection and the importance are told."""
    told: dict[str, Any] = {}
    flow = training.Training(None, None, Clock(time.monotonic(), 60.0), case.options, None, False)  # type: ignore[arg-type]
    flow.plan, flow.prepared, flow.metric, flow.folds = plan, case.prepared(plan), None, 5  # type: ignore[assignment]
    work = case.folder / "work"
    flow.folder = types.SimpleNamespace(work=work, trials=work / "trials.jsonl", resumed=False)  # type: ignore[assignment]
    left = (flow.machine, flow.clock, flow.stop, flow.folder, flow.prepared, None, None, None)
    trained = training_report.Trained(case.understood, plan, case.options, *left)  # type: ignore[arg-type]

    def begin(setting: Any, proposer: Any, *_: Any) -> None:
        told.update(shares=dict(setting.shares), trials=setting.trials, proposer=type(proposer).__name__)
        raise _FarEnoughError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "select", lambda *given: told.update(asked=dataclasses.replace(given[-1], until=0.0)))
        patch.setattr(training, "select_within", lambda candidates, most, choose: told.update(most=most) or choose(candidates))
        patch.setattr(training, "calibrated", lambda *_, **more: told.update(more))
        patch.setattr(training_report, "permutation_importance", lambda *_, **more: told.update(more) or [])
        patch.setattr(training, "Search", begin)
        patch.setattr(training_report.Trained, "predictor", lambda _: types.SimpleNamespace(predict_typed=None))
        flow._select([])
        training_report._importance(trained)
        with pytest.raises(_FarEnoughError):
            flow._search()
    told.pop("until")
    return told


def test_the_baseline_is_there_although_no_worker_answered(cases):
    case = cases["binary"]
    flow = training.Training(None, None, Clock(time.monotonic(), 60.0), case.options, None, False)  # type: ignore[arg-type]
    flow.plan, flow.prepared, flow.metric, flow.folds = case.plan, case.prepared(case.plan), metric("roc_auc"), 5  # type: ignore[assignment]
    work = case.folder / "nobody"
    work.mkdir()
    flow.folder = types.SimpleNamespace(work=work, trials=work / "trials.jsonl", resumed=False)  # type: ignore[assignment]
    died = Candidate(1, "baseline", "", {}, "baseline", error="its worker died")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "Search", lambda *_: types.SimpleNamespace(run=lambda: training.SearchOutcome([died], 1, "time")))
        found = flow._search().candidates
    assert [(c.name, len(c.fitted)) for c in found] == [("baseline-1", 0), ("baseline-2", 5)]


def kept_for_the_last_fit(case: Case, plan: Any) -> Any:
    """Return how much earlier the search ends for a last fit that takes long."""
    flow = training.Training(None, None, Clock(time.monotonic(), 60.0), case.options, None, False)  # type: ignore[arg-type]
    flow.plan = plan
    if not flow._refits:
        return 0
    before = flow.clock.search_until
    flow.pool = types.SimpleNamespace(workers=2)  # type: ignore[assignment]
    times = {1: 5, 2: 20}
    members = [
        Candidate(k, "extra_trees", "", {}, "", {i: FittedFold(i, case.folder, 0.9, 1.0, 1.0, 1.0, {}, s) for i in range(2)})
        for k, s in times.items()
    ]
    flow._keep_for_refit(types.SimpleNamespace(members=members, weights=[0.9, 0.1]))  # type: ignore[arg-type]
    return round(before - flow.clock.search_until, 3)


def rounds_of_a_last_fit(case: Case, plan: Any) -> int:
    shared, first = case.prepared(plan).shared, Defaults({"num_leaves": 4})
    families()["lightgbm"].declare_space(first, shared.problem)
    rows = shared.features, np.asarray(shared.target)
    settled = {"learning_rate": 0.1, "rounds": 6}
    request = FitRequest(*rows, *rows, shared.problem, first.values, 0, None, 1, len(shared.target), settled=settled)
    return int(families()["lightgbm"].fit(request).facts()["best_round"])


def told_to_the_last_fit(case: Case, plan: Any) -> Any:
    told: dict[str, Any] = {}
    flow = training.Training(None, None, Clock(time.monotonic(), 60.0), case.options, None, False)  # type: ignore[arg-type]
    flow.plan = _with(plan, "refit", {**plan["refit"], "rows": "all"})
    flow.pool, flow.prepared = None, types.SimpleNamespace(test_target=None)  # type: ignore[assignment]
    flow.folder = types.SimpleNamespace(work=case.folder)  # type: ignore[assignment]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "Refit", lambda *_, **more: told.update(more))
        flow._refit(types.SimpleNamespace(members=[], weights=[]))  # type: ignore[arg-type]
    told.pop("until")
    return told


def steps(case: Case, plan: Any) -> Any:
    return case.prepared(plan).shared.problem.settings["local_search"]  # which tests/tuning/test_oracle.py shows to be followed


def cut(case: Case, plan: Any) -> Any:
    y, p = np.array([0, 0, 0, 1, 0, 1, 1, 0, 0, 0]), np.linspace(0.05, 0.6, 10)
    held_out = np.column_stack([1 - p, p])
    return training.assessment.choose_threshold(plan.settings.get("threshold"), y, held_out, plan.settings.get("costs"))


def shown(case: Case, plan: Any) -> Any:
    return plan["metrics"], plan["metric"], plan.settings.get("interval")


# --- the table: topic, another value, where it shows, and on which task


NUMBER, DATE, LEVEL, TEXT = "weight", "start", "colour", "note"
CHANGES: list[tuple[str, Any, Any, str]] = [
    ("task", "regression", lambda case, plan: plan.settings.get("metrics"), "count"),
    ("metric", "accuracy", problem, "binary"),
    ("metrics", ["roc_auc"], shown, "binary"),
    ("costs", {"miss": 9.0}, cut, "binary"),
    *(("split.kind", kind, parted, "binary") for kind in ("random", "stratified", "group", "time")),
    ("split.time", "until", lambda case, plan: plan["split.time"], "binary"),
    ("split.group", "street", lambda case, plan: plan["split.group"], "binary"),
    ("split.folds", 3, parted, "binary"),
    ("split.repeats", 2, lambda case, plan: parted(case, _with(plan, "split.kind", "random")), "binary"),
    ("split.test_share", 0.3, parted, "binary"),
    ("refit", {"rows": "all"}, lambda case, plan: case.prepared(plan).shared.padded_rows, "binary"),
    ("refit", {"rows": "all", "share": 0.1, "weight": 0.8}, kept_for_the_last_fit, "binary"),
    ("refit", {"rows": "all", "share": 0.4, "weight": 1.0}, kept_for_the_last_fit, "binary"),
    ("refit", {"rows": "all", "share": 0.4, "weight": 0.8, "whole": {}}, kept_for_the_last_fit, "binary"),
    ("refit", {"rounds": 2.0}, rounds_of_a_last_fit, "binary"),
    ("refit", {"worse": 0.5}, told_to_the_last_fit, "binary"),
    ("columns", {NUMBER: {"use": False, "kind": "number"}}, numbers, "binary"),
    ("columns.missing", {"size": {"fill": "zero"}}, straight, "binary"),
    ("columns.missing", {"size": {"fill": "mean"}}, network, "binary"),
    ("columns.missing", {"size": {"flag": False}}, straight, "binary"),
    *(("columns.scale", {NUMBER: {"linear": s}}, straight, "binary") for s in ("standard", "range", "quantile", "none")),
    *(("columns.scale", {NUMBER: {"network": s}}, network, "binary") for s in ("standard", "range", "quantile", "none")),
    *(("columns.levels", {LEVEL: {"boosting": e}}, boosting, "binary") for e in ("one_hot", "target", "native + target", "none")),
    *(("columns.levels", {LEVEL: {"forest": e}}, forest, "binary") for e in ("one_hot", "target", "ordinal + target", "none")),
    *(("columns.levels", {LEVEL: {"linear": e}}, straight, "binary") for e in ("ordinal", "target", "one_hot + target", "none")),
    *(("columns.levels", {LEVEL: {"network": e}}, network, "binary") for e in ("embedding", "ordinal", "target", "none")),
    ("columns.dates", {DATE: {"parts": ["year"]}}, numbers, "binary"),
    ("columns.dates", {DATE: {"circular": False}}, numbers, "binary"),
    ("columns.text", {TEXT: {"terms": "letters"}}, straight, "binary"),
    ("columns.text", {TEXT: {"by": "hashing"}}, straight, "binary"),
    ("columns.text", {TEXT: {"linear": 5}}, straight, "binary"),
    ("columns.text", {TEXT: {"boosting": 2}}, boosting, "binary"),
    ("columns.text", {TEXT: {"forest": 2}}, forest, "binary"),
    ("columns.text", {TEXT: {"network": 3}}, network, "binary"),
    ("levels", {"least_rows": 150}, straight, "binary"),
    ("levels", {"smoothing": 0.5}, straight, "binary"),
    ("levels", {"inner_folds": 3}, straight, "binary"),
    ("levels", {"classes": 2}, target_means, "binary"),
    ("levels", {"vocabulary": 2}, levels, "binary"),
    ("levels", {"embedded": 4}, network, "binary"),
    ("texts", {"word_lengths": [1]}, straight, "binary"),
    ("texts", {"word_lengths": [2, 3]}, network, "binary"),
    ("texts", {"letter_lengths": [2, 3, 4]}, straight_letters, "binary"),
    ("texts", {"least_rows": 200}, straight, "binary"),
    ("texts", {"tree_terms": 3}, boosting, "binary"),
    ("texts", {"network_terms": 3}, network, "binary"),
    ("texts", {"most_rows": 10}, straight, "binary"),
    ("texts", {"longest": 12}, straight, "binary"),
    ("date_differences", 0, numbers, "binary"),
    ("interactions", ["size / weight"], numbers, "binary"),
    ("families", ["baseline", "linear"], listed, "binary"),
    *(("made_columns", {sort: 3}, made_columns, "count") for sort in ("combinations", "arithmetic", "groups")),
    *(("made_columns", {sure: 9.0}, some_made_columns, "count") for sure in ("sure", "sure_of_levels")),
    ("made_columns", {"rows": 100, "groups": 1}, made_columns, "count"),
    *(("made_columns", {name: value, "groups": 1}, made_columns, "count") for name, value in (
        ("keys", 2), ("numbers", 2), ("number_rows", 100), ("rows_a_group", 1), ("smoothing", 0.0),
    )),
    *(("made_columns", {name: value, "groups": 1}, missed_by_quick_trees, "count") for name, value in (
        ("rounds", 3), ("rate", 0.5), ("time_share", 0.01), ("leaves", 3), ("leaf_rows", 60), ("columns_share", 0.2),
    )),
    ("target_scale", "as it is, and its logarithm", listed_as_values, "count"),
    ("boosting.leaves", "constant", listed_as_values, "count"),
    ("linear.penalties", {"strongest": 0.1, "weakest": 0.1}, penalty, "binary"),
    ("linear.curves", {"logarithms": False}, listed_as_values, "count"),
    ("linear.curves", {"products": 0}, listed_as_values, "count"),
    ("linear.curves", {"products": 2}, multiplied, "binary"),
    ("linear.curves", {"bound": 0.999}, least_answer, "count"),
    ("linear.penalties", {"a_decade": 1, "worse_in_a_row": 50}, penalty, "binary"),
    *(("boosting.loss", loss, rounds, "count") for loss in ("absolute", "huber", "quantile", "squared")),
    ("boosting.stopping", {"judged_by": "metric"}, boosted, "binary"),
    ("boosting.stopping", {"rounds": 3}, rounds, "binary"),
    ("boosting.stopping", {"patience_most": 1, "patience_least": 1, "patience_share": 0.0}, rounds, "binary"),
    ("boosting.stopping", {"patience_over_rate": 1.0}, boosted, "binary"),
    ("boosting.stopping", {"noticeable": 0.3}, boosted, "binary"),
    ("boosting.stopping", {"noticeable_of_rest": 0.5}, boosted_values, "count"),
    ("boosting.stopping", {"rest_seconds": 1e-6}, boosted_values, "count"),
    ("boosting.stopping", {"most_leaves": 100}, rounds, "binary"),
    ("boosting.stopping", {"rounds_times_rate": 3.0}, hurried, "binary"),
    ("boosting.stopping", {"fastest_rate": 0.9}, hurried, "binary"),
    ("boosting.stopping", {"rounds_times_rate_of_catboost": 3.0}, hurried_catboost, "binary"),
    ("kernel.details", {"rows": 10}, kernel_machine, "binary"),
    ("kernel.details", {"sharpest": 2.0}, kernel_machine_of_levels, "binary"),
    ("boosting.lines", {"penalty": 1e6}, lines, "count"),
    ("numbers", {"clip": 1.0}, straight, "binary"),
    ("numbers", {"clip": 1.0}, network, "binary"),
    ("numbers", {"ranks": 4}, ranked, "binary"),
    ("kernel.details", {"reaches": [2.0]}, kernel_machine, "binary"),
    ("kernel.details", {"strongest": 1e-3, "weakest": 1e-3}, kernel_machine, "binary"),
    ("kernel.details", {"a_decade": 7}, kernel_machine, "binary"),
    *(("text.ngrams", {name: value}, counted, "binary") for name, value in (
        ("words", 100), ("letters", 100), ("word_lengths", [1]), ("word_lengths", [1, 2, 3]), ("letter_lengths", [3]), ("least_texts", 9),
        ("beside", 0.9), ("least_factor", 0.9),
    )),
    ("text.ngrams", {"weights": 1_000, "fewest": 100}, counted, "binary"),
    ("text.ngrams", {"time_share": 0.2}, time_of_a_reader, "binary"),
    *(("text.ngrams", {name: value}, pressed, "binary") for name, value in (("pressed", 100), ("directions", 3), ("inner_folds", 2))),
    *(("text.penalties", {name: value}, counted, "binary") for name, value in (
        ("strongest", 0.1), ("weakest", 10.0), ("a_decade", 1), ("worse_in_a_row", 9),
    )),
    *(("text.reading", {"bag": {name: value}}, bag, "binary") for name, value in (
        ("vocabulary", 100), ("longest", 8), ("word_lengths", [1]), ("known_share", 1.0),
    )),
    ("text.reading", {"bag": {"letter_lengths": [4]}}, bag_of_letters, "binary"),
    ("text.training", {"least_texts": 40}, bag, "binary"),
    ("text.loss", "absolute", counted, "count"),
    ("forest.size", {"trees": 7}, trees, "binary"),
    ("forest.size", {"most_leaves": 100}, lambda case, plan: trees(case, _with(plan, "split.kind", "random")), "count"),
    *(("network.architecture", {name: value}, architecture, "binary") for name, value in (
        ("layers", 2), ("width", 128), ("activation", "mish"), ("embedding", "none"), ("frequencies", 4), ("number_width", 2),
        ("level_width", 2), ("most_embedded", 0),
    )),
    ("network.loss", "focal", recipe, "binary"),
    ("network.loss", "balanced_cross_entropy", recipe, "binary"),
    *(("network.loss", loss, recipe, "count") for loss in ("absolute", "huber", "quantile", "squared")),
    ("network.loss", "log_squared", scale_of_values, "count"),
    ("network.loss_details", {"huber_delta": 3.0}, lambda case, plan: recipe(case, _with(plan, "network.loss", "huber")), "count"),
    ("network.loss_details", {"quantile": 0.8}, lambda case, plan: recipe(case, _with(plan, "network.loss", "quantile")), "count"),
    ("network.loss_details", {"focal_gamma": 1.0}, lambda case, plan: recipe(case, _with(plan, "network.loss", "focal")), "binary"),
    *(("network.optimizer", {name: value}, recipe, "binary") for name, value in (
        ("name", "sgd"), ("name", "adam"), ("learning_rate", 0.3), ("schedule", "cosine"), ("schedule", "constant"), ("warm_up", 0.2),
        ("momentum", 0.5), ("batch_size", 16), ("epochs", 5),
    )),
    *(("network.regularization", {name: value}, recipe, "binary") for name, value in (
        ("dropout", 0.4), ("weight_decay", 0.09), ("label_smoothing", 0.2), ("patience", 0.1), ("average", 1.0),
    )),
    *(("network.calibration", value, calibrated, "binary") for value in ({"kind": "none"}, {"least": 0.9}, {"most": 8.0})),
    ("space.linear", {"penalty": [0.1, 0.2, 0.3]}, space("linear"), "binary"),
    ("space.lightgbm", {"num_leaves": [4, 4, 4]}, space("lightgbm"), "binary"),
    ("space.lightgbm", {"learning_rate": [0.05, 0.05, 0.06]}, listed, "binary"),
    ("space.catboost", {"depth": [3, 4, 5]}, space("catboost"), "binary"),
    ("space.extra_trees", {"random_forest": [True]}, space("extra_trees"), "binary"),
    ("space.kernel", {"kernel": ["laplace"]}, space("kernel"), "binary"),
    ("space.mlp", {"width": [64, 128]}, space("mlp"), "binary"),
    ("space.mlp", {"dropout": [0.1, 0.2]}, space("mlp"), "binary"),
    *((f"space.{family}", {name: values}, space_of_others(family), "binary") for family, name, values in (
        ("text_linear", "binary", [True]), ("nb_linear", "power", [1.0]), ("text_boosted", "stacked", [False]),
        ("text_bag", "width", [96, 32]), ("text_cnn", "features", [32]), ("text_rnn", "dropout", [0.0, 0.1, 0.2]), ("joint", "layers", [1]),
        ("image_patches", "parts", [3, 2]), ("image_cnn", "width", [16]), ("image_fine_tuned", "weight_decay", [0.1, 0.2, 0.3]),
        ("sequence_linear", "choose_penalty", [False]), ("sequence_boosted", "num_leaves", [4, 8, 16]),
        ("sequence_kernels", "groups", [0]), ("sequence_quantiles", "max_features", ["third"]), ("sequence_cnn", "blocks", [1, 1, 1]),
        ("sequence_rnn", "features", [64]),
    )),
    ("portfolio", {"lightgbm": [{}, {"num_leaves": 7}]}, listed, "binary"),
    ("search", {"order": "portfolio alone"}, asked_of_the_search, "binary"),
    *(("shares", {name: 0.99}, asked_of_the_search, "binary") for name in ("first_fold", "family", "cheap", "behind", "near")),
    ("shares", {"start_with": 0.99}, asked_of_the_search, "binary"),
    ("shares", {"chance": 1.0}, asked_of_the_search, "binary"),
    ("shares", {"margin": 2.0}, asked_of_the_search, "binary"),
    ("shares", {"tries": 9}, asked_of_the_search, "binary"),
    ("shares", {"completed": ["baseline"]}, asked_of_the_search, "binary"),
    ("shares", {"near_chance": 0.9}, asked_of_the_search, "binary"),
    ("local_search", {"step": 0.4}, steps, "binary"),
    ("limits", {"prediction_ms_per_1000": 5.0}, asked_of_the_search, "binary"),
    ("ensemble", {"kind": "best single"}, asked_of_the_search, "binary"),
    ("ensemble", {"steps": 7}, asked_of_the_search, "binary"),
    ("ensemble", {"candidates": 3}, asked_of_the_search, "binary"),
    ("ensemble", {"least_weight": 0.2}, asked_of_the_search, "binary"),
    ("ensemble", {"clearly": 0.2}, asked_of_the_search, "binary"),
    ("ensemble", {"first_fold_rows": 5}, asked_of_the_search, "binary"),
    ("ensemble", {"whole_first": 0}, asked_of_the_search, "binary"),
    ("ensemble", {"joining_rows": 500}, asked_of_the_search, "binary"),
    ("ensemble", {"judged_parts": 2}, asked_of_the_search, "binary"),
    ("ensemble", {"averaging": "linear"}, asked_of_the_search, "binary"),
    ("ensemble", {"doubt": 0.01}, asked_of_the_search, "binary"),
    ("calibration", {"kind": "none"}, asked_of_the_search, "binary"),
    ("calibration", {"kind": "temperature"}, asked_of_the_search, "binary"),
    ("calibration", {"sure": 1.0}, asked_of_the_search, "binary"),
    ("calibration", {"unseen_errors": 2.0}, asked_of_the_search, "binary"),
    *(("threshold", value, cut, "binary") for value in ("best_f1", "best_balanced_accuracy", "best_mcc", 0.17)),
    ("interval", {"coverage": 0.8}, shown, "count"),
    ("importance", {"repeats": 2}, asked_of_the_search, "binary"),
    ("importance", {"rows": 50}, asked_of_the_search, "binary"),
    ("importance", {"resamples": 60}, asked_of_the_search, "binary"),
]  # fmt: skip


def _with(plan: Any, topic: str, value: Any) -> Any:
    return dataclasses.replace(plan, settings={**plan.settings, topic: value})


@pytest.mark.parametrize(("topic", "value", "look", "task"), CHANGES, ids=[f"{t}={v}"[:60] for t, v, *_ in CHANGES])
def test_a_change_of_the_plan_changes_training(topic, value, look, task, cases):
    case = cases[task]
    changed = case.changed(topic, value)
    edited = [d for d in changed.decisions if d.rule == "PLAN"]
    assert {d.topic for d in edited} == {topic}, "the edit is a decision of the highest priority in the trace"
    assert TOPICS[topic].valid({**value} if isinstance(value, dict) and topic != "columns" else value) is None
    assert look(case, changed) != look(case, case.plan)


def test_no_topic_is_left_out():
    wanted = {topic for topic in TOPICS if not topic.startswith(OTHERS)}
    assert wanted - {topic for topic, *_ in CHANGES} == set()


def test_every_setting_is_a_decision(cases):
    for case in cases.values():
        assert set(case.plan.settings) == {d.topic for d in case.plan.decisions}


# --- the ranges of every family, of whatever kind of data


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: s["name"])
def test_the_plan_has_the_ranges_that_its_families_search(situation):
    facts = facts_of(situation["facts"])
    plan = make_plan(facts)
    others = {topic: value for topic, value in plan.settings.items() if not topic.startswith("space.")}
    for family in (name for name in plan["families"] if name in families() and plan["task"] != "forecast"):
        alone, planned = (_problem(plan, facts.profile.labelled_rows, **said) for said in (others, plan.settings))
        values, ranges = declared(family, planned)
        assert set(values) == set(plan.settings.get(f"space.{family}", {})), family
        if family != "mlp":  # whose waves a rule of wide tables leaves out
            assert declared(family, alone) == (values, ranges), "what stands in the plan is what is searched without one"
        assert proven(family, planned) == plan.settings.get("portfolio", {}).get(family, [{}]), "what is listed lies within the ranges"


# Of these, other topics say what is tried first.
ELSEWHERE = {**FIRST_ELSEWHERE, "mlp": (*FIRST_ELSEWHERE["mlp"], "width", "embed_numbers"), "image_patches": ("side", "entries")}
FIRST_HERE = [(family, name) for family, of in PARAMETERS.items() for name in of if name not in ELSEWHERE.get(family, ())]


@pytest.mark.parametrize(("family", "name"), FIRST_HERE)
def test_every_hyper_parameter_is_searched_where_the_plan_says(family, name):
    usual, parameter = USUAL[family][name], PARAMETERS[family][name]
    one = usual[-1] if usual[-1] != (usual[1] if parameter.is_range else usual[0]) else usual[0]
    wanted = [one] * 3 if parameter.is_range else [one]
    topics = {"made_columns": {"groups": 3}, "boosting.leaves": "constant, and lines", "target_scale": "as it is, and its logarithm",
              "linear.curves": {"logarithms": True, "products": 100}}  # fmt: skip
    problem = Problem("regression", 0, "rmse", 500, 2, 1, 1, {**topics, f"space.{family}": {name: wanted}}, {"pictures": (16, 16, 3)})
    assert TOPICS[f"space.{family}"].valid({name: wanted}) is None
    values, ranges = declared(family, problem)
    assert values[name] == one
    assert set(ranges[name]) == {one}
    problem.settings["portfolio"] = {family: PROVEN[family]}
    for candidate in proven(family, problem):
        assert candidate.get(name, one) == one


@pytest.mark.parametrize(
    ("family", "wrong", "said"),
    [
        ("text_bag", {"widht": [64]}, "did you mean 'width'"),
        ("text_bag", {"width": [64, 4_096]}, "width cannot be 4096: it is a whole number from 1 to 1024"),
        ("nb_linear", {"power": ["half"]}, "power cannot be 'half': it is a number from 0 to 4"),
        ("sequence_rnn", {"dropout": [0.2, 0.1, 0.6]}, "must rise"),
        ("image_patches", {"parts": [2, 2]}, "names an option twice"),
        ("sequence_quantiles", {"max_features": ["all"]}, "one of tenth, third, sqrt"),
    ],
)
def test_wrong_ranges_are_refused(family, wrong, said):
    assert said in (TOPICS[f"space.{family}"].valid(wrong) or "")


@pytest.mark.parametrize(
    ("topic", "wrong", "said"),
    [
        ("text.ngrams", {"word_lengths": []}, "word_lengths must be a list of whole numbers"),
        ("text.ngrams", {"letter_lengths": [2, 2.5]}, "letter_lengths has an entry that must be a whole number from 1 to 8"),
        ("text.ngrams", {"letter_lengths": [3, 3]}, "letter_lengths names a number twice"),
        ("text.reading", {"bag": {"word_lengths": [9]}}, "bag word_lengths has an entry that must be a whole number from 1 to 8"),
        ("text.reading", {"recurrent": {"known_share": 2}}, "recurrent known_share must be a number from 0 to 1"),
        ("texts", {"word_lengths": [2, 1]}, "word_lengths must be whole numbers that follow one another, such as [1, 2]"),
        ("texts", {"letter_lengths": [2, 4]}, "letter_lengths must be whole numbers that follow one another, such as [1, 2]"),
        ("text.ngrams", {"beside": 2}, "beside must be a number from 0 to 1"),
        ("text.ngrams", {"least_factor": -0.1}, "least_factor must be a number from 0 to 1"),
    ],
)
def test_wrong_ways_to_read_are_refused(topic, wrong, said):
    assert TOPICS[topic].valid(wrong) == said
