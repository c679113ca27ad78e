"""A class that is rare.

Always answering the commonest class is then right nearly always, so accuracy boasts of a model that finds nothing. The figure
must be one that the rare class moves.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._wording import named, quoted, share

RARE = 0.10
TIMES_RARER = 5  # than the commonest: with twenty classes each is below a tenth without being rare


def _find(context: CheckContext) -> Iterator[Hit]:
    profile = context.profile
    if profile.target is None or len(profile.classes) < 2:
        return
    total = sum(count for _, count in profile.classes)
    (rarest, few), (commonest, most) = (pick(profile.classes, key=lambda entry: entry[1]) for pick in (min, max))
    if few >= RARE * total or most < TIMES_RARER * few:
        return
    name = profile.target.name
    yield Hit(
        f"The classes of {named(name)} are imbalanced: {quoted(rarest)} is rare, only {few:,} of {total:,} rows ({share(few, total)}); "
        f"always answering {quoted(commonest)} would boast an accuracy of {share(most, total)}.",
        (name,),
        fix=f"--metric {'average_precision' if len(profile.classes) == 2 else 'balanced_accuracy'}",
    )


CHECK = Check("F301", "Imbalanced classes", "warning", _find)
