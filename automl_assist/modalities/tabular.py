"""Tables: numbers, categories and dates, with texts among them."""

from __future__ import annotations

from automl_assist.modalities._modality import Modality
from automl_assist.modalities._table import learn_coding
from automl_assist.preprocessing import Coding

MODALITY = Modality("tabular", "tables", ("baseline", "linear", "lightgbm", "extra_trees", "mlp"), learn_coding, Coding.from_json)
