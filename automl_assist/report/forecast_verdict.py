"""The answer about a forecast in words, and the named checks behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from automl_assist.report.verdict import COVERAGE_SES, WEAK_SHARE, WORRIES, number, span

FEW_BACKTESTS = 3
COVERAGE_ROOM = 0.05  # beside the sampling error: steps of one forecast err together


def _check(id: str, title: str, state: str, message: str, fix: str = "") -> dict[str, Any]:
    return {"id": id, "title": title, "state": state, "message": message, "fix": fix}


def forecast_verdict(facts: Mapping[str, Any], checks: Sequence[Mapping[str, Any]], next_command: str) -> dict[str, Any]:
    """Return state, sentence, the biggest worries and the next command.

    Parameters
    ----------
    facts : mapping
        ``metric`` (the headline figure), ``gain`` (95 % interval over the last season), ``naive`` (whether that is what was kept),
        ``alone`` (whether nothing else was tried),
        ``series``, ``horizon``.
    """
    metric, gain = facts["metric"], facts["gain"]
    value, base = metric["value"], metric["baseline"]
    better = value is not None and base is not None and value < base
    if facts["naive"] or (gain is not None and gain[1] <= 0):
        state, opening = "none", "No better than repeating the last season, as far as the backtests can tell."
        if facts["naive"]:
            opening = "Nothing beats repeating the last season here, so that is what the forecast does."
        if facts["alone"]:
            opening = "Nothing but repeating the last season was tried in the time there was."
    elif gain is not None and gain[0] > 0 and better and base and (base - value) / base >= WEAK_SHARE:
        state, opening = "good", "Clearly better than repeating the last season."
    else:
        state, opening = "weak", "Better than repeating the last season on the backtests, but not by much or not every time."
    of = f"of {facts['series']:,} series" if facts["series"] > 1 else "of the series"
    sentence = (
        f"{opening} {metric['title']} is {number(value)}{span(metric['ci95'])} on the last {facts['horizon']} steps {of}, which no choice "
        f"looked at; repeating the last season gives {number(base)}."
    )
    worries = [c["message"] for s in ("fail", "warn") for c in checks if c["state"] == s][:WORRIES]
    return {"state": state, "sentence": sentence, "worries": worries, "next": next_command}


def forecast_checks(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every check of a forecast with its state ``pass``, ``warn``, ``fail`` or ``not_checked``.

    Parameters
    ----------
    facts : mapping
        As for :func:`forecast_verdict`, with ``windows``, ``tested``, ``coverage``, ``failures``.
    """
    return [_beats(facts), _backtests(facts), _coverage(facts), _tested(facts), _fits(facts)]


def _beats(facts: Mapping[str, Any]) -> dict[str, Any]:
    title, gain = "Beats repeating the last season", facts["gain"]
    if facts["alone"]:
        return _check("beats_naive", title, "not_checked", "Nothing else was tried in the time there was.", "a longer --time-budget")
    if facts["naive"]:
        return _check(
            "beats_naive",
            title,
            "fail",
            "No forecaster beats repeating the last season on the backtests.",
            "more steps, or columns known ahead",
        )
    if gain is None:
        return _check(
            "beats_naive", title, "not_checked", "There are too few backtests for an interval of the difference.", "longer series"
        )
    if gain[0] > 0:
        return _check("beats_naive", title, "pass", f"Over all backtests it is better by {number(gain[0])} to {number(gain[1])}.")
    return _check("beats_naive", title, "warn", "The difference from repeating the last season may be chance.", "longer series")


def _backtests(facts: Mapping[str, Any]) -> dict[str, Any]:
    title = "Enough backtests"
    if facts["windows"] >= FEW_BACKTESTS or facts["series"] > 20:
        return _check("backtests", title, "pass", f"{facts['windows']} earlier moments were forecast to choose, and one more to test.")
    return _check(
        "backtests",
        title,
        "warn",
        f"Only {facts['windows']} earlier moments could be forecast to choose by.",
        "longer series, or a smaller --horizon",
    )


def _coverage(facts: Mapping[str, Any]) -> dict[str, Any]:
    coverage, title = facts["coverage"], "Intervals hold what they promise"
    if coverage is None:
        return _check("coverage", title, "not_checked", "No step of the test has a known value.")
    promised, seen = coverage["promised"], coverage["observed"]
    room = COVERAGE_ROOM + COVERAGE_SES * (promised * (1 - promised) / max(coverage["rows"], 1)) ** 0.5
    words = f"{seen:.0%} of the values of the test lie inside their {promised:.0%} interval."
    return _check(
        "coverage",
        title,
        "pass" if abs(seen - promised) <= room else "warn",
        words,
        "" if abs(seen - promised) <= room else "longer series",
    )


def _tested(facts: Mapping[str, Any]) -> dict[str, Any]:
    tested, series, title = facts["tested"], facts["series"], "Every series was tested"
    if tested >= series:
        return _check("tested", title, "pass", "The last steps of every series were forecast without having been seen.")
    return _check(
        "tested",
        title,
        "warn",
        f"{series - tested:,} of {series:,} series are too short to be tested.",
        "longer series, or a smaller --horizon",
    )


def _fits(facts: Mapping[str, Any]) -> dict[str, Any]:
    failures, title = facts["failures"], "Every fit went through"
    if not failures:
        return _check("fits", title, "pass", "No forecaster failed.")
    return _check(
        "fits", title, "warn", f"{len(failures)} forecasters failed; the first: {failures[0]['error']}", "more time, or longer series"
    )
