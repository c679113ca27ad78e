"""The network with weights from elsewhere that ``--pretrained`` asks for, and how it learns on; without being asked there is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from automl_assist.rules._backbones import (
    FEWEST_EPOCHS,
    TUNED_EPOCHS,
    TUNED_LAYERS,
    TUNING_SHARE,
    TUNING_START_S,
    named_backbone,
    tuned_epoch_s,
    tuned_from_s,
)
from automl_assist.rules._rule import ASKED, ORDINARY, Choice, Decided, Rule
from automl_assist.rules.families import FINE_TUNED, sees_pictures
from automl_assist.schema import Facts, Rejected

TUNING = {"layers": TUNED_LAYERS, "epochs": TUNED_EPOCHS, "batch_size": 32, "warm_up": 0.1, "start_seconds": TUNING_START_S}


def usual_tuning(budget_s: float | None = None) -> dict[str, Any]:
    """Return which layers learn on and how; without a budget in no fixed time."""
    return {**TUNING, "fold_seconds": 0.0 if budget_s is None else round(TUNING_SHARE * budget_s, 1)}


def _backbone(facts: Facts, decided: Decided) -> Iterator[Choice]:
    asked = facts.options.pretrained
    found = named_backbone(asked) if asked else None
    if found is None or not sees_pictures(facts, decided):
        return
    name, weights = found
    yield Choice(
        {"name": name, "weights": weights},
        f"you asked with --pretrained for {name}: what it says of a picture joins a linear model"
        + (", and then its last layers learn on" if FINE_TUNED in decided.get("families", ()) else ", its weights stay as they are"),
        {"pretrained": name},
        (Rejected("all weights from a random start", "your pictures are few beside those that it has learned from"),),
        "without --pretrained nothing is learned from other pictures than yours",
    )


def _fine_tuning(facts: Facts, decided: Decided) -> Iterator[Choice]:
    chosen = decided.get("image.backbone")
    if chosen is None or FINE_TUNED not in decided.get("families", ()):
        return
    name, rows = chosen["name"], facts.profile.labelled_rows
    value = usual_tuning(facts.options.budget_s if facts.options.trials is None else None)
    an_epoch, least = tuned_epoch_s(name, rows), tuned_from_s(name, rows)
    limit = f" within {value['fold_seconds']:g} s a fold" if value["fold_seconds"] else ""
    yield Choice(
        value,
        f"the last {value['layers']:.0%} of the layers of {name} learn on from the linear model, for up to {value['epochs']} epochs of "
        f"about {an_epoch:.0f} s{limit}; what the held-out pictures like best is kept, which may be the linear model as it was",
        {"rows": rows, "budget_s": facts.options.budget_s, "epoch_s": round(an_epoch, 1)},
        (
            Rejected("all layers", "what the first ones see, such as edges, is alike in all pictures, and a step would take far longer"),
            Rejected("running means of normalisation", "means over few pictures would undo what the layers after them have learned"),
        ),
        f"below a budget of {least:.0f} s, which pays for {FEWEST_EPOCHS} epochs, only --family {FINE_TUNED} has it tried; "
        "layers: 1.0 in plan.yaml has all of them learn",
    )


BACKBONE = Rule(
    "R566",
    "The network with weights from elsewhere that was asked for",
    "image.backbone",
    ASKED,
    _backbone,
    ("Kornblith et al. 2019, transfer of ImageNet models",),
    when="--pretrained is given and pictures are learned from",
)
FINE_TUNING = Rule(
    "R567",
    "How a network with weights from elsewhere learns on",
    "image.fine_tuning",
    ORDINARY,
    _fine_tuning,
    ("Yosinski et al. 2014, which layers are alike for all pictures", "Kornblith et al. 2019"),
    when="--pretrained is given, and the budget pays for a few epochs",
)
