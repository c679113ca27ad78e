"""How to test honestly: what is held out, in how many folds, along which line."""

from __future__ import annotations

import math
from collections.abc import Iterator

from automl_assist.rules._rule import ASKED, FORCED, ORDINARY, SPECIAL, Choice, Decided, Rule
from automl_assist.schema import CLASSIFICATION, Facts, Rejected

# Folds by rows: more where a fold is cheap and the estimate noisy, fewer where one fit eats the budget.
FEW_ROWS, MANY_ROWS, VERY_MANY_ROWS = 500, 20_000, 100_000
SHORT_BUDGET_S = 120.0
TEST_SHARE = 0.2
FOLDS_OF_GROUPS = 5
# Learning again costs as much as the first time. A quarter more rows is what most tables of up to 10,000 rows gain from it.
# Time is kept for those models that make up most of the ensemble; the others learn again if some is left.
REFIT_SHARE, REFIT_WEIGHT, REFIT_LEAST_GAIN, REFIT_LEAST_S = 0.3, 0.8, 0.05, 15.0
REFIT_WORSE = 0.1  # of the way to the baseline: a fit that is so much worse on its held-out rows than the first was cut short
# Families of which the last fit makes so many models of all rows. A forest needs no held-out rows; n-grams take the penalty of the folds,
# boosted trees their rounds, and a fifth more of them, since a fold learned from two thirds of the rows. Of few rows what the folds found
# is too uncertain to do without held-out ones. Values come out better from forests of different rows, and networks were no better for it
# on tables that are mostly noise.
WHOLE = {"extra_trees": 1, "sequence_quantiles": 1, "lightgbm": 3, "text_linear": 1, "nb_linear": 1}
FORESTS = ("extra_trees", "sequence_quantiles")
WHOLE_ROWS = 600
MORE_ROUNDS = 1.2
TEST_ROWS = 2_000  # an AUC of 0.8 is then known to about 0.02; more test rows would only be taken from training


def _random(facts: Facts, decided: Decided) -> Iterator[Choice]:
    yield Choice(
        "random",
        "no time, group or class asks for another line, so rows are drawn at random",
        {"rows": facts.profile.labelled_rows},
        flip="--time or --group would change the line",
    )


