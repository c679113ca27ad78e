"""The answer in words, and the named checks behind it: each has a fixed rule, a state and a fix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from automl_assist.rules.metric import RARE_SHARE

WEAK_SHARE = 0.10  # of the way from the baseline to the best possible value: less is hard to tell from nothing in use
CALIBRATION_GAP = 0.05  # mean gap between predicted and observed shares
COVERAGE_SES = 2.0  # standard errors that an interval's coverage may miss its promise by
FEW_TEST_ROWS = 50
COPIES = ("F401", "F402", "F702")  # findings of rows or pictures that stand more often than chance would have them
WORRIES = 3
NO_INTERVAL = "There were too few test rows, or too little time, for an interval of the difference."


def number(value: float | None) -> str:
    """Return a figure with three significant digits, or words for none."""
    if value is None:
        return "not known"
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"


def span(ci: Sequence[float] | None) -> str:
    """Return an interval in words, or nothing."""
    return f" (95 % interval {number(ci[0])} to {number(ci[1])})" if ci else ""


def share_of_the_way(metric: Mapping[str, Any]) -> float | None:
    """Return how far from the baseline (0) to the best possible value (1) the model has come."""
    value, baseline, optimum = metric["value"], metric["baseline"], metric["optimum"]
    if value is None or baseline is None or baseline == optimum:
        return None
    return (value - baseline) / (optimum - baseline)


def verdict(
    metric: Mapping[str, Any],
    gains: Mapping[str, Any],
    checks: Sequence[Mapping[str, Any]],
    test_rows: int,
    next_command: str,
    *,
    guesses: bool = False,
) -> dict[str, Any]:
    """Return state, sentence, the biggest worries and the next command.

    Parameters
    ----------
    metric : mapping
        The headline figure with ``value``, ``ci95``, ``baseline``, ``linear``, ``optimum``.
    gains : mapping
        95 % intervals of how much better the model is than ``baseline`` and ``linear``.
    guesses : bool
        Whether the model is the baseline itself, since no other could be fitted.
    """
    gain, way = gains.get("baseline"), share_of_the_way(metric)
    if guesses:
        state, opening = "none", "This is guessing: no model could be fitted."
    elif gain is None and way is not None and way > 0:
        state, opening = "weak", "Better than guessing on the test rows; how sure that is could not be told."
    elif metric["value"] is None or gain is None or gain[0] <= 0:
        state, opening = "none", "No better than guessing, as far as this test can tell."
    elif way is not None and way < WEAK_SHARE:
        state, opening = "weak", "Better than guessing, but only a little."
    else:
        state, opening = "good", "Clearly better than guessing."
    against = f"guessing gives {number(metric['baseline'])}"
    if metric.get("linear") is not None:
        against += f", a linear model {number(metric['linear'])}"
    value = f"{number(metric['value'])}{span(metric['ci95'])}"
    sentence = f"{opening} {metric['title']} is {value} on {test_rows:,} rows it had never seen; {against}."
    worries = [c["message"] for state_ in ("fail", "warn") for c in checks if c["state"] == state_][:WORRIES]
    return {"state": state, "sentence": sentence, "worries": worries, "next": next_command}


def _check(id: str, title: str, state: str, message: str, fix: str = "") -> dict[str, Any]:
    return {"id": id, "title": title, "state": state, "message": message, "fix": fix}


def named_checks(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every check with its state ``pass``, ``warn``, ``fail`` or ``not_checked``.

    Parameters
    ----------
    facts : mapping
        ``metric``, ``gains``, ``test_rows``, ``repeated``, ``findings``, ``charts``, ``classes``, ``failures``, ``complete``, ``doubt``.
    """
    checks = [_beats_baseline(facts), _beats_linear(facts), _unseen(facts), _enough_rows(facts), _no_leak(facts), _all_folds(facts)]
    if facts["classes"]:
        checks += [_balance(facts), _calibrated(facts)]
    else:
        checks.append(_coverage(facts))
    return [*checks, _fits(facts)]


def _beats_baseline(facts: Mapping[str, Any]) -> dict[str, Any]:
    gain, title = facts["gains"].get("baseline"), "Beats the baseline"
    if gain is None:
        return _check("beats_baseline", title, "not_checked", NO_INTERVAL, "more rows or time")
    if gain[0] > 0:
        return _check("beats_baseline", title, "pass", f"It is better than guessing by {number(gain[0])} to {number(gain[1])}.")
    return _check(
        "beats_baseline",
        title,
        "fail",
        "The difference from guessing may be chance.",
        "more rows, or columns that say more about the target",
    )


def _beats_linear(facts: Mapping[str, Any]) -> dict[str, Any]:
    gain, title = facts["gains"].get("linear"), "Not worse than a linear model"
    if "linear" not in facts["gains"]:
        return _check("beats_linear", title, "not_checked", "No linear model was fitted.")
    if gain is None:
        return _check("beats_linear", title, "not_checked", NO_INTERVAL, "more rows or time")
    if gain[0] > 0:
        return _check("beats_linear", title, "pass", f"It is better than a linear model by {number(gain[0])} to {number(gain[1])}.")
    if gain[1] >= 0:
        return _check(
            "beats_linear",
            title,
            "pass",
            "It cannot be told from a linear model: consider that one, which is easier to explain.",
            "--family linear",
        )
    return _check("beats_linear", title, "warn", "A linear model is better on the test part.", "--family linear, or a longer --time-budget")


