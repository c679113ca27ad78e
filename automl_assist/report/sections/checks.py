"""What is wrong and how to mend it: named checks of the model, findings about the data, messages of the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from automl_assist.report._context import by_severity
from automl_assist.report._filters import MISSING, counted
from automl_assist.report._section import Report, Section

STATES = {
    "fail": ("bad", "✕", "failed"),
    "warn": ("warn", "!", "warning"),
    "not_checked": ("quiet", MISSING, "not checked"),
    "pass": ("good", "✓", "passed"),
}
SEVERITIES = {"error": ("bad", "✕", "error"), "warning": ("warn", "!", "warning"), "info": ("quiet", "i", "note")}
MOST_FINDINGS = 60
MOST_NAMES = 8  # of columns under a finding
MOST_ROWS = 10
MOST_MESSAGES = 30


def _check(check: dict[str, Any]) -> dict[str, Any]:
    tone, mark, word = STATES.get(check["state"], STATES["not_checked"])
    return {
        "tone": tone,
        "mark": mark,
        "word": word,
        "title": check["title"],
        "message": check.get("message"),
        "fix": check.get("fix"),
        "code": None,
    }


def _finding(finding: Mapping[str, Any]) -> dict[str, Any]:
    tone, mark, word = SEVERITIES.get(finding["severity"], SEVERITIES["info"])
    columns, rows = finding.get("columns") or [], finding.get("rows") or []
    return {
        "tone": tone,
        "mark": mark,
        "word": word,
        "code": finding["code"],
        "title": finding["title"],
        "message": finding["message"],
        "fix": finding.get("fix"),
        "columns": columns[:MOST_NAMES],
        "more_columns": max(0, len(columns) - MOST_NAMES),
        "rows": ", ".join(f"{row:,}" for row in rows[:MOST_ROWS]),
    }


def _summary(checks: list[dict[str, Any]], findings: list[Mapping[str, Any]]) -> str:
    states, grave = Counter(c["state"] for c in checks), Counter(f["severity"] for f in findings)
    parts = []
    if checks:
        words = {"fail": "failed", "warn": "with a warning", "not_checked": "not checked", "pass": "passed"}
        parts.append("Checks: " + ", ".join(f"{states[s]} {word}" for s, word in words.items() if states[s]))
    found = ", ".join(counted(grave[s], SEVERITIES[s][2]) for s in SEVERITIES if grave[s])
    parts.append(f"Findings about the data: {found or 'none'}")
    return ". ".join(parts) + "."


def _context(report: Report) -> dict[str, Any]:
    checks, findings = list(report.get("checks") or []), by_severity(report["findings"])
    order = list(STATES)
    ranked = sorted(checks, key=lambda c: order.index(c["state"]) if c["state"] in STATES else len(order))
    grave = [f for f in findings if f["severity"] != "info"][:MOST_FINDINGS]
    notes = [f for f in findings if f["severity"] == "info"][: MOST_FINDINGS - len(grave)]
    return {
        "summary": _summary(checks, findings),
        "open": [_check(c) for c in ranked if c["state"] != "pass"],
        "passed": [_check(c) for c in ranked if c["state"] == "pass"],
        "findings": [_finding(f) for f in grave],
        "notes": [_finding(f) for f in notes],
        "more": len(findings) - len(grave) - len(notes),
        "messages": list(report.get("messages") or [])[:MOST_MESSAGES],
        "more_messages": max(0, len(report.get("messages") or []) - MOST_MESSAGES),
    }


SECTION = Section("checks", "Checks and findings", 20, lambda report: True, _context)
