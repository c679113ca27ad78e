"""What the report says of texts: frequent words alone, and honest effects."""

import time

import numpy as np
import pandas as pd

from automl_assist.modalities import Tested
from automl_assist.modalities._reading import explain, pieces, without
from automl_assist.schema import Column

NAMES = ("praise", "blame")


def spoken(frame):
    p = np.array(["good" in text for text in frame["text"]]) * 0.8 + 0.1
    return np.column_stack([p, 1 - p])


def sample(**changes):
    rng = np.random.default_rng(0)
    rows = [" ".join(["good" if k % 2 else "bad", rng.choice(["day", "film", "book"]), f"secret{k}"]) for k in range(120)]
    frame, target = pd.DataFrame({"text": np.array(rows, object)}), np.array([0 if k % 2 else 1 for k in range(120)])
    fields = {
        "predict": spoken,
        "typed": frame.iloc[:60],
        "target": target[:60],
        "prediction": spoken(frame.iloc[:60]),
        "development": frame.iloc[60:],
        "development_target": target[60:],
        "columns": (Column("text", 0, "text", 0, 120, ""),),
        "classes": NAMES,
        "task": "binary",
        "settings": {"metric": "log_loss"},
        "arrangement": {},
        "sensitive": False,
        "seed": 0,
        "until": time.monotonic() + 5,
    }
    return Tested(**(fields | changes))


def test_the_word_that_decides_is_named_and_its_effect_is_right():
    found = explain(sample())
    words = {group["of"]: group["words"] for group in found["words"]}
    assert words["praise"][0]["word"] == "good"
    assert abs(words["praise"][0]["effect"] - 0.8) < 1e-9
    assert len(found["lengths"]) >= 2


def test_nothing_rare_and_no_text_is_told():
    told = str(explain(sample()))
    assert "secret" not in told
    assert "good day" not in told


def test_a_sensitive_report_holds_no_word_and_no_class():
    found = explain(sample(sensitive=True))
    assert (found["words"], found["mistakes"]) == ([], [])
    assert found["words_skipped"]


def test_mistakes_are_told_by_their_place():
    prediction = spoken(sample().typed)
    prediction[4] = [0.99, 0.01]  # the truth is the other class
    found = explain(sample(prediction=prediction))["mistakes"]
    assert found[0]["place"] == 4
    assert (found[0]["truth"], found[0]["said"]) == ("blame", "praise")


def test_numbers_have_words_that_raise_and_lower_them():
    one = sample()
    turned = {"target": 1.0 - one.target, "development_target": 1.0 - one.development_target, "classes": (), "task": "regression"}
    found = explain(sample(predict=lambda frame: spoken(frame)[:, 0], prediction=spoken(one.typed)[:, 0], **turned))
    assert found["words"][0]["of"] == "higher"
    assert found["words"][0]["words"][0]["word"] == "good"


def test_texts_beside_a_number_are_weighed_against_it():
    one = sample()
    typed, development = one.typed.assign(size=1.0), one.development.assign(size=1.0)
    columns = (*one.columns, Column("size", 1, "number", 0, 1, ""))
    found = explain(sample(typed=typed, development=development, columns=columns, until=time.monotonic() + 1))["ablation"]
    values = {way["way"]: way["value"] for way in found["ways"]}
    assert found["how"] == "shuffled"
    assert values["all"] == values["alone"] < values["without"]


def test_beside_pictures_texts_are_weighed_by_the_model_that_sees_both():
    one = sample()
    pictures = pd.Series([np.zeros((8, 8, 3), np.uint8)] * 60, dtype=object)
    typed, development = one.typed.assign(photo=pictures), one.development.reset_index(drop=True).assign(photo=pictures)
    columns = (*one.columns, Column("photo", 1, "image", 0, 60, ""))
    found = explain(sample(typed=typed, development=development, columns=columns, until=time.monotonic() + 60))["ablation"]
    values = {way["way"]: way["value"] for way in found["ways"]}
    assert found["how"] == "shuffled" and values["all"] == values["alone"] < values["without"]


def test_a_table_without_texts_says_nothing():
    assert explain(sample(columns=(Column("size", 0, "number", 0, 9, ""),))) == {}


def test_pieces_of_scripts_with_and_without_spaces():
    assert pieces("The CAT_sat, 123456 ok") == ["the", "cat", "sat", "ok"]
    assert pieces("日本語") == ["日本", "本語"]
    assert without("A cat, concatenated Cat", "cat").split() == ["A", ",", "concatenated"]
    assert "日本" not in without("日本語", "日本")
    assert pieces("अच्छा café ดีมาก ❤️😀") == ["अच्छा", "café", "ดีม", "มา", "าก", "❤", "😀"]  # vowels of Hindi and Thai are marks
    assert (without("अच्छा अच", "अच").split(), without("ok 😀!", "😀").split()) == (["अच्छा"], ["ok", "!"])


def test_words_that_move_nothing_to_speak_of_are_left_out():
    found = explain(sample(predict=lambda frame: spoken(frame) + np.array([["day" in t] for t in frame["text"]]) * [[1e-5, -1e-5]]))
    assert {w["word"] for group in found["words"] for w in group["words"]} == {"good"}
