"""A network of several inputs: texts and pictures pass through layers of their own and stand as columns in the network for tables.

    words (n, L) -> Words -> Dropout -> Mean (n, d) ----.
    seen  (n, w) -> Dropout -> Dense (n, s) ------------+-> the network of ``tabular.py``, trained as one
    numbers, plain, codes ------------------------------'

``joint_forward.py`` computes the same without Keras.
"""

from __future__ import annotations

import keras

from automl_assist.nn.joint_architecture import JointArchitecture
from automl_assist.nn.tabular import Dense, RatedDropout, connected
from automl_assist.nn.text import Mean, Words

# How many times as often words are dropped as other values: they are the many weights of which each sees few rows. Compared on two folds
# of three tables, twice was better than once on all of them (3 to 12 %), and three times better than twice where that was tried.
WORDS_DROPPED = 3.0


def build(architecture: JointArchitecture) -> keras.Model:
    """Return the Keras model; its trainable weights are those of `JointArchitecture.weight_shapes`, in that order.

    Its inputs are a dict of ``words`` (n, L) int32, ``seen`` (n, w) float32, and those of the network for tables, of those that have
    columns; its output has shape (n, outputs): logits or values.
    """
    inputs: dict[str, keras.KerasTensor] = {}
    read = []
    if architecture.words:
        inputs["words"] = keras.Input((architecture.length,), dtype="int32", name="words")
        vectors = Words(architecture.words, architecture.word_width, name="vectors")(inputs["words"])
        read.append(Mean(name="mean")(RatedDropout(WORDS_DROPPED, name="dropout_words")(vectors), inputs["words"]))
    if architecture.seen:
        inputs["seen"] = keras.Input((architecture.seen,), name="seen")
        read.append(Dense(architecture.seen_width, name="shown")(RatedDropout(name="dropout_seen")(inputs["seen"])))
    beside, output = connected(architecture.table, read)
    model = keras.Model(inputs | beside, output)
    found = [(variable.path, tuple(variable.shape)) for variable in model.trainable_variables]
    if found != list(architecture.weight_shapes().items()):
        raise RuntimeError(f"the Keras model and its architecture differ: {found} and {architecture.weight_shapes()}")
    return model
