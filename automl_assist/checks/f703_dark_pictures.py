"""Pictures in which there is nothing to see: of one colour, or nearly black.

Nothing can be learned from them. Where they are mostly of one class, a model learns to answer that class in the dark.
"""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._pictures import greys, of_sample, pictured
from automl_assist.checks._rows import examples
from automl_assist.checks._wording import counted, named, share

EVEN = 3.0  # spread of brightness of a thumbnail, of 255 levels
DARK = 25.0  # brightness below which hardly anything of a photograph is seen; its brightest tenth counts
BRIGHTEST = 58  # of the 576 points of a thumbnail
MOST = 0.5  # of the pictures: beyond it they are meant to be like that


def _find(context: CheckContext) -> Iterator[Hit]:
    for name, looked in pictured(context):
        seen = greys(looked)
        if not len(seen):
            continue
        flat = seen.reshape(len(seen), -1)
        flat.sort(axis=1)
        nothing = (flat.std(axis=1) < EVEN) | (flat[:, -BRIGHTEST:].mean(axis=1) < DARK)
        count = int(nothing.sum())
        if count and count <= MOST * len(seen):
            yield Hit(
                f"{counted(count, 'picture')} of {len(seen):,}{of_sample(context, looked)} in column {named(name)} "
                f"({share(count, len(seen))}) are dark or of one colour: there is nothing to see in them.",
                (name,),
                examples(context, looked.rows[looked.there][nothing]),
                "look at them, and remove those that show nothing",
            )


CHECK = Check("F703", "Pictures that show nothing", "warning", _find)
