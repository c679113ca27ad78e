"""Tables for tests of the profile, as a reader would give them."""

import pandas as pd

from automl_assist.profile import describe
from automl_assist.schema import Options, Reading
from automl_assist.sources import Table


def table_of(decimal=".", **columns):
    """Return a table; None stands for the empty cell, everything else is written as str."""
    frame = pd.DataFrame(
        {name: pd.Series([None if v is None or v == "" else str(v) for v in values], dtype=object) for name, values in columns.items()}
    )
    reading = Reading("t.csv", "t.csv", "csv", "0" * 64, 99, len(frame), len(columns), encoding="utf-8", delimiter=",", decimal=decimal)
    return Table(frame, reading)


def described(*, decimal=".", options=None, **columns):
    """Return profile and typed frame."""
    return describe(table_of(decimal, **columns), options or Options())


def one(values, name="v", *, decimal=".", **options):
    """Return the facts of a single column that stands before a target, and its typed values."""
    values = list(values)
    columns = {name: values, "y": ["pq"[i % 2] for i in range(len(values))]}
    profile, typed = describe(table_of(decimal, **columns), Options(target="y", **options))
    return profile.column(name), typed[name]
