"""Decisions with their reasons: what was chosen, what was rejected, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automl_assist.report._context import is_training
from automl_assist.report._filters import value_text
from automl_assist.report._section import Report, Section
from automl_assist.schema import are_settings

MOST_DECISIONS = 60
MOST_COLUMNS = 20
MOST_REJECTED = 12
MOST_FACTS = 8
MOST_PARTS = 4  # of an outcome that has names for its parts; the others are told with the facts
MOST_NAMED = 3  # columns that share an outcome, beside the topic; the others are told with the facts


def topic_title(topic: str) -> str:
    """Return ``Network: loss`` for ``network.loss``."""
    words = topic.replace(".", ": ").replace("_", " ")
    return words[:1].upper() + words[1:]


def _decision(decision: Mapping[str, Any]) -> dict[str, Any]:
    facts = dict(decision.get("facts") or {})
    sharing = list(decision.get("columns") or [])
    if len(sharing) > MOST_NAMED:
        facts["columns"] = sharing
    return {
        "topic": topic_title(decision["topic"]),
        "columns": sharing[:MOST_NAMED],
        "more_columns": max(0, len(sharing) - MOST_NAMED),
        "outcome": _outcome(decision["outcome"]),
        "parts": _parts(decision["outcome"]),
        "rule": decision["rule"],
        "title": decision.get("title") or "",
        "because": decision["because"],
        "facts": [(name.replace("_", " "), value_text(value)) for name, value in list(facts.items())[:MOST_FACTS]],
        "rejected": list(decision.get("rejected") or [])[:MOST_REJECTED],
        "flip": decision.get("flip") or "",
        "refs": value_text(list(decision.get("refs") or [])) if decision.get("refs") else "",
        "overrides": value_text(list(decision.get("overrides") or [])) if decision.get("overrides") else "",
    }


def _outcome(value: Any) -> str:
    """Return an outcome in a line: of many parts the first."""
    if not isinstance(value, Mapping) or len(value) <= MOST_PARTS:
        return value_text(value)
    return f"{value_text(dict(list(value.items())[:MOST_PARTS]))} and {len(value) - MOST_PARTS} more"


def _parts(value: Any) -> list[tuple[str, str]]:
    """Return every part of an outcome of which the line leaves some out."""
    if not isinstance(value, Mapping) or (len(value) <= MOST_PARTS and not any(are_settings(part) for part in value.values())):
        return []
    rows = [(name, entry) for name, part in value.items() for entry in (part if are_settings(part) else [part])]
    return [(str(name).replace("_", " "), value_text(entry) if entry != {} else "as its ranges begin") for name, entry in rows]


def _applies(report: Report) -> bool:
    return bool((report.get("plan") or {}).get("decisions"))


def _context(report: Report) -> dict[str, Any]:
    decisions = report["plan"]["decisions"]
    general = [d for d in decisions if not d.get("key")]
    by_column = [d for d in decisions if d.get("key")]
    columns = [
        {
            "name": d["key"], "topic": topic_title(d["topic"]), "outcome": value_text(d["outcome"]), "rule": d["rule"],
            "because": d["because"], "flip": d.get("flip") or "",
        }
        for d in by_column[:MOST_COLUMNS]
    ]  # fmt: skip
    return {
        "done": is_training(report),
        "decisions": [_decision(d) for d in general[:MOST_DECISIONS]],
        "columns": columns,
        "more_columns": len(by_column) - len(columns),
    }


SECTION = Section("decisions", "Decisions and their reasons", 60, _applies, _context)
