"""Which rows are learned from and which are held out; never both."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Lines:
    """Along which line rows are parted.

    Attributes
    ----------
    kind
        ``random``, ``stratified``, ``group``, ``time`` or ``group_time``.
    codes
        For ``stratified`` the class, for ``group`` the group, for ``time`` the rank in time, for ``group_time`` the rank of the last row of
        the row's group, one integer a row; else empty.
    """

    kind: str
    codes: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))

    def take(self, rows: np.ndarray) -> Lines:
        """Return the same line for some of the rows."""
        return Lines(self.kind, self.codes[rows] if len(self.codes) else self.codes)


def hold_out(n: int, lines: Lines, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return sorted row numbers to develop on, and those locked away for the test.

    A class with one row stays in development: it cannot be both learned and tested.
    """
    rng = np.random.default_rng([seed, 1])
    if lines.kind == "time":
        order = np.argsort(lines.codes, kind="stable")
        cut = n - max(1, round(n * share))
        return np.sort(order[:cut]), np.sort(order[cut:])
    if lines.kind == "group":
        return _hold_out_groups(lines.codes, share, rng)
    if lines.kind == "group_time":
        place = _parts_in_time(lines.codes, np.array([1 - share]))
        return np.flatnonzero(place == 0), np.flatnonzero(place == 1)
    test = np.zeros(n, dtype=bool)
    if lines.kind == "stratified":
        for code in np.unique(lines.codes):
            members = rng.permutation(np.flatnonzero(lines.codes == code))
            test[members[: min(round(len(members) * share), len(members) - 1)]] = True
    else:
        test[rng.permutation(n)[: max(1, round(n * share))]] = True
    return np.flatnonzero(~test), np.flatnonzero(test)


def _hold_out_groups(groups: np.ndarray, share: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    names, members = np.unique(groups, return_inverse=True)
    order = rng.permutation(len(names))
    sizes = np.bincount(members)[order]
    # at least one group on either side, and as many in the test as come nearest to the share
    taken = int(np.clip(np.searchsorted(np.cumsum(sizes), share * len(groups)) + 1, 1, max(len(names) - 1, 1)))
    test = np.isin(members, order[:taken])
    return np.flatnonzero(~test), np.flatnonzero(test)


def folds(n: int, lines: Lines, k: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return at most `k` pairs of sorted row numbers: to fit on, and held out.

    Forward in time the held-out part of a fold always lies after what it is fitted on, so the earliest rows are never held out.
    """
    rng = np.random.default_rng([seed, 2])
    if lines.kind == "time":
        order = np.argsort(lines.codes, kind="stable")
        parts = np.array_split(order, k + 1)
        return [(np.sort(np.concatenate(parts[: i + 1])), np.sort(parts[i + 1])) for i in range(k)]
    if lines.kind == "group_time":
        place = _parts_in_time(lines.codes, np.arange(1, k + 1) / (k + 1))
        return [(np.flatnonzero(place <= i), np.flatnonzero(place == i + 1)) for i in range(int(place.max()))]
    if lines.kind == "group":
        names, members = np.unique(lines.codes, return_inverse=True)
        fold_of_group = _balanced(np.bincount(members), min(k, len(names)), rng)
        fold = fold_of_group[members]
    elif lines.kind == "stratified":
        # rows in order of class, shuffled within: dealt out like cards, every fold gets its share of each class
        order = np.lexsort((rng.random(n), lines.codes))
        fold = np.empty(n, dtype=np.int64)
        fold[order] = np.arange(n) % k
    else:
        fold = rng.permutation(n) % k
    return [(np.flatnonzero(fold != i), np.flatnonzero(fold == i)) for i in range(int(fold.max()) + 1)]


def _parts_in_time(ends: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the part of each row, in time: groups, which are told by where they end, stay whole and fill the shares in that order.

    Every part has a group at least, as long as there are enough of them.
    """
    moments, members, sizes = np.unique(ends, return_inverse=True, return_counts=True)
    middle = (np.cumsum(sizes) - sizes / 2) / len(ends)
    parts = min(len(shares) + 1, len(moments))
    wanted = np.searchsorted(shares, middle)
    place = np.zeros(len(moments), np.int64)
    for k in range(len(moments)):
        before = place[k - 1] if k else -1
        after = len(moments) - 1 - k  # groups still to come: each of the last parts needs one of them
        place[k] = min(max(min(wanted[k], before + 1), max(before, 0), parts - 1 - after), parts - 1)
    return place[members]


def _balanced(sizes: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """Return a fold for each group: largest first into the smallest fold."""
    fold, load = np.empty(len(sizes), dtype=np.int64), np.zeros(k)
    for group in np.lexsort((rng.random(len(sizes)), -sizes)):
        fold[group] = int(np.argmin(load))
        load[fold[group]] += sizes[group]
    return fold
