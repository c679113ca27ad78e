"""Texts through the whole flow: the sample, hostile texts, and no rare word in anything written."""

import json

from automl_assist._resources import sample_data_dir
from tests.flow.conftest import assist
from tests.flow.test_train_predict import predict, rows_of, same, write_rows

TICKETS = sample_data_dir() / "support_tickets.csv"
HOSTILE = [
    "",
    "   ",
    "=cmd()",
    "😀" * 500,
    "a\u0000b",
    "<script>alert(1)</script>",
    "مرحبا",
    "x" * 100_000,
    "\ud83d".encode("utf-8", "replace").decode(),
]


def test_tickets_train_explain_and_predict(tmp_path, here):
    rows = rows_of(TICKETS)
    rows[0]["message"] += " Quetzalcoatlus"
    data = write_rows(tmp_path / "tickets.csv", rows)
    done = assist("train", data, "--target", "queue", "--time-budget", "40s", "--json", cwd=tmp_path)
    assert done.code == 0, done.err
    assert (done.document["modality"], done.document["task"]) == ("text", "multiclass")
    assert done.document["metric"]["value"] < done.document["metric"]["baseline"] / 2
    run = tmp_path / "assist-run"
    report = json.loads((run / "report.json").read_text("utf-8"))
    assert report["insight"]["kind"] == "text"
    assert "What the words say" in (run / "report.html").read_text("utf-8")
    written = [path for path in run.rglob("*") if path.is_file()]
    assert not [p for p in written if b"quetzalcoatlus" in p.read_bytes().lower()], "a rare word is nowhere"
    first, _ = predict(run, data, tmp_path / "p.csv")
    again, _ = predict(run, write_rows(tmp_path / "part.csv", rows[:5]), tmp_path / "q.csv", by=here)
    same(first[:5], again, 1e-4)
    odd, _ = predict(run, write_rows(tmp_path / "odd.csv", [{"message": text} for text in HOSTILE]), tmp_path / "o.csv", by=here)
    assert len(odd) == len(HOSTILE)
    assert here("evaluate", run, data, cwd=tmp_path).code == 0
