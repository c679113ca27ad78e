"""A target from which nothing can be learnt.

One value, an identifier, free text or a date leave nothing to tell apart or to repeat. Training refuses such a target; a profile,
which trains nothing, says it here, so that it is known before anybody waits.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._wording import named
from automl_assist.profile import target_problem


def _find(context: CheckContext) -> Iterator[Hit]:
    profile = context.profile
    problem = target_problem(profile)
    if profile.target is None or problem is None:
        return
    _, what, advice = problem
    yield Hit(
        f"{what[0].upper()}{what[1:]}.".replace(repr(profile.target.name), named(profile.target.name)), (profile.target.name,), fix=advice
    )


CHECK = Check("F307", "Target that cannot be learnt", "error", _find)
