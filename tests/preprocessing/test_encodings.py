"""What is made of rows is made once for all that were taken from them, and never taken for that of other rows."""

from dataclasses import replace

import numpy as np

from automl_assist.preprocessing import Features


def counted():
    made = []

    def encode(features):
        made.append(len(features))
        return features.blocks["x"] * 2.0

    return made, encode


def rows(n, start=0):
    return Features.of_blocks({"x": np.arange(start, start + n, dtype=float)[:, None]}, n)


def test_folds_share_what_is_made_of_the_whole():
    made, encode = counted()
    whole = rows(6)
    fold, rest = whole.take(np.array([4, 0, 5])), whole.take(np.array([False, True, True, True, False, False]))
    assert fold.encoded("twice", encode).ravel().tolist() == [8, 0, 10]
    assert rest.take(np.array([2])).encoded("twice", encode).ravel().tolist() == [6]
    assert made == [6] and fold.take(np.array([0])).whole is whole
    assert fold.joined(rows(2, 10)).encoded("twice", encode).ravel().tolist() == [8, 0, 10, 20, 22] and made == [6, 2]
    other = replace(fold, blocks={"x": fold.blocks["x"] + 1})  # no longer the rows that were taken
    assert other.encoded("twice", encode).ravel().tolist() == [10, 2, 12] and other.whole is other


def test_processes_share_files_and_old_ones_go(tmp_path):
    rows(3).save(tmp_path)
    made, encode = counted()
    first, second = Features.load(tmp_path), Features.load(tmp_path)
    for k in range(12):
        assert (first.encoded(f"k{k}", encode) == second.encoded(f"k{k}", encode)).all()
    assert len(made) == 12 and 1 < len(list(tmp_path.glob("made-*"))) < 12
