"""Texts: a table whose columns to learn from are all free text; its words are counted and weighed inside the fold."""

from __future__ import annotations

from automl_assist.modalities._modality import Modality
from automl_assist.modalities._table import learn_coding
from automl_assist.preprocessing import Coding

MODALITY = Modality("text", "texts", ("baseline", "linear", "lightgbm", "extra_trees", "mlp"), learn_coding, Coding.from_json)
