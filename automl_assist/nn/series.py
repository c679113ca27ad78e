"""Networks that carry series on, from Keras layers; ``series_forward.py`` computes the same without Keras.

    window (n, L) --+-> straight (n, h) ---------------------------------.
                    |                                                     +-> sum (n, h)
                    +-> [itself | gated unit (n, f)] --.                  |
    plain (n, r) --------------------------------------+-> hidden -> head -'

The straight map alone is the linear model that keeps up with deep networks on long series (Zeng et al. 2023); what bends is learned
beside it.
"""

from __future__ import annotations

import keras
from keras import ops

from automl_assist.nn.series_architecture import SeriesArchitecture
from automl_assist.nn.tabular import Dense, RatedDropout, blank


class Onward(keras.layers.Layer):
    """A gated recurrent unit that reads a window: (n, L) -> (n, f), its last state."""

    def __init__(self, features: int, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.features = features

    def build(self, shape: tuple[int | None, int]) -> None:
        """Make the weights of update, reset and candidate side by side."""
        self.kernel = self.add_weight(name="kernel", shape=(1, 3 * self.features), initializer=blank)
        self.recurrent = self.add_weight(name="recurrent", shape=(self.features, 3 * self.features), initializer=blank)
        self.bias = self.add_weight(name="bias", shape=(3 * self.features,), initializer=blank)

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Return shape (n, f)."""
        f = self.features
        made = ops.matmul(x[:, :, None], self.kernel) + self.bias  # (n, L, 3 f)
        recurrent = self.recurrent * (1 / f**0.5)

        def step(state: keras.KerasTensor, inputs: keras.KerasTensor) -> tuple:
            update, reset = ops.split(ops.sigmoid(inputs[:, : 2 * f] + ops.matmul(state, recurrent[:, : 2 * f])), 2, axis=1)
            candidate = ops.tanh(inputs[:, 2 * f :] + reset * ops.matmul(state, recurrent[:, 2 * f :]))
            return state + (1 - update) * (candidate - state), 0.0

        last, _ = ops.scan(step, ops.zeros_like(made[:, 0, :f]), ops.swapaxes(made, 0, 1))
        return last


def build(architecture: SeriesArchitecture) -> keras.Model:
    """Return the Keras model; its trainable weights are those of `SeriesArchitecture.weight_shapes`, in that order.

    Its inputs are a dict of ``window`` (n, L) and, where there is any, ``plain`` (n, r), float32; its output has shape (n, horizon).
    """
    inputs = {"window": keras.Input((architecture.window,), name="window")}
    window = inputs["window"]
    read = window if architecture.kind == "window" else Onward(architecture.features, name="onward")(window)
    if architecture.plain:
        inputs["plain"] = keras.Input((architecture.plain,), name="plain")
        read = keras.layers.Concatenate(name="joined")([read, inputs["plain"]])
    x = RatedDropout(name="dropout_hidden")(ops.relu(Dense(architecture.hidden, name="hidden")(read)))
    if architecture.kind == "window":
        x = RatedDropout(name="dropout_second")(ops.relu(Dense(architecture.hidden, name="second")(x)))
    straight = Dense(architecture.outputs, name="straight")(window)
    model = keras.Model(inputs, straight + Dense(architecture.outputs, name="head")(x))
    by_path = {variable.path: tuple(variable.shape) for variable in model.trainable_variables}
    if list(by_path.items()) != list(architecture.weight_shapes().items()):
        raise RuntimeError(f"the Keras model and its architecture differ: {by_path} and {architecture.weight_shapes()}")
    return model
