"""Numbers written as text: with a unit, a currency sign or separators of thousands.

Other programs read such a column as words, one category for each amount. Here it is read as numbers, and how it was read is told,
for a comma or a point in the wrong role changes every value a thousandfold.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._wording import counted, grouped, named, option, quoted
from automl_assist.schema import NUMERIC_KINDS

WRITTEN = {
    "clock": "colons between their parts",
    "pace": "colons and a distance behind them",
    "units": "several units",
    "degrees": "degrees and their parts",
    "primes": "marks for feet or minutes",
    "bound": "<, >, + or a word for about beside some of them",
    "powers": "powers of ten behind them",
    "out_of": "the number behind them that they are parts of",
    "guarded": "signs around them that keep spreadsheets from reading them",
    "uncertain": "an uncertainty behind them",
    "parts": "fractions",
    "behind": "the same words behind them",
    "stars": "stars behind some of them",
    "levels": "letters for high and low behind some of them",
    "flagged": "signs for footnotes, or letters for estimated and the like, behind some of them",
    "no_cents": "dashes for no cents behind some of them",
    "brackets": "parentheses around them",
}


def _find(context: CheckContext) -> Iterator[Hit]:
    hits = []
    for column in context.profile.columns:
        if column.kind not in NUMERIC_KINDS or not (
            column.affix or column.thousands or column.ledger or column.scaled or column.notation or column.decimal == ".,"
        ):
            continue
        how = [f"{quoted(column.affix)} beside them"] if column.affix else []
        how += [f"{quoted(column.thousands)} between thousands"] if column.thousands else []
        how += ["those below zero in parentheses, before their sign or before DR"] if column.ledger else []
        how += ["signs for thousands, millions or hundredths behind some of them"] if column.scaled else []
        how += [WRITTEN[column.notation.partition(":")[0]]] if column.notation else []
        how += ["both comma and point for decimals"] if column.decimal == ".," else []
        message = (
            f"Column {named(column.name)} holds numbers as text, with {' and '.join(how)}; {counted(column.distinct, 'different value')} "
            "were read as numbers without them."
        )
        hits.append(
            Hit(message, (column.name,), fix=f"write plain numbers, or {option('--kind', column.name, 'category')} if they are none")
        )
    yield from grouped(hits, "hold numbers written as text, with units or separators; they were read as numbers")


CHECK = Check("F115", "Numbers written as text", "warning", _find)
