"""Networks that read words, from Keras layers: a bag of n-grams, a convolution and a recurrent network, each beside columns of a table.

    words (n, L) -> Words (n, L, d) -> Dropout -> bag: mean over the words           (n, d)     --.
                                              or spans of 2, 3, 4 words: max          (n, 3 f)     |
                                              or a gated state both ways: max         (n, 2 f)    -+-> Hidden -> Dropout -> Head
    plain (n, r) ----------------------------------------------------------------------------------|
    codes (n, q) -> Levels (n, q * level_width) --------------------------------------------------'

After fastText (Joulin et al. 2017), Kim's convolution (2014) and the gated recurrent unit (Cho et al. 2014). Convolutions are
products of matrices over shifted copies, which run well inside one compiled epoch on a processor; ``text_forward.py`` computes the
same without Keras.
"""

from __future__ import annotations

import keras
from keras import ops

from automl_assist.nn.tabular import Dense, Levels, RatedDropout, blank
from automl_assist.nn.text_architecture import SPANS, TextArchitecture

# --- layers


class Words(keras.layers.Layer):
    """Embed each word: (n, L) numbers -> (n, L, d)."""

    def __init__(self, words: int, width: int, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.words, self.width = words, width

    def build(self, shape: tuple[int | None, int]) -> None:
        """Make a row for each word."""
        self.table = self.add_weight(name="table", shape=(self.words, self.width), initializer=blank)

    def call(self, words: keras.KerasTensor) -> keras.KerasTensor:
        """Return shape (n, L, d), zeros where there is no word."""
        there = ops.cast(words > 0, "float32")[:, :, None]
        return ops.take(self.table, words, axis=0) * there


class Mean(keras.layers.Layer):
    """Sum over the words that are there, divided by the root of their number: (n, L, d), (n, L) -> (n, d)."""

    def call(self, x: keras.KerasTensor, words: keras.KerasTensor) -> keras.KerasTensor:
        """Return shape (n, d), about unit variance for unlike words of any number."""
        number = ops.sum(ops.cast(words > 0, "float32"), axis=1, keepdims=True)
        return ops.sum(x, axis=1) / ops.sqrt(ops.maximum(number, 1.0))


class Shifted(keras.layers.Layer):
    """Put each word beside those that follow it: (n, L, d) -> (n, L, span * d)."""

    def __init__(self, span: int, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.span = span

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Return shape (n, L, span * d), zeros beyond the end."""
        length = x.shape[1]
        padded = ops.pad(x, ((0, 0), (0, self.span - 1), (0, 0)))
        return ops.concatenate([padded[:, k : k + length] for k in range(self.span)], axis=2)


class Strongest(keras.layers.Layer):
    """The strongest positive answer anywhere in the text: (n, L, f) -> (n, f), zero where there is none."""

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Return shape (n, f)."""
        return ops.max(ops.relu(x), axis=1)


class Gated(keras.layers.Layer):
    """A gated recurrent unit that reads the words one way: (n, L, d), (n, L) -> (n, f), the largest of each state."""

    def __init__(self, features: int, reverse: bool, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.features, self.reverse = features, reverse

    def build(self, shape: tuple[int | None, int, int], *_: object) -> None:
        """Make the weights of update, reset and candidate side by side."""
        self.kernel = self.add_weight(name="kernel", shape=(shape[-1], 3 * self.features), initializer=blank)
        self.recurrent = self.add_weight(name="recurrent", shape=(self.features, 3 * self.features), initializer=blank)
        self.bias = self.add_weight(name="bias", shape=(3 * self.features,), initializer=blank)

    def call(self, x: keras.KerasTensor, words: keras.KerasTensor) -> keras.KerasTensor:
        """Return shape (n, f)."""
        f = self.features
        made = ops.matmul(x, self.kernel) * (1 / x.shape[-1] ** 0.5) + self.bias  # (n, L, 3 f)
        recurrent = self.recurrent * (1 / f**0.5)
        there = ops.cast(words > 0, "float32")[:, :, None]

        def step(carry: tuple[keras.KerasTensor, keras.KerasTensor], now: tuple[keras.KerasTensor, keras.KerasTensor]) -> tuple:
            state, largest = carry
            inputs, is_there = now
            update, reset = ops.split(ops.sigmoid(inputs[:, : 2 * f] + ops.matmul(state, recurrent[:, : 2 * f])), 2, axis=1)
            candidate = ops.tanh(inputs[:, 2 * f :] + reset * ops.matmul(state, recurrent[:, 2 * f :]))
            state = state + is_there * (1 - update) * (candidate - state)
            return (state, ops.maximum(largest, state)), 0.0

        start = ops.zeros_like(made[:, 0, :f])
        (_, largest), _ = ops.scan(step, (start, start), (ops.swapaxes(made, 0, 1), ops.swapaxes(there, 0, 1)), reverse=self.reverse)
        return largest


# --- the network


def build(architecture: TextArchitecture) -> keras.Model:
    """Return the Keras model; its trainable weights are those of `TextArchitecture.weight_shapes`, in that order.

    Its inputs are a dict of ``words`` (n, L) int32, and ``plain`` (n, r) float32 and ``codes`` (n, q) int32 where there are any; its
    output has shape (n, outputs): logits or values.
    """
    inputs = {"words": keras.Input((architecture.length,), dtype="int32", name="words")}
    words = inputs["words"]
    x = RatedDropout(name="dropout_words")(Words(architecture.words, architecture.width, name="vectors")(words))
    if architecture.kind == "bag":
        blocks = [Mean(name="mean")(x, words)]
    elif architecture.kind == "convolution":
        blocks = []
        for span in SPANS:
            seen = Dense(architecture.features, name=f"span_{span}")(Shifted(span, name=f"shifted_{span}")(x))
            blocks.append(Strongest(name=f"strongest_{span}")(seen))
    else:
        blocks = [
            Gated(architecture.features, False, name="onward")(x, words),
            Gated(architecture.features, True, name="backward")(x, words),
        ]
    if architecture.plain:
        inputs["plain"] = keras.Input((architecture.plain,), name="plain")
        blocks.append(inputs["plain"])
    if architecture.levels:
        inputs["codes"] = keras.Input((len(architecture.levels),), dtype="int32", name="codes")
        blocks += [
            Levels(size, architecture.level_width, name=f"levels_{k}")(inputs["codes"][:, k]) for k, size in enumerate(architecture.levels)
        ]
    x = keras.layers.Concatenate(name="joined")(blocks) if len(blocks) > 1 else blocks[0]
    x = RatedDropout(name="dropout_hidden")(ops.relu(Dense(architecture.hidden, name="hidden")(x)))
    model = keras.Model(inputs, Dense(architecture.outputs, name="head")(x))
    found = [(variable.path, tuple(variable.shape)) for variable in model.trainable_variables]
    if found != list(architecture.weight_shapes().items()):
        raise RuntimeError(f"the Keras model and its architecture differ: {found} and {architecture.weight_shapes()}")
    return model
