"""Questions to the decision trace: what was decided about a topic, and which rules decided nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from automl_assist.errors import AssistError, Exit, did_you_mean

# What people call a topic, and the beginning of what it is called here.
WORDS = {
    "model": "families",
    "models": "families",
    "preprocessing": "columns",
    "encoding": "columns.levels",
    "missing": "columns.missing",
    "scaling": "columns.scale",
    "text": "columns.text",
    "dates": "columns.dates",
    "budget": "shares",
    "depth": "network.architecture",
    "learning_rate": "network.optimizer",
    "overfitting": "network.regularization",
    "loss": "network.loss",
    "trials": "search",
    "test": "split.test_share",
    "folds": "split.folds",
    "refitting": "refit",
}

Decisions = Sequence[Mapping[str, Any]]


def on_topic(decisions: Decisions, topic: str | None) -> list[Mapping[str, Any]]:
    """Return the decisions about a topic: by its name or part of it, the rule's code, a column's name, or a word people use.

    Raises
    ------
    AssistError
        E0407 (exit 2) where there is none.
    """
    if topic is None:
        return list(decisions)
    said = topic.lower()
    found: list[Mapping[str, Any]] = []
    for wanted in dict.fromkeys((said, WORDS.get(said, said))):
        found += [d for d in decisions if d not in found and _is_about(d, wanted, topic)]
    if found:
        return found
    topics = list(dict.fromkeys([d["topic"] for d in decisions]))
    known = [*topics, *(name.split(".")[0] for name in topics), *WORDS]
    raise AssistError(
        "E0407",
        f"nothing was decided about {topic!r}",
        where=f"topics: {', '.join(topics)}",
        help=did_you_mean(topic, known) or "leave the topic out to see all of them",
        exit_code=Exit.USAGE,
    )


def _is_about(decision: Mapping[str, Any], wanted: str, column: str) -> bool:
    name = decision["topic"]
    if wanted in (name, name.split(".")[0], name.split(".")[-1], decision["rule"].lower()):
        return True
    return column == decision["key"] or wanted == decision["key"].lower() or column in (decision.get("columns") or ())


def idle_rules(decisions: Decisions) -> list[dict[str, Any]]:
    """Return the rules that decided nothing: those whose case this is not, and those over which another one went, with its code."""
    from automl_assist.rules import rules

    won = {d["rule"] for d in decisions}
    over = {code: d["rule"] for d in decisions for code in d.get("overrides") or ()}
    return [
        {
            "rule": rule.code,
            "title": rule.title,
            "topic": rule.topic,
            "when": rule.when,
            "overruled_by": over.get(rule.code),
        }
        for rule in sorted(rules().values(), key=lambda rule: rule.code)
        if rule.code not in won
    ]