def _unseen(facts: Mapping[str, Any]) -> dict[str, Any]:
    (equal, alike), rows, title = facts["repeated"], facts["test_rows"], "Test rows are unseen"
    if not equal + alike:
        return _check("test_unseen", title, "pass", "No test row stands among the rows that were learned from.")
    if not alike and not any(f["code"] in COPIES for f in facts["findings"]):
        message = (
            f"{equal:,} of {rows:,} test rows equal one that was learned from, no more than chance makes where so few rows are possible."
        )
        return _check("test_unseen", title, "pass", message)
    pictures = f", {alike:,} of them with a picture that only looks the same" if alike else ""
    message = f"{equal + alike:,} of {rows:,} test rows stand among the rows that were learned from, target included{pictures}; "
    fix = "remove the copies" if alike else "remove duplicate rows, or keep them together with --group COL"
    return _check("test_unseen", title, "warn", f"{message}the score may be too good.", fix)


def _enough_rows(facts: Mapping[str, Any]) -> dict[str, Any]:
    rows, title = facts["test_rows"], "Enough rows to test on"
    if rows >= FEW_TEST_ROWS:
        return _check("enough_rows", title, "pass", f"{rows:,} rows were locked away for the test.")
    known = facts["metric"]["ci95"] is not None
    advice = "read the interval, not the figure." if known else "the figure may be chance."
    return _check("enough_rows", title, "warn", f"Only {rows:,} rows could be kept for the test: {advice}", "more rows")


def _no_leak(facts: Mapping[str, Any]) -> dict[str, Any]:
    suspects = [f for f in facts["findings"] if f["code"].startswith("F2") and f["columns"]]
    title = "No leak suspected"
    if not suspects:
        return _check("no_leak", title, "pass", "No column gives the target away by itself.")
    columns = ", ".join(sorted({repr(name) for f in suspects for name in f["columns"]})[:5])
    return _check(
        "no_leak",
        title,
        "warn",
        f"These columns give the target away or nearly: {columns}.",
        "leave them out unless they are known beforehand",
    )


def _all_folds(facts: Mapping[str, Any]) -> dict[str, Any]:
    title = "Every fold was used"
    if facts["complete"]:
        return _check("all_folds", title, "pass", "Every row was predicted once by models that had not seen it.")
    return _check(
        "all_folds", title, "warn", "Time allowed one fold only: the choice of models rests on fewer rows.", "a longer --time-budget"
    )


def _balance(facts: Mapping[str, Any]) -> dict[str, Any]:
    title, name = "Class balance is handled", facts["metric"]["name"]
    total = sum(count for _, count in facts["classes"])
    share = min(count for _, count in facts["classes"]) / total if total else 1.0
    if name == "accuracy" and share < RARE_SHARE:
        return _check(
            "balance", title, "warn", f"The rarest class has {share:.1%} of the rows, and accuracy hides it.", "--metric average_precision"
        )
    return _check(
        "balance", title, "pass", f"The rarest class has {share:.1%} of the rows, and {facts['metric']['title']} does not hide it."
    )


def _calibrated(facts: Mapping[str, Any]) -> dict[str, Any]:
    calibration, title = facts["charts"].get("calibration"), "Probabilities can be believed"
    if calibration is None:
        words = "There are fewer than 100 test rows."
        if facts["doubt"]:
            surest = 1 - facts["doubt"] * (1 - 1 / len(facts["classes"]))
            words += f" So few rows were held out for the ensemble that no probability is given as more than {surest:.1%}."
        return _check("calibrated", title, "not_checked", words, "more rows")
    if calibration["error"] <= CALIBRATION_GAP:
        return _check("calibrated", title, "pass", f"Predicted and observed shares differ by {calibration['error']:.1%} on average.")
    message = f"Predicted and observed shares differ by {calibration['error']:.1%} on average: take probabilities as an order."
    return _check("calibrated", title, "warn", message, "more rows, or a longer --time-budget")


def _coverage(facts: Mapping[str, Any]) -> dict[str, Any]:
    coverage, title = facts["charts"].get("interval_coverage"), "Intervals hold what they promise"
    if coverage is None:
        return _check("coverage", title, "not_checked", "No intervals were made.")
    promised, seen, rows = coverage["promised"], coverage["observed"], coverage["rows"]
    room = COVERAGE_SES * (promised * (1 - promised) / max(rows, 1)) ** 0.5
    words = f"{seen:.0%} of the test rows lie inside their {promised:.0%} interval."
    if abs(seen - promised) <= room:
        return _check("coverage", title, "pass", words)
    return _check("coverage", title, "warn", words, "more rows")


def _fits(facts: Mapping[str, Any]) -> dict[str, Any]:
    failures, title = facts["failures"], "Every fit went through"
    if not failures:
        return _check("fits", title, "pass", "No candidate failed.")
    return _check("fits", title, "warn", f"{len(failures)} candidates failed; the first: {failures[0]['error']}", "see the search log")
