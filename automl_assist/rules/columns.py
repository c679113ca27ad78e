"""Which columns to learn from."""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.rules._rule import FORCED, ORDINARY, SPECIAL, Choice, Decided, Rule
from automl_assist.schema import Facts, Rejected

# Kinds that carry nothing to learn from, with the reason.
USELESS = {
    "constant": "it has one value, which tells nothing apart",
    "empty": "it holds nothing",
    "identifier": "it names the row and says nothing about new rows",
    "email": "an address names a person and says nothing about new rows",
}
COPY_OF_TARGET = "F201"  # the check that finds a column which is the target under another name


def _keep(facts: Facts, _: Decided) -> Iterator[Choice]:
    for column in facts.profile.features:
        yield Choice({"use": True, "kind": column.kind}, "it varies and can be known before the target", key=column.name)


def _useless(facts: Facts, _: Decided) -> Iterator[Choice]:
    for column in facts.profile.features:
        if column.kind in USELESS:
            yield Choice(
                {"use": False, "kind": column.kind},
                USELESS[column.kind],
                {"kind": column.kind, "distinct": column.distinct},
                (Rejected("keep", column.evidence),),
                f"--kind {column.name}=category if it is one",
                column.name,
            )


def _copies(facts: Facts, _: Decided) -> Iterator[Choice]:
    kinds = {column.name: column.kind for column in facts.profile.features}
    for finding in facts.findings:
        if finding.code != COPY_OF_TARGET:
            continue
        for name in finding.columns:
            if name in kinds:
                yield Choice(
                    {"use": False, "kind": kinds[name]},
                    f"it gives the target away: {finding.message}",
                    {"finding": finding.code},
                    (Rejected("keep", "the score would be that of a copy, and the column is not known before the target"),),
                    f"set columns.{name}.use to true in plan.yaml if it really is known beforehand",
                    name,
                )


def _split_lines(facts: Facts, _: Decided) -> Iterator[Choice]:
    group = facts.options.group
    for column in facts.profile.features:
        if column.name == group:
            yield Choice({"use": False, "kind": column.kind}, "it names the groups of the split; new groups have new names", key=group)


KEEP = Rule("R401", "Columns that vary are kept", "columns", ORDINARY, _keep)
USELESS_KINDS = Rule("R402", "Constant, empty and identifying columns are left out", "columns", SPECIAL, _useless)
COPIES = Rule("R403", "Copies of the target are left out", "columns", FORCED, _copies, ("Kaufman et al. 2012",))
GROUP_NAMES = Rule("R404", "The column of groups is left out", "columns", FORCED + 1, _split_lines)
