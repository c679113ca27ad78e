"""A small convolutional network, from Keras layers, beside columns of a table.

    pictures (n, h, w, c) -> white: whitened patches, not trained (n, h/2, w/2, filters) -> GELU
        -> stage_0: convolution, normalised, GELU
        -> [stage_k: the same with step 2, and once more with step 1] for each further stage
        -> mean and maximum over the picture (n, 2 f) --.
    plain    (n, r) --------------------------------------+-> Dropout -> Head (n, outputs)

Whitened patches as a first layer, steps in place of pooling (whose gradient is slow on processors), batch normalisation and GELU follow
airbench (Jordan 2024). ``image_forward.py`` computes the same without Keras.
"""

from __future__ import annotations

import keras
from keras import ops

from automl_assist.nn.image_architecture import PATCH, STEP, ImageArchitecture
from automl_assist.nn.tabular import RatedDropout, blank

MOMENTUM = 0.8  # of the running mean and variance: a short training must not remember its beginning
EPSILON = 1e-3


def build(architecture: ImageArchitecture) -> keras.Model:
    """Return the Keras model; its trainable weights are those of `ImageArchitecture.trained_shapes`, in that order.

    Its inputs are a dict of ``pictures`` (n, h, w, c) float32 from 0 to 1, and ``plain`` (n, r) float32 where there is any; its output has
    shape (n, outputs): logits or values.
    """
    size = (architecture.height, architecture.width, architecture.channels)
    inputs = {"pictures": keras.Input(size, name="pictures")}
    white = keras.layers.Conv2D(
        architecture.filters, PATCH, strides=STEP, name="white", kernel_initializer=blank, bias_initializer=blank, trainable=False
    )
    x = ops.gelu(white(inputs["pictures"]))
    for name, _, features, step in architecture.convolutions():
        x = keras.layers.Conv2D(features, 3, strides=step, padding="same", use_bias=False, kernel_initializer=blank, name=name)(x)
        x = ops.gelu(keras.layers.BatchNormalization(momentum=MOMENTUM, epsilon=EPSILON, name=f"{name}_norm")(x))
    blocks = [ops.mean(x, axis=(1, 2)), ops.max(x, axis=(1, 2))]
    if architecture.plain:
        inputs["plain"] = keras.Input((architecture.plain,), name="plain")
        blocks.append(inputs["plain"])
    x = RatedDropout(name="dropout")(keras.layers.Concatenate(name="joined")(blocks))
    head = keras.layers.Dense(architecture.outputs, kernel_initializer=blank, bias_initializer=blank, name="head")
    model = keras.Model(inputs, head(x))
    found = [(variable.path, tuple(variable.shape)) for variable in model.trainable_variables]
    if found != list(architecture.trained_shapes().items()):
        raise RuntimeError(f"the Keras model and its architecture differ: {found} and {architecture.trained_shapes()}")
    return model
