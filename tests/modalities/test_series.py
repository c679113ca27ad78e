"""Rows and columns become series: in order of time, gaps kept, repeated times and labels that vary counted; plans are followed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl_assist import planning
from automl_assist.errors import AssistError
from automl_assist.modalities._series import arrange, plan_arrangement
from automl_assist.models._sequence_network import network_choices
from automl_assist.plan import make_plan
from automl_assist.preprocessing.series import SeriesCoding, block_of
from automl_assist.schema import Options, Problem


class Silent:
    """Hears nothing."""

    def message(self, message):
        """Take it."""

    def note(self, text):
        """Take it."""


def arranged(folder, frame, edits=None, **options):
    path = folder / "t.csv"
    frame.to_csv(path, index=False)
    asked = Options(target="y", **options)
    understood = planning.understand(str(path), asked, Silent(), whole=True)
    plan = make_plan(planning.facts_of(understood, asked), edits)
    arrangement = plan_arrangement(understood.profile, asked, plan.settings)
    return understood, plan, arrange(understood.table.frame, understood.typed, arrangement, Path())


def steps(count=12, length=10):
    rows = [{"id": f"s{k}", "t": 2 * t, "x": k + t / 10, "mood": "ab"[(k + t) % 2], "age": 30 + k, "y": "pq"[k % 2]}
            for k in range(count) for t in range(length)]  # fmt: skip
    return pd.DataFrame(rows)


def test_rows_become_series_in_order_with_gaps_and_means_of_repeated_times(tmp_path):
    frame = steps().drop(index=[4, 5])  # two steps of the first series are missing
    again = frame[(frame["id"] == "s1") & (frame["t"] == 0)].assign(x=9.0)
    nameless = frame[frame["id"] == "s2"].head(1).assign(id=None)
    frame = pd.concat([frame, again, nameless]).sample(frac=1, random_state=0)
    _, _, examples = arranged(tmp_path, frame, series="id", time="t")
    order = list(dict.fromkeys(frame["id"].dropna()))
    first, second = (examples.typed["series"].iloc[order.index(name)] for name in ("s0", "s1"))
    assert first.shape == (3, 10), "one channel of numbers, and one for each level of the category"
    assert np.isnan(first[0, 4:6]).all()
    assert np.allclose(np.delete(first[0], [4, 5]), np.delete(np.arange(10) / 10, [4, 5]))
    assert second[0, 0] == (1 + 9) / 2
    assert examples.typed["age"].tolist() == [30 + int(name[1:]) for name in order]
    assert [(m.code, m.message.partition(" series")[0]) for m in examples.notes] == [
        ("W0314", "1 row names no"),
        ("W0312", "1 row repeats a time of its"),
    ]
    assert (examples.example_of == -1).sum() == 1
    assert (np.bincount(examples.example_of[examples.example_of >= 0]).sum(), len(examples.typed)) == (len(frame) - 1, 12)


def test_rows_that_name_no_series_are_one_or_refused(tmp_path):
    understood, plan, _ = arranged(tmp_path, steps(), series="id", time="t")
    arrangement = plan_arrangement(understood.profile, Options(target="y", series="id", time="t"), plan.settings)

    def without_names(rows, arrangement=arrangement):
        typed = understood.typed.iloc[rows].assign(id=None)
        return arrange(typed, typed, arrangement, Path())

    assert without_names(slice(0, 10)).typed["series"].iloc[0].shape == (3, 10)
    for rows, why in ((slice(0, 20), "10 of 20 rows repeat a time of another"), (slice(0, 11), "1 of 11 rows repeat")):
        with pytest.raises(AssistError, match="'id' is not there") as refused:
            without_names(rows)
        assert (refused.value.code, refused.value.exit_code) == ("E0702", 4) and why in refused.value.where
    with pytest.raises(AssistError) as refused:
        without_names(slice(0, 11), arrangement | {"time": []})
    assert "11 rows are more than the longest series of training has, 10" in refused.value.where


def test_series_may_be_named_otherwise_than_in_training(tmp_path):
    understood, plan, _ = arranged(tmp_path, steps().assign(id=lambda rows: rows["id"].str[1:].astype(int)), series="id", time="t")
    arrangement = plan_arrangement(understood.profile, Options(target="y", series="id", time="t"), plan.settings)
    unread, named = understood.typed.assign(id=np.nan), understood.table.frame.assign(id=lambda rows: "s" + rows["id"])
    examples = arrange(named, unread, arrangement, Path())
    assert len(examples.typed) == 12 and [m.code for m in examples.notes] == ["W0317"]
    with pytest.raises(AssistError, match="'id' is not there"):
        arrange(named.assign(id=None), unread, arrangement, Path())


def test_labels_that_vary_a_little_are_counted_and_the_most_frequent_is_taken(tmp_path):
    frame = steps(count=40)
    frame.loc[3, "y"] = "q"
    _, _, examples = arranged(tmp_path, frame, series="id", time="t")
    assert examples.cells["y"].iloc[0] == "p"
    assert "1 of 40 series have several values" in examples.notes[0].message


def test_a_plan_leaves_out_channels_and_decides_the_length(tmp_path):
    columns = {"x": {"use": False, "kind": "number"}}
    understood, plan, examples = arranged(tmp_path, steps(), {"columns": columns}, series="id", time="t")
    assert examples.typed["series"].iloc[0].shape == (2, 10)
    kept = tuple(c for c in understood.profile.features if c.name == "age")
    for edit, shape in (({"steps": 4, "unequal": "pad"}, (12, 2, 4)), ({"steps": 10, "unequal": "stretch"}, (12, 2, 10))):
        coding = SeriesCoding.fit(examples.typed[["age", "series"]], kept, {**plan.settings, "sequence.length": edit})
        assert block_of(coding.transform(examples.typed)).shape == shape
    problem = Problem("binary", 2, "roc_auc", 12, 0, 0, 0, {"sequence.network": {"recurrent_steps": 7}})
    chosen = network_choices(problem)
    assert (chosen["recurrent_steps"], chosen["convolution_steps"]) == (7, 512)


def test_columns_become_series_that_end_where_nothing_follows(tmp_path):
    rng = np.random.default_rng(0)
    waves = np.sin(np.arange(12) / rng.uniform(2, 4, (30, 2, 1)) + rng.uniform(0, 6, (30, 2, 1)))
    waves[:, 1, 0] = 3.0  # the same in every row, and a step all the same
    frame = pd.DataFrame({f"{c}_{t}": waves[:, k, t].round(3) for k, c in enumerate("uv") for t in range(12)})
    frame["age"], frame["y"] = rng.integers(20, 60, 30), np.arange(30) % 2
    frame.loc[0, [f"{c}_{t}" for c in "uv" for t in range(8, 12)]] = np.nan
    understood, _, examples = arranged(tmp_path, frame)
    assert understood.profile.modality.name == "sequence"
    assert examples.typed["series"].map(np.shape).tolist() == [(2, 8), *[(2, 12)] * 29]
    assert np.allclose(examples.typed["series"].iloc[1], waves[1], atol=1e-3)
    assert examples.typed["age"].tolist() == frame["age"].tolist()
