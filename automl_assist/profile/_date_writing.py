"""Dates written as a file writes them, so that what comes after its last row reads like its rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from automl_assist.profile._dates import COMPACT, COMPACT_TIME, EPOCH, ISO, QUARTER, WEEK, WORDED
from automl_assist.schema import Column

DAY = 86_400.0


def written_dates(stamps: np.ndarray, column: Column) -> np.ndarray:
    """Return stamps in the form of a column, of shape (n,): text, or numbers where the column holds numbers.

    What cannot be written in that form stands as an ISO date, with its time of day where one has any.

    Parameters
    ----------
    stamps : ndarray of shape (n,)
        Seconds since 1970, or numbers.
    """
    if column.kind != "datetime":
        whole = bool((stamps == np.floor(stamps)).all())
        return stamps.astype(np.int64) if whole else np.round(stamps, 9)
    form = (column.date_format or ISO).split("|")[0]
    if form in EPOCH:
        return np.rint(stamps * EPOCH[form]).astype(np.int64)
    dates = pd.DatetimeIndex(np.rint(stamps * 1e3).astype("int64").astype("datetime64[ms]"))
    if form in (COMPACT, COMPACT_TIME):
        return dates.strftime(form).to_numpy().astype(np.int64)
    if form == QUARTER:
        return np.array([f"{d.year} Q{d.quarter}" for d in dates], dtype=object)
    if form == WEEK:
        return np.array(["{} W{:02d}".format(*d.isocalendar()[:2]) for d in dates], dtype=object)
    if form == ISO or form.startswith(WORDED):
        return np.array(dates.strftime("%Y-%m-%d" if not (stamps % DAY).any() else "%Y-%m-%d %H:%M:%S"), dtype=object)
    return np.array(dates.strftime(form), dtype=object)
