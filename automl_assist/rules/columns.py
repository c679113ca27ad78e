"""Which columns to learn from."""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.rules._rule import FORCED, ORDINARY, SPECIAL, Choice, Decided, Rule
from automl_assist.schema import Column, Facts, Finding, Rejected

# Kinds that carry nothing to learn from, with the reason.
USELESS = {
    "constant": "it has one value, which tells nothing apart",
    "empty": "it holds nothing",
    "identifier": "it names the row and says nothing about new rows",
    "email": "an address names a person and says nothing about new rows",
}
COPY_OF_TARGET = "F201"  # the check that finds a column which is the target under another name
PARTS_OF_SPLIT = "F605"  # the check that finds a column which says what somebody meant a row for
LEAST_VALUES = 5  # filled cells: no level with fewer rows is given a column of its own, and no held-out part would see them
MOST_UNREADABLE = 0.2  # of the pictures: beyond it something else is wrong than some damaged files
TABLES = ("tabular", "text")  # modalities whose rows are learned from one by one, column by column


def _keep(facts: Facts, _: Decided) -> Iterator[Choice]:
    for column in facts.profile.features:
        yield Choice(
            {"use": True, "kind": column.kind},
            "it varies and can be known before the target",
            flip="set its 'use' to false in plan.yaml to leave it out",
            key=column.name,
        )


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


def _hardly_filled(facts: Facts, _: Decided) -> Iterator[Choice]:
    rows = facts.profile.rows
    for column in facts.profile.features:
        filled = rows - column.missing
        if filled < LEAST_VALUES < rows:
            yield Choice(
                {"use": False, "kind": column.kind},
                f"only {filled} of its {rows:,} cells are filled: whatever they say is chance",
                {"filled": filled, "rows": rows},
                (Rejected("keep with an indicator", f"{filled} rows are not enough to learn what their being there means"),),
                f"from {LEAST_VALUES} filled cells it would be kept; it has {filled}",
                column.name,
            )


def _pictures(facts: Facts, _: Decided) -> Iterator[Choice]:
    for name, seen in facts.profile.layout.get("pictures", {}).items():
        absent = seen["unreadable"] / max(seen["looked_at"], 1)
        if absent <= MOST_UNREADABLE or facts.profile.modality.name == "image":
            continue
        yield Choice(
            {"use": False, "kind": "image"},
            f"of {seen['looked_at']:,} pictures that it names {seen['unreadable']:,} cannot be opened from the folder of the table",
            {"looked_at": seen["looked_at"], "unreadable": seen["unreadable"]},
            (Rejected("its names as text", "the name of a file says nothing about new pictures"),),
            f"with at most {MOST_UNREADABLE:.0%} missing or damaged pictures it would be learned from",
            name,
        )


def _copies(facts: Facts, _: Decided) -> Iterator[Choice]:
    for column, finding in _found(facts, COPY_OF_TARGET):
        yield Choice(
            {"use": False, "kind": column.kind},
            f"it gives the target away: {finding.message}",
            {"finding": finding.code},
            (Rejected("keep", "the score would be that of a copy, and the column is not known before the target"),),
            f"set columns.{column.name}.use to true in plan.yaml if it really is known beforehand",
            column.name,
        )


def _parts(facts: Facts, _: Decided) -> Iterator[Choice]:
    for column, finding in _found(facts, PARTS_OF_SPLIT):
        yield Choice(
            {"use": False, "kind": column.kind},
            "it says which part of somebody's split a row belongs to, and new rows belong to none",
            {"finding": finding.code},
            (Rejected("keep", "how rows were drawn for a test says nothing about them"),),
            f"set columns.{column.name}.use to true in plan.yaml if its values mean something else",
            column.name,
        )


def _found(facts: Facts, code: str) -> Iterator[tuple[Column, Finding]]:
    """Yield the columns that may be learned from and that a check found, and what it found."""
    features = {column.name: column for column in facts.profile.features}
    for finding in facts.findings:
        if finding.code == code:
            yield from ((features[name], finding) for name in finding.columns if name in features)


def _split_lines(facts: Facts, _: Decided) -> Iterator[Choice]:
    group = facts.options.group
    for column in facts.profile.features:
        if column.name == group:
            yield Choice(
                {"use": False, "kind": column.kind},
                "it names the groups of the split; new groups have new names",
                {"group": group, "groups": column.distinct},
                (Rejected("keep", "a model would learn groups by name, and the held-out ones have none that it knows"),),
                "without --group it would be a column like the others",
                key=group,
            )


KEEP = Rule("R401", "Columns that vary are kept", "columns", ORDINARY, _keep, refs=("Guyon and Elisseeff 2003",), when="always")
USELESS_KINDS = Rule(
    "R402",
    "Constant, empty and identifying columns are left out",
    "columns",
    SPECIAL,
    _useless,
    ("Kuhn and Johnson 2013, Applied Predictive Modeling, section 3.5",),
    when="the kind of a column is constant, empty, identifier or email",
)
HARDLY_FILLED = Rule(
    "R405",
    "Columns with a handful of values are left out",
    "columns",
    SPECIAL + 1,
    _hardly_filled,
    refs=("Kuhn and Johnson 2019, Feature Engineering and Selection",),
    when=f"fewer than {LEAST_VALUES} cells of a column are filled",
)
PICTURES = Rule(
    "R406",
    "Names of pictures that are not there are left out",
    "columns",
    SPECIAL + 2,
    _pictures,
    refs=("the contract, section 1: modalities",),
    when=f"a table names pictures, and more than {MOST_UNREADABLE:.0%} of them cannot be opened",
)
PARTS = Rule(
    "R409",
    "Parts of a split are left out",
    "columns",
    SPECIAL + 5,
    _parts,
    refs=("Kaufman et al. 2012",),
    when="a check found that a column says which part of a split or which fold a row belongs to",
)
COPIES = Rule(
    "R403",
    "Copies of the target are left out",
    "columns",
    FORCED,
    _copies,
    ("Kaufman et al. 2012",),
    when="a check found that a column is the target under another name",
)
GROUP_NAMES = Rule(
    "R404", "The column of groups is left out", "columns", FORCED + 1, _split_lines, refs=("Roberts et al. 2017",), when="--group names it"
)
