"""How it was tested: which rows were learned from, which were locked away, and by what figure."""

from __future__ import annotations

from typing import Any

from automl_assist.report._context import is_training
from automl_assist.report._filters import count, counted, percent
from automl_assist.report._section import Report, Section

LINES = {
    "random": "Rows were drawn at random.",
    "stratified": "Rows were drawn at random, with the same share of each class in every part.",
    "group": "Rows that belong together stand on one side of every line.",
    "rolling_origin": "Earlier moments were forecast from what was known then; the last steps of every series were kept for the test.",
    "time": "The past predicts the future: every test row is later than the rows learned from.",
}
LEAST_SHARE = 0.004  # a part narrower than this could not be seen


def _picture(split: dict[str, Any]) -> dict[str, Any]:
    folds, train, test = split["folds"], split["train_rows"], split["test_rows"]
    unlabelled = split.get("unlabelled_rows") or 0
    total = (train + test + unlabelled) or 1
    parts = [{"kind": "fold", "share": train / total / max(folds, 1)} for _ in range(max(folds, 1))]
    parts.append({"kind": "test", "share": max(test / total, LEAST_SHARE)})
    if unlabelled:
        parts.append({"kind": "rest", "share": max(unlabelled / total, LEAST_SHARE)})
    whole = sum(p["share"] for p in parts)
    at, placed = 0.0, []
    for part in parts:
        placed.append({"kind": part["kind"], "from": at / whole, "share": part["share"] / whole})
        at += part["share"]
    legend = [
        (
            "fold",
            f"{counted(train, 'row')} to learn from, in {counted(folds, 'fold')}: each fold is predicted by a model that has not seen it",
        ),
        ("test", f"{counted(test, 'row')} locked away until the end: the verdict comes from these"),
    ]
    if unlabelled:
        legend.append(("rest", f"{counted(unlabelled, 'row')} without a target, used for nothing"))
    rows = [("to learn from", count(train), percent(train / total)), ("locked test", count(test), percent(test / total))]
    if unlabelled:
        rows.append(("without a target", count(unlabelled), percent(unlabelled / total)))
    return {
        "id": "split-parts",
        "title": "Which rows were used for what",
        "answer": f"The score rests on {counted(test, 'row')}, {percent(test / total)} of the data, that no model saw before.",
        "parts": placed,
        "legend": legend,
        "numbers": {"head": ["part", "rows", "share"], "rows": rows, "thinned": 0},
    }


def _refit(split: dict[str, Any]) -> str:
    """Return what became of the test rows after the test; empty where they were left alone."""
    again = split.get("refit") or {}
    if not again.get("fits"):
        return ""
    whole = "all models" if again["fits"] == again["of"] else f"{again['fits']:,} of the {counted(again['of'], 'model')}"
    return (
        f"After the test {whole} of the shipped ensemble learned once more, with the test rows too. No figure here comes from them, and "
        "the test rows can no longer be used to check what is shipped."
    )


def _context(report: Report) -> dict[str, Any]:
    split, metric = report["split"], report["metric"]
    return {
        "line": LINES.get(split["kind"], split["kind"]),
        "reason": split.get("reason") or "",
        "test_kind": split.get("test_kind"),
        "refit": _refit(split),
        "picture": _picture(split),
        "metric": {
            "title": metric["title"],
            "plain": metric.get("plain") or "",
            "direction": "higher" if metric["higher_is_better"] else "lower",
        },
    }


SECTION = Section("split", "How it was tested", 50, lambda report: is_training(report) and bool(report.get("split")), _context)
