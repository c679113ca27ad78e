"""From a CSV to a model and back: what was promised about a finished run holds on real files."""

import csv
import json
import shutil

import pytest

from tests.flow.conftest import SAMPLES, assist


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_rows(path, rows, columns=None):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns or list(rows[0]), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def predict(run, data, out, *more, by=assist):
    done = by("predict", run, data, "--out", out, "--overwrite", *more, cwd=out.parent)
    assert done.code == 0, done.err
    return rows_of(out), done


def same(a, b, tolerance=1e-6):
    assert len(a) == len(b)
    for x, y in zip(a, b, strict=True):
        assert x.keys() == y.keys()
        for key in x:
            try:
                assert float(x[key]) == pytest.approx(float(y[key]), rel=tolerance, abs=tolerance), key
            except ValueError:
                assert x[key] == y[key], key


def test_the_run_folder_is_whole_and_the_model_beats_the_baseline(trained):
    task, _, done = trained
    run = done.folder / "assist-run"
    assert {p.name for p in run.iterdir() if not p.name.startswith(".")} == {
        "report.html",
        "report.json",
        "plan.yaml",
        "trials.jsonl",
        "model",
    }
    document = done.document
    assert document["schema"] == "assist.train/1"
    assert document["status"] == "ok"
    assert document["task"] == task
    metric = document["metric"]
    sign = 1 if metric["higher_is_better"] else -1
    assert sign * metric["value"] > sign * metric["baseline"]
    assert metric["gains"]["baseline"][0] > 0
    low, high = metric["ci95"]
    assert low <= metric["value"] <= high
    lines = [json.loads(line) for line in (run / "trials.jsonl").read_text("utf-8").splitlines()]
    assert [line["status"] for line in lines] == ["complete"] * 4
    assert len({tuple(line["fold_scores"]) for line in lines}) == 4
    assert not [p for p in run.rglob("*") if p.suffix in (".pkl", ".pickle", ".joblib")]
    assert (run / "report.html").stat().st_size < 500_000
    listed = {entry["name"] for entry in json.loads((run / "model" / "manifest.json").read_text("utf-8"))["files"]}
    assert listed == {p.relative_to(run / "model").as_posix() for p in (run / "model").rglob("*") if p.is_file()} - {"manifest.json"}


def test_a_row_alone_in_a_batch_after_a_move_and_in_any_order_of_columns(trained, here, tmp_path):
    task, data, done = trained
    rows = rows_of(data)[:25]
    target = SAMPLES[task][1]
    columns = [name for name in rows[0] if name != target]
    batch, _ = predict(done.folder / "assist-run", write_rows(tmp_path / "new.csv", rows, columns), tmp_path / "a.csv")
    assert next(iter(batch[0])) == "prediction"
    alone = []
    for i in (0, 7, 24):
        one, _ = predict(
            done.folder / "assist-run", write_rows(tmp_path / "one.csv", rows[i : i + 1], columns), tmp_path / "b.csv", by=here
        )
        alone += one
    same(alone, [batch[i] for i in (0, 7, 24)])
    moved = tmp_path / "another" / "place"
    shutil.copytree(done.folder / "assist-run", moved)
    again, _ = predict(moved, write_rows(tmp_path / "turned.csv", rows, columns[::-1]), tmp_path / "c.csv", by=here)
    same(batch, again)
    with_target, _ = predict(moved, write_rows(tmp_path / "known.csv", rows), tmp_path / "d.csv", by=here)
    same(batch, with_target)


def on_its_test_rows(run, data, folder, by):
    report = json.loads((run / "report.json").read_text("utf-8"))
    rows = rows_of(data)
    part = write_rows(folder / "test.csv", [rows[i - 1] for i in report["split"]["test_row_numbers"]])
    scored = by("evaluate", run, part, "--json", cwd=folder)
    assert scored.code == 0, scored.err
    assert scored.document["rows"] == report["split"]["test_rows"]
    return scored.document["metric"]["value"], report


