"""Forecasts: the step, how far ahead, seasons, gaps, what is known ahead, transforms and backtests; `forecasters` says what competes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from automl_assist.rules._rule import ASKED, FORCED, ORDINARY, Choice, Decided, Rule
from automl_assist.schema import Facts, Rejected

# Steps ahead where nothing was said: those of the M4 competition (Makridakis et al. 2020), a year for months and a day for hours.
USUAL_HORIZON = {"second": 60, "minute": 60, "hour": 24, "day": 14, "working day": 10, "week": 13, "step": 12}
MONTHS_AHEAD = {1: 12, 3: 8, 12: 6}
DAY_OF_MINUTES = 96  # steps of a day, up to which a day is forecast
HORIZON_SHARE = 5  # at most one step ahead for so many known ones
SEEN = 0.05  # of the variance that a season explains, to be one
HIDDEN = 0.1  # of what shorter seasons leave unexplained, for one that they hide
PLAIN = 0.3  # from here on a long season is one even where repeating it errs more than repeating the last value
LONG = 60
BESIDE = 0.03  # that a longer season explains beyond the shorter ones, to stand beside them
LEVEL = 0.99  # of the error of the shorter season, that a longer one has to reach to be the main one
NO_SEASON = 1
WINDOWS = ((20, 5), (100, 3))  # backtests by number of series, as AutoGluon counts them; beyond, two
FEWEST_WINDOWS = 2
LEAST_STEPS, LEAST_SEASONS = 10, 2  # left to learn from before the first backtest
INTERMITTENT = 0.3  # of the steps without a row, beside which zeros stand: nothing sold is not written down
COVARIATES = ("number", "integer", "boolean", "category")
M4, FPP = "Makridakis et al. 2020, the M4 competition", "Hyndman and Athanasopoulos 2021, Forecasting: Principles and Practice"


def steps_of(facts: Facts) -> Mapping[str, Any]:
    """Return the facts of the series; empty where nothing is to be forecast."""
    return facts.profile.layout.get("steps") or {} if facts.profile.modality.name == "forecast" else {}


def _frequency(facts: Facts, _: Decided) -> Iterator[Choice]:
    if steps := steps_of(facts):
        even = facts.profile.layout.get("even", 1.0)
        yield Choice(
            {"unit": steps["unit"], "every": steps["every"]},
            f"{steps['frequency']}: {even:.0%} of the rows follow the one before at this distance; {steps['repeated']:,} rows "
            f"repeat a step and are averaged, {steps['gaps']:.1%} of the steps have none",
            {name: steps[name] for name in ("frequency", "gaps", "repeated")},
            (Rejected("the rows as they are", "gaps and repeats would shift every season"),),
            f"another unit or every in plan.yaml gathers rows into longer steps by their mean; most steps are {steps['frequency']}",
        )


def _horizon(facts: Facts, _: Decided) -> Iterator[Choice]:
    if not (steps := steps_of(facts)):
        return
    unit, every = steps["unit"], steps["every"]
    wanted = MONTHS_AHEAD.get(int(every), 6) if unit == "month" else USUAL_HORIZON[unit]
    if unit == "minute" and 1440 / every <= DAY_OF_MINUTES:
        wanted = max(1, round(1440 / every))
    most = max(1, steps["usual"] // HORIZON_SHARE)
    yield Choice(
        min(wanted, most),
        f"{steps['frequency']} series are usually carried on by {wanted} steps"
        + (f"; {steps['usual']:,} known ones are enough for {most}" if most < wanted else ""),
        {"frequency": steps["frequency"], "usual_length": steps["usual"]},
        (Rejected("further", "each step ahead is known less well, and takes known steps from the backtests"),),
        f"--horizon N says how far; below {wanted * HORIZON_SHARE} known steps it would be less, and there are {steps['usual']:,}",
    )


def _horizon_asked(facts: Facts, _: Decided) -> Iterator[Choice]:
    if steps_of(facts) and facts.options.horizon:
        yield Choice(
            facts.options.horizon,
            f"you asked for {facts.options.horizon} steps with --horizon",
            {"horizon": facts.options.horizon},
            flip="another --horizon; without it the frequency would decide",
        )


def _seasons(facts: Facts, _: Decided) -> Iterator[Choice]:
    if not (steps := steps_of(facts)):
        return
    seen = [s for s in steps["seasons"] if s["strength"] >= SEEN or s["beyond"] >= HIDDEN]
    main = None
    for season in seen:
        repeats = season["repeat"] is not None and season["repeat"] < 1
        if not (repeats or season["period"] <= LONG or season["strength"] >= PLAIN):
            continue
        if main is None or (season["repeat"] or 9.0) < LEVEL * (main["repeat"] or 9.0):
            main = season
    beside = [s["period"] for s in seen if main and s is not main and (s["beyond"] >= BESIDE or s["period"] < main["period"])]
    found = [main["period"], *beside] if main else [NO_SEASON]
    known = "; ".join(
        f"every {s['period']} steps {s['strength']:.0%}" + (f" ({s['beyond']:.0%} of the rest)" if s["beyond"] > s["strength"] else "")
        for s in steps["seasons"]
    )
    yield Choice(
        found,
        f"what comes back explains of the variance around the trend: {known}" + ("" if main else ", too little to be a season")
        if steps["seasons"]
        else "no period of the calendar, and no peak of the autocorrelation, fits twice into the series",
        {f"every_{s['period']}": s["strength"] for s in steps["seasons"]} | {"frequency": steps["frequency"]},
        tuple(
            Rejected(str(s["period"]), f"it explains {s['strength']:.1%}, and {s['beyond']:.1%} of what shorter ones leave")
            for s in steps["seasons"]
            if s["period"] not in found
        ),
        f"a season that explains {SEEN:.0%} would be taken; the first of the list is the one that the seasonal naive forecast repeats",
    )


def _gaps(facts: Facts, _: Decided) -> Iterator[Choice]:
    if not (steps := steps_of(facts)):
        return
    counts = steps["whole"] and not steps["negative"]
    zero = counts and steps["gaps"] >= INTERMITTENT and steps["zeros"] == 0
    yield Choice(
        "zero" if zero else "season",
        f"{steps['gaps']:.0%} of the steps have no row and no row is zero: what did not happen was not written down"
        if zero
        else f"{steps['gaps']:.1%} of the steps are empty: short gaps are bridged by a line, longer ones repeat the season before",
        {"gaps": steps["gaps"], "zeros": steps["zeros"], "whole": steps["whole"]},
        (
            Rejected(
                "season" if zero else "zero", "an empty step means nothing happened" if zero else "an empty step is not known to be nothing"
            ),
        ),
        f"whole numbers without a zero and {INTERMITTENT:.0%} of the steps empty would be filled with zeros up to the last row of all; "
        f"here {steps['gaps']:.1%} are. Such zeros are scored, and nothing else that was filled in",
    )


def _transforms(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if steps := steps_of(facts):
        positive = steps["positive"] and decided["forecast.gaps"] != "zero"
        found = ["none", "log"] if positive else ["none"]
        yield Choice(
            found,
            "all values are above zero: forecasters are tried on them and on their logarithms, in which what grows in per cent is a line"
            if positive
            else "values of zero or below have no logarithm",
            {"positive": positive},
            (Rejected("one of them by a test", "the backtests tell at the cost of some seconds"),) if positive else (),
            "one value at or below zero would leave logarithms out" if positive else "values above zero alone would bring in logarithms",
        )


def _backtests(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if not (steps := steps_of(facts)):
        return
    usual, horizon, season = steps["usual"], decided["forecast.horizon"], decided["forecast.seasons"][0]
    least = max(LEAST_STEPS, horizon, LEAST_SEASONS * season + 1 if (LEAST_SEASONS + 2) * season < usual else 0)
    wanted = next((w for most, w in WINDOWS if steps["n_series"] < most), FEWEST_WINDOWS)
    room = (usual - least) // horizon - 1
    windows, stride = min(wanted, room), horizon
    if windows < FEWEST_WINDOWS:
        windows = FEWEST_WINDOWS
        stride = max(1, min(horizon, (usual - horizon - max(LEAST_STEPS // 2, 4)) // (windows + 1)))
    yield Choice(
        {"windows": windows, "stride": stride},
        f"{windows} backtests of {horizon} steps choose, each {stride} steps before the next, the last {horizon} are kept for the test: "
        f"the usual series has {usual:,} steps, and {least:,} stay to learn from"
        if windows == wanted and stride == horizon
        else f"the usual series has {usual:,} steps: it allows {windows} backtests of {horizon} steps, {stride} apart, and the test",
        {"usual_length": usual, "horizon": horizon, "season": season, "series": steps["n_series"]},
        (Rejected("drawn rows", "a forecaster would have seen the future of what it is tested on"),),
        f"from {WINDOWS[0][0]} series it would be {WINDOWS[1][1]}, from {WINDOWS[1][0]} {FEWEST_WINDOWS}; you have {steps['n_series']:,}",
    )


def _known_ahead(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if not (steps := steps_of(facts)):
        return
    ahead = set(steps["ahead"])
    for column in facts.profile.features:
        if not decided["columns"].get(column.name, {}).get("use"):
            continue
        known = column.name in ahead
        yield Choice(
            {"known": known},
            f"it is filled in {steps['beyond']:,} rows after the last target: it is known ahead"
            if known
            else "nothing says that it is known before the target is, so a forecast sees it up to the last known step alone",
            {"rows_beyond": steps["beyond"]},
            (
                Rejected(
                    "known ahead" if not known else "known up to now",
                    "a forecast would need what nobody has yet" if not known else "what is known is used",
                ),
            ),
            "rows beyond the last target that hold it would say that it is known ahead; or set 'known' in plan.yaml",
            column.name,
        )


def _placing(facts: Facts, _: Decided) -> Iterator[Choice]:
    if not steps_of(facts):
        return
    layout = facts.profile.layout
    for column in facts.profile.features:
        placing = column.name in (*layout["time"], *layout["series"])
        if placing or column.kind not in COVARIATES:
            yield Choice(
                {"use": False, "kind": column.kind},
                "it says when a row is from or of which series; the calendar is learned from instead"
                if placing
                else f"a column of kind {column.kind} beside a series is not read",
                {"kind": column.kind},
                (
                    Rejected(
                        "keep", "every new step would have a value never seen" if placing else "forecasters read numbers and categories"
                    ),
                ),
                f"--kind {column.name}=number if it is an amount",
                column.name,
            )


FREQUENCY = Rule("R851", "The step that most rows have", "forecast.frequency", ORDINARY, _frequency, (FPP,), when="a forecast is asked for")
HORIZON = Rule("R852", "As far ahead as is usual", "forecast.horizon", ORDINARY, _horizon, (M4,), when="a forecast is asked for")
HORIZON_ASKED = Rule(
    "R853",
    "As far ahead as was asked for",
    "forecast.horizon",
    ASKED,
    _horizon_asked,
    ("the contract, section 1: --horizon",),
    when="--horizon is given",
)
SEASONS = Rule("R854", "Seasons that explain something", "forecast.seasons", ORDINARY, _seasons, (FPP,), when="a forecast is asked for")
GAPS = Rule(
    "R855",
    "What stands in empty steps",
    "forecast.gaps",
    ORDINARY,
    _gaps,
    ("Moritz and Bartz-Beielstein 2017",),
    when="a forecast is asked for",
)
TRANSFORMS = Rule(
    "R856", "Logarithms of what is above zero", "forecast.transforms", ORDINARY, _transforms, (FPP,), when="a forecast is asked for"
)
BACKTESTS = Rule(
    "R858",
    "Backtests from rolling origins",
    "forecast.backtests",
    ORDINARY,
    _backtests,
    ("Tashman 2000", "AutoGluon-TimeSeries 1.6"),
    when="a forecast is asked for",
)
KNOWN_AHEAD = Rule("R859", "What is known ahead", "columns.future", ORDINARY, _known_ahead, (FPP,), when="columns stand beside a series")
PLACING = Rule("R860", "Time and series place a row", "columns", FORCED + 5, _placing, (FPP,), when="a forecast is asked for")
