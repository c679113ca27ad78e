"""F203 to F206 and F209: what the target has written into other columns."""

import numpy as np
import pandas as pd
import pytest

from tests.checks.contexts import found, make_context, numbers, words

N = 600
R = np.random.default_rng(3)
CHURN = ["yes" if v < 0.25 else "no" for v in R.random(N)]
AMOUNT = R.lognormal(3, 1, N)


def binary(kinds=None, associations=None, **more):
    return make_context({"a": numbers(N), **more, "y": CHURN}, "y", "binary", kinds, associations=associations)


def regression(kinds=None, **more):
    return make_context({"a": numbers(N), **more, "y": [f"{v:.4f}" for v in AMOUNT]}, "y", "regression", kinds)


def test_gaps_that_tell_the_class():
    filled = [str(i % 16) if (y == "yes") != (i % 30 == 0) else None for i, y in enumerate(CHURN)]
    (finding,) = found("F203", binary(boat=filled))
    assert (finding.severity, finding.columns) == ("warning", ("boat",))
    assert "issing" in finding.message
    assert "leak" in finding.message


def test_gaps_that_tell_an_amount():
    filled = ["1" if v > np.quantile(AMOUNT, 0.7) else None for v in AMOUNT]
    assert len(found("F203", regression(kinds={"late": "category"}, late=filled))) == 1


def test_gaps_that_say_a_little():
    some = [str(i % 16) if R.random() < (0.7 if y == "yes" else 0.4) else None for i, y in enumerate(CHURN)]
    assert found("F203", binary(cabin=some)) == []
    assert found("F203", regression(cabin=["1" if R.random() < 0.5 else None for _ in AMOUNT], kinds={"cabin": "category"})) == []


def test_gaps_of_few_rows_say_nothing():
    assert found("F203", make_context({"a": [None, "1"] * 10, "y": ["p", "q"] * 10}, "y", "binary")) == []


@pytest.mark.parametrize("name", ["account_closed_on", "claimStatus", "Closing Reason"])
def test_known_later_by_name_and_fit(name):
    status = [("closed" if (y == "yes") != (i % 12 == 0) else "open") for i, y in enumerate(CHURN)]
    (finding,) = found("F204", binary(**{name: status}))
    assert finding.columns == (name,)
    assert "only after the outcome" in finding.message


def test_neither_name_nor_fit_alone():
    status = [("closed" if (y == "yes") != (i % 12 == 0) else "open") for i, y in enumerate(CHURN)]
    assert found("F204", binary(colour=status)) == []
    assert found("F204", binary(previous_status=status)) == []
    assert found("F204", binary(postcode=status, statusquo=status, finalist=status)) == []
    assert found("F204", binary(status=words(N, ["open", "closed"], 8))) == []


def test_a_number_of_the_row_that_follows_the_target():
    order = np.argsort(np.argsort(np.array(CHURN), kind="stable"), kind="stable")
    (finding,) = found("F205", binary(kinds={"case_id": "identifier"}, case_id=[f"C-{v:05d}" for v in order]))
    assert finding.columns == ("case_id",)
    rank = np.argsort(np.argsort(AMOUNT + R.normal(0, 3, N)))
    assert len(found("F205", regression(kinds={"id": "identifier"}, id=[str(1_000 + v) for v in rank]))) == 1


def test_an_identifier_in_any_order():
    ids = [f"C-{v:05d}" for v in R.permutation(N)]
    assert found("F205", binary(kinds={"case_id": "identifier"}, case_id=ids)) == []
    assert found("F205", regression(kinds={"case_id": "identifier"}, case_id=ids)) == []
    assert found("F205", regression(kinds={"square_metres": "integer"}, square_metres=[str(int(v * 1e6)) for v in AMOUNT])) == []


def test_the_answer_of_another_model():
    answer = [f"{(y == 'yes') * 0.3 + R.normal(0.4, 0.15):.3f}" for y in CHURN]
    (finding,) = found("F204", binary(predicted_churn=answer, associations={"predicted_churn": 0.6}))
    assert "the answer of another model" in finding.message
    assert found("F204", binary(spread=answer, associations={"spread": 0.6})) == []
    assert found("F204", binary(predictable=answer, associations={"predictable": 0.6})) == []


def test_a_folder_that_is_numbered_class_by_class():
    paths = [f"data/part_{int(y == 'yes')}/rec_{n:04d}.json" for y, n in zip(CHURN, R.permutation(N), strict=True)]
    (finding,) = found("F205", binary(kinds={"source": "identifier"}, source=paths))
    assert "beside its number" in finding.message


WORDS = [
    "called",
    "about",
    "the",
    "invoice",
    "and",
    "asked",
    "for",
    "help",
    "with",
    "setup",
    "again",
    "today",
    "please",
    "check",
    "account",
]


