"""A network for tables after RealMLP (Holzmüller, Grinsztajn and Steinwart 2024), from Keras layers.

    numbers (n, p)   -> Waves  (n, p * number_width) --.
    plain   (n, r)   ----------------------------------+-> Scale -> [Hidden -> Bend -> Dropout] x layers -> Head (n, outputs)
    codes   (n, q)   -> Levels (n, q * level_width)  --'

What makes it learn tables well: numbers pass through waves of several lengths before the first layer, kernels are scaled by
1 / sqrt(width) instead of at the start (so one learning rate suits all layers), every activation can bend back to the identity,
and a scale in front lets the network turn columns off. ``forward.py`` computes the same without Keras.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import keras
import numpy as np
from keras import ops

from automl_assist.nn.architecture import Architecture

MOST_DROPPED = 0.8  # of what a layer is given; beyond it hardly anything is learned
# The cosine of a turn is a polynomial of the square of what is left after whole turns, off by less than a millionth. XLA calls the C
# library for every cosine and sine on a processor: with them, a step of 256 rows of 20 numbers took 6.6 ms instead of 4.5.
COSINE = np.polynomial.Chebyshev.interpolate(lambda square: np.cos(2 * np.pi * np.sqrt(square)), 7, domain=[0, 0.25]).convert(
    kind=np.polynomial.Polynomial
)
GOLDEN = np.uint32(0x9E3779B9)  # odd, and far from a fraction of 2^32 with small numbers: neighbours start far apart (Knuth 6.4)
FAR = 20.0  # above it, mish(x) is x to the last digit

# --- functions


def cosine(turns: keras.KerasTensor) -> keras.KerasTensor:
    """Return the cosine of an angle in turns, of the same shape."""
    square = ops.square(turns - ops.round(turns))
    highest, *rest = (float(c) for c in COSINE.coef[::-1])
    value = ops.full_like(square, highest)
    for coefficient in rest:
        value = value * square + coefficient
    return value


def mish(x: keras.KerasTensor) -> keras.KerasTensor:
    """Return x tanh(log(1 + exp(x))) (Misra 2019) by one exponential in place of two and a logarithm."""
    grown = ops.exp(ops.minimum(x, FAR))
    share = grown * (grown + 2)
    return x * (share / (share + 2))


def evenly(shape: tuple[int, ...], draw: keras.random.SeedGenerator) -> keras.KerasTensor:
    """Return numbers between 0 and 1 for dropout: the place of each, scattered by a hash whose start is the generator's next state.

    Keras' own, JAX's threefry, is made for statistics; it took a sixth of a training step.
    """
    seed, count = ops.unstack(ops.cast(draw.next(), "uint32"), 2)
    start = _scattered(seed ^ _scattered(count))
    places = ops.reshape(ops.arange(math.prod(shape), dtype="uint32"), shape)
    return ops.cast(_scattered(places * GOLDEN + start) >> 8, "float32") * 2.0**-24  # as many bits as a float32 holds


def _scattered(x: keras.KerasTensor) -> keras.KerasTensor:
    """Return a hash of each number of 32 bits (Wellons' lowbias32: half of the bits change with every bit given)."""
    x = (x ^ (x >> 16)) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> 15)) * np.uint32(0x846CA68B)
    return x ^ (x >> 16)


# --- layers


def blank(shape: tuple[int, ...], dtype: str | None = None) -> np.ndarray:
    """Return zeros: weights come from `forward.first_weights`, and Keras' initialisers compile a program for every shape."""
    return np.zeros(shape, dtype)


