"""Tables: numbers, categories and dates, with texts and pictures among them."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from automl_assist.modalities._modality import Modality, Tested
from automl_assist.modalities._pictures import arrange_pictures, plan_pictures
from automl_assist.modalities._reading import explain
from automl_assist.modalities._seeing import explain_pictures
from automl_assist.modalities._table import learn_coding, restore_coding

FAMILIES = ("baseline", "linear", "lightgbm", "catboost", "extra_trees", "kernel", "mlp")
BESIDE_TEXTS = ("text_boosted", "nb_linear", "joint", "text_bag")
BESIDE_PICTURES = ("image_gradients", "image_patches", "joint", "image_backbone", "image_fine_tuned", "image_cnn")


def _explain(tested: Tested) -> dict[str, Any]:
    """Say what there is to say of texts, of pictures, or of both."""
    half = tested if not any(c.kind == "text" for c in tested.columns) else replace(tested, until=(tested.until + time.monotonic()) / 2)
    seen = explain_pictures(half)
    return {**explain(tested), **seen}


MODALITY = Modality(
    "tabular",
    "tables",
    tuple(dict.fromkeys(FAMILIES + BESIDE_TEXTS + BESIDE_PICTURES)),
    learn_coding,
    restore_coding,
    plan_arrangement=plan_pictures,
    arrange=arrange_pictures,
    explain=_explain,
)
