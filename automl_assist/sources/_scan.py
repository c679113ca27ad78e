"""A table too large to hold: its file stays where it is, DuckDB passes over it again for each question, and a sample of rows stands for it.

Measured on a million rows of 20 columns (two cores, DuckDB 2.0.1): one pass over the CSV takes 0.2 s, putting it into a database on disk
2 s. So nothing is stored; a question is one pass.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from automl_assist.errors import AssistError
from automl_assist.machine import this_machine
from automl_assist.sources._engine import connect, literal, plain_path, to_frame

if TYPE_CHECKING:
    import duckdb

    from automl_assist.sources._source import Notes

CellsAt = Callable[[np.ndarray], list[np.ndarray] | None]  # from the places of rows to their columns, missing cells None
WHOLE_CELLS = 1_000_000  # a table of so many is held and looked at cell by cell, two seconds; beyond it a sample stands for it
SAMPLE_CELLS = 400_000  # of the sample: a share known to within 0.7 points at 20,000 rows
SAMPLE_ROWS = (2_000, 20_000)  # of the sample, however wide or narrow the table
MEMORY_LIMIT_MB = 500  # for DuckDB; it spills to the disk beyond it
BLOCK_CELLS = 6_000_000  # fetched at a time when many rows are asked for, about 500 MB as text
MOST_HISTOGRAMS = 50  # of one question: DuckDB takes some 5 MB for each
BLOCK_COLUMNS = 200  # of one question: thousands of expressions take DuckDB longer to plan than to answer
HASHES = 2**64
CALLED = re.compile(r"\b[a-z]\d+\b")  # a column, or an expression that is computed of one, in a question
KEY_COLUMNS = 8  # whose cells choose the rows of a sample where that is enough: hashing all of twenty takes DuckDB half of its time
AS_CHANCE = 4.0  # standard deviations by which the number of rows chosen may differ from what keys without repeats give
KEYS_ALONE = 0.9  # of the rows chosen have a key that no other of them has
CELL_BYTES = 150  # of a table held to be trained on: its text, its typed values and the parts made of them
HELD_SHARE = 0.5  # of the memory of the machine for such a table; models and workers need the rest


def sample_size(columns: int) -> int:
    """Return how many rows stand for a large table."""
    return int(np.clip(SAMPLE_CELLS // max(1, columns), *SAMPLE_ROWS))


def is_large(rows: int, columns: int) -> bool:
    """Whether a table is looked at through a sample and questions, and not held."""
    return rows * columns > WHOLE_CELLS and rows > 2 * sample_size(columns)


def rows_that_fit(rows: int, columns: int) -> int | None:
    """Return how many rows of a table can be held to be trained on, or None where all can."""
    fitting = int(HELD_SHARE * this_machine().memory_mb * 1_000_000 / CELL_BYTES / max(1, columns))
    return max(fitting, SAMPLE_ROWS[0]) if 0 < fitting < rows and rows > 2 * SAMPLE_ROWS[0] else None


@contextlib.contextmanager
def beside(work: Callable[[], object] | None) -> Iterator[None]:
    """Do some work in another thread while DuckDB, which gives the interpreter away, looks at a file; its errors are for later to find."""
    if work is None:
        yield
        return
    with ThreadPoolExecutor(1) as other:
        other.submit(work)
        yield


def tell_left_out(held: int, rows: int, notes: Notes) -> None:
    """Warn that a table does not fit into memory and how much of it is used."""
    notes.warn(
        "W0116",
        f"the table does not fit into memory: {held:,} of its {rows:,} rows are used, chosen by what they hold",
        "use a machine with more memory, or leave columns out, to learn from all of them",
    )


def _below(share: float) -> str:
    """Return, in SQL, the hash below which a share of all hashes lies."""
    return f"{min(int(HASHES * share), HASHES - 1)}::UBIGINT"


def hashed_below(cells: Sequence[str], share: float) -> str:
    """Return, in SQL, a condition that holds for a share of all different contents of some cells."""
    return f"hash({', '.join(cells)}) <= {_below(share)}"


class _Held:
    """A file that stays readable as long as this object lives, even when its name is removed; and a private folder to spill to."""

    def __init__(self, file: str):
        self.folder = tempfile.TemporaryDirectory(prefix="assist-", ignore_cleanup_errors=True)
        self.file = os.open(file, os.O_RDONLY)
        self.path = f"/proc/self/fd/{self.file}"
        if not os.path.exists(self.path):  # no Linux: a second name
            self.path = os.path.join(self.folder.name, "table")
            try:
                os.link(file, self.path)
            except OSError:
                self.path = os.path.abspath(file)

    def __del__(self) -> None:
        os.close(self.file)


@dataclass(frozen=True)
class Sample:
    """Rows that stand for a table.

    Attributes
    ----------
    frame : DataFrame
        The rows as read; the index holds their places in the file, counted from 0 below the header.
    repeated : int
        Rows of the whole table that are equal to another one, extrapolated.
    """

    frame: pd.DataFrame
    repeated: int


class Counts(NamedTuple):
    """A question for a :class:`Scan`: how often a column has which value, where a condition holds."""

    cell: str
    where: str

    def __str__(self) -> str:
        """Return the question as an aggregate of DuckDB."""
        return f"histogram({self.cell}) FILTER ({self.where})"


@dataclass(frozen=True)
class Scan:
    """The rows of a file, asked through DuckDB.

    Attributes
    ----------
    source : str
        A table function of SQL with ``{file}`` in it.
    expressions : tuple of str
        Each column in terms of what the function gives; questions call them ``c0``, ``c1``, ...
    names : tuple of str
        Of the columns.
    types : tuple of str
        ``VARCHAR``, ``DOUBLE``, ``BOOLEAN``, ``TIMESTAMP``, ...
    rows : int
        Rows of the table.
    row_number : str
        The place of a row, from 0, in SQL.
    """

    source: str
    expressions: tuple[str, ...]
    names: tuple[str, ...]
    types: tuple[str, ...]
    rows: int
    held: _Held
    connection: duckdb.DuckDBPyConnection
    row_number: str = "row_number() OVER () - 1"

    @classmethod
    def of(
        cls,
        file: str,
        source: str,
        names: Sequence[str],
        types: Sequence[str],
        rows: int,
        *,
        expressions: Sequence[str] = (),
        row_number: str = "row_number() OVER () - 1",
    ) -> Scan:
        """Open a file for questions; `source` is a table function with ``{file}`` where its path belongs."""
        with plain_path(file) as path:
            held = _Held(path)
        connection = connect()
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        connection.execute(f"SET threads = {cores}")
        connection.execute(f"SET memory_limit = '{MEMORY_LIMIT_MB}MB'")
        connection.execute(f"SET temp_directory = {literal(held.folder.name)}")
        connection.execute("SET TimeZone = 'UTC'")
        expressions = tuple(expressions) or tuple(f"c{i}" for i in range(len(names)))
        return cls(source, expressions, tuple(names), tuple(types), rows, held, connection, row_number)

    @property
    def table(self) -> str:
        """The rows as SQL, columns called ``c0`` and so on."""
        return self._table(range(len(self.expressions)))

    def _table(self, places: Sequence[int]) -> str:
        columns = ", ".join(e if e == f"c{i}" else f"{e} AS c{i}" for i in places for e in [self.expressions[i]])
        return f"(SELECT {columns} FROM {self.source.format(file=literal(self.held.path))})"

    @property
    def numbered(self) -> str:
        """The rows as SQL, with their places as ``place``."""
        columns = ", ".join(e if e == f"c{i}" else f"{e} AS c{i}" for i, e in enumerate(self.expressions))
        return f"(SELECT {columns}, {self.row_number} AS place FROM {self.source.format(file=literal(self.held.path))})"

    @property
    def key(self) -> str:
        """A number for each row from what it holds, the same in whatever order rows and columns stand."""
        order = sorted(range(len(self.names)), key=lambda i: self.names[i])
        return f"hash({', '.join(f'c{i}' for i in order)})"

    @property
    def short_key(self) -> str:
        """A number for each row from what it holds in a few columns, chosen by their names alone so that their order changes nothing."""
        order = sorted(range(len(self.names)), key=lambda i: (zlib.crc32(self.names[i].encode("utf-8", "replace")), self.names[i]))
        return f"hash({', '.join(f'c{i}' for i in order[:KEY_COLUMNS])})"

    def ask(self, query: str) -> list[Any]:
        """Return the columns of an answer as arrays.

        Raises
        ------
        AssistError
            E0109 if the file cannot be read any more, E0902 if there is no room to answer.
        """
        import duckdb

        try:
            return list(self.connection.execute(query).fetchnumpy().values())
        except duckdb.OutOfMemoryException as error:
            raise AssistError(
                "E0902",
                "there is not enough room to look at the whole table",
                where=str(error).splitlines()[0][:160],
                help="free some disk space, or set TMPDIR to a folder with more",
            ) from error
        except RuntimeError as error:
            if "interrupted" in str(error).lower():  # how DuckDB tells of a signal
                raise KeyboardInterrupt from error
            raise
        except duckdb.IOException as error:
            raise AssistError("E0109", "the file could not be read again", where=str(error).splitlines()[0][:160]) from error

    def figures(self, expressions: Sequence[str | Counts], computed: Sequence[Mapping[str, str]] = ()) -> list[Any]:
        """Return one value for each aggregate, from a pass over all rows for each few hundred of them.

        `computed` names expressions that several aggregates share, each part built from those before it, so that a cell is read as a
        number once.
        """
        counts = [e for e in expressions if isinstance(e, Counts)]
        if len(counts) > MOST_HISTOGRAMS:
            counted = iter(self._counted(counts))
            others = iter(self.figures([e for e in expressions if not isinstance(e, Counts)], computed))
            return [next(counted if isinstance(e, Counts) else others) for e in expressions]
        found: list[Any] = []
        for start in range(0, len(expressions), BLOCK_COLUMNS * 4):
            some = expressions[start : start + BLOCK_COLUMNS * 4]
            found += self._aggregates(some, self._asked_of(some, computed))
        return found

    def _asked_of(self, expressions: Sequence[str | Counts], computed: Sequence[Mapping[str, str]]) -> str:
        """Return the rows as SQL with what some aggregates look at alone: naming thousands of columns takes longer than reading them."""
        called = {name for e in expressions for name in CALLED.findall(str(e))}
        kept = []
        for part in reversed(computed):
            mine = {name: sql for name, sql in part.items() if name in called}
            called |= {name for sql in mine.values() for name in CALLED.findall(sql)}
            kept.append(mine)
        source = self._table([i for i in range(len(self.names)) if f"c{i}" in called] or [0])
        for mine in reversed(kept):
            source = f"(SELECT *{''.join(f', {sql} AS {name}' for name, sql in mine.items())} FROM {source})"
        return source

    def _aggregates(self, expressions: Sequence[str | Counts], source: str) -> list[Any]:
        """Return one value for each aggregate from one pass, or from one for each half where the memory is too small for all of them."""
        try:
            answer = self.ask(f"SELECT {', '.join(f'{e} AS a{i}' for i, e in enumerate(expressions))} FROM {source}")
        except AssistError as error:
            if error.code != "E0902" or len(expressions) < BLOCK_COLUMNS // 4:
                raise
            middle = len(expressions) // 2
            return self._aggregates(expressions[:middle], source) + self._aggregates(expressions[middle:], source)
        return [None if np.ma.getmaskarray(a)[0] else a[0] for a in answer]

    def _counted(self, counts: Sequence[Counts]) -> Iterator[dict[Any, int]]:
        """Yield how often which value is there, of a block of columns at a time whose cells are fetched."""
        step = max(1, BLOCK_CELLS // max(1, self.rows))
        for start in range(0, len(counts), step):
            cells = ", ".join(f"CASE WHEN {c.where} THEN {c.cell} END AS a{i}" for i, c in enumerate(counts[start : start + step]))
            for values in self.ask(f"SELECT {cells} FROM {self.table}"):
                yield pd.Series(np.ma.compressed(values)).value_counts().to_dict()

    def sample(self, most: int | None = None, cells_at: CellsAt | None = None) -> Sample | None:
        """Return about `most` rows chosen by what they hold, or None where the file does not have as many rows as it should.

        `cells_at` gives the cells of rows by their places without DuckDB, or None where it cannot.
        """
        wanted = most or sample_size(len(self.names))
        below = _below(wanted / self.rows)
        if cells_at is not None and len(self.names) > KEY_COLUMNS and (quick := self._by_short_key(wanted, below, cells_at)):
            return quick
        answer = self.ask(
            f"SELECT *, {self.key} <= {below} AS chosen FROM {self.numbered} "
            f"WHERE chosen OR place BETWEEN {self.rows - 1} AND {self.rows} LIMIT {4 * wanted + 2}"
        )
        *cells, places, chosen = answer
        if len(places) < 4 * wanted and (not (places == self.rows - 1).any() or (places == self.rows).any()):
            return None
        if not wanted / 2 < chosen.sum() < 2 * wanted:
            return self._thinned(below)
        return self._sample_of(self._frame([values[chosen] for values in cells], places[chosen]))

    def _sample_of(self, frame: pd.DataFrame) -> Sample:
        return Sample(frame, round(int(frame.duplicated().sum()) * self.rows / max(1, len(frame))))

    def _by_short_key(self, wanted: int, below: str, cells_at: CellsAt) -> Sample | None:
        """Return rows chosen by a few of their columns, or None where these are alike in so many rows that whole groups could be missed."""
        places, keys, chosen = self.ask(
            f"SELECT place, k, k <= {below} AS chosen FROM (SELECT place, {self.short_key} AS k FROM {self.numbered}) "
            f"WHERE chosen OR place BETWEEN {self.rows - 1} AND {self.rows} LIMIT {4 * wanted + 2}"
        )
        if not (places == self.rows - 1).any() or (places == self.rows).any():
            return None
        n = int(chosen.sum())
        alone = np.unique(keys[chosen], return_counts=True)[1] == 1
        if abs(n - wanted) > AS_CHANCE * wanted**0.5 or alone.sum() < KEYS_ALONE * n:
            return None
        cells = cells_at(places[chosen])
        return None if cells is None else self._sample_of(self._frame(cells, places[chosen]))

    def _thinned(self, below: str) -> Sample | None:
        """Return a sample of a table in which some rows come so often that all or none of them would be taken."""
        counted = self.ask(f"SELECT count(*), count(DISTINCT {self.key}) FROM {self.table}")
        if int(counted[0][0]) != self.rows:
            return None
        (places,) = self.ask(
            f"SELECT place FROM (SELECT place, hash(h, row_number() OVER (PARTITION BY h ORDER BY place)) AS k "
            f"FROM (SELECT {self.key} AS h, place FROM {self.numbered})) WHERE k <= {below} ORDER BY place"
        )
        return Sample(self.rows_at(places), self.rows - int(counted[1][0]))

    def rows_at(self, places: np.ndarray) -> pd.DataFrame:
        """Return the rows at some places, in the order of the file."""
        self.connection.register("wanted", pd.DataFrame({"wanted_place": np.asarray(places, dtype=np.int64)}))
        try:
            *cells, found = self.ask(f"SELECT * FROM {self.numbered} WHERE place IN (SELECT wanted_place FROM wanted)")
        finally:
            self.connection.unregister("wanted")
        order = np.argsort(found, kind="stable")  # here: DuckDB would hold whole rows to sort them
        return self._frame([values[order] for values in cells], found[order])

    def rows_where(self, condition: str, most: int) -> pd.DataFrame:
        """Return rows that fit a condition; where they are more than `most`, those whose keys are the smallest."""
        places, _ = self.ask(
            f"SELECT place, h FROM (SELECT place, {self.key} AS h FROM {self.numbered} WHERE {condition}) ORDER BY h, place LIMIT {most}"
        )
        return self.rows_at(np.sort(places))

    def parts_where(self, conditions: Sequence[str], most: int) -> list[pd.DataFrame]:
        """Return the rows that fit each condition, from one pass; nothing where they are more than `most` together."""
        flags = ", ".join(f"coalesce({condition}, false) AS k{i}" for i, condition in enumerate(conditions))
        any_of = " OR ".join(f"k{i}" for i in range(len(conditions)))
        answer = self.ask(f"SELECT * FROM (SELECT *, {flags} FROM {self.table}) WHERE {any_of} LIMIT {most + 1}")
        cells, kept = answer[: len(self.names)], answer[len(self.names) :]
        if not kept or len(kept[0]) > most:
            kept = [np.zeros(len(cells[0]), dtype=bool) for _ in conditions]
        return [self._frame([values[flag] for values in cells], np.flatnonzero(flag)) for flag in map(np.asarray, kept)]

    def blocks(self, names: Sequence[str], share: float = 1.0) -> Iterator[pd.DataFrame]:
        """Yield a few columns at a time of the same rows, all of them or a share chosen by what they hold."""
        places = [self.names.index(name) for name in names]
        where = f" WHERE {self.key} <= {_below(share)}" if share < 1 else ""
        step = max(1, int(BLOCK_CELLS // max(1, share * self.rows)))
        for start in range(0, len(places), step):
            some = places[start : start + step]
            *cells, numbers = self.ask(f"SELECT {', '.join(f'c{i}' for i in some)}, place FROM {self.numbered}{where}")
            yield self._frame(cells, numbers, [self.names[i] for i in some])

    def _frame(self, cells: list[Any], places: np.ndarray, names: Sequence[str] | None = None) -> pd.DataFrame:
        frame = to_frame(cells, list(names or self.names))
        frame.index = pd.Index(np.asarray(places, dtype=np.int64))
        return frame