class Waves(keras.layers.Layer):
    """Embed each number: (n, p) -> (n, p * width), itself and linear combinations of cosines of it (RealMLP's PBLD)."""

    def __init__(self, frequencies: int, width: int, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.frequencies, self.width = frequencies, width

    def build(self, shape: tuple[int | None, int]) -> None:
        """Make a set of waves for each of the p columns."""
        columns, made = shape[-1], self.width - 1
        self.frequency = self.add_weight(name="frequency", shape=(columns, self.frequencies), initializer=blank)
        self.phase = self.add_weight(name="phase", shape=(columns, self.frequencies), initializer=blank)
        self.kernel = self.add_weight(name="kernel", shape=(columns, self.frequencies, made), initializer=blank)
        self.bias = self.add_weight(name="bias", shape=(columns, made), initializer=blank)

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Return shape (n, p * width)."""
        waves = cosine(x[:, :, None] * self.frequency + self.phase / (2 * np.pi))  # (n, p, frequencies)
        made = ops.einsum("npf,pfm->npm", waves, self.kernel) + self.bias
        return ops.reshape(ops.concatenate([x[:, :, None], made], axis=2), (-1, x.shape[1] * self.width))


class Levels(keras.layers.Layer):
    """Embed one category: (n,) level numbers -> (n, width)."""

    def __init__(self, levels: int, width: int, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.levels, self.width = levels, width

    def build(self, shape: tuple[int | None]) -> None:
        """Make a row for each level."""
        self.table = self.add_weight(name="table", shape=(self.levels, self.width), initializer=blank)

    def call(self, codes: keras.KerasTensor) -> keras.KerasTensor:
        """Return shape (n, width)."""
        return ops.take(self.table, codes, axis=0)


class Scale(keras.layers.Layer):
    """Multiply each column by a weight: (n, d) -> (n, d)."""

    def build(self, shape: tuple[int | None, int]) -> None:
        """Make a weight for each column."""
        self.weight = self.add_weight(name="weight", shape=(shape[-1],), initializer=blank)

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Return shape (n, d)."""
        return x * self.weight


class Dense(keras.layers.Layer):
    """A linear layer in the neural-tangent parametrisation: (n, d) -> (n, width), x W / sqrt(d) + b."""

    def __init__(self, width: int, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.width = width

    def build(self, shape: tuple[int | None, int]) -> None:
        """Make the kernel and the bias."""
        self.kernel = self.add_weight(name="kernel", shape=(shape[-1], self.width), initializer=blank)
        self.bias = self.add_weight(name="bias", shape=(self.width,), initializer=blank)

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Return shape (n, width)."""
        return ops.matmul(x, self.kernel) * (1 / x.shape[-1] ** 0.5) + self.bias


class Bend(keras.layers.Layer):
    """An activation that each neuron may straighten: (n, d) -> (n, d), x + slope (f(x) - x)."""

    def __init__(self, activation: str, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.activation = {"selu": keras.activations.selu, "mish": mish}[activation]

    def build(self, shape: tuple[int | None, int]) -> None:
        """Make a slope for each neuron."""
        self.slope = self.add_weight(name="slope", shape=(shape[-1],), initializer=blank)

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Return shape (n, d)."""
        return x + self.slope * (self.activation(x) - x)


class RatedDropout(keras.layers.Layer):
    """Dropout whose rate is a weight that is not trained, so that another rate needs no other program: (n, d) -> (n, d).

    Parameters
    ----------
    times : float
        What the rate is multiplied by here, up to `MOST_DROPPED`.
    """

    def __init__(self, times: float = 1.0, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.times, self.draw = times, keras.random.SeedGenerator(0)

    def build(self, shape: tuple[int | None, int]) -> None:
        """Make the rate."""
        self.rate = self.add_weight(name="rate", shape=(), initializer=blank, trainable=False)

    def call(self, x: keras.KerasTensor, training: bool = False) -> keras.KerasTensor:
        """Return shape (n, d)."""
        if not training:
            return x
        rate = ops.minimum(self.rate * self.times, MOST_DROPPED)
        kept = evenly(ops.shape(x), self.draw) >= rate
        return ops.where(kept, x / (1 - rate), 0.0)


# --- the network


def build(architecture: Architecture) -> keras.Model:
    """Return the Keras model; its trainable weights are those of `Architecture.weight_shapes`, in that order.

    Its inputs are a dict of ``numbers`` (n, p) and ``plain`` (n, r) float32 and ``codes`` (n, q) int32, of those that have columns;
    its output has shape (n, outputs): logits or values.
    """
    inputs, output = connected(architecture)
    model = keras.Model(inputs, output)
    found = {variable.path: tuple(variable.shape) for variable in model.trainable_variables}
    if found != architecture.weight_shapes():
        raise RuntimeError(f"the Keras model and its architecture differ: {found} and {architecture.weight_shapes()}")
    return model


def connected(architecture: Architecture, read: Sequence[keras.KerasTensor] = ()) -> tuple[dict[str, keras.KerasTensor], keras.KerasTensor]:
    """Return the inputs by name, and the output for them.

    Parameters
    ----------
    read : sequence of tensors of shape (n, d)
        The last of the plain columns, where these come from other layers and not from the data.
    """
    inputs: dict[str, keras.KerasTensor] = {}
    blocks = []
    if architecture.numbers:
        inputs["numbers"] = keras.Input((architecture.numbers,), name="numbers")
        waves = Waves(architecture.frequencies, architecture.number_width, name="waves")
        blocks.append(waves(inputs["numbers"]) if architecture.embeds_numbers else inputs["numbers"])
    given = architecture.plain - sum(x.shape[1] for x in read)
    if given:
        inputs["plain"] = keras.Input((given,), name="plain")
        blocks.append(inputs["plain"])
    blocks += read
    if architecture.levels:
        inputs["codes"] = keras.Input((len(architecture.levels),), dtype="int32", name="codes")
        for k, size in enumerate(architecture.levels):
            blocks.append(Levels(size, architecture.level_width, name=f"levels_{k}")(inputs["codes"][:, k]))
    x = keras.layers.Concatenate(name="inputs")(blocks) if len(blocks) > 1 else blocks[0]
    x = Scale(name="scale")(x)
    for k, width in enumerate(architecture.hidden):
        x = Dense(width, name=f"hidden_{k}")(x)
        x = Bend(architecture.activation, name=f"bend_{k}")(x)
        x = RatedDropout(name=f"dropout_{k}")(x)
    return inputs, Dense(architecture.outputs, name="head")(x)
