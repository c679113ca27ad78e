"""Few rows to learn from and to test on.

Every figure then has a wide interval, and the best of many models is best by luck. More rows help more than more search.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._wording import counted

FEW_ROWS = 100  # a share estimated from 100 rows has a 95 % interval of ten points either way


def _find(context: CheckContext) -> Iterator[Hit]:
    rows = context.profile.labelled_rows
    if rows < FEW_ROWS:
        which = " with a target" if context.profile.target_missing else ""
        said = f"Only {counted(rows, 'row')}{which} to learn from and to test on: read intervals, not figures."
        yield Hit(said, fix="add rows; until then --family linear leaves least to luck")


CHECK = Check("F110", "Few rows", "warning", _find)
