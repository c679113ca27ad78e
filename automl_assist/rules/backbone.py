"""The network with weights from elsewhere that ``--pretrained`` asks for; without being asked there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from automl_assist.rules._rule import ASKED, Choice, Decided, Rule
from automl_assist.rules.families import sees_pictures
from automl_assist.schema import Facts, Rejected

# Of keras.applications, by name, with the module that says how pictures are prepared for it: those of up to 30 million weights, since
# every fold model holds them.
BACKBONES = {
    "MobileNetV2": "mobilenet_v2", "MobileNetV3Small": "mobilenet_v3", "MobileNetV3Large": "mobilenet_v3",
    "EfficientNetB0": "efficientnet", "EfficientNetV2B0": "efficientnet_v2", "EfficientNetV2B1": "efficientnet_v2",
    "EfficientNetV2B2": "efficientnet_v2", "DenseNet121": "densenet", "ResNet50V2": "resnet_v2", "ConvNeXtTiny": "convnext",
}  # fmt: skip
IMAGENET = "imagenet"  # the weights that Keras keeps in a folder of the user, and downloads where they are not there
ENDINGS = (".h5", ".hdf5")  # of files of weights: arrays alone, which run nothing when they are read


def named_backbone(given: str) -> tuple[str, str] | None:
    """Return the name of a backbone and where its weights are from, for its name or a file that is named like it; None for neither."""
    of_file = given.lower().endswith(ENDINGS)
    plain = _plain(PurePath(given).name if of_file else given)
    matching = [name for name in BACKBONES if (_plain(name) in plain if of_file else _plain(name) == plain)]
    return (max(matching, key=len), given if of_file else IMAGENET) if matching else None


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


def _backbone(facts: Facts, decided: Decided) -> Iterator[Choice]:
    asked = facts.options.pretrained
    found = named_backbone(asked) if asked else None
    if found is None or not sees_pictures(facts, decided):
        return
    name, weights = found
    yield Choice(
        {"name": name, "weights": weights},
        f"you asked with --pretrained for {name}: what it says of a picture joins a linear model, its weights stay as they are",
        {"pretrained": name},
        (Rejected("weights that learn on", "an epoch through all layers would take much of the budget on a processor"),),
        "without --pretrained nothing is learned from other pictures than yours",
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
