"""Pictures of a size or of proportions unlike all others: icons among photographs, screenshots, strips.

All pictures are brought to one size. What is in these is then too small or too distorted to be seen.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._pictures import of_sample, pictured
from automl_assist.checks._rows import examples
from automl_assist.checks._wording import counted, named, share

TIMES = 4.0  # smaller or longer than usual, by which a picture is odd
RARE = 0.05  # of the pictures: what is more frequent is not odd
FEWEST = 20


def _find(context: CheckContext) -> Iterator[Hit]:
    for name, looked in pictured(context):
        sizes = looked.sizes[looked.there].astype(float)
        if len(sizes) < FEWEST:
            continue
        area, ratio = np.sqrt(sizes[:, 0] * sizes[:, 1]), np.log(sizes[:, 1] / sizes[:, 0])
        odd = (area < np.median(area) / TIMES) | (np.abs(ratio - np.median(ratio)) > np.log(TIMES))
        count = int(odd.sum())
        if count and count <= RARE * len(sizes):
            height, width = (int(v) for v in np.median(sizes, axis=0))
            yield Hit(
                f"{counted(count, 'picture')} of {len(sizes):,}{of_sample(context, looked)} in column {named(name)} "
                f"({share(count, len(sizes))}) are far smaller, or of other proportions, than the usual {width} x {height} pixels.",
                (name,),
                examples(context, looked.rows[looked.there][odd]),
                "look at them: icons, strips and cut-off pictures are often strays",
            )


CHECK = Check("F704", "Pictures of odd sizes", "info", _find)
