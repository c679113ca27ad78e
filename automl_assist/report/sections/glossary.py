"""Words used on this page, in one sentence each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from automl_assist.report._context import charts as figures, is_training
from automl_assist.report._section import Report, Section

# A term, its meaning, and when the page uses it.
TERMS: tuple[tuple[str, str, Callable[[Report], bool]], ...] = (
    (
        "95 % interval",
        "If the test were repeated on other rows of the same kind, the figure would lie within it 95 times in 100.",
        is_training,
    ),
    (
        "Baseline",
        "The simplest answer: always the most frequent class, or the mean. A model that is not better has learned nothing.",
        is_training,
    ),
    ("Linear model", "A weighted sum of the columns: quick, easy to explain, and hard to beat on small data.", is_training),
    (
        "Fold",
        "One of several equal parts of the rows: each is predicted by a model that learned from the others.",
        lambda r: bool(r.get("split")),
    ),
    (
        "Locked test rows",
        "Rows that nothing was learned from or chosen by: the only ones that show how good the model is.",
        lambda r: bool(r.get("split")),
    ),
    (
        "Ensemble",
        "Several models whose predictions are averaged with weights.",
        lambda r: any(x.get("family") == "ensemble" for x in r.get("leaderboard") or []),
    ),
    (
        "Tied, cannot be told apart",
        "The difference from the best single model is smaller than its own uncertainty over the folds.",
        lambda r: bool(r.get("leaderboard")),
    ),
    ("Threshold", "From this probability on a row is called positive.", lambda r: bool(figures(r).get("threshold"))),
    ("Precision", "Of those called positive, the share that is.", lambda r: bool(figures(r).get("per_class"))),
    ("Recall", "Of those that are positive, the share that was found.", lambda r: bool(figures(r).get("per_class"))),
    ("F1", "The harmonic mean of precision and recall: high only if both are.", lambda r: bool(figures(r).get("per_class"))),
    ("Calibration", "Whether, of the rows given 70 %, some 70 % turn out so.", lambda r: bool(figures(r).get("calibration"))),
    ("Residual", "The true value less the predicted one.", lambda r: bool(figures(r).get("residuals"))),
    (
        "Importance",
        "How much worse the figure gets when a column's values are shuffled among the rows.",
        lambda r: bool((r.get("importance") or {}).get("columns")),
    ),
    ("SHA-256", "A fingerprint of the file: another fingerprint, another file.", lambda r: bool(r["data"].get("sha256"))),
    ("Distinct values", "How many different values a column holds.", lambda r: True),
    ("Target", "The column that is predicted.", lambda r: True),
)


def _context(report: Report) -> dict[str, Any]:
    found = {term: meaning for term, meaning, used in TERMS if used(report)}
    for metric in (report.get("test") or {}).get("metrics") or []:
        if metric.get("plain"):
            found.setdefault(metric["title"], metric["plain"])
    return {"terms": sorted(found.items(), key=lambda entry: entry[0].lower())}


SECTION = Section("glossary", "Words on this page", 150, lambda report: True, _context)
