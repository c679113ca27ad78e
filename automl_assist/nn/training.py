"""The one training loop: a whole epoch, and the look at held-out rows after it, as one compiled program.

Everything that a search varies without changing shapes (learning rate, decay, dropout, smoothing of labels, length) goes in as a
number, and rows are padded to one length, so that a program compiled once serves every fold and most candidates.
"""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from automl_assist.nn.compilation import prepare

prepare()

import jax  # noqa: E402  after the backend is chosen
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

from automl_assist.nn.architecture import Architecture  # noqa: E402
from automl_assist.nn.forward import Weights  # noqa: E402
from automl_assist.nn.tabular import build  # noqa: E402

BETA1, BETA2, EPSILON = 0.9, 0.95, 1e-8  # RealMLP's Adam
# Held-out rows see a running average of the weights over about 50 steps. Compared on eight tables and two splits each with the
# last weights it was better in 12 of 16, and it costs no time.
AVERAGE_STEP = 0.02
# The rate rises from zero and falls back once, its peak at 41 % of the steps. RealMLP's four such waves take 2.5 times as many
# epochs for the same scores on those tables: most networks of that size have learned a table by heart before the second wave.
HELD_OUT_STEP = 256  # held-out rows are padded to a multiple of this, so that folds share a program
TIME_MARGIN = 0.95
PROGRAMS = 4  # compiled programs kept in a process

# RealMLP's factors for the learning rate of a kind of weight, and whether it decays. The factor enters the decay squared, as in
# the reference code that the defaults were tuned with.
RATE_FACTORS = {"waves": 0.1, "scale": 6.0, "bias": 0.1, "slope": 0.1}
LOSSES = ("cross_entropy", "squared", "absolute")

Judge = Callable[[np.ndarray], tuple[float, ...]]


@dataclass(frozen=True)
class Recipe:
    """How to train.

    Attributes
    ----------
    loss
        ``cross_entropy`` of class codes, ``squared`` or ``absolute`` error of values.
    epochs, batch_size
        At most, and rows a step.
    learning_rate, weight_decay, dropout, label_smoothing
        At their largest: the first three follow schedules.
    patience
        Epochs without a better one after which training stops; 0 for never.
    """

    loss: str
    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    dropout: float
    label_smoothing: float
    patience: int = 0


@dataclass(frozen=True)
class Trained:
    """The weights of the best epoch, and how they came about."""

    weights: dict[str, np.ndarray]
    epochs: int
    best_epoch: int
    stopped: str
    seconds_an_epoch: float


class Rows(NamedTuple):
    """Arrays by the names of the model's inputs, and the target: class codes (n,) or values (n,)."""

    inputs: dict[str, np.ndarray]
    target: np.ndarray


class _State(NamedTuple):
    """What training carries from step to step; NumPy arrays at first, since a JAX array made here would compile a program."""

    trained: list[Any]
    first_moment: list[Any]
    second_moment: list[Any]
    average: list[Any]  # of the trained weights over the last steps
    other: list[Any]  # dropout's rates and random states


