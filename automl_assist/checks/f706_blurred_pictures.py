"""Pictures that are far less sharp than the others: out of focus, shaken, or blown up from a smaller one.

Whatever tells things apart by fine lines does not see it there. Where they are mostly of one class, a model learns the blur.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._pictures import of_sample, pictured, shows_nothing
from automl_assist.checks._rows import examples
from automl_assist.checks._wording import counted, named, share

# Less sharp than the middle one: of 1,000 pictures of four sets none was half as sharp, and a blur of 3 % of a side makes it a third.
TIMES = 3.0
RARE = 0.1  # of the pictures: what is more frequent is how they are
SMALLER = 2.0  # than usual: a small picture is blown up here, which is another check's matter
FEWEST = 20


def _find(context: CheckContext) -> Iterator[Hit]:
    for name, looked in pictured(context):
        there = looked.there & ~shows_nothing(looked)
        sharpness, sizes = looked.sharpness[there], looked.sizes[there].min(axis=1)
        if len(sharpness) < FEWEST:
            continue
        blurred = (sharpness < np.median(sharpness) / TIMES) & (sizes > np.median(sizes) / SMALLER)
        count = int(blurred.sum())
        if count and count <= RARE * len(sharpness):
            yield Hit(
                f"{counted(count, 'picture')} of {len(sharpness):,}{of_sample(context, looked)} in column {named(name)} "
                f"({share(count, len(sharpness))}) are blurred: their sharpest lines are {TIMES:g} times softer than usual, or more.",
                (name,),
                examples(context, looked.rows[there][blurred]),
                "look at them, and remove those on which you cannot see what they show",
            )


CHECK = Check("F706", "Pictures that are blurred", "info", _find)
