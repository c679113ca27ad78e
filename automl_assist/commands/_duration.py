"""Durations as people write them: 45s, 10m, 1h30m, or a number of seconds."""

from __future__ import annotations

import re

from automl_assist.errors import AssistError

UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
PARTS = re.compile(r"(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?:in)?)?(?:(\d+(?:\.\d+)?)s)?")
LONGEST_S = 30 * 86_400.0
EXAMPLES = "give a time such as 45s, 10m, 1h30m, or a number of seconds"


def parse(text: str, option: str = "--time-budget") -> float:
    """Return the seconds that `text` means.

    Raises
    ------
    AssistError
        E0410 when it is no duration, not above zero, or longer than thirty days.
    """
    word = re.sub(r"\s+", "", text.lower())
    if re.fullmatch(r"\d+(\.\d+)?", word):
        seconds = float(word)
    else:
        match = PARTS.fullmatch(word)
        if not word or match is None:
            raise AssistError("E0410", f"{option} {text!r} is not a length of time", help=EXAMPLES)
        seconds = sum(float(amount) * unit for amount, unit in zip(match.groups(), UNITS.values(), strict=True) if amount)
    if not 0 < seconds <= LONGEST_S:
        raise AssistError("E0410", f"{option} {text!r} is not between 0 and 30 days", help=EXAMPLES)
    return seconds


def clock(seconds: float) -> str:
    """Return seconds as people read a clock: ``4:12`` or ``1:02:03``."""
    whole = max(0, int(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def brief(seconds: float) -> str:
    """Return seconds in the form that --time-budget takes."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.3g}s"
    parts = [
        f"{whole // 3600}h" if whole >= 3600 else "",
        f"{whole // 60 % 60}m" if whole // 60 % 60 else "",
        f"{whole % 60}s" if whole % 60 else "",
    ]
    return "".join(parts)
