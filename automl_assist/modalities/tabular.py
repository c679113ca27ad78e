"""Tables: numbers, categories and dates, with texts among them."""

from __future__ import annotations

from automl_assist.modalities._modality import Modality
from automl_assist.modalities._reading import explain
from automl_assist.modalities._table import learn_coding
from automl_assist.preprocessing import Coding

FAMILIES = ("baseline", "linear", "lightgbm", "extra_trees", "mlp")
BESIDE_TEXTS = ("text_boosted", "nb_linear", "text_bag")

MODALITY = Modality("tabular", "tables", FAMILIES + BESIDE_TEXTS, learn_coding, Coding.from_json, explain=explain)
