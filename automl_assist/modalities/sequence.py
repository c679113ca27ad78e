"""Series: one label or number for each, laid out in columns or in rows; whole series become the examples."""

from __future__ import annotations

from automl_assist.modalities._modality import Modality
from automl_assist.modalities._series import arrange, plan_arrangement
from automl_assist.modalities._stretches import explain
from automl_assist.preprocessing.series import SeriesCoding

FAMILIES = ("baseline", "sequence_linear", "sequence_boosted", "sequence_quantiles", "sequence_kernels", "sequence_cnn", "sequence_rnn")

MODALITY = Modality(
    "sequence",
    "sequences",
    FAMILIES,
    SeriesCoding.fit,
    SeriesCoding.from_json,
    plan_arrangement=plan_arrangement,
    arrange=arrange,
    by_column=False,
    explain=explain,
)
