"""What there is to say about a model that sees: pictures that it got wrong, and where in a picture it looked."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from automl_assist.modalities._ablation import ablation
from automl_assist.modalities._modality import Tested

if TYPE_CHECKING:
    import pandas as pd

MISTAKES, RIGHT = 12, 6  # pictures shown
GRID = 7  # squares down and across that are covered one by one
COVERED = 2  # squares down and across that are covered at a time: what hides behind one square is seen beside it
LARGEST_SIDE = 64  # of a picture in the report
QUALITY = 80
ABLATION_SHARE = 0.5  # of the time
TRIAL = 20  # pictures that are predicted first, to know what a prediction costs


def explain_pictures(tested: Tested) -> dict[str, Any]:
    """Return the report's part on pictures, under ``pictures``; nothing where there are none."""
    columns = [c.name for c in tested.columns if c.kind == "image" and c.name in tested.typed]
    if not columns:
        return {}
    found: dict[str, Any] = {"columns": columns, "rows": len(tested.typed)}
    if len(columns) < len(tested.columns):
        until = time.monotonic() + ABLATION_SHARE * max(0.0, tested.until - time.monotonic())
        found["ablation"] = ablation(replace(tested, until=until), columns, what="pictures")
    if tested.sensitive:
        nothing = {"mistakes": [], "right": [], "skipped": "pictures are cells of the data, and the report is to hold none"}
        return {"pictures": found | nothing}
    wrong, right = _chosen(tested)
    looked = _looked(tested, columns[0], [*wrong, *right])
    shown = {place: _shown(tested, columns[0], place, looked.get(place)) for place in (*wrong, *right)}
    found["mistakes"], found["right"] = [shown[p] for p in wrong], [shown[p] for p in right]
    return {"pictures": found | {"skipped": "" if looked else "no time was left to cover parts of pictures"}}


def _chosen(tested: Tested) -> tuple[list[int], list[int]]:
    """Return the places of the worst mistakes, and of some of the surest right answers, of different classes."""
    there = np.array([isinstance(cell, np.ndarray) for cell in tested.typed[_first_picture(tested)]])
    if not tested.classes:
        error = np.where(there, np.abs(tested.prediction - tested.target), -1.0)
        order = np.argsort(-error, kind="stable")
        usable = order[error[order] >= 0]
        return [int(p) for p in usable[:MISTAKES]], [int(p) for p in usable[::-1][:RIGHT]]
    said = tested.prediction.argmax(axis=1)
    sure = tested.prediction.max(axis=1)
    order = np.argsort(-sure, kind="stable")
    wrong = [int(p) for p in order if there[p] and said[p] != tested.target[p]][:MISTAKES]
    first: dict[int, int] = {}
    for p in order:
        if there[p] and said[p] == tested.target[p]:
            first.setdefault(int(said[p]), int(p))
    return wrong, list(first.values())[:RIGHT]


def _first_picture(tested: Tested) -> str:
    return next(c.name for c in tested.columns if c.kind == "image")


def _shown(tested: Tested, column: str, place: int, looked: Sequence[Sequence[float]] | None) -> dict[str, Any]:
    pixels = tested.typed[column].iloc[place]
    about: dict[str, Any] = {"place": place, "picture": data_uri(pixels), "height": pixels.shape[0], "width": pixels.shape[1]}
    if looked is not None:
        about["looked"] = looked
    if tested.classes:
        row = tested.prediction[place]
        said = int(row.argmax())
        return about | {"truth": tested.classes[int(tested.target[place])], "said": tested.classes[said], "sure": float(row[said])}
    return about | {"truth": float(tested.target[place]), "said": float(tested.prediction[place])}


def data_uri(pixels: np.ndarray) -> str:
    """Return a small picture as text that a page can show."""
    from PIL import Image

    image = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    image.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode('ascii')}"


def _looked(tested: Tested, column: str, places: list[int]) -> dict[int, list[list[float]]]:
    """Return by picture how much the answer changes when a part of it is covered, for each square of a grid, 0 to 1.

    The probability of the class that was said, or the value, is compared with that of the whole picture; a square counts what is lost
    on average when it is covered with its neighbours.
    """
    begun = time.monotonic()
    if not places:
        return {}
    tested.predict(tested.typed.iloc[np.resize(places, TRIAL)].reset_index(drop=True))
    each = (time.monotonic() - begun) / TRIAL
    windows = (GRID - COVERED + 1) ** 2
    affordable = int((tested.until - time.monotonic()) / max(each, 1e-6) / (windows + 1))
    found = {}
    for place in places[:affordable]:
        row = tested.typed.iloc[[place]]
        changed = row.loc[row.index.repeat(windows + 1)].reset_index(drop=True)
        changed[column] = _covered(tested.typed[column].iloc[place], changed)
        answers = tested.predict(changed)
        of = answers[:, int(answers[0].argmax())] if answers.ndim == 2 else answers
        lost = of[0] - of[1:] if answers.ndim == 2 else np.abs(of[0] - of[1:])
        found[place] = _spread(np.maximum(lost, 0).reshape(GRID - COVERED + 1, -1))
    return found


def _covered(pixels: np.ndarray, frame: pd.DataFrame) -> Any:
    """Return the whole picture, then the picture with each window covered by its mean colour, as a column for `frame`."""
    import pandas as pd

    height, width = pixels.shape[:2]
    colour = pixels.mean(axis=(0, 1)).astype(np.uint8)
    cells = np.empty(len(frame), object)
    cells[0] = pixels
    for k in range(len(frame) - 1):
        i, j = divmod(k, GRID - COVERED + 1)
        copy = pixels.copy()
        copy[i * height // GRID : (i + COVERED) * height // GRID, j * width // GRID : (j + COVERED) * width // GRID] = colour
        cells[k + 1] = copy
    return pd.Series(cells, index=frame.index, dtype=object)


def _spread(lost: np.ndarray) -> list[list[float]]:
    """Return what is lost by windows as means by square, the largest of them 1; all 0 where nothing is lost."""
    total, count = np.zeros((GRID, GRID)), np.zeros((GRID, GRID))
    for i in range(lost.shape[0]):
        for j in range(lost.shape[1]):
            total[i : i + COVERED, j : j + COVERED] += lost[i, j]
            count[i : i + COVERED, j : j + COVERED] += 1
    mean = total / count
    most = mean.max()
    return (mean / most if most > 1e-9 else mean * 0).round(2).tolist()
