"""Texts: a table whose columns to learn from are all free text; its words are counted and weighed inside the fold."""

from __future__ import annotations

from automl_assist.modalities._modality import Modality
from automl_assist.modalities._reading import explain
from automl_assist.modalities._table import learn_coding
from automl_assist.preprocessing import Coding

FAMILIES = ("baseline", "text_linear", "nb_linear", "text_boosted", "text_bag", "text_cnn", "text_rnn")

MODALITY = Modality("text", "texts", FAMILIES, learn_coding, Coding.from_json, explain=explain)
