"""Networks with weights from elsewhere that may be asked for, and what it costs to learn on with them."""

from __future__ import annotations

import re
from pathlib import PurePath

# Of keras.applications, by name, with the module that says how pictures are prepared for it: those of up to 30 million weights, since
# every fold model holds them.
BACKBONES = {
    "MobileNetV2": "mobilenet_v2", "MobileNetV3Small": "mobilenet_v3", "MobileNetV3Large": "mobilenet_v3",
    "EfficientNetB0": "efficientnet", "EfficientNetV2B0": "efficientnet_v2", "EfficientNetV2B1": "efficientnet_v2",
    "EfficientNetV2B2": "efficientnet_v2", "DenseNet121": "densenet", "ResNet50V2": "resnet_v2", "ConvNeXtTiny": "convnext",
}  # fmt: skip
# Seconds of one core for a picture of 96 x 96 pixels. Measured of MobileNetV2, V3Small, EfficientNetB0 and ResNet50V2; the others by
# their multiplications and additions beside the measured one that is built most alike.
COSTS = {
    "MobileNetV2": 0.015, "MobileNetV3Small": 0.005, "MobileNetV3Large": 0.014, "EfficientNetB0": 0.021, "EfficientNetV2B0": 0.025,
    "EfficientNetV2B1": 0.04, "EfficientNetV2B2": 0.06, "DenseNet121": 0.015, "ResNet50V2": 0.018, "ConvNeXtTiny": 0.024,
}  # fmt: skip
IMAGENET = "imagenet"  # the weights that Keras keeps in a folder of the user, and downloads where they are not there
ENDINGS = (".h5", ".hdf5")  # of files of weights: arrays alone, which run nothing when they are read

# The last third of the layers learns on: what the first ones see (edges, colours) is the same in all pictures (Yosinski et al. 2014).
TUNED_LAYERS = 0.35
TUNED_EPOCHS, FEWEST_EPOCHS = 10, 3
TUNING_START_S = 12.0  # building the network in Keras and compiling a step, of one core: 8 to 10 s of MobileNetV2, 16 s of EfficientNetB0
# Of the budget for one fold, of which two cores complete five in three times that: weights that were asked for by name may take a third.
TUNING_SHARE = 0.12
OF_A_FOLD = 0.65  # of the labelled rows, once those of the test and those held out are taken off
JUDGED = 0.5  # of the cost of looking at the rows of a fold is that of looking at those held out, and at their mirror images


def named_backbone(given: str) -> tuple[str, str] | None:
    """Return the name of a backbone and where its weights are from, for its name or a file that is named like it; None for neither."""
    of_file = given.lower().endswith(ENDINGS)
    plain = _plain(PurePath(given).name if of_file else given)
    matching = [name for name in BACKBONES if (_plain(name) in plain if of_file else _plain(name) == plain)]
    return (max(matching, key=len), given if of_file else IMAGENET) if matching else None


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


def tuned_epoch_s(name: str, rows: int) -> float:
    """Return about how long one core takes for an epoch of fine-tuning on a fold of so many labelled pictures, in seconds."""
    return OF_A_FOLD * rows * COSTS[name] * (1 + 2 * TUNED_LAYERS + JUDGED)  # layers that learn are gone through forwards and backwards


def tuned_from_s(name: str, rows: int) -> float:
    """Return the least budget that pays for fine-tuning, in seconds."""
    return (TUNING_START_S + FEWEST_EPOCHS * tuned_epoch_s(name, rows)) / TUNING_SHARE
