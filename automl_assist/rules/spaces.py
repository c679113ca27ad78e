"""The ranges in which the hyper-parameters of each family are searched."""

from __future__ import annotations

from collections.abc import Iterator

from automl_assist.rules._rule import ORDINARY, SPECIAL, Choice, Decided, Deciding, Rule
from automl_assist.rules._spaces import OF_CATBOOST_CATEGORIES, OF_CATEGORIES, USUAL, space_around, usual_space
from automl_assist.rules.classic import offers_curves, offers_lines
from automl_assist.rules.families import sees_pictures
from automl_assist.rules.made import makes_columns
from automl_assist.rules.target_scale import offers_logs
from automl_assist.schema import CLASSIFICATION, Facts, Rejected

TABARENA = "Erickson et al. 2025, TabArena"
OF_TABLES = ("linear", "lightgbm", "catboost", "extra_trees", "kernel", "mlp")  # whose ranges come from benchmarks


def _space(family: str) -> Deciding:
    def decide(facts: Facts, decided: Decided) -> Iterator[Choice]:
        if family not in decided["families"]:
            return
        space = usual_space(family, decided["task"] in CLASSIFICATION)
        if family == "image_patches" and "image.patches" in decided:
            chosen = decided["image.patches"]
            space |= space_around(chosen["side"], chosen["entries"])
        senseless = _senseless(family, facts, decided)
        space = {name: values for name, values in space.items() if name not in senseless}
        many = "1 hyper-parameter" if len(space) == 1 else f"{len(space)} hyper-parameters"
        if family in OF_TABLES:
            because = f"{many} in the ranges that benchmarks over many tables found worth searching"
            lost = "most of what lies outside loses on every table, and takes time to find out"
        else:
            because = f"{many}, varied around what is tried first"
            lost = "the few trials that there is time for would lie far apart"
        yield Choice(
            space,
            because,
            {"rows": facts.profile.labelled_rows, "categories": len(_levels(decided))},
            (Rejected("wider ranges", lost),),
            f"set a range of space.{family} in plan.yaml; one value alone is not searched",
        )

    return decide


def _levels(decided: Decided) -> list[str]:
    return [name for name, action in decided["columns"].items() if action["use"] and action["kind"] in ("category", "boolean")]


def _senseless(family: str, facts: Facts, decided: Decided) -> set[str]:
    """Return the hyper-parameters that would change nothing here."""
    found: set[str] = set()
    if not _levels(decided):
        found |= {*OF_CATEGORIES, *OF_CATBOOST_CATEGORIES}
    if not makes_columns(decided.get("made_columns")):
        found.add("made_columns")
    if not offers_lines(decided):
        found.add("linear_leaves")
    if not offers_logs(decided):
        found.add("log_target")
    found |= {name for name, wanted in offers_curves(decided).items() if not wanted}
    if family == "joint" and not any(action["use"] and action["kind"] == "text" for action in decided["columns"].values()):
        found.add("word_width")
    if family == "joint" and not sees_pictures(facts, decided):
        found.add("seen_width")
    return found


def _wide_network(facts: Facts, decided: Decided) -> Iterator[Choice]:
    architecture = decided.get("network.architecture") or {}
    if "mlp" in decided["families"] and architecture.get("embedding") == "none":
        yield Choice(
            {**USUAL["mlp"], "embed_numbers": [False]},
            "numbers are taken as they are here, so waves are not searched",
            {"embedding": "none"},
            (Rejected("[true, false]", "waves for so many numbers would take the time of the whole search"),),
            f"up to {architecture.get('most_embedded', 0):,} numbers waves would be searched too",
        )


def _rule(code: str, family: str, *refs: str) -> Rule:
    return Rule(code, f"Ranges for {family}", f"space.{family}", ORDINARY, _space(family), refs, when=f"{family} is tried")


LINEAR = _rule("R751", "linear", TABARENA)
LIGHTGBM = _rule("R752", "lightgbm", TABARENA)
EXTRA_TREES = _rule("R753", "extra_trees", TABARENA)
MLP = _rule("R754", "mlp", TABARENA)
MLP_OF_WIDE_TABLES = Rule(
    "R755",
    "No waves to search in wide tables",
    "space.mlp",
    SPECIAL,
    _wide_network,
    refs=("Holzmüller et al. 2024, RealMLP",),
    when="a table has many numbers",
)
KERNEL = _rule("R756", "kernel", TABARENA)
CATBOOST = _rule("R757", "catboost", TABARENA)
TEXT_LINEAR = _rule("R758", "text_linear", "Wang and Manning 2012")
NB_LINEAR = _rule("R759", "nb_linear", "Wang and Manning 2012", "measured: single folds of five sets")
TEXT_BOOSTED = _rule("R760", "text_boosted", TABARENA)
TEXT_BAG = _rule("R761", "text_bag", "Joulin et al. 2017")
TEXT_CNN = _rule("R762", "text_cnn", "Zhang et al. 2015")
TEXT_RNN = _rule("R763", "text_rnn", "Zhang et al. 2015")
JOINT = _rule("R764", "joint", "Holzmüller et al. 2024, RealMLP", "Joulin et al. 2017")
IMAGE_PATCHES = _rule("R765", "image_patches", "Coates et al. 2011")
IMAGE_CNN = _rule("R766", "image_cnn", "Jordan 2024, airbench")
IMAGE_FINE_TUNED = _rule("R767", "image_fine_tuned", "Kornblith et al. 2019")
SEQUENCE_LINEAR = _rule("R768", "sequence_linear", TABARENA)
SEQUENCE_BOOSTED = _rule("R769", "sequence_boosted", TABARENA)
SEQUENCE_KERNELS = _rule("R770", "sequence_kernels", "Dempster et al. 2021", "Dempster et al. 2023")
SEQUENCE_QUANTILES = _rule("R771", "sequence_quantiles", "Dempster et al. 2024")
SEQUENCE_CNN = _rule("R772", "sequence_cnn", "Ismail Fawaz et al. 2020")
SEQUENCE_RNN = _rule("R773", "sequence_rnn", "Ismail Fawaz et al. 2020")
