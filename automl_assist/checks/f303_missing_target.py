"""Rows without a target.

Nothing can be learned from them about the answer, and a filled-in answer would be made up. They are left out of training and
testing, and counted.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._rows import examples
from automl_assist.checks._wording import counted, named, share


def _find(context: CheckContext) -> Iterator[Hit]:
    profile = context.profile
    missing = profile.target_missing
    if profile.target is None or not missing:
        return
    name = profile.target.name
    rows = examples(context, np.flatnonzero(context.typed[name].isna().to_numpy())) if name in context.typed else []
    verb = "has" if missing == 1 else "have"
    yield Hit(
        f"{missing:,} of {counted(profile.rows, 'row')} ({share(missing, profile.rows)}) {verb} no value in the target {named(name)} and "
        f"{'is' if missing == 1 else 'are'} left out.",
        (name,),
        rows,
        "fill them in where they are known, or predict them afterwards",
    )


CHECK = Check("F303", "Rows without a target", "warning", _find)
