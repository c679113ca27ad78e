"""Rules, by what they decide: pure functions of the facts, each with its reason.

To add one, put a ``Rule`` into the module of its decision with a code never used before, and write its test.
"""

from __future__ import annotations

import sys

from automl_assist._registry import collect
from automl_assist.rules._rule import ASKED, FORCED, ORDINARY, SPECIAL, Choice, Rule

__all__ = ["ASKED", "FORCED", "ORDINARY", "SPECIAL", "Choice", "Rule", "rules"]


def rules() -> dict[str, Rule]:
    """Return every rule by its code.

    Raises
    ------
    TypeError
        If two rules of one topic have the same priority: which of them wins would depend on their order.
    """
    found = collect(sys.modules[__name__], Rule, key="code", several=True)
    taken: dict[tuple[str, int], str] = {}
    for rule in found.values():
        other = taken.setdefault((rule.topic, rule.priority), rule.code)
        if other != rule.code:
            raise TypeError(f"rules {other} and {rule.code} both decide {rule.topic!r} with priority {rule.priority}.")
    return found
