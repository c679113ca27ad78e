"""Dates written as a file writes them, so that what comes after its last row reads like its rows."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from automl_assist.profile._dates import COMPACT, COMPACT_TIME, EPOCH, ISO, QUARTER, WEEK, WORDED
from automl_assist.schema import Column

DAY = 86_400.0
MONTH = re.compile(r"\d{4}-\d{2}")
TIMED = re.compile(r"\d(?P<mark>[T ])\d{1,2}(:\d{2}(?P<seconds>:\d{2})?)?([.,]\d+)?\s?(?P<zone>Z|UTC|[+-]\d{2}(:?\d{2})?)?$")


def iso_form(text: str) -> str:
    """Return how a text of ISO 8601 is written, as a form of ``strftime``; times with a zone are written in UTC, as they are read."""
    if MONTH.fullmatch(text):
        return "%Y-%m"
    found = TIMED.search(text)
    if found is None:
        return "%Y-%m-%d"
    return f"%Y-%m-%d{found['mark']}%H:%M" + (":%S" if found["seconds"] or found["zone"] else "") + ("+00:00" if found["zone"] else "")


def written_dates(stamps: np.ndarray, column: Column, iso: str = "") -> np.ndarray:
    """Return stamps in the form of a column, of shape (n,): text, or numbers where the column holds numbers.

    What cannot be written in that form stands as an ISO date, with its time of day where one has any, or in the form `iso` if it is given.

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
    if form == ISO and iso:
        return np.array(dates.strftime(iso), dtype=object)
    if form == ISO or form.startswith(WORDED):
        return np.array(dates.strftime("%Y-%m-%d" if not (stamps % DAY).any() else "%Y-%m-%d %H:%M:%S"), dtype=object)
    return np.array(dates.strftime(form), dtype=object)
