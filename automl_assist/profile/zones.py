"""Zones of time: which one stamps with offsets were written in, and its clock.

Stamps are instants, seconds since 1970 in UTC. Days, weeks and months begin by the clock of a place; where its offset changes with summer
time, the next day is 23 or 25 hours away.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

OFFSET = re.compile(r"[T ]\d{1,2}(:\d{2}(:\d{2}([.,]\d+)?)?)?(?P<offset>\s?(Z|UTC|[+-]\d{2}(:?\d{2})?))$")
UTC = "UTC"
# One of each set of places that have shared their offsets since 2010; the first that gives all offsets of a column is taken for its own.
ZONES = (
    "Europe/Berlin", "Europe/London", "Europe/Athens", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
    "Australia/Sydney", "Australia/Adelaide", "Pacific/Auckland", "America/Halifax", "America/St_Johns", "America/Anchorage",
    "America/Santiago", "America/Sao_Paulo", "America/Asuncion", "America/Havana", "America/Mexico_City", "Asia/Jerusalem", "Asia/Tehran",
    "Asia/Amman", "Asia/Beirut", "Europe/Istanbul", "Europe/Moscow", "Africa/Cairo", "Africa/Casablanca", "Atlantic/Azores",
)  # fmt: skip
MOST_LOOKED_AT = 400  # stamps on which zones are tried


def zone_of(texts: Iterable[str], stamps: np.ndarray) -> str:
    """Return the zone of dated texts: empty where none names an offset, an offset such as ``+01:00``, or a place.

    Parameters
    ----------
    texts : iterable of str
    stamps : ndarray of shape (n,)
        The instant that each text means.
    """
    found = [OFFSET.search(text) for text in texts]
    seen = [(minutes(m["offset"]), stamp) for m, stamp in zip(found, stamps, strict=True) if m and np.isfinite(stamp)]
    if not seen:
        return ""
    offsets, instants = (np.array(part, float) for part in zip(*seen, strict=True))
    if len(np.unique(offsets)) == 1:
        return _named(int(offsets[0]))
    order = np.argsort(instants)
    chosen = order[np.unique(np.linspace(0, len(order) - 1, MOST_LOOKED_AT).astype(int))]
    for name in ZONES:
        if is_zone(name) and (offsets_at(instants[chosen], name) == 60 * offsets[chosen]).all():
            return name
    return _named(int(offsets[order[-1]]))


def minutes(offset: str) -> int:
    """Return an offset as it is written, such as ``Z`` or ``-0530``, in minutes."""
    offset = offset.strip()
    if offset in ("Z", UTC):
        return 0
    digits = offset[1:].replace(":", "").ljust(4, "0")
    size = 60 * int(digits[:2]) + int(digits[2:])
    return -size if offset[0] == "-" else size


def _named(offset: int) -> str:
    return f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02d}:{abs(offset) % 60:02d}" if offset else UTC


def is_zone(name: str) -> bool:
    """Whether this machine knows a zone."""
    try:
        _zone(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


@lru_cache(maxsize=64)
def _zone(name: str) -> datetime.tzinfo:
    if name == UTC or name[:1] in "+-":
        return datetime.timezone(datetime.timedelta(minutes=minutes(name)))
    return ZoneInfo(name)


def _moments(stamps: np.ndarray) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(np.rint(np.asarray(stamps, float) * 1e3).astype("int64").astype("datetime64[ms]"))


def _seconds(moments: pd.DatetimeIndex) -> np.ndarray:
    return moments.to_numpy().astype("datetime64[ms]").astype(np.int64) / 1e3


def offsets_at(stamps: np.ndarray, zone: str) -> np.ndarray:
    """Return by how many seconds the clock of a zone is ahead of UTC at each instant, of shape (n,)."""
    return on_clock(stamps, zone) - np.asarray(stamps, float) if zone else np.zeros(len(stamps))


def on_clock(stamps: np.ndarray, zone: str) -> np.ndarray:
    """Return what the clock of a zone shows at each instant, as if it were UTC; NaN stays."""
    if not zone:
        return stamps
    known = np.isfinite(stamps)
    out = np.full(len(stamps), np.nan)
    out[known] = _seconds(_moments(stamps[known]).tz_localize("UTC").tz_convert(_zone(zone)).tz_localize(None))
    return out


def off_clock(shown: np.ndarray, zone: str) -> np.ndarray:
    """Return the instant at which the clock of a zone shows each time: the first of two, and the next where it shows none."""
    if not zone:
        return shown
    moments = _moments(shown)
    first = np.ones(len(moments), bool)
    return _seconds(moments.tz_localize(_zone(zone), ambiguous=first, nonexistent="shift_forward").tz_convert("UTC").tz_localize(None))
