"""Images: a folder of class folders, or a table that does little more than name pictures."""

from __future__ import annotations

from automl_assist.modalities._modality import Modality
from automl_assist.modalities._pictures import arrange_pictures, plan_pictures
from automl_assist.modalities._seeing import explain_pictures
from automl_assist.modalities._table import learn_coding, restore_coding

FAMILIES = ("baseline", "image_gradients", "image_patches", "image_backbone", "image_fine_tuned", "image_cnn")

MODALITY = Modality(
    "image",
    "images",
    FAMILIES,
    learn_coding,
    restore_coding,
    plan_arrangement=plan_pictures,
    arrange=arrange_pictures,
    by_column=False,
    explain=explain_pictures,
)
