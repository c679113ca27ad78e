"""What series ask for: how long they become, which line parts them, what learns from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from automl_assist.rules._rule import ASKED, FORCED, ORDINARY, SPECIAL, Choice, Decided, Rule
from automl_assist.rules.families import NETWORK_START_S, families_of, installed, needed
from automl_assist.schema import CLASSIFICATION, Facts, Rejected

MOST_STEPS = 2_048  # of a series; longer ones are averaged over spans: shapes of some hundred steps are still seen
SEQUENCE = "sequence"
# Steps that a network follows; longer series are averaged over spans first. A recurrent network takes them one after the other.
NETWORK_STEPS = {"convolution_steps": 512, "recurrent_steps": 128}
# Few series are gone through more often: as many steps of descent as some hundred series of the development sets needed, within bounds.
LEARNING = {"gradient_steps": 1_500, "least_epochs": 15, "most_epochs": 80, "patience_share": 0.25, "hidden": 48, "judged_rows": 2_048}
BATCHES = ((450, 16), (4_500, 32), (30_000, 64))  # labelled series, and the batch up to there
LARGEST_BATCH = 128

# Ridge on answers of kernels, its penalties times the mean size of a row. Of many rows there are fewer figures, since the smaller of the
# two decides what an eigendecomposition costs. A column beside the series weighs a tenth of a row: as one figure of thousands it would
# weigh nothing. The share is that of a fold's time for the figures.
KERNELS = {
    "strongest": 100.0, "weakest": 1e-5, "a_decade": 2, "rows": 3_000, "figures": 3_000, "beside": 0.1, "time_share": 0.4,
    "softest": 0.5, "sharpest": 40.0,  # factors of the answers, between which the one is found that makes them as sure as they should be
}  # fmt: skip

# A network learns its shapes from the series, and few show it little that fixed kernels do not see at once. Where the lines lie was
# guessed, not measured: a fold of fifty series takes a network five seconds, and kernels half of one.
LEAST_SERIES = {"sequence_cnn": 80, "sequence_rnn": 200}
LEAST_BUDGET_S = 45.0  # with less, the first fold of a network is rarely reached after the others


def usual_length(longest: int) -> dict[str, Any]:
    """Return the outcome of ``sequence.length`` for series of which the longest has so many steps."""
    return {"steps": max(1, min(longest, MOST_STEPS)), "unequal": "pad"}


def usual_network(series: int) -> dict[str, Any]:
    """Return how networks follow and learn so many labelled series."""
    return {**NETWORK_STEPS, "batch_size": next((size for most, size in BATCHES if series <= most), LARGEST_BATCH), **LEARNING}


def is_long(facts: Facts) -> bool:
    """Whether several rows together are one series."""
    return facts.profile.modality.name == SEQUENCE and facts.profile.layout.get("form") == "long"


def _length(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if facts.profile.modality.name != SEQUENCE:
        return
    longest = int(facts.profile.layout.get("longest") or 1)
    shape = usual_length(longest)
    averaged = "" if longest <= MOST_STEPS else f", averaged over spans from {longest:,}"
    yield Choice(
        shape,
        f"series become {shape['steps']:,} steps{averaged}; shorter ones keep their pace and end earlier for models that follow each step, "
        "and are drawn out to the same length for those that compare stretches",
        {"longest": longest},
        (Rejected("stretch", "a series of half the length would seem to move at half the pace"),),
        f"above {MOST_STEPS:,} steps series would be averaged; the longest has {longest:,}",
    )


def _whole_series(facts: Facts, decided: Decided) -> Iterator[Choice]:
    """Keep all rows of a series on one side: a time within each series is no line to part them by."""
    if not is_long(facts):
        return
    series, group = [str(name) for name in facts.profile.layout["series"]], facts.options.group
    by_group = group is not None and group not in series
    kind = "group" if by_group else "stratified" if decided["task"] in CLASSIFICATION else "random"
    named = ", ".join(map(repr, series))
    yield Choice(
        kind,
        f"the rows of a series of {named} are one example and stand on one side of every split"
        + (f", and so do all series of one {group!r}" if by_group else ""),
        {"series": facts.profile.labelled_rows},
        (
            Rejected("random rows", "steps of one series would stand on both sides, and the score would be too good"),
            Rejected("time", "the time runs within each series and parts none from another"),
        ),
        "--group COL keeps the series of one subject, machine or place on one side too",
    )


def _series_column(facts: Facts, _: Decided) -> Iterator[Choice]:
    if facts.options.series:
        yield Choice(
            facts.options.series,
            "you named it with --series",
            {"series": facts.options.series},
            flip="another --series",
        )


def _columns(facts: Facts, _: Decided) -> Iterator[Choice]:
    """Keep every step of a wide series, and leave out what only says where a row of a long one stands."""
    if facts.profile.modality.name != SEQUENCE:
        return
    layout = facts.profile.layout
    steps, channels = set(layout.get("steps") or ()), set(layout.get("channel_names") or ())
    for column in facts.profile.features:
        if column.name in steps:
            yield Choice(
                {"use": True, "kind": column.kind}, "it is a step of the series", flip="use: false leaves the step out", key=column.name
            )
        elif column.name in channels and layout.get("form") == "long":
            yield Choice(
                {"use": True, "kind": column.kind}, "it is measured at each step", flip="use: false leaves the channel out", key=column.name
            )


def _places(facts: Facts, _: Decided) -> Iterator[Choice]:
    if not is_long(facts):
        return
    layout = facts.profile.layout
    why = {str(name): "it says which series a row belongs to; new series have new names" for name in layout["series"]}
    why |= {str(name): "it orders the steps of a series" for name in layout["time"]}
    left = set(layout.get("left_out") or ())
    for column in facts.profile.features:
        if column.name in why:
            yield Choice(
                {"use": False, "kind": column.kind},
                why[column.name],
                {"series": facts.profile.labelled_rows},
                (Rejected("as a channel", "its place says nothing that the order does not"),),
                "--series and --time name other columns",
                column.name,
            )
        elif column.name in left:
            yield Choice(
                {"use": False, "kind": column.kind},
                f"it changes within a series and is of kind {column.kind}: only numbers and few levels become channels",
                {"kind": column.kind, "distinct": column.distinct},
                (Rejected("its first value", "it says nothing of the other steps"),),
                f"--kind {column.name}=number if it is one",
                column.name,
            )


def _network(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if facts.profile.modality.name != SEQUENCE or not set(LEAST_SERIES) & {*decided.get("families", ())}:
        return
    longest, series = int(facts.profile.layout.get("longest") or 1), facts.profile.labelled_rows
    chosen = usual_network(series)
    yield Choice(
        chosen,
        f"a convolution follows up to {chosen['convolution_steps']} steps, a recurrent network up to {chosen['recurrent_steps']}, one "
        f"after another; longer series are averaged over spans first. {series:,} series in batches of {chosen['batch_size']} are gone "
        f"through about {chosen['gradient_steps']:,} batches long",
        {"longest": longest, "series": series},
        (Rejected("every step", "the time of an epoch grows with the steps, and what is learned hardly does"),),
        f"the longest series has {longest:,} steps; more steps in plan.yaml cost time in proportion",
    )


def _kernels(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if "sequence_kernels" in decided.get("families", ()):
        series = facts.profile.labelled_rows
        yield Choice(
            dict(KERNELS),
            f"penalties from {KERNELS['strongest']:g} down to {KERNELS['weakest']:g} times the size of a row; the one is taken that "
            "errs least on series left out one by one",
            {"series": series},
            (Rejected("one penalty", "there are more figures than series, and how many of them are noise differs from set to set"),),
            f"above {KERNELS['rows']:,} series in a fold there would be {KERNELS['figures']:,} figures of each; you have {series:,} in all",
        )


def _families(facts: Facts, decided: Decided) -> Iterator[Choice]:
    """Choose among the families of series by their number and the budget; the general rules answer budgets too short for a network."""
    budget, hasty = facts.options.budget_s, facts.options.trials is None
    if facts.profile.modality.name != SEQUENCE or (hasty and budget < NETWORK_START_S):
        return
    classic, neural = families_of(facts)
    layout = facts.profile.layout
    series = facts.profile.labelled_rows
    few = [name for name in neural if series < LEAST_SERIES[name]]
    hurried = [name for name in neural if hasty and budget < LEAST_BUDGET_S and name not in few]
    wanted = [name for name in (*classic, *neural) if name not in (*few, *hurried)]
    there = installed(facts, tuple(wanted))
    yield Choice(
        list(there),
        f"{series:,} series of {layout.get('longest') or 1:,} steps and {layout.get('channels') or 1:,} channels: thousands of small "
        "convolutions, quantiles of intervals and figures of the whole err in different places, and the ensemble keeps what helps",
        {"series": series, "budget_s": budget},
        (
            *(Rejected(name, f"{series:,} series are too few to learn shapes from") for name in few),
            *(Rejected(name, f"{budget:.0f} s do not reach it") for name in hurried),
            *(Rejected(name, f"{' and '.join(needed(name, facts))} cannot be imported") for name in wanted if name not in there),
        ),
        f"{LEAST_SERIES['sequence_cnn']} series and {LEAST_BUDGET_S:.0f} s bring in a network of convolutions, "
        f"{LEAST_SERIES['sequence_rnn']} a recurrent one; you have {series:,} series and {budget:.0f} s",
    )


LENGTH = Rule(
    "R571",
    "Series keep their pace",
    "sequence.length",
    ORDINARY,
    _length,
    ("Dau et al. 2019, the UCR archive",),
    when="series are learned from",
)
WHOLE = Rule(
    "R308",
    "Whole series on one side",
    "split.kind",
    ASKED + 3,
    _whole_series,
    ("Roberts et al. 2017",),
    when="several rows together are one series",
)
SERIES_COLUMN = Rule(
    "R309", "The column of series", "series", ASKED, _series_column, ("the contract, section 1: --series",), when="--series is given"
)
STEPS = Rule(
    "R407",
    "Every step of a series is kept",
    "columns",
    SPECIAL + 3,
    _columns,
    ("the contract, section 1: modalities",),
    when="series are learned from",
)
PLACES = Rule(
    "R408",
    "Names and times of series are left out",
    "columns",
    FORCED + 2,
    _places,
    ("Roberts et al. 2017",),
    when="several rows together are one series",
)
NETWORK = Rule(
    "R572",
    "What a network follows, and how long it learns",
    "sequence.network",
    ORDINARY,
    _network,
    ("Ismail Fawaz et al. 2020",),
    when="a network of series is tried",
)
KERNELS_WEIGHED = Rule(
    "R574",
    "How answers of kernels are weighed",
    "sequence.kernels",
    ORDINARY,
    _kernels,
    ("Dempster et al. 2021", "Allen 1974"),
    when="convolutions of series are tried",
)
FAMILIES = Rule(
    "R573",
    "Models of series by their number",
    "families",
    SPECIAL + 42,
    _families,
    ("Dempster et al. 2021", "Dempster et al. 2023", "Dempster et al. 2024"),
    when="series are learned from, and the budget is long enough for a network",
)
