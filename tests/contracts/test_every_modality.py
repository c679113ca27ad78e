"""What every modality must do."""

import pandas as pd
import pytest

from automl_assist.errors import AssistError
from automl_assist.modalities import modalities, modality
from automl_assist.models import families
from automl_assist.rules.families import (
    BESIDE_PICTURES_CLASSIC,
    BESIDE_PICTURES_NEURAL,
    BESIDE_TEXTS_CLASSIC,
    BESIDE_TEXTS_NEURAL,
    CLASSIC,
    NEURAL,
)
from automl_assist.schema import MODALITIES, Column


@pytest.mark.parametrize("name", list(modalities()))
def test_a_modality_names_families_that_there_are_and_codes_rows(name):
    one = modalities()[name]
    assert name in MODALITIES
    assert set(one.families) <= set(families())
    typed = pd.DataFrame({"a": [1.0, 2.0, None], "b": ["some words here", None, "others"]}, dtype=object).astype({"a": float})
    columns = (Column("a", 0, "number", 1, 2, "numbers"), Column("b", 1, "text", 1, 2, "texts"))
    features = one.learn_coding(typed, columns, {}).transform(typed)
    assert len(features) == 3


@pytest.mark.parametrize("name", list(modalities()))
def test_the_rules_choose_among_the_same_families(name):
    beside = {*BESIDE_TEXTS_CLASSIC, *BESIDE_TEXTS_NEURAL, *BESIDE_PICTURES_CLASSIC, *BESIDE_PICTURES_NEURAL}
    beside = beside if name == "tabular" else set()
    assert {*CLASSIC[name], *NEURAL[name]} | beside == set(modalities()[name].families)


def test_what_this_version_does_not_have_is_refused_in_words():
    with pytest.raises(AssistError, match="forecast") as caught:
        modality("forecast")
    assert (caught.value.code, caught.value.exit_code) == ("E0405", 2)