def written(said):
    """Return texts of drawn words, each with what is `said` in its row in the middle."""
    return [" ".join([*R.choice(WORDS, 5), one, *R.choice(WORDS, 4)]) for one in said]


def test_words_written_after_the_outcome():
    said = [("escalated and cancelled" if (y == "yes") != (i % 40 == 0) else "all fine now") for i, y in enumerate(CHURN)]
    (finding,) = found("F209", binary(kinds={"note": "text"}, note=written(said)))
    assert (finding.severity, finding.columns) == ("warning", ("note",))
    assert "leak" in finding.message
    three = [f"queue: {k} please" for k in R.choice(["billing", "sales", "access"], N)]
    cells = {"a": numbers(N), "note": written(three), "y": [t.split()[1] for t in three]}
    (finding,) = found("F209", make_context(cells, "y", "multiclass", {"note": "text"}))
    assert "'billing'" in finding.message


def test_words_that_say_a_little():
    said = [("cancelled" if R.random() < (0.7 if y == "yes" else 0.1) else "fine") for y in CHURN]
    assert found("F209", binary(kinds={"note": "text"}, note=written(said))) == []
    unique = [f"w{R.integers(10**9)} w{R.integers(10**9)}" for _ in CHURN]
    assert found("F209", binary(kinds={"note": "text"}, note=unique)) == []


def test_a_text_that_is_all_there_is_to_learn_from():
    cells = {"note": written(["ja" if y == "yes" else "no" for y in CHURN]), "y": CHURN}
    assert found("F209", make_context(cells, "y", "binary", {"note": "text"})) == []


def test_a_text_with_the_number_itself():
    texts = written([f"for {v:,.4f} euros" for v in AMOUNT])
    (finding,) = found("F209", regression(kinds={"note": "text"}, note=texts))
    assert "the number itself" in finding.message
    assert found("F209", regression(kinds={"note": "text"}, note=list(R.permutation(texts)))) == []


@pytest.mark.parametrize("written", ["{}{:06d}", "2024-{1:05d}{0}", "{1:04d}/{0}/{1:02d}"])
def test_letters_of_an_identifier_that_follow_the_target(written):
    marks = [("N" if (y == "yes") != (i % 40 == 0) else "A") for i, y in enumerate(CHURN)]
    ids = [written.format(mark, number) for mark, number in zip(marks, R.permutation(N), strict=True)]
    (finding,) = found("F205", binary(kinds={"case_id": "identifier"}, case_id=ids))
    assert finding.columns == ("case_id",)
    assert "beside its number" in finding.message


def test_letters_of_an_identifier_that_say_a_little():
    marks = [("N" if R.random() < (0.8 if y == "yes" else 0.3) else "A") for y in CHURN]
    ids = [f"{mark}{number:06d}" for mark, number in zip(marks, R.permutation(N), strict=True)]
    assert found("F205", binary(kinds={"case_id": "identifier"}, case_id=ids)) == []


def test_means_of_the_target_with_the_row_itself():
    groups = pd.Series(R.integers(0, N // 5, N))
    rate = pd.Series(np.array(CHURN) == "yes").groupby(groups).transform("mean")
    (finding,) = found("F206", binary(rate=[f"{v:.4f}" for v in rate]))
    assert finding.columns == ("rate",)
    assert "target" in finding.message
    mean = pd.Series(AMOUNT).groupby(groups).transform("mean")
    assert len(found("F206", regression(mean=[f"{v:.4f}" for v in mean]))) == 1


def test_means_of_the_target_without_the_row():
    groups = pd.Series(R.integers(0, 60, N))
    grouped = pd.Series(AMOUNT).groupby(groups)
    others = (grouped.transform("sum") - AMOUNT) / (grouped.transform("count") - 1)
    made = regression(kinds={"shop": "category"}, shop=[f"s{g}" for g in groups], rate=[f"{v:.4f}" for v in others.fillna(20)])
    (finding,) = found("F206", made)
    assert "'shop'" in finding.message


def test_honest_rates_are_no_statistics_of_the_target():
    rate = pd.Series(np.array(CHURN) == "yes").groupby(pd.Series(R.integers(0, N // 5, N))).transform("mean")
    assert found("F206", binary(rate=[f"{v:.4f}" for v in R.permutation(rate)])) == []
    assert found("F206", binary(flag=words(N, ["0", "1"], 3), share=[f"{v:.2f}" for v in R.random(N)])) == []
    price = AMOUNT * R.lognormal(0, 0.3, N)
    shops = [f"s{g}" for g in R.integers(0, 60, N)]
    assert found("F206", regression(kinds={"shop": "category"}, shop=shops, price=[f"{v:.1f}" for v in price])) == []
