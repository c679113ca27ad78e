"""F301 to F306: what is odd about the target."""

import numpy as np
import pytest

from tests.checks.contexts import found, make_context, numbers, words


def labelled(labels, task="binary", **more):
    return make_context({"a": numbers(len(labels)), **more, "y": labels}, "y", task)


@pytest.mark.parametrize("code", ["F301", "F302", "F303", "F304", "F305", "F306"])
@pytest.mark.parametrize("task", ["binary", "regression"])
def test_a_clean_target_is_clean(code, task):
    labels = words(300, ["no", "yes"]) if task == "binary" else numbers(300, 7)
    assert found(code, labelled(labels, task)) == []


def test_rare_class():
    (finding,) = found("F301", labelled([str(int(i in (7, 150, 2_999))) for i in range(3_000)]))
    assert "3 of 3,000 rows (0.1" in finding.message
    assert "accuracy of 99.9" in finding.message
    assert "rare" in finding.message
    assert finding.fix == "--metric average_precision"


def test_many_equal_classes_are_not_imbalanced():
    assert found("F301", labelled([f"k{i % 20}" for i in range(1_000)], "multiclass")) == []


def test_class_with_one_row():
    (finding,) = found("F302", labelled(["q" if i == 33 else "p" for i in range(60)]))
    assert "'q' (1 row)" in finding.message


def test_class_names_that_are_addresses_are_hidden():
    (finding,) = found("F302", labelled(["eve@example.org" if i < 3 else "p" for i in range(60)]))
    assert "eve" not in finding.message


def test_rows_without_a_target():
    (finding,) = found("F303", labelled([None if i % 10 < 3 else "pq"[i % 2] for i in range(200)]))
    assert "60 of 200 rows" in finding.message
    assert "left out" in finding.message
    assert finding.rows[:4] == (1, 2, 3, 11)


def test_conflicting_labels():
    a = numbers(200)
    a[10:14] = [a[10]] * 4
    labels = words(200, ["no", "yes"])
    labels[10:14] = ["no", "no", "no", "yes"]
    (finding,) = found("F304", make_context({"a": a, "y": labels}, "y", "binary"))
    assert "4 rows of 200" in finding.message
    assert "at least 1 of them" in finding.message
    assert finding.rows == (11, 12, 13, 14)


def test_few_possible_rows_always_conflict():
    assert found("F304", make_context({"b": words(300, ["u", "v"], 1), "y": words(300, ["no", "yes"], 2)}, "y", "binary")) == []
    seen = {"photo": [f"{k}.png" for k in range(80)], "a": ["u", "v"] * 40, "y": ["no", "no", "yes", "yes"] * 20}
    assert found("F304", make_context(seen, "y", "binary")) == [], "pictures are inputs too"


def test_ambiguous_task():
    made = make_context({"a": numbers(90), "y": [str(i % 5) for i in range(90)]}, "y", "multiclass", ambiguous=True)
    (finding,) = found("F305", made)
    assert "--task" in finding.fix
    assert "5 different values in 90 rows" in finding.message


def test_long_tail():
    values = np.random.default_rng(0).lognormal(0, 2.5, 500)
    (finding,) = found("F306", labelled([f"{v:.4f}" for v in values], "regression"))
    assert "skewness" in finding.message
    assert f"{values.max():.4f}" not in finding.message


@pytest.mark.parametrize("value", ["1e300", "-1e300", "1e-320"])
def test_extreme_targets_do_not_overflow(value):
    found("F306", labelled([*numbers(99), value], "regression"))
