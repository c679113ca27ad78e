"""Tables: numbers, categories and dates, with texts and pictures among them."""

from __future__ import annotations

from automl_assist.modalities._modality import Modality
from automl_assist.modalities._pictures import arrange_pictures, plan_pictures
from automl_assist.modalities._reading import explain
from automl_assist.modalities._table import learn_coding, restore_coding

FAMILIES = ("baseline", "linear", "lightgbm", "extra_trees", "mlp")
BESIDE_TEXTS = ("text_boosted", "nb_linear", "text_bag")
BESIDE_PICTURES = ("image_gradients", "image_patches", "image_cnn")

MODALITY = Modality(
    "tabular",
    "tables",
    FAMILIES + BESIDE_TEXTS + BESIDE_PICTURES,
    learn_coding,
    restore_coding,
    plan_arrangement=plan_pictures,
    arrange=arrange_pictures,
    explain=explain,
)
