"""Networks of series, from Keras layers: residual convolutions at several spreads, and a recurrent network, each beside columns of a table.

    series (n, T, c) -> [steps around each -> Dense]                              (n, T, 3 f)  --.
                        [narrow -> steps twice as far around -> Dense] + itself  x blocks        |
                        -> the largest, and means of four parts                  (n, 15 f)       |
                     or Dense -> a gated state both ways: max                    (n, 2 f)       -+-> Hidden -> Dropout -> Head
    plain (n, r) --------------------------------------------------------------------------------|
    codes (n, q) -> Levels (n, q * level_width) -------------------------------------------------'

After InceptionTime (Ismail Fawaz et al. 2020), LITE (Ismail-Fawaz et al. 2023) and the gated recurrent unit (Cho et al. 2014). Convolutions
are products of matrices over shifted copies, which run well inside one compiled epoch on a processor; steps behind the end of a series
are zero and counted nowhere. ``sequence_forward.py`` computes the same without Keras.
"""

from __future__ import annotations

import keras
from jax import lax
from keras import ops

from automl_assist.nn.sequence_architecture import PARTS, TAPS, SequenceArchitecture
from automl_assist.nn.tabular import Dense, Levels, RatedDropout
from automl_assist.nn.text import Gated

# --- layers


class Taps(keras.layers.Layer):
    """Put each step beside those around it: (n, T, d) -> (n, T, taps * d).

    The copies are made once and kept: left to itself the compiler makes them anew for every value of the product that follows, which
    was measured to take twenty times as long.
    """

    def __init__(self, distance: int, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.distance = distance

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Return shape (n, T, taps * d), zeros beyond both ends."""
        steps, reach = x.shape[1], self.distance * TAPS[-1]
        padded = lax.optimization_barrier(ops.pad(x, ((0, 0), (reach, reach), (0, 0))))
        copies = [padded[:, reach + place * self.distance : reach + place * self.distance + steps] for place in TAPS]
        return lax.optimization_barrier(ops.concatenate(copies, axis=2))


class Joined(keras.layers.Layer):
    """Add what a block made to what went into it: twice (n, T, d) -> (n, T, d), of the same spread."""

    def call(self, x: keras.KerasTensor, made: keras.KerasTensor) -> keras.KerasTensor:
        """Return shape (n, T, d)."""
        return (x + made) * 0.5**0.5


class Inside(keras.layers.Layer):
    """Zero what lies behind the end of a series: (n, T, d), (n, T) -> (n, T, d)."""

    def call(self, x: keras.KerasTensor, there: keras.KerasTensor) -> keras.KerasTensor:
        """Return shape (n, T, d)."""
        return x * ops.cast(there > 0, "float32")[:, :, None]


class Parts(keras.layers.Layer):
    """The largest value anywhere, and the means of equal parts of each series: (n, T, d), (n, T) -> (n, (1 + parts) d)."""

    def call(self, x: keras.KerasTensor, there: keras.KerasTensor) -> keras.KerasTensor:
        """Return shape (n, (1 + parts) d); values are positive or zero."""
        inside = ops.cast(there > 0, "float32")
        number = ops.maximum(ops.sum(inside, axis=1, keepdims=True), 1.0)
        part = ops.floor((ops.cumsum(inside, axis=1) - 0.5) * (PARTS / number))
        found = [ops.max(x, axis=1)]
        for k in range(PARTS):
            weight = inside * ops.cast(ops.equal(part, float(k)), "float32")
            total = ops.maximum(ops.sum(weight, axis=1, keepdims=True), 1.0)
            found.append(ops.einsum("ntd,nt->nd", x, weight / total))
        return ops.concatenate(found, axis=1)


# --- the network


def build(architecture: SequenceArchitecture) -> keras.Model:
    """Return the Keras model; its trainable weights are those of `SequenceArchitecture.weight_shapes`, in that order.

    Its inputs are a dict of ``series`` (n, T, c) float32 and ``there`` (n, T) int32, and ``plain`` (n, r) float32 and ``codes`` (n, q)
    int32 where there are any; its output has shape (n, outputs): logits or values.
    """
    inputs = {
        "series": keras.Input((architecture.steps, architecture.channels), name="series"),
        "there": keras.Input((architecture.steps,), dtype="int32", name="there"),
    }
    read = _convolutions if architecture.kind == "convolution" else _states
    blocks = read(architecture, inputs["series"], inputs["there"])
    if architecture.plain:
        inputs["plain"] = keras.Input((architecture.plain,), name="plain")
        blocks.append(inputs["plain"])
    if architecture.levels:
        inputs["codes"] = keras.Input((len(architecture.levels),), dtype="int32", name="codes")
        blocks += [
            Levels(size, architecture.level_width, name=f"levels_{k}")(inputs["codes"][:, k]) for k, size in enumerate(architecture.levels)
        ]
    x = keras.layers.Concatenate(name="joined")(blocks) if len(blocks) > 1 else blocks[0]
    x = RatedDropout(name="dropout_read")(x)
    x = RatedDropout(name="dropout_hidden")(ops.relu(Dense(architecture.hidden, name="hidden")(x)))
    model = keras.Model(inputs, Dense(architecture.outputs, name="head")(x))
    found = [(variable.path, tuple(variable.shape)) for variable in model.trainable_variables]
    if found != list(architecture.weight_shapes().items()):
        raise RuntimeError(f"the Keras model and its architecture differ: {found} and {architecture.weight_shapes()}")
    return model


def _convolutions(architecture: SequenceArchitecture, series: keras.KerasTensor, there: keras.KerasTensor) -> list[keras.KerasTensor]:
    made = ops.relu(Dense(architecture.stream, name="first")(Taps(1, name="taps")(series)))
    stream = Inside(name="inside")(made, there)
    for k in range(architecture.blocks):
        x = Inside(name=f"narrow_inside_{k}")(Dense(architecture.features, name=f"narrow_{k}")(stream), there)
        made = ops.relu(Dense(architecture.stream, name=f"block_{k}")(Taps(2 ** (k + 1), name=f"taps_{k}")(x)))
        stream = Inside(name=f"inside_{k}")(Joined(name=f"joined_{k}")(stream, made), there)
    return [Parts(name="parts")(stream, there)]


def _states(architecture: SequenceArchitecture, series: keras.KerasTensor, there: keras.KerasTensor) -> list[keras.KerasTensor]:
    x = ops.tanh(Dense(architecture.features, name="steps")(series))
    return [Gated(architecture.features, False, name="onward")(x, there), Gated(architecture.features, True, name="backward")(x, there)]
