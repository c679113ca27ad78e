"""What was not done, and why: nothing is left out in silence."""

from __future__ import annotations

from typing import Any

from automl_assist.report._section import Report, Section

MOST_ENTRIES = 60


def _context(report: Report) -> dict[str, Any]:
    entries = list(report["skipped"])
    return {"entries": entries[:MOST_ENTRIES], "more": max(0, len(entries) - MOST_ENTRIES)}


SECTION = Section("skipped", "What was not done, and why", 140, lambda report: bool(report.get("skipped")), _context)
