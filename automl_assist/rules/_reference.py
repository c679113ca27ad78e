"""The rule reference: every rule in words, made from the rules themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from automl_assist.rules import ASKED, FORCED, SPECIAL, Rule, rules
from automl_assist.rules._works import WORKS, work

HEAD = """# The rules

Made from the rules by `python -m automl_assist.rules`; do not edit by hand. Topics are decided in this order. Within a topic the rule with
the highest priority that has something to say wins; what you ask for on the command line, and what you edit in plan.yaml, wins over all.
`assist why DATA TOPIC` tells what was decided for your data, from which figures, what was rejected, and what would change it.
"""


def strength(priority: int) -> str:
    """Return a priority in a word."""
    if priority > ASKED:
        return "asked, above others"
    return "asked" if priority == ASKED else "forced" if priority >= FORCED else "special" if priority >= SPECIAL else "ordinary"


def reference() -> str:
    """Return the reference as Markdown."""
    from automl_assist.plan import TOPICS

    order = list(TOPICS)
    listed = sorted(rules().values(), key=lambda rule: (order.index(rule.topic), -rule.priority, rule.code))
    lines = [HEAD]
    for topic, of_topic in groupby(listed, key=lambda rule: rule.topic):
        lines += [f"## {TOPICS[topic].title} (`{topic}`)", ""]
        lines += [_line(rule) for rule in of_topic]
        lines.append("")
    lines += ["## Works", "", *(f"- **{key}** {WORKS[key]}" for key in sorted({*filter(None, map(work, _refs(listed)))})), ""]
    return "\n".join(lines)


def _refs(listed: Iterable[Rule]) -> Iterator[str]:
    return (ref for rule in listed for ref in rule.refs)


def _line(rule: Rule) -> str:
    when = f" When {rule.when}." if rule.when else ""
    refs = f" See {'; '.join(rule.refs)}." if rule.refs else ""
    return f"- **{rule.code}** {rule.title} ({strength(rule.priority)}).{when}{refs}"