def train(
    architecture: Architecture,
    weights: Weights,
    rows: Rows,
    held_out: dict[str, np.ndarray],
    judge: Judge,
    recipe: Recipe,
    *,
    seed: int,
    seconds: float | None,
    padded_rows: int,
) -> Trained:
    """Train from `weights`, and return those of the epoch that `judge` likes best.

    Parameters
    ----------
    rows : Rows
        To train on; inputs of shapes (n, …).
    held_out : dict of ndarray
        Inputs of the rows that choose the epoch.
    judge : callable
        ``judge(outputs)`` of shape (held out, outputs) returns figures to be minimised, the first first; of equals, the later epoch wins.
    seconds : float, optional
        The schedule is shortened to end in time once the length of an epoch is known; at least one epoch is done.
    padded_rows : int
        Rows that an epoch counts, the same for every fold.
    """
    started = time.monotonic()
    n, held = len(rows.target), len(next(iter(held_out.values())))
    batch = min(recipe.batch_size, n)
    steps = max(1, max(padded_rows, n) // batch)
    program, variables = _program(architecture, recipe.loss)
    state = _first_state(architecture, weights, variables, seed)
    inputs, target = (
        {k: _pad(v, max(padded_rows, n)) for k, v in rows.inputs.items()},
        _pad(_typed(rows.target, recipe.loss), max(padded_rows, n)),
    )
    held_out = {k: _pad(v, HELD_OUT_STEP * math.ceil(max(1, held) / HELD_OUT_STEP)) for k, v in held_out.items()}
    dials = {"rate": recipe.learning_rate, "decay": recipe.weight_decay, "dropout": recipe.dropout, "smoothing": recipe.label_smoothing}
    rng = np.random.default_rng(seed)
    best, lowest, best_epoch, planned, stopped = state.average, None, 0, float(recipe.epochs), "all epochs"
    done, timed_from, an_epoch = 0, 0.0, 0.0
    while done < planned:
        order = _order(rng, n, steps, batch)
        state, outputs = program(state, inputs, target, held_out, order, dials, done * steps, planned * steps)
        seen = np.asarray(outputs)[:held].astype(np.float64)
        done += 1
        if not np.isfinite(seen).all():
            stopped = "weights grew without bound"
            break
        loss = judge(seen)
        if lowest is None or loss <= lowest:
            best, lowest, best_epoch = state.average, loss, done
        if recipe.patience and done - best_epoch >= recipe.patience:
            stopped = "no better on held-out rows"
            break
        elapsed = time.monotonic() - started
        timed_from = elapsed if done == 1 else timed_from  # the first epoch compiles
        an_epoch = (elapsed - timed_from) / (done - 1) if done > 1 else 0.0
        fitting = _fitting(done, an_epoch, elapsed, seconds)
        if fitting < planned:
            planned, stopped = fitting, "time"
    names = list(architecture.weight_shapes())
    return Trained({name: np.asarray(array) for name, array in zip(names, best, strict=True)}, done, best_epoch, stopped, an_epoch)


def _fitting(done: int, an_epoch: float, elapsed: float, seconds: float | None) -> float:
    """Return how many epochs fit in the time, those done included; before an epoch was timed, all if less than half has passed."""
    if seconds is None:
        return math.inf
    left = TIME_MARGIN * seconds - elapsed
    if not an_epoch:
        return math.inf if left > elapsed else done
    return done + max(0, int(left / an_epoch))


# --- one epoch


@functools.lru_cache(maxsize=PROGRAMS)
def _program(architecture: Architecture, loss: str) -> tuple[Any, Any]:
    """Return the compiled epoch of an architecture, and its Keras model."""
    model = build(architecture)
    names = list(architecture.weight_shapes())
    factors = [_rate_factor(name) for name in names]
    decays = [0.0 if name.endswith("/bias") else 1.0 for name in names]
    rates = [k for k, variable in enumerate(model.non_trainable_variables) if variable.path.endswith("/rate")]

    def loss_of(trained: list[jax.Array], other: list[jax.Array], x: dict[str, jax.Array], y: jax.Array, smoothing: jax.Array) -> Any:
        outputs, other = model.stateless_call(trained, other, x, training=True)
        return jnp.mean(_losses(loss, outputs, y, smoothing)), other

    def epoch(
        state: _State,
        inputs: dict[str, jax.Array],
        target: jax.Array,
        held_out: dict[str, jax.Array],
        order: jax.Array,
        dials: dict[str, jax.Array],
        first_step: jax.Array,
        all_steps: jax.Array,
    ) -> tuple[_State, jax.Array]:
        def step(state: _State, now: tuple[jax.Array, jax.Array]) -> tuple[_State, None]:
            index, number = now
            t = jnp.minimum(number / all_steps, 1.0)
            flat = jnp.where(t < 0.5, 1.0, 0.5 * (1 + jnp.cos(jnp.pi * (2 * t - 1))))
            rate = dials["rate"] * 0.5 * (1 - jnp.cos(2 * jnp.pi * jnp.log2(1 + t)))
            other = list(state.other)
            for k in rates:
                other[k] = (dials["dropout"] * flat).astype(other[k].dtype)
            x = {name: array[index] for name, array in inputs.items()}
            gradients, other = jax.grad(loss_of, has_aux=True)(state.trained, other, x, target[index], dials["smoothing"])
            return _adam(state, gradients, other, number, rate, dials["decay"] * flat, factors, decays), None

        numbers = first_step + jnp.arange(len(order))
        state, _ = jax.lax.scan(step, state, (order, numbers))
        outputs, _ = model.stateless_call(state.average, state.other, held_out, training=False)
        return state, outputs

    return jax.jit(epoch), model


def _adam(
    state: _State,
    gradients: list[jax.Array],
    other: list[jax.Array],
    number: jax.Array,
    rate: Any,
    decay: Any,
    factors: list[float],
    decays: list[float],
) -> _State:
    """Return the state after a step of Adam with decoupled weight decay."""
    trained, first, second, average = [], [], [], []
    unbias1, unbias2 = 1 - BETA1 ** (number + 1.0), 1 - BETA2 ** (number + 1.0)
    for weight, m, v, a, gradient, factor, decays_it in zip(
        state.trained, state.first_moment, state.second_moment, state.average, gradients, factors, decays, strict=True
    ):
        m = BETA1 * m + (1 - BETA1) * gradient
        v = BETA2 * v + (1 - BETA2) * gradient**2
        step = rate * factor * (m / unbias1) / (jnp.sqrt(v / unbias2) + EPSILON)
        trained.append(weight * (1 - decays_it * decay * rate * factor**2) - step)
        first.append(m)
        second.append(v)
        average.append(a + AVERAGE_STEP * (trained[-1] - a))
    return _State(trained, first, second, average, other)


def _losses(loss: str, outputs: jax.Array, target: jax.Array, smoothing: jax.Array) -> jax.Array:
    """Return the loss of each row, shape (n,)."""
    if loss == "squared":
        return (outputs[:, 0] - target) ** 2
    if loss == "absolute":
        return jnp.abs(outputs[:, 0] - target)
    wanted = jax.nn.one_hot(target, outputs.shape[1]) * (1 - smoothing) + smoothing / outputs.shape[1]
    return -jnp.sum(wanted * jax.nn.log_softmax(outputs), axis=1)


def _rate_factor(name: str) -> float:
    layer, part = name.split("/")
    return RATE_FACTORS.get(layer, RATE_FACTORS.get(part, 1.0))


# --- arrays


def _first_state(architecture: Architecture, weights: Weights, model: Any, seed: int) -> _State:
    trained = [np.asarray(weights[name], np.float32) for name in architecture.weight_shapes()]
    draws = np.random.default_rng(seed).integers(0, 2**31, (len(model.non_trainable_variables), 2))
    other = []
    for variable, draw in zip(model.non_trainable_variables, draws, strict=True):
        value = np.asarray(variable.value)
        other.append(value if variable.path.endswith("/rate") else draw.astype(value.dtype))
    zeros = [np.zeros_like(w) for w in trained]
    return _State(trained, zeros, zeros, trained, other)


def _order(rng: np.random.Generator, rows: int, steps: int, batch: int) -> np.ndarray:
    """Return which rows each step sees, int32 of shape (steps, batch): every row once before any row twice."""
    wanted = steps * batch
    passes = [rng.permutation(rows) for _ in range(math.ceil(wanted / rows))]
    return np.concatenate(passes)[:wanted].reshape(steps, batch).astype(np.int32)


def _typed(target: np.ndarray, loss: str) -> np.ndarray:
    return target.astype(np.int32 if loss == "cross_entropy" else np.float32)


def _pad(array: np.ndarray, rows: int) -> np.ndarray:
    """Return the array with rows of zeros at its end; they are never looked at."""
    return np.concatenate([array, np.zeros((rows - len(array), *array.shape[1:]), array.dtype)])
