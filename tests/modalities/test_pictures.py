"""Pictures beside other columns: read once, coded together, each telling something that the other does not."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from automl_assist import planning
from automl_assist.errors import AssistError
from automl_assist.modalities._pictures import arrange_pictures
from automl_assist.models import FitRequest, families
from automl_assist.plan import make_plan
from automl_assist.preprocessing.pictures import PicturedCoding
from automl_assist.schema import Options
from automl_assist.tuning.data import prepare
from automl_assist.tuning.proposers import Defaults

ROWS = 160


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Half of what is asked for shows in a picture, half in a number."""
    folder = tmp_path_factory.mktemp("mixed")
    rng = np.random.default_rng(0)
    bright, size = rng.integers(0, 2, ROWS), rng.normal(size=ROWS)
    names = []
    for k in range(ROWS):
        pixels = rng.integers(0, 90, (20, 20, 3), dtype=np.uint8)
        pixels[: 10 if bright[k] else 0] += 120
        names.append(f"p {k}.png")
        Image.fromarray(pixels).save(folder / names[-1])
    frame = pd.DataFrame({"photo": names, "size": size.round(3), "colour": rng.choice(["red", "blue"], ROWS)})
    frame["age"] = rng.integers(1, 60, ROWS)
    frame["weight"] = (1.6 * bright + size + rng.normal(0, 0.1, ROWS)).round(3)
    frame.loc[3, "photo"] = None
    (folder / "p 5.png").write_text("no picture")
    frame.to_csv(folder / "table.csv", index=False)
    return folder


class _Quiet:
    def message(self, message):
        pass


def prepared(folder):
    options = Options(target="weight")
    understood = planning.understand(str(folder / "table.csv"), options, _Quiet())
    plan = make_plan(planning.facts_of(understood, options), {})
    return prepare(understood.table.frame, understood.typed, understood.profile, plan, options, folder), plan


def test_a_table_with_pictures_is_read_coded_and_learned_from(table):
    found, plan = prepared(table)
    assert "image_patches" in plan["families"] and plan["columns"]["photo"]["use"]
    (note,) = (m.message for m in found.examples.notes)
    assert note == "2 of 160 pictures of column 'photo' cannot be read and are taken as missing: 1 no picture, 1 not named"
    features = found.shared.features
    assert features.blocks["pictures"].shape[1:] == (20, 20, 3)
    assert features.number_names == ("size", "age", "photo: missing") and features.category_names == ("colour",)
    assert PicturedCoding.from_json(found.coding.to_json()) == found.coding
    problem, (train, valid) = found.shared.problem, found.shared.folds[0]
    values = Defaults({})
    family = families()["image_gradients"]
    family.declare_space(values, problem)
    parts = features.take(train), found.shared.target[train], features.take(valid), found.shared.target[valid]
    model = family.fit(FitRequest(*parts, problem, values.values, 0, None, 1, len(train)))
    assert np.corrcoef(model.predict(features.take(valid)), found.shared.target[valid])[0, 1] > 0.95, "both halves are seen"


def test_a_column_of_names_without_files_is_left_out(table, tmp_path):
    (tmp_path / "table.csv").write_bytes((table / "table.csv").read_bytes())
    found, plan = prepared(tmp_path)
    assert not plan["columns"]["photo"]["use"] and "image_patches" not in plan["families"]
    assert "pictures" not in found.shared.features.blocks


def test_rows_that_name_no_picture_miss_one_as_they_may_miss_any_cell(table):
    found, _ = prepared(table)
    rows = found.test_frame.head(2).assign(photo=pd.Series([None, None], dtype=object))
    arranged = arrange_pictures(rows, rows, found.arrangement, table)
    assert arranged.typed["photo"].isna().all() and arranged.notes == ()
    for named, alone in (([None, None], True), (["gone.png", None], False)):
        with pytest.raises(AssistError, match="cannot be read"):
            arrange_pictures(rows, rows.assign(photo=named), {**found.arrangement, "alone": alone}, table)


def test_nothing_but_pictures_that_are_not_there_is_refused(tmp_path):
    frame = pd.DataFrame({"photo": [f"{k}.png" for k in range(40)], "kind": ["a", "b"] * 20})
    frame.to_csv(tmp_path / "table.csv", index=False)
    options = Options(target="kind")
    understood = planning.understand(str(tmp_path / "table.csv"), options, _Quiet())
    plan = make_plan(planning.facts_of(understood, options), {})
    with pytest.raises(AssistError) as caught:
        prepare(understood.table.frame, understood.typed, understood.profile, plan, options, tmp_path)
    assert (caught.value.code, caught.value.exit_code) == ("E0119", 3)
