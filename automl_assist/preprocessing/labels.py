"""A target whose cells join several labels: a column of yes and no for each label."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pandas as pd

from automl_assist.errors import AssistError
from automl_assist.profile import items_of

LEAST_ROWS = 10  # with a label, and as many without it: fewer cannot be learned and tested, and could name a person
MOST_LABELS = 50  # each has a model of its own
MARKS = (";", "|", ",")  # what may stand between labels, the likelier first; labels in square brackets are told by these
YES, NO = "yes", "no"
BETWEEN = ": "  # of the target and a label, in the name of the label's column


@dataclass(frozen=True)
class Labels:
    """The labels of a target that are learned, each as a column of its own.

    Attributes
    ----------
    target
        The column that joins them.
    mark
        What stands between two labels in a cell.
    names
        The labels, the most frequent first.
    """

    target: str
    mark: str
    names: tuple[str, ...]

    @classmethod
    def learn(cls, cells: pd.Series, target: str) -> tuple[Labels, int]:
        """Return the labels that occur often enough to be learned, and how many others there are.

        Raises
        ------
        AssistError
            E0303 where there is none.
        """
        mark = _mark(cells)
        known = [each for each in _sets(cells, mark) if each is not None]
        counts = Counter(label for each in known for label in each)
        most = len(known) - LEAST_ROWS
        often = [label for label, rows in sorted(counts.items(), key=lambda c: (-c[1], c[0])) if LEAST_ROWS <= rows <= most]
        if not often:
            raise AssistError(
                "E0303",
                f"no label of the target {target!r} stands in {LEAST_ROWS} rows and is absent from as many",
                where=f"{len(known):,} rows with {len(counts):,} labels",
                help="--task multiclass takes each combination for a class",
            )
        return cls(target, mark, tuple(often[:MOST_LABELS])), len(counts) - len(often[:MOST_LABELS])

    @classmethod
    def named(cls, frame: pd.DataFrame, columns: Sequence[str]) -> Labels | None:
        """Return the labels that `columns` name as :attr:`columns` does, where one column of the table joins all of them."""
        heads = {name.partition(BETWEEN)[0] for name in columns}
        if len(heads) != 1 or set(columns) & set(frame.columns) or not heads <= set(frame.columns):
            return None
        target = heads.pop()
        return cls(target, _mark(frame[target]), tuple(name.partition(BETWEEN)[2] for name in columns))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that say whether a row has a label."""
        return tuple(f"{self.target}{BETWEEN}{name}" for name in self.names)

    def only(self, columns: Collection[str]) -> Labels:
        """Return those of the labels whose column is in `columns`, such as the ones that a run had the time for."""
        return Labels(self.target, self.mark, tuple(n for n, c in zip(self.names, self.columns, strict=True) if c in columns))

    def spread(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the table with a column of yes and no for each label in place of the target; of empty cells nothing is known."""
        sets = _sets(frame[self.target], self.mark)
        said = {
            column: [None if each is None else YES if name in each else NO for each in sets]
            for column, name in zip(self.columns, self.names, strict=True)
        }
        return pd.concat([frame.drop(columns=self.target), pd.DataFrame(said, index=frame.index, dtype=object)], axis=1)

    def as_learned(self, cells: pd.Series) -> pd.Series:
        """Return the cells of a later file with the mark and the letters of training, where it joins the same labels in another way."""
        folded = [name.casefold() for name in self.names]
        known = {own: name for own, name in zip(folded, self.names, strict=True) if folded.count(own) == 1}
        mark = self.mark
        if not cells.dropna().astype(str).str.contains(re.escape(mark)).any():
            held = {m: sum(i.casefold() in known for each in _sets(cells, m) for i in each or ()) for m in MARKS}
            mark = max(MARKS, key=lambda m: (held[m], m == self.mark))

        def own_way(cell: object) -> object:
            if not isinstance(cell, str) or not cell.strip():
                return cell
            items = _items(cell.strip(), mark)
            return self.mark.join(item if item in self.names else known.get(item.casefold(), item) for item in items)

        return cells.astype(object).map(own_way)

    def strange(self, cells: pd.Series) -> tuple[int, int]:
        """Return how many cells hold labels of which none is learned, and how many hold any."""
        sets = [each for each in _sets(cells, self.mark) if each]
        return sum(not each & set(self.names) for each in sets), len(sets)

    def joined(self, answers: pd.DataFrame) -> pd.DataFrame:
        """Return predictions of each column with the labels of a row joined as in training, the probability of each beside it.

        Parameters
        ----------
        answers : DataFrame
            For each of :attr:`columns` one of that name, and its ``probability_``.
        """
        has = answers[list(self.columns)].to_numpy() == YES
        cells = [self.mark.join(name for name, there in zip(self.names, row, strict=True) if there) for row in has]
        return pd.DataFrame(
            {
                self.target: pd.Series(cells, dtype=object),
                **{
                    f"probability_{name}": answers[f"probability_{column}"].to_numpy()
                    for column, name in zip(self.columns, self.names, strict=True)
                },
            }
        )


def _mark(cells: pd.Series) -> str:
    """Return what stands between the labels of a cell: the first mark that occurs, a semicolon where none does."""
    text = cells.dropna().astype(str)
    return next((mark for mark in MARKS if text.str.contains(re.escape(mark)).any()), MARKS[0])


def _sets(cells: pd.Series, mark: str) -> list[frozenset[str] | None]:
    """Return the labels of each cell; None of an empty one, whose labels are not known."""
    return [frozenset(_items(cell.strip(), mark)) if isinstance(cell, str) and cell.strip() else None for cell in cells]


def _items(text: str, mark: str) -> list[str]:
    return items_of(text) if text.startswith("[") else [item.strip() for item in text.split(mark) if item.strip()]
