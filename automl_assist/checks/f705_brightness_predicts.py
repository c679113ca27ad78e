"""How bright or how large a picture is already tells its label: what was photographed on another day or with another camera.

A model then learns the camera, and fails on pictures of another one. What a thumbnail's mean colour and the size of the file's picture
tell is measured on pictures that were not learned from.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._pictures import greys, pictured
from automl_assist.checks._wording import named
from automl_assist.schema import CLASSIFICATION

FEWEST = 60
MOST_CLASSES = 50
TELLING = 0.5  # of what there is to gain over a guess
GROUPS = 12


def _find(context: CheckContext) -> Iterator[Hit]:
    target, task = context.profile.target, context.profile.task
    if target is None or task is None or task.name not in CLASSIFICATION or target.name not in context.cells:
        return
    labels = context.cells[target.name]
    for name, looked in pictured(context):
        truth = labels.iloc[looked.rows[looked.there]]
        known = truth.notna().to_numpy()
        codes = pd.factorize(truth[known].astype(str), sort=True)[0]
        if len(codes) < FEWEST or not 2 <= codes.max() + 1 <= MOST_CLASSES:
            continue
        sizes = looked.sizes[looked.there][known]
        brightness = greys(looked)[known].mean(axis=(1, 2))
        for what, value in (("its brightness", brightness), ("its size in pixels", np.sqrt(sizes[:, 0] * sizes[:, 1].astype(float)))):
            gain = _gain(value, codes)
            if gain >= TELLING:
                yield Hit(
                    f"Of a picture in column {named(name)}, {what} alone tells {named(target.name)} with {gain:.0%} of what there is "
                    "to gain over a guess: the labels may stand for how the pictures were taken.",
                    (name,),
                    (),
                    "take pictures of every label in the same way, and test on pictures from elsewhere",
                )


def _gain(value: np.ndarray, codes: np.ndarray) -> float:
    """Return the share of what there is to gain, by the most frequent label of each of some equal groups; halves learn from each other."""
    half = np.arange(len(value)) % 2 == 0  # rows stand in the order of their content, which is as good as random
    guess = np.bincount(codes).max() / len(codes)
    right = 0
    for seen, new in ((half, ~half), (~half, half)):
        edges = np.unique(np.quantile(value[seen], np.linspace(0, 1, GROUPS + 1)[1:-1]))
        inside, outside = np.searchsorted(edges, value[seen]), np.searchsorted(edges, value[new])
        most = [np.bincount(codes[seen][inside == g], minlength=codes.max() + 1).argmax() for g in range(len(edges) + 1)]
        right += int((np.array(most)[outside] == codes[new]).sum())
    return float((right / len(codes) - guess) / max(1 - guess, 1e-9))


CHECK = Check("F705", "Brightness or size tells the label", "warning", _find)
