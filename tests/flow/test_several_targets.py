"""Several targets through the whole flow: one run, one page, one row of answers; no target is learned from another."""

import json

import numpy as np
import pandas as pd
import pytest

from automl_assist.runs import verify_model
from tests.flow.conftest import assist

TARGETS = ("churned", "bought", "price")
NAMED = [word for target in TARGETS for word in ("--target", target)]


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(240, 3))
    rows = pd.DataFrame(x.round(3), columns=["height", "width", "depth"])
    rows["churned"] = np.where(x[:, 0] + 0.3 * rng.normal(size=len(x)) > 0, "yes", "no")
    rows["bought"] = np.where(rows.churned == "yes", "always", "never")  # would give `churned` away
    rows["price"] = (100 + 20 * x[:, 1]).round(2)
    folder = tmp_path_factory.mktemp("several")
    rows.to_csv(folder / "rows.csv", index=False)
    done = assist("train", "rows.csv", *NAMED, "--trials", 2, "--json", cwd=folder)
    assert done.code == 0, done.err
    return folder, done.document


def test_each_target_has_a_figure_of_its_own(several):
    folder, document = several
    assert [part["target"] for part in document["targets"]] == list(TARGETS)
    assert [part["task"] for part in document["targets"]] == ["binary", "binary", "regression"]
    assert document["metric"]["value"] is None, "classes and numbers have no mean figure"
    report = json.loads((folder / "assist-run" / "report.json").read_text("utf-8"))
    for part in report["targets"]:
        learned = {c["name"] for c in part["profile"]["columns"]}
        assert learned & set(TARGETS) == {part["target"]}


def test_a_row_of_answers(several, here):
    folder, _ = several
    done = assist("predict", "assist-run", "rows.csv", "--json", cwd=folder)
    assert done.code == 0, done.err
    names = ["churned", "probability_churned", "bought", "probability_bought", "price", "price_lower", "price_upper"]
    assert done.document["columns"] == names
    assert done.document["messages"] == []
    scored = here("evaluate", "assist-run", "rows.csv", "--json", cwd=folder).document
    assert all(part["metric"]["value"] > 0.9 for part in scored["targets"][:2])
    rows = pd.read_csv(folder / "rows.csv").drop(columns="price")
    rows.to_csv(folder / "unlabelled.csv", index=False)
    other = folder / "assist-run" / "trials.jsonl"
    for file, code in (("unlabelled.csv", "E0704"), (other, "E0702")):
        assert here("evaluate", "assist-run", file, "--json", cwd=folder).document["error"]["code"] == code


def test_the_plan_of_all_is_read_back(several):
    folder, _ = several
    plan = folder / "assist-run" / "plan.yaml"
    dry = assist("train", "rows.csv", "--plan", plan, "--dry-run", "--json", cwd=folder).document
    assert [part["target"]["name"] for part in dry["targets"]] == list(TARGETS)
    (folder / "odd.yaml").write_text(plan.read_text("utf-8").replace("metric: rmse", "metric: rms"), "utf-8")
    wrong = assist("train", "rows.csv", "--plan", "odd.yaml", "--dry-run", "--json", cwd=folder).document["error"]
    line = next(i for i, text in enumerate((folder / "odd.yaml").read_text("utf-8").split("\n"), 1) if text.startswith("metric: rms"))
    assert f"line {line}" in wrong["where"]


def test_the_model_is_whole_and_the_trace_names_targets(several, here):
    folder, _ = several
    assert [part["name"] for part in verify_model(folder / "assist-run" / "model")["targets"]] == list(TARGETS)
    decisions = here("why", "assist-run", "metric", "--json", cwd=folder).document["decisions"]
    assert {d["target"] for d in decisions} == set(TARGETS)


def test_a_target_that_cannot_be_learned_is_refused_before_the_others_are(several, tmp_path):
    folder, _ = several
    pd.read_csv(folder / "rows.csv").assign(price=1).to_csv(tmp_path / "rows.csv", index=False)
    done = assist("train", "rows.csv", *NAMED, "--json", cwd=tmp_path)
    assert done.code == 4
    assert not (tmp_path / "assist-run").exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["train", "--target", "price", "--target", "price"], "E0404"),
        (["recommend", "--target", "price", "--target", "bought"], "E0405"),
        (["train", "--target", "price", "--target", "nope"], "E0301"),
    ],
)
def test_what_cannot_be_meant(several, words, code):
    done = assist(words[0], "rows.csv", *words[1:], "--dry-run", "--json", cwd=several[0])
    assert (done.code, done.document["error"]["code"]) == (2, code)


def test_labels_in_one_column(tmp_path, here):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, 2))
    tags = [";".join(name for name, value in zip(("python", "rust"), row, strict=True) if value > -0.3) for row in x]
    pd.DataFrame({"a": x[:, 0].round(3), "b": x[:, 1].round(3), "tags": tags}).to_csv(tmp_path / "rows.csv", index=False)
    done = assist("train", "rows.csv", "--target", "tags", "--trials", 2, "--json", cwd=tmp_path)
    assert done.code == 0, done.err
    assert (done.document["task"], done.document["metric"]["value"] > 0.9) == ("multilabel", True)
    answers = here("predict", "assist-run", "rows.csv", "--out", "p.csv", "--json", cwd=tmp_path)
    assert (answers.code, answers.document["messages"]) == (0, [])
    table = pd.read_csv(tmp_path / "p.csv", keep_default_na=False)
    assert set(table.columns) == {"tags", "probability_python", "probability_rust"}
    said = [set(cell.split(";")) for cell in table.tags]
    assert np.mean([each == set(cell.split(";")) for each, cell in zip(said, tags, strict=True)]) > 0.7
    assert here("evaluate", "assist-run", "rows.csv", "--json", cwd=tmp_path).document["metric"]["value"] > 0.9
    (tmp_path / "strange.csv").write_text("a,b,tags\n0.1,0.2,cobol\n0.3,0.1,fortran;cobol\n", "utf-8")
    strange = here("evaluate", "assist-run", "strange.csv", "--json", cwd=tmp_path).document["error"]
    assert strange["code"] == "E0705" and "'rust', 'python'" in strange["where"]
    dry = assist("train", "rows.csv", "--plan", "assist-run/plan.yaml", "--dry-run", "--json", cwd=tmp_path)
    assert [part["target"]["name"] for part in dry.document["targets"]] == ["tags: rust", "tags: python"]
