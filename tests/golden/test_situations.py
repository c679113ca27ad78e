"""The table of situations: what an expert would decide is what the rules decide."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from automl_assist.plan import from_yaml, make_plan, to_yaml
from automl_assist.schema import Alternative, Column, Decision, Facts, Guess, Machine, NumberFacts, Options, Plan, Profile, Reading

SITUATIONS = yaml.safe_load(Path(__file__).with_name("situations.yaml").read_text("utf-8"))
OPTIONS = ("metric", "time", "group", "series", "families", "pretrained", "trials", "budget_s", "horizon", "max_predict_ms")


def _column(name: str, place: int, said: Any, rows: int) -> Column:
    about = {"kind": said} if isinstance(said, str) else said
    return Column(
        name, place, about["kind"], about.get("missing", 0), about.get("distinct", min(rows, 50)), "as written in the situation",
        mean_length=float(about["length"]) if "length" in about else None,
    )  # fmt: skip


def _target(said: Mapping[str, float] | None) -> NumberFacts | None:
    if said is None:
        return None
    least, median, high = (float(said[name]) for name in ("least", "median", "high"))
    quantiles = (least, (least + median) / 2, median, (median + high) / 2, high)
    return NumberFacts(least, high * 2, median, high, quantiles, (1,), 0, int(least < 0), False)


def _seen(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a look at the pictures of a column found: photographs of 64 by 48 pixels, all readable, where nothing else is said."""
    usual = {"looked_at": 500, "unreadable": 0, "height": 48, "width": 64}
    usual |= {"narrowest": 1.2, "widest": 1.5, "ratio": 4 / 3, "colourless": 0.0}
    told = {name: value for name, value in said.items() if name not in ("plain", "mirror_images")}
    mirrored = {"rows": 500, "plain": said.get("plain", 0.5), "mirror_images": said.get("mirror_images", 0.5)}
    return {**usual, **told, "mirrored": mirrored}


def _series(said: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the layout of series that are carried on: ten years of one, monthly, unless something else is said."""
    if said is None:
        return {}
    usual = said.get("usual", 120)
    steps = {
        "unit": "month", "every": 1.0, "frequency": "monthly", "n_series": 1, "shortest": usual, "usual": usual, "longest": usual,
        "gaps": 0.0, "repeated": 0, "without_time": 0, "beyond": 0, "ahead": [], "positive": True, "negative": False, "zeros": 0.0,
        "whole": False,
        "seasons": [{"period": 12, "strength": 0.7, "beyond": 0.7, "repeat": 0.6}],
    }  # fmt: skip
    return {"form": "long", "time": ["when"], "series": [], "dated": True, "even": 1.0, "steps": steps | dict(said)}


def facts_of(said: Mapping[str, Any]) -> Facts:
    """Return facts as the file words them."""
    rows, task = said.get("rows", 1_000), said.get("task", "binary")
    columns: dict[str, Any] = said.get("columns") or {"age": "number", "income": "number"}
    if "numbers" in said:
        columns = {f"x{k}": "number" for k in range(said["numbers"])}
    if "gappy" in said:
        columns = {f"gap{k}": {"kind": "number", "missing": 500 - k} for k in range(said["gappy"])}
    classes = said.get("classes", {"no": 600, "yes": 400})
    if "many_classes" in said:
        classes = {f"c{k}": 20 for k in range(said["many_classes"])} | {"last": 6}
    features = [_column(name, place, about, rows) for place, (name, about) in enumerate(columns.items())]
    target = Column("y", len(features), "number", 0, 2, "the target", numbers=_target(said.get("target")))
    profile = Profile(
        reading=Reading("t.csv", "t.csv", "csv", "0" * 64, 10, rows, len(features) + 1),
        rows=rows,
        columns=(*features, target),
        modality=Guess(said.get("modality", "tabular"), 1.0, "as written in the situation"),
        target=Guess("y", 1.0, "given", given=True),
        task=Guess(task, 0.9, "its values look so", alternatives=(Alternative("regression", 0.1),)),
        layout=(said.get("layout") or _series(said.get("steps")))
        | ({"pictures": {n: _seen(a) for n, a in said["pictures"].items()}} if "pictures" in said else {}),
        examples=said.get("examples"),
        classes=tuple(sorted(classes.items(), key=lambda pair: -pair[1])) if task in ("binary", "multiclass") else (),
    )
    options = {name: tuple(said[name]) if name == "families" else said[name] for name in OPTIONS if name in said}
    return Facts(profile, (), Options(target="y", **options), Machine(2, 8_000, tuple(said.get("installed", ("lightgbm", "keras", "jax")))))


def _decision(plan: Plan, asked: str) -> Decision:
    topic, _, column = asked.partition(" of ")
    return next(d for d in plan.decisions if d.topic == topic and (d.key == column or column in d.columns))


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: s["name"])
def test_what_an_expert_would_decide(situation):
    plan = make_plan(facts_of(situation["facts"]))
    for asked, wanted in situation["expect"].items():
        topic, _, column = asked.partition(" of ")
        found = plan[topic][column] if column else plan[topic]
        if isinstance(wanted, Mapping):
            found = {part: found[part] for part in wanted}
        assert found == wanted, asked
    for asked, words in situation.get("flips", {}).items():
        assert words in _decision(plan, asked).flip, asked


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: s["name"])
def test_every_decision_can_be_questioned_and_every_plan_comes_back(situation):
    facts = facts_of(situation["facts"])
    plan = make_plan(facts)
    for decision in plan.decisions:
        assert decision.because
        assert decision.flip or decision.key, decision.rule  # what would change it
    edits = from_yaml(to_yaml(plan, {"target": "y"}), "plan.yaml")
    assert edits.pop("target") == "y"
    assert make_plan(facts, edits) == plan


def test_there_are_forty_of_them_with_names_of_their_own():
    assert len({situation["name"] for situation in SITUATIONS}) == len(SITUATIONS) >= 40