def test_predict_equals_what_the_report_scored_until_those_rows_are_learned_from_too(trained, here, tmp_path):
    task, data, done = trained
    again, report = on_its_test_rows(done.folder / "assist-run", data, tmp_path, here)
    fits = report["split"]["refit"]
    assert fits["fits"] == fits["of"] > 0
    sign = 1 if report["metric"]["higher_is_better"] else -1
    assert sign * again > sign * report["metric"]["value"], "the shipped models know these rows by now"
    if task != "binary":
        return  # once is enough
    (tmp_path / "plan.yaml").write_text("schema: assist.plan/1\nrefit:\n  rows: development\n", "utf-8")
    words = ("train", data, "--target", SAMPLES[task][1], "--plan", "plan.yaml", "--trials", 1, "--json")
    kept = assist(*words, cwd=tmp_path)
    assert kept.code == 0, kept.err
    value, report = on_its_test_rows(tmp_path / "assist-run", data, tmp_path, here)
    assert value == pytest.approx(report["metric"]["value"], rel=1e-6)
    assert "refit" not in report["split"]


def test_what_is_missing_extra_or_unseen_is_said(trained, here, tmp_path):
    task, data, done = trained
    rows = rows_of(data)[:20]
    target = SAMPLES[task][1]
    columns = [name for name in rows[0] if name != target]
    gone = columns[1]
    strange = write_rows(
        tmp_path / "strange.csv", [{**row, "something else": "1"} for row in rows], [*(c for c in columns if c != gone), "something else"]
    )
    predicted, said = predict(done.folder / "assist-run", strange, tmp_path / "p.csv", by=here)
    assert len(predicted) == 20
    assert repr(gone) in said.err
    assert "something else" in said.err
    strict = here("predict", done.folder / "assist-run", strange, "--strict", cwd=tmp_path)
    assert strict.code == 7
    assert gone in strict.err
    shouted = write_rows(tmp_path / "shouted.csv", [{name.upper(): cell for name, cell in row.items()} for row in rows])
    scored = here("evaluate", done.folder / "assist-run", shouted, "--json", cwd=tmp_path)
    assert scored.document["rows"] == 20
    assert repr(target.upper()) in scored.document["messages"][0]["message"]
    nothing = write_rows(tmp_path / "nothing.csv", [{"q": "1"}])
    assert here("predict", done.folder / "assist-run", nothing, cwd=tmp_path).code == 4


def test_a_target_written_in_another_way_is_scored_alike(trained, here, tmp_path):
    task, data, done = trained
    target, run = SAMPLES[task][1], done.folder / "assist-run"
    rows = rows_of(data)[:30]
    plain = here("evaluate", run, write_rows(tmp_path / "plain.csv", rows), "--json", cwd=tmp_path).document
    for row in rows:
        row[target] = f"{row[target].replace('.', ',')} €" if task == "regression" else row[target].upper()
    other = here("evaluate", run, write_rows(tmp_path / "other.csv", rows), "--json", cwd=tmp_path).document
    assert other["rows"] == 30
    assert other["metric"] == plain["metric"]
    for row in rows:
        row[target] = "nothing known"
    unknown = here("evaluate", run, write_rows(tmp_path / "unknown.csv", rows), "--json", cwd=tmp_path)
    assert unknown.code == 4
    assert ("the model knows" in unknown.document["error"]["where"]) == (task != "regression")


def test_the_report_can_be_written_again_and_why_answers(trained, here, tmp_path):
    _, _, done = trained
    copy = tmp_path / "run"
    shutil.copytree(done.folder / "assist-run", copy)
    before = (copy / "report.html").read_bytes()
    (copy / "report.html").unlink()
    assert here("report", copy, cwd=tmp_path).code == 0
    assert (copy / "report.html").read_bytes() == before
    why = here("why", copy, "metric", "--json", cwd=tmp_path)
    assert why.code == 0
    decisions = why.document["decisions"]
    assert decisions[0]["topic"] == "metric"
    assert decisions[0]["because"]
    lost = here("why", copy, "metrik", cwd=tmp_path)
    assert lost.code == 2
    assert "metric" in lost.err


def test_the_plan_can_be_given_back_and_gives_the_same_model(trained, tmp_path):
    _, data, done = trained
    first = done.document["metric"]["value"]
    plan = done.folder / "assist-run" / "plan.yaml"
    again = assist("train", data, "--plan", plan, "--trials", 3, "--json", "--out", tmp_path / "again", cwd=tmp_path)
    assert again.code == 0, again.err
    assert again.document["metric"]["value"] == pytest.approx(first, rel=1e-9)
