"""The shape of a rule: declarative fields and one pure function of the facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from automl_assist.schema import Facts, Rejected

# Priorities: a rule for the ordinary case, for a special one, for what must not be otherwise, for what the user asked.
ORDINARY, SPECIAL, FORCED, ASKED = 10, 20, 30, 1000


@dataclass(frozen=True)
class Choice:
    """What a rule wants, with everything needed to question it.

    Attributes
    ----------
    value
        The outcome, plain JSON data.
    because
        One sentence with the figures.
    facts
        The facts used, by name.
    rejected
        Options not taken, and why.
    flip
        What would have changed the choice.
    key
        The column, for the topic ``columns``.
    """

    value: Any
    because: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    rejected: tuple[Rejected, ...] = ()
    flip: str = ""
    key: str = ""


Decided = Mapping[str, Any]
Deciding = Callable[[Facts, Decided], Iterable[Choice]]


@dataclass(frozen=True)
class Rule:
    """One reason to decide one topic in one way.

    Attributes
    ----------
    code, title
        ``R`` and three digits, never reused; the rule in a few plain words.
    topic
        What it decides; topics are decided in the order of ``TOPICS``.
    priority
        The highest wins; two rules of one topic never share one.
    decide
        ``decide(facts, decided)`` yields choices, none where the rule does not apply. `decided` holds earlier topics.
    refs
        Papers, documentation or measurements.
    when
        In plain words, when it has something to say; for the rule reference.
    """

    code: str
    title: str
    topic: str
    priority: int
    decide: Deciding
    refs: tuple[str, ...] = ()
    when: str = ""
