"""How the time is spent: proven settings, ranges, shares of the budget, limits of the model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from automl_assist.rules._portfolios import PROVEN, proven_settings
from automl_assist.rules._rule import ASKED, ORDINARY, Choice, Decided, Rule
from automl_assist.schema import Facts, Rejected

SEARCH_FROM = 20  # trials: below some twenty a good list beats any search
# Set by looking at runs of a minute on small tables; they have not been tuned.
SHARES: dict[str, Any] = {
    "first_fold": 0.25, "family": 0.33, "tries": 3, "cheap": 0.15, "behind": 0.3, "near": 0.02, "chance": 3.0, "near_chance": 0.25,
    "start_with": 0.6, "margin": 1.15,
    "completed": ["baseline", "linear", "text_linear", "image_gradients"],  # what every other candidate is compared with
}  # fmt: skip
# Steps in the unit cube of the space. Set by looking at runs too; a family of fewer finished trials takes the first step that is drawn.
LOCAL = {
    "families": 2,
    "changed": 0.5,
    "step": 0.15,
    "modelled_from": 8,
    "drawn": 24,
    "boldness": 1.0,
    "reach": 0.1,
    "noise": 0.1,
    "first": 0.6,
}
TABREPO = "Salinas and Erickson 2024, TabRepo"


def _listed(decided: Decided) -> int:
    return sum(len(settings) for settings in decided.get("portfolio", {}).values())


def _search(facts: Facts, decided: Decided) -> Iterator[Choice]:
    yield Choice(
        {"order": "portfolio, then local search", "limit": "time"},
        f"a list of proven settings first, then small steps around the best towards where good trials lie close together, until "
        f"{facts.options.budget_s:.0f} s are used",
        {"budget_s": facts.options.budget_s, "listed": _listed(decided)},
        (
            Rejected("Bayesian search over everything", f"below some {SEARCH_FROM} trials a good list beats any search"),
            Rejected("a grid", "most of its time goes into settings that differ in what does not matter"),
        ),
        "--trials N limits by count, which can be repeated exactly",
    )


def _local(facts: Facts, decided: Decided) -> Iterator[Choice]:
    yield Choice(
        dict(LOCAL),
        f"after the list a step leads from a good trial, with a chance of {LOCAL['first']:.0%} the best, of one of the "
        f"{LOCAL['families']} best kinds of model: "
        f"{LOCAL['changed']:.0%} of its values move by about {LOCAL['step']:g} of their range; from {LOCAL['modelled_from']} trials of a "
        f"kind on, of {LOCAL['drawn']} steps the one is tried of which a Gaussian process over these trials hopes most",
        {"budget_s": facts.options.budget_s},
        (Rejected("draws from the whole space", "most of them are worse than what the list found"),),
        f"it only matters beyond the {_listed(decided)} proven settings; a larger `step` or `families` looks further away",
    )


def _trials(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if facts.options.trials is not None:
        yield Choice(
            {"order": "portfolio, then local search", "limit": "trials", "trials": facts.options.trials},
            f"you asked for {facts.options.trials} trials with --trials; the budget of {facts.options.budget_s:.0f} s still holds",
            {"trials": facts.options.trials, "listed": _listed(decided)},
            (Rejected("until the time is used", "another machine would get further, and to another model"),),
            f"the {_listed(decided)} proven settings come first; further trials are searched. You asked for {facts.options.trials}",
        )


def _portfolio(facts: Facts, decided: Decided) -> Iterator[Choice]:
    rate = decided.get("network.optimizer", {}).get("learning_rate")
    chosen = {
        name: proven_settings(name, decided.get(f"space.{name}", {}), rate=rate, patches=decided.get("image.patches"))
        for name in decided["families"]
        if name in PROVEN
    }
    if chosen:
        listed = sum(len(settings) for settings in chosen.values())
        yield Choice(
            chosen,
            f"{listed} proven settings, the first of every kind of model before the second of any; {{}} is what its ranges begin with",
            {"families": len(chosen), "budget_s": facts.options.budget_s},
            (Rejected("defaults alone", "the second and third settings of a family are unlike the first, which helps the ensemble"),),
            f"fewer than {listed} in plan.yaml leave more time to search around the best",
        )


def _shares(facts: Facts, decided: Decided) -> Iterator[Choice]:
    yield Choice(
        {**SHARES, "completed": [name for name in SHARES["completed"] if name in decided["families"]]},
        f"the first fold of a kind of model gets at most a quarter of the search, completing its first candidate at most a third of what "
        f"is left, and if it is behind not before {SHARES['tries']} of the leading kind were looked at; who is {SHARES['behind']:.0%} of "
        f"the way to the baseline behind after a fold gets no more folds, and who is at most {SHARES['near']:.0%} of it behind gets all, "
        "with an allowance for chance in few rows; what others are compared with gets all its folds in any case",
        {"budget_s": facts.options.budget_s},
        (Rejected("equal shares", "a linear model takes a second, a network on many rows minutes"),),
        f"they only matter where time is short: you give {facts.options.budget_s:.0f} s",
    )


def _limits(facts: Facts, decided: Decided) -> Iterator[Choice]:
    yield Choice(
        {"prediction_ms_per_1000": 0.0},
        "no limit on how long a prediction may take was asked for; each model's time stands in the comparison",
        {"memory_mb": facts.machine.memory_mb},
        (Rejected("a limit by guess", "only you know how fast an answer must be"),),
        "--max-predict-ms 20, or limits.prediction_ms_per_1000 in plan.yaml, keeps the ensemble within that time; 0 is no limit",
    )


def _limit_asked(facts: Facts, decided: Decided) -> Iterator[Choice]:
    most = facts.options.max_predict_ms
    if most is not None:
        yield Choice(
            {"prediction_ms_per_1000": float(most)},
            f"you asked with --max-predict-ms for 1,000 rows in {most:g} ms on one core: members are chosen that take no longer together",
            {"max_predict_ms": most},
            (Rejected("no limit", "the best ensemble may hold dozens of models that all have to answer"),),
            "without --max-predict-ms there would be no limit",
        )


SEARCH = Rule("R701", "A proven list, then local search", "search", ORDINARY, _search, (TABREPO, "Srinivas et al. 2010"), when="always")
STEPS = Rule(
    "R706",
    "Small steps around the best",
    "local_search",
    ORDINARY,
    _local,
    ("Srinivas et al. 2010",),
    when="always",
)
TRIALS_ASKED = Rule(
    "R709",
    "The number of trials that was asked for",
    "search",
    ASKED,
    _trials,
    refs=("the contract, section 1: --trials",),
    when="--trials is given",
)
PORTFOLIO = Rule(
    "R702", "Proven settings first", "portfolio", ORDINARY, _portfolio, (TABREPO, "AutoGluon 1.6, zero-shot portfolios"), when="always"
)
SHARE = Rule("R703", "Who may use how much of the time", "shares", ORDINARY, _shares, ("Erickson et al. 2020, AutoGluon",), when="always")
LIMITS = Rule("R704", "No limit on prediction time", "limits", ORDINARY, _limits, refs=("the contract, section 1",), when="always")
LIMIT_ASKED = Rule(
    "R705",
    "The prediction time that was asked for",
    "limits",
    ASKED,
    _limit_asked,
    refs=("the contract, section 1: --max-predict-ms",),
    when="--max-predict-ms is given",
)
