"""Hashed n-grams: what is counted, in any script."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from automl_assist.preprocessing import ngrams
from automl_assist.preprocessing.features import Features
from automl_assist.preprocessing.ngram_vectors import NgramEncoder, TokenEncoder
from automl_assist.rules.reading import LONGEST_NGRAM, NGRAMS, READINGS

WORDS = tuple(NGRAMS["word_lengths"])


def array(*texts):
    return np.array(texts, object)


def features(*texts):
    rows = len(texts)
    return Features(
        np.empty((rows, 0), np.float32), np.empty((rows, 0), np.int32), array(*texts).reshape(-1, 1), (), (), (), ("t",)
    )  # fmt: skip


def test_letters_are_counted_as_scikit_learn_does():
    texts = array("The cat sat on the mat", "a  cat\tsat", "wonderful", "")
    ours = ngrams.counts(texts, "letter", (3,))
    theirs = CountVectorizer(analyzer="char_wb", ngram_range=(3, 3)).fit_transform(texts)
    assert np.diff(ours.indptr).tolist() == np.diff(theirs.indptr).tolist()
    assert np.sort(ours.data).tolist() == np.sort(theirs.data).tolist()
    same = (theirs @ theirs.T).toarray()
    assert (ours @ ours.T).toarray().tolist() == same.tolist()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The cat's 2 mats!", 5),
        ("日本語のテスト", 7),
        ("हिन्दी में", 2),
        ("สวัสดีครับ", 1),
        ("مرحبا بالعالم", 2),
        ("ok 😀👍", 3),
        ("", 0),
        ("...", 0),
    ],
)
def test_words_of_any_script(text, words):
    assert ngrams.counts(array(text), "word", (1,)).sum() == words


def test_case_and_blanks_make_no_difference_and_order_does():
    found = ngrams.counts(array("New York  city", "new york city", "york new city"), "word", WORDS)
    assert (found[0] != found[1]).nnz == 0
    assert (found[0] != found[2]).nnz > 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=6))
def test_a_text_counts_alike_alone_and_among_others(texts):
    for unit, lengths in (("word", WORDS), ("word", (1, LONGEST_NGRAM)), ("letter", (1, 2, 5, LONGEST_NGRAM))):
        together = ngrams.counts(array(*texts), unit, lengths)
        for k, text in enumerate(texts):
            assert (together[k] != ngrams.counts(array(text), unit, lengths)).nnz == 0
        found, starts = ngrams.sequences(array(*texts), unit, lengths)
        assert starts[-1] == len(found) == together.sum()


def test_many_texts_are_hashed_in_chunks(monkeypatch):
    texts = array(*(f"text number {k}" for k in range(50)))
    whole = ngrams.counts(texts, "word", WORDS)
    monkeypatch.setattr(ngrams, "CHUNK_CHARACTERS", 60)
    assert (whole != ngrams.counts(texts, "word", WORDS)).nnz == 0


def test_an_encoder_knows_what_several_texts_hold_and_stores_no_word():
    encoder, rows = NgramEncoder.fit(features("good book", "good film", "zanzibar"), binary=False)
    assert encoder.width == rows.shape[1] > 0
    assert rows[2].nnz == 0, "a word of one text is not known"
    assert (encoder.transform(features("good book"))[0] != rows[0]).nnz == 0
    assert all(block.buckets.dtype.kind == "i" for block in encoder.blocks)
    lengths = np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
    assert lengths[0] == pytest.approx(2.0), "each block has length one"


def test_tokens_keep_order_and_both_ends_of_a_long_text():
    words = [f"w{k % 7}" for k in range(60)]
    encoder, rows = TokenEncoder.fit(array(" ".join(words), "w1 w2"), {**READINGS["convolution"], "longest": 16}, least=1, unknown=True)
    assert rows.shape == (2, 16)
    alone = encoder.transform(array("w1 w2"))[0]
    assert alone.tolist() == rows[1].tolist()
    assert (alone > 0).sum() == 2
    tail = encoder.transform(array(" ".join(words[-8:])))[0, :8]
    assert rows[0, 8:].tolist() == tail.tolist()
    assert encoder.transform(array("never seen"))[0, :2].tolist() == [1, 1]


def test_scripts_without_spaces_are_read_by_letters():
    texts = [f"สวัสดีครับวันนี้อากาศดี{'มาก' * (k % 3)}" for k in range(20)]
    encoder, rows = TokenEncoder.fit(array(*texts), READINGS["bag"], least=9, unknown=False)
    assert encoder.unit == "letter"
    assert (rows > 1).any()


def test_counts_of_the_same_texts_are_made_once_and_of_others_anew(monkeypatch):
    rows, made = features("good book", "good film"), []
    counts = ngrams.counts
    monkeypatch.setattr(ngrams, "counts", lambda *words: made.append(1) or counts(*words))
    encoder, first = NgramEncoder.fit(rows, binary=False)
    assert (encoder.transform(rows) != first).nnz == 0
    assert len(made) == 2, "words and letters, once each"
    other = encoder.transform(features("good film", "good book"))
    assert (other[0] != first[1]).nnz == 0
    assert len(made) == 4


def test_an_encoder_counts_n_grams_of_the_lengths_that_it_was_fitted_with():
    rows = features("a good book", "a good film", "a good book")
    pairs, of_pairs = NgramEncoder.fit(rows, binary=False, details={**NGRAMS, "word_lengths": [2], "letter_lengths": [3]})
    usual, _ = NgramEncoder.fit(rows, binary=False)
    assert [block.lengths for block in pairs.blocks] == [(2,), (3,)]
    assert len(pairs.blocks[0].buckets) == 2, "a good, good book"
    assert len(usual.blocks[0].buckets) == 5
    assert (pairs.transform(rows) != of_pairs).nnz == 0, "counts of other lengths that are kept of these texts are not taken for these"


@pytest.mark.parametrize("lengths", [(), (0, 1), (LONGEST_NGRAM + 1,)])
def test_lengths_of_a_file_that_nobody_can_count_are_refused(lengths):
    block = NgramEncoder.fit(features("good book", "good film"), binary=False)[0].blocks[0]
    with pytest.raises(ValueError, match="do not fit its weights"):
        dataclasses.replace(block, lengths=lengths)
