"""Pictures in which there is nothing to see: of one colour, or nearly black.

Nothing can be learned from them. Where they are mostly of one class, a model learns to answer that class in the dark.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._pictures import MEANT, of_sample, pictured, shows_nothing
from automl_assist.checks._rows import examples
from automl_assist.checks._wording import counted, named, share


def _find(context: CheckContext) -> Iterator[Hit]:
    for name, looked in pictured(context):
        nothing = shows_nothing(looked)
        count, seen = int(nothing.sum()), int(looked.there.sum())
        if count and count <= MEANT * seen:
            yield Hit(
                f"{counted(count, 'picture')} of {seen:,}{of_sample(context, looked)} in column {named(name)} "
                f"({share(count, seen)}) are dark or of one colour: there is nothing to see in them.",
                (name,),
                examples(context, looked.rows[nothing]),
                "look at them, and remove those that show nothing",
            )


CHECK = Check("F703", "Pictures that show nothing", "warning", _find)
