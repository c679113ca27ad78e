"""Forecasts: what is learned from, which forecasters compete with which settings, how they are combined, and their intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from automl_assist.rules._portfolios import forecaster_settings
from automl_assist.rules._rule import ORDINARY, SPECIAL, Choice, Decided, Rule
from automl_assist.rules.families import NETWORK_START_S, families_of, installed, needed
from automl_assist.rules.forecast import M4, steps_of
from automl_assist.schema import Facts, Rejected

LOCAL_STEPS = 2_500  # that models of single series look back, as AutoGluon does
STRAYS = 0.01  # of the rows at either end: years are mistyped in a few of them, and what is more is a pause of the series
ROWS = 200_000  # that models across series learn from
ROWS_A_SECOND = 400
SHORT_SERIES = 40  # steps beyond two horizons, times series: fewer origins are no ground for what learns across series
LEARNED = ("linear", "boosting")
NETWORK_ORIGINS = 1_500  # to learn from
MEMBERS = 8
# Set by looking at a dozen series; they have not been tuned.
TREES = {
    "rounds": 1_500, "patience": 60, "learning_rate": 0.05, "leaves": 31, "least_rows": 20, "few_rows": 1_000, "least_rows_of_few": 5,
    "column_share": 0.7, "row_share": 0.8, "l2": 1.0,
}  # fmt: skip
NETWORK = {
    "examples": 12_000, "longest_read": 64, "hidden": 128, "features": 32, "epochs": 60, "batch_size": 128, "learning_rate": 0.02,
    "weight_decay": 0.02, "dropout": 0.1, "patience": 10,
}  # fmt: skip
# Set on four windows of training of each of nine sets; with half of the weights by greedy selection the error fell by 3 % (geometric mean).
WEIGHING = {"of_a_kind": 3, "far": 1.5, "sharpness": 2.0, "greedy": 0.5, "steps": 8}
COVERAGE = 0.9


def _history(facts: Facts, _: Decided) -> Iterator[Choice]:
    if steps := steps_of(facts):
        rows = int(min(ROWS, max(20_000, ROWS_A_SECOND * facts.options.budget_s)))
        yield Choice(
            {"local": LOCAL_STEPS, "rows": rows, "strays": STRAYS},
            f"models of single series look back {LOCAL_STEPS:,} steps, those across series learn from up to {rows:,} rows in "
            f"{facts.options.budget_s:.0f} s; up to {STRAYS:.0%} of the rows at either end are left out where they stand further from "
            "all others than those from one another",
            {"longest": steps["longest"], "budget_s": facts.options.budget_s},
            (Rejected("everything", "what is long past says little about what comes, and costs the time of other candidates"),),
            f"from {ROWS / ROWS_A_SECOND:.0f} s it would be {ROWS:,} rows; you give {facts.options.budget_s:.0f} s",
        )


def _origins(steps: Mapping[str, Any], horizon: int) -> int:
    """Return from how many moments, over all series, a forecaster can learn."""
    return int(max(0, steps["usual"] - 2 * horizon) * steps["n_series"])


def _trees(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if not (steps := steps_of(facts)):
        return
    origins = _origins(steps, decided["forecast.horizon"])
    yield Choice(
        dict(TREES),
        f"up to {TREES['rounds']:,} trees of {TREES['leaves']} leaves, stopped on the latest moments; a leaf has {TREES['least_rows']} "
        f"rows, or {TREES['least_rows_of_few']} where up to {TREES['few_rows']:,} are learned from: there are {origins:,} moments",
        {"origins": origins},
        (Rejected("a search", "with so few backtests it finds what fits them by chance"),),
        f"no fact of the series does; fewer leaves in plan.yaml where {origins:,} moments say little more than their season",
    )


def _network(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if not (steps := steps_of(facts)):
        return
    origins = _origins(steps, decided["forecast.horizon"])
    learned = min(origins, NETWORK["examples"])
    yield Choice(
        dict(NETWORK),
        f"{NETWORK['hidden']} units read the recent window, {NETWORK['features']} the calendar; {learned:,} of {origins:,} moments are "
        f"learned from, so that {NETWORK['epochs']} epochs stay a matter of seconds",
        {"origins": origins},
        (
            Rejected("every moment", "neighbouring ones say nearly the same"),
            Rejected("a wide search", "with so few backtests it finds luck"),
        ),
        f"more `examples` in plan.yaml where there is time; above {NETWORK['examples']:,} moments they are drawn; there are {origins:,}",
    )


def _learners(facts: Facts, decided: Decided) -> Iterator[Choice]:
    """Choose among forecasters by what the series allow; the general rules answer budgets too short for a network."""
    if not (steps := steps_of(facts)):
        return
    classic, neural = families_of(facts)
    horizon = decided["forecast.horizon"]
    origins = _origins(steps, horizon)
    hurried = facts.options.trials is None and facts.options.budget_s < NETWORK_START_S * 2
    out = {name: f"{origins:,} moments to learn from are too few" for name in LEARNED if origins < SHORT_SERIES}
    out |= {name: f"{origins:,} moments to learn from are too few for a network" for name in neural if origins < NETWORK_ORIGINS}
    out |= {name: f"{facts.options.budget_s:.0f} s do not reach it" for name in neural if hurried and name not in out}
    wanted = [name for name in (*classic, *neural) if name not in out]
    there = installed(facts, tuple(wanted))
    yield Choice(
        list(there),
        "no forecaster wins on all series: those of each series by itself and those across series compete on the backtests",
        {"series": steps["n_series"], "usual_length": steps["usual"], "origins": origins, "budget_s": facts.options.budget_s},
        (
            *(Rejected(name, why) for name, why in out.items()),
            *(Rejected(name, f"{' and '.join(needed(name, facts))} cannot be imported") for name in wanted if name not in there),
        ),
        f"from {SHORT_SERIES} regression and trees are tried, from {NETWORK_ORIGINS:,} and {NETWORK_START_S * 2:.0f} s networks; there "
        f"are {origins:,}",
    )


def _listed(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if not steps_of(facts):
        return
    transforms = decided["forecast.transforms"] or ["none"]
    chosen = {name: settings for name in decided["families"] if (settings := forecaster_settings(name, transforms))}
    if chosen:
        listed = sum(len(settings) for settings in chosen.values())
        yield Choice(
            chosen,
            f"{listed} settings of {len(chosen)} kinds, on the values and on their logarithms where there are any",
            {"families": len(chosen), "transforms": len(transforms)},
            (Rejected("a wide search", "with so few backtests it finds what fits them by chance"),),
            f"fewer than {listed} in plan.yaml leave some out",
        )


def _search(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if steps_of(facts) and facts.options.trials is None:
        yield Choice(
            {"order": "portfolio alone", "limit": "time"},
            f"the listed settings, until {facts.options.budget_s:.0f} s are used: backtests are too few to search on",
            {"budget_s": facts.options.budget_s},
            (Rejected("local search", "the best of many on few backtests is the luckiest"),),
            "--trials N limits by count, which can be repeated exactly",
        )


def _ensemble(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if not (steps := steps_of(facts)):
        return
    windows = decided["forecast.backtests"]["windows"]
    yield Choice(
        {"kind": "weighted", "members": MEMBERS, **WEIGHING},
        f"the {MEMBERS} best on {windows} backtests are averaged, the better the heavier and those that add to the others: an average of "
        "unlike ones errs less than the best of few backtests",
        {"windows": windows, "series": steps["n_series"]},
        (
            Rejected("best single", "which is best changes from backtest to backtest"),
            Rejected("all", "those far behind only add their errors"),
        ),
        f"kind: best single or median in plan.yaml; one that falls behind seasonal naive has no part. There are {windows} backtests",
    )


def _interval(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if steps := steps_of(facts):
        yield Choice(
            {"kind": "conformal residuals", "coverage": COVERAGE},
            f"the {COVERAGE:.0%} interval is as wide as nine in ten errors of the backtests, wider for steps further ahead",
            {"windows": decided["forecast.backtests"]["windows"], "series": steps["n_series"]},
            (Rejected("normal errors", "errors have heavier tails than the normal distribution, and models err beyond their noise"),),
            "--coverage at prediction time changes the share",
        )


HISTORY = Rule(
    "R857",
    "How much is learned from",
    "forecast.history",
    ORDINARY,
    _history,
    ("AutoGluon-TimeSeries 1.6",),
    when="a forecast is asked for",
)
LEARNERS = Rule(
    "R861",
    "Forecasters by how much there is to learn from",
    "families",
    SPECIAL + 61,
    _learners,
    ("Shchur et al. 2023, AutoGluon-TimeSeries",),
    when="a forecast is asked for",
)
LISTED_SETTINGS = Rule(
    "R862",
    "Proven settings of forecasters",
    "portfolio",
    SPECIAL + 61,
    _listed,
    ("Shchur et al. 2025, fev-bench",),
    when="a forecast is asked for",
)
SEARCH = Rule(
    "R863",
    "No search on few backtests",
    "search",
    SPECIAL + 61,
    _search,
    ("Tashman 2000",),
    when="a forecast is asked for without --trials",
)
COMBINED = Rule(
    "R864",
    "The best are averaged",
    "forecast.ensemble",
    ORDINARY,
    _ensemble,
    (M4, "Petropoulos and Svetunkov 2020"),
    when="a forecast is asked for",
)
INTERVAL = Rule(
    "R865",
    "Intervals from the errors of backtests",
    "interval",
    SPECIAL,
    _interval,
    ("Stankeviciute et al. 2021",),
    when="a forecast is asked for",
)
BOOSTED = Rule(
    "R866",
    "Boosted trees across series",
    "forecast.boosting",
    ORDINARY,
    _trees,
    ("Ke et al. 2017, LightGBM",),
    when="a forecast is asked for",
)
NEURAL_NETWORK = Rule(
    "R867",
    "Networks across series",
    "forecast.network",
    ORDINARY,
    _network,
    ("Shchur et al. 2023, AutoGluon-TimeSeries",),
    when="a forecast is asked for",
)