def _stratified(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if decided["task"] in CLASSIFICATION:
        yield Choice(
            "stratified",
            "classes are predicted, so every part gets the same share of each class",
            {"classes": len(facts.profile.classes)},
            (Rejected("random", "a rare class could be missing from a part"),),
            "--time or --group would change the line",
        )


def _group(facts: Facts, _: Decided) -> Iterator[Choice]:
    if facts.options.group:
        yield Choice(
            "group",
            f"rows that share a value of {facts.options.group!r} stand on one side of every split, as you asked with --group",
            {"group": facts.options.group},
            (Rejected("random", "rows of one group would stand on both sides, and the score would be too good"),),
            "without --group rows would be drawn one by one",
        )


def _time(facts: Facts, _: Decided) -> Iterator[Choice]:
    if facts.options.time:
        yield Choice(
            "time",
            f"the past predicts the future along {facts.options.time!r}, as you asked with --time",
            {"time": facts.options.time},
            (Rejected("random", "the model would have seen the future of the rows it is tested on"),),
            "without --time rows would be drawn at random",
        )


def _group_and_time(facts: Facts, _: Decided) -> Iterator[Choice]:
    if facts.options.group and facts.options.time:
        yield Choice(
            "group_time",
            f"groups of {facts.options.group!r} stay whole, and those that end last along {facts.options.time!r} are tested on, as you "
            "asked with --group and --time",
            {"group": facts.options.group, "time": facts.options.time},
            (
                Rejected("time", "a group whose rows span the cut would stand on both sides"),
                Rejected("group", "the model would have seen the future of the rows it is tested on"),
            ),
            "leaving out --group or --time",
        )


def _time_column(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if facts.options.time:
        yield Choice(facts.options.time, "you named it with --time", {"time": facts.options.time}, flip="another --time")


def _group_column(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if facts.options.group:
        yield Choice(facts.options.group, "you named it with --group", {"group": facts.options.group}, flip="another --group")


def _folds(facts: Facts, decided: Decided) -> Iterator[Choice]:
    rows, budget = facts.profile.labelled_rows, facts.options.budget_s
    short = budget <= SHORT_BUDGET_S
    if rows <= FEW_ROWS:
        folds, why = 8, f"{rows:,} rows are few: eight folds leave more rows to learn from in each"
    elif rows <= MANY_ROWS:
        folds, why = 5, f"{rows:,} rows: five folds, the usual balance of cost and noise"
    elif rows <= VERY_MANY_ROWS and not short:
        folds, why = 5, f"{rows:,} rows and {budget:.0f} s: five folds fit"
    else:
        folds, why = 3, f"{rows:,} rows in {budget:.0f} s: three folds, so that several models can finish"
    yield Choice(
        folds,
        why,
        {"rows": rows, "budget_s": budget},
        tuple(
            Rejected(str(k), w)
            for k, w in (
                (3, "models would learn from two thirds of the rows"),
                (5, "fewer models to average, or fewer rows to learn from"),
                (8, "each candidate would cost eight fits"),
            )
            if k != folds
        ),
        flip=f"up to {FEW_ROWS} rows it would be 8, above {MANY_ROWS:,} rows 3 in a budget of up to {SHORT_BUDGET_S:.0f} s; you have "
        f"{rows:,} rows and {budget:.0f} s",
    )


def _folds_of_rare_class(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if decided["split.kind"] != "stratified" or not facts.profile.classes:
        return
    label, count = facts.profile.classes[-1]
    in_training = max(2, int(count * (1 - TEST_SHARE)))
    if in_training < 5:
        yield Choice(
            max(2, in_training),
            f"class {label!r} has {count} {'row' if count == 1 else 'rows'}: with more folds it would be missing from some of them",
            {"class": label, "rows": count},
            rejected=(Rejected("5", "some folds would hold no row of it"),),
            flip=f"from {math.ceil(5 / (1 - TEST_SHARE))} rows of that class the number of all rows would decide; it has {count}",
        )


def _folds_of_few_groups(facts: Facts, decided: Decided) -> Iterator[Choice]:
    group = facts.options.group
    if decided["split.kind"] not in ("group", "group_time") or group not in [c.name for c in facts.profile.columns]:
        return
    groups = facts.profile.column(group).distinct
    in_training = max(2, int(groups * (1 - TEST_SHARE)))
    if in_training < FOLDS_OF_GROUPS:
        yield Choice(
            in_training,
            f"{groups} groups, about {in_training} of them to learn from: every fold holds out one at least",
            {"groups": groups},
            (Rejected("5", "some folds would have no group to hold out"),),
            f"from {math.ceil(FOLDS_OF_GROUPS / (1 - TEST_SHARE))} groups the number of rows would decide; there are {groups}",
        )


def _repeats(facts: Facts, decided: Decided) -> Iterator[Choice]:
    rows = facts.profile.labelled_rows
    yield Choice(
        1,
        f"{decided['split.folds']} folds once: another draw costs as much as another candidate, and a new candidate brings more",
        {"rows": rows, "folds": decided["split.folds"]},
        (Rejected("2", "twice the cost of every candidate for a score that is known a little better"),),
        f"set it to 2 or 3 in plan.yaml where so few rows ({rows:,} here) make scores jump from draw to draw",
    )


def _test_share(facts: Facts, _: Decided) -> Iterator[Choice]:
    rows = facts.profile.labelled_rows
    share = round(min(TEST_SHARE, TEST_ROWS / max(rows, 1)), 4)
    yield Choice(
        share,
        f"{round(rows * share):,} of {rows:,} rows are locked away: nothing is fitted or chosen on them, and they give the headline figure",
        {"rows": rows, "most": TEST_ROWS},
        (Rejected("0", "the score of the model that won a comparison is too good when it is the score it won with"),),
        f"above {int(TEST_ROWS / TEST_SHARE):,} rows the part stays at {TEST_ROWS:,} rows; you have {rows:,}",
    )


def _refit(facts: Facts, decided: Decided) -> Iterator[Choice]:
    test, development = _parts(facts, decided)
    rows, classes = facts.profile.labelled_rows, decided["task"] in CLASSIFICATION
    fitting = {name: count for name, count in WHOLE.items() if (classes if name in FORESTS else rows >= WHOLE_ROWS)}
    whole = {name: count for name, count in fitting.items() if name in decided["families"]}
    by_itself = f"{' and '.join(whole)} as models of all rows, with what the folds found out; " if whole else ""
    yield Choice(
        {"rows": "all", "share": REFIT_SHARE, "weight": REFIT_WEIGHT, "whole": whole, "rounds": MORE_ROUNDS, "worse": REFIT_WORSE},
        f"after the test, what was chosen learns once more, now with the {test:,} test rows too: "
        f"{test / max(development, 1):.0%} more rows, {by_itself}the figures stay those of the models before that, which had not seen them",
        {"rows": facts.profile.labelled_rows, "test_rows": test, "budget_s": facts.options.budget_s, "task": decided["task"]},
        (
            Rejected("development", f"{test:,} rows with a known answer would be left unused"),
            Rejected("folds", "each would leave out a fifth of the rows: where there is much to learn, that costs more than it calms")
            if rows >= WHOLE_ROWS
            else Rejected("other models of all rows", "of few rows, what the folds found out is too uncertain to do without held-out ones"),
            Rejected("folds of forests", "classes come out better from one forest of all rows")
            if classes
            else Rejected("a forest of all rows", "values come out better from forests of different rows"),
        ),
        f"below {REFIT_LEAST_GAIN:.0%} more rows (here {test / max(development, 1):.0%}), forward in time, or in less than "
        f"{REFIT_LEAST_S:.0f} s (you give {facts.options.budget_s:.0f} s), the tested models would be kept; from {WHOLE_ROWS:,} rows "
        "on boosted trees and n-grams learn from all rows at once, and with whole: {} in plan.yaml none does",
    )


def _no_refit(why: str, facts: Facts, decided: Decided) -> Choice:
    test, development = _parts(facts, decided)
    return Choice(
        {"rows": "development", "share": 0.0, "weight": 0.0, "whole": {}, "rounds": MORE_ROUNDS, "worse": REFIT_WORSE},
        why,
        {"rows": facts.profile.labelled_rows, "test_rows": test, "budget_s": facts.options.budget_s},
        (Rejected("all", "it would take time and bring little"),),
        f"from {REFIT_LEAST_GAIN:.0%} more rows (here {test / max(development, 1):.0%}), with rows that no time orders, and from "
        f"{REFIT_LEAST_S:.0f} s (you give {facts.options.budget_s:.0f} s) on",
    )


def _refit_too_little(facts: Facts, decided: Decided) -> Iterator[Choice]:
    test, development = _parts(facts, decided)
    if test < REFIT_LEAST_GAIN * development:
        yield _no_refit(f"{test:,} rows more than {development:,} would change little, and learning from them takes time", facts, decided)


def _refit_too_short(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if facts.options.budget_s < REFIT_LEAST_S and facts.options.trials is None:
        yield _no_refit(f"{facts.options.budget_s:.0f} s are too short to learn anything twice", facts, decided)


def _refit_in_time(facts: Facts, decided: Decided) -> Iterator[Choice]:
    if "time" in decided["split.kind"].split("_"):
        yield _no_refit("a fold that learned from later rows could not be held to its earlier ones", facts, decided)


def _parts(facts: Facts, decided: Decided) -> tuple[int, int]:
    test = round(facts.profile.labelled_rows * decided["split.test_share"])
    return test, facts.profile.labelled_rows - test


RANDOM = Rule("R301", "Rows drawn at random", "split.kind", ORDINARY, _random, ("Kohavi 1995",), when="always")
STRATIFIED = Rule(
    "R302", "The same share of each class", "split.kind", SPECIAL, _stratified, ("Kohavi 1995",), when="classes are predicted"
)
GROUP = Rule("R303", "Groups stay together", "split.kind", ASKED, _group, ("Roberts et al. 2017",), when="--group is given")
TIME = Rule("R304", "Forward in time", "split.kind", ASKED + 1, _time, ("Bergmeir and Benitez 2012",), when="--time is given")
GROUP_AND_TIME = Rule(
    "R305",
    "Groups stay together, forward in time",
    "split.kind",
    ASKED + 2,
    _group_and_time,
    ("Roberts et al. 2017",),
    when="--group and --time are given",
)
TIME_COLUMN = Rule(
    "R306", "The column of time", "split.time", ASKED, _time_column, refs=("the contract, section 1: --time",), when="--time is given"
)
GROUP_COLUMN = Rule(
    "R307", "The column of groups", "split.group", ASKED, _group_column, refs=("the contract, section 1: --group",), when="--group is given"
)
FOLDS = Rule("R311", "Folds by rows and budget", "split.folds", ORDINARY, _folds, ("Kohavi 1995",), when="always")
FOLDS_OF_RARE_CLASS = Rule(
    "R312",
    "No more folds than rows of the rarest class",
    "split.folds",
    FORCED,
    _folds_of_rare_class,
    refs=("Kohavi 1995",),
    when="the rarest class has six rows or fewer",
)
FOLDS_OF_GROUPS_RULE = Rule(
    "R313",
    "No more folds than groups",
    "split.folds",
    FORCED + 1,
    _folds_of_few_groups,
    refs=("Roberts et al. 2017",),
    when="rows are parted by fewer than seven groups",
)
REPEATS = Rule(
    "R314", "Folds are drawn once", "split.repeats", ORDINARY, _repeats, ("AutoGluon 1.6: repeats were not seen to help",), when="always"
)
TEST = Rule("R321", "A locked test part", "split.test_share", ORDINARY, _test_share, ("Varma and Simon 2006",), when="always")
REFIT = Rule(
    "R331",
    "All rows are learned from in the end",
    "refit",
    ORDINARY,
    _refit,
    (
        "Viering and Loog 2022: more rows rarely make a model worse",
        "measured: forests of all rows against five of four fifths, tests/benchmarks/RESULTS.md",
    ),
    when="always",
)
REFIT_LITTLE = Rule(
    "R332",
    "No last fit for few more rows",
    "refit",
    SPECIAL,
    _refit_too_little,
    refs=("Viering and Loog 2022, learning curves",),
    when=f"the test part is less than {REFIT_LEAST_GAIN:.0%} of the other rows",
)
REFIT_SHORT = Rule(
    "R333",
    "No last fit in a short budget",
    "refit",
    SPECIAL + 1,
    _refit_too_short,
    refs=("measured: starting a worker and fitting a linear model takes about 5 s",),
    when=f"the budget is below {REFIT_LEAST_S:.0f} s",
)
REFIT_TIME = Rule(
    "R334",
    "No last fit forward in time",
    "refit",
    SPECIAL + 2,
    _refit_in_time,
    refs=("Bergmeir and Benitez 2012",),
    when="rows are parted along time",
)
