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
from typing import Any, NamedTuple, Protocol

from automl_assist.nn.compilation import prepare

prepare()

import jax  # noqa: E402  after the backend is chosen
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

from automl_assist.nn.architecture import Architecture  # noqa: E402
from automl_assist.nn.forward import Weights  # noqa: E402
from automl_assist.nn.tabular import build  # noqa: E402

BETA1, BETA2, EPSILON = 0.9, 0.95, 1e-8  # RealMLP's Adam
# Held-out rows see a running average of the weights, by default over about 50 steps. Compared on eight tables and two splits each with
# the last weights it was better in 12 of 16, and it costs no time.
AVERAGE_STEP = 0.02
# The rate rises from zero and falls back once, its peak at 41 % of the steps. RealMLP's four such waves take 2.5 times as many
# epochs for the same scores on those tables: most networks of that size have learned a table by heart before the second wave.
HELD_OUT_STEP, SMALL_STEP = 256, 32  # held-out rows are padded to a multiple of this, so that folds share a program; few to the smaller
TIME_MARGIN = 0.95
LARGEST_LOG_RATE = 20.0  # rates beyond e^20 times the mean are not meant
PROGRAMS = 4  # compiled programs kept in a process

# RealMLP's factors for the learning rate of a kind of weight, and whether it decays. The factor enters the decay squared, as in
# the reference code that the defaults were tuned with.
RATE_FACTORS = {"waves": 0.1, "scale": 6.0, "bias": 0.1, "slope": 0.1}
CLASS_LOSSES = ("cross_entropy", "balanced_cross_entropy", "focal")

Judge = Callable[[np.ndarray], tuple[float, ...]]


class Buildable(Protocol):
    """What an architecture other than that of tables knows of itself; it can be hashed, so that its program is compiled once."""

    @property
    def outputs(self) -> int:
        """Values of a row."""

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of every trained array, in the order of the model's."""

    def build(self) -> Any:
        """Return the Keras model."""

    def __hash__(self) -> int: ...


@dataclass(frozen=True)
class Recipe:
    """How to train.

    Attributes
    ----------
    loss
        ``cross_entropy``, ``balanced_cross_entropy`` or ``focal`` of class codes; ``squared``, ``absolute``, ``huber`` or ``quantile``
        error of values; ``poisson`` of values above zero, whose outputs are logarithms of rates.
    epochs, batch_size
        At most, and rows a step.
    learning_rate, weight_decay, dropout, label_smoothing
        At their largest: the first three follow schedules.
    patience
        Epochs without a better one after which training stops; 0 for never.
    optimizer
        ``adamw`` with decoupled decay, ``adam`` whose decay is part of the gradient, or ``sgd`` with Nesterov's `momentum`.
    schedule, warm_up
        ``one_wave`` up and down, ``cosine`` down, or ``constant``; the last two after rising over a share of the steps.
    average
        Share of the newest weights in the running average that is judged; 1 judges the weights themselves.
    shape
        The focal loss's gamma, Huber's delta or the level of the quantile.
    class_weights
        Of each class, for ``balanced_cross_entropy``.
    """

    loss: str
    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    dropout: float
    label_smoothing: float
    patience: int = 0
    optimizer: str = "adamw"
    schedule: str = "one_wave"
    warm_up: float = 0.0
    momentum: float = 0.9
    average: float = AVERAGE_STEP
    shape: float = 0.0
    class_weights: tuple[float, ...] = ()


@dataclass(frozen=True)
class Trained:
    """The weights of the best epoch, and how they came about."""

    weights: dict[str, np.ndarray]
    epochs: int
    best_epoch: int
    stopped: str
    seconds_an_epoch: float


class Rows(NamedTuple):
    """Arrays by the names of the model's inputs, and the target: class codes (n,), values (n,), or several values of each row (n, k)."""

    inputs: dict[str, np.ndarray]
    target: np.ndarray


class State(NamedTuple):
    """What training carries from step to step; NumPy arrays at first, since a JAX array made here would compile a program."""

    trained: list[Any]
    first_moment: list[Any]
    second_moment: list[Any]
    average: list[Any]  # of the trained weights over the last steps
    other: list[Any]  # dropout's rates and random states


def train(
    architecture: Architecture | Buildable,
    weights: Weights,
    rows: Rows,
    held_out: dict[str, np.ndarray],
    judge: Judge,
    recipe: Recipe,
    *,
    seed: int,
    seconds: float | None,
    padded_rows: int,
    epoch_rows: int = 0,
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
        Rows that arrays are padded to, the same for every fold.
    epoch_rows : int
        Rows that an epoch counts; as many as are padded to by default.
    """
    started = time.monotonic()
    n, held = len(rows.target), len(next(iter(held_out.values())))
    batch = min(recipe.batch_size, n)
    steps = max(1, (epoch_rows or max(padded_rows, n)) // batch)
    program, variables = _program(architecture, recipe.loss, recipe.optimizer, recipe.schedule)
    state = _first_state(architecture, weights, variables, seed)
    inputs, target = (
        {k: _pad(v, max(padded_rows, n)) for k, v in rows.inputs.items()},
        _pad(_typed(rows.target, recipe.loss), max(padded_rows, n)),
    )
    step = SMALL_STEP if held <= HELD_OUT_STEP // 2 else HELD_OUT_STEP
    held_out = {k: _pad(v, step * math.ceil(max(1, held) / step)) for k, v in held_out.items()}
    dials = {"rate": recipe.learning_rate, "decay": recipe.weight_decay, "dropout": recipe.dropout, "smoothing": recipe.label_smoothing}
    dials |= {"warm_up": recipe.warm_up, "momentum": recipe.momentum, "average": recipe.average, "shape": recipe.shape}
    dials["class_weights"] = np.asarray(recipe.class_weights or np.ones(architecture.outputs), np.float32)  # type: ignore[assignment]
    rng = np.random.default_rng(seed)
    best, lowest, best_epoch, planned, stopped = state.average, None, 0, float(recipe.epochs), ""
    done, timed_from, an_epoch = 0, 0.0, 0.0
    while done < planned:
        order = order_of(rng, n, steps, batch)
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
        planned = float(min(recipe.epochs, _fitting(done, an_epoch, elapsed, seconds)))  # anew each time: the first may be slow
    stopped = stopped or ("time" if done < recipe.epochs else "all epochs")
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
def _program(architecture: Architecture | Buildable, loss: str, optimizer: str, schedule: str) -> tuple[Any, Any]:
    """Return the compiled epoch of an architecture, and its Keras model."""
    model = build(architecture) if isinstance(architecture, Architecture) else architecture.build()
    names = list(architecture.weight_shapes())
    factors = [_rate_factor(name) for name in names]
    decays = [0.0 if name.endswith("/bias") else 1.0 for name in names]
    rates = [k for k, variable in enumerate(model.non_trainable_variables) if variable.path.endswith("/rate")]

    def loss_of(
        trained: list[jax.Array], other: list[jax.Array], x: dict[str, jax.Array], y: jax.Array, dials: dict[str, jax.Array]
    ) -> Any:
        outputs, other = model.stateless_call(trained, other, x, training=True)
        return jnp.mean(losses(loss, outputs, y, dials)), other

    def epoch(
        state: State,
        inputs: dict[str, jax.Array],
        target: jax.Array,
        held_out: dict[str, jax.Array],
        order: jax.Array,
        dials: dict[str, jax.Array],
        first_step: jax.Array,
        all_steps: jax.Array,
    ) -> tuple[State, jax.Array]:
        def step(state: State, now: tuple[jax.Array, jax.Array]) -> tuple[State, None]:
            index, number = now
            t = jnp.minimum(number / all_steps, 1.0)
            flat = jnp.where(t < 0.5, 1.0, 0.5 * (1 + jnp.cos(jnp.pi * (2 * t - 1))))
            rate = dials["rate"] * rate_share(schedule, t, dials["warm_up"])
            other = list(state.other)
            for k in rates:
                other[k] = (dials["dropout"] * flat).astype(other[k].dtype)
            x = {name: array[index] for name, array in inputs.items()}
            gradients, other = jax.grad(loss_of, has_aux=True)(state.trained, other, x, target[index], dials)
            return stepped(optimizer, state, gradients, other, number, rate, dials["decay"] * flat, factors, decays, dials), None

        numbers = first_step + jnp.arange(len(order))
        state, _ = jax.lax.scan(step, state, (order, numbers))
        outputs, _ = model.stateless_call(state.average, state.other, held_out, training=False)
        return state, outputs

    return jax.jit(epoch), model


def rate_share(schedule: str, t: jax.Array, warm_up: jax.Array) -> Any:
    """Return the share of the highest learning rate at the time `t`, from 0 to 1."""
    if schedule == "one_wave":
        return 0.5 * (1 - jnp.cos(2 * jnp.pi * jnp.log2(1 + t)))
    risen = jnp.where(warm_up > 0, jnp.minimum(t / jnp.maximum(warm_up, 1e-6), 1.0), 1.0)
    if schedule == "constant":
        return risen
    return risen * 0.5 * (1 + jnp.cos(jnp.pi * jnp.clip((t - warm_up) / jnp.maximum(1 - warm_up, 1e-6), 0.0, 1.0)))


def stepped(
    optimizer: str,
    state: State,
    gradients: list[jax.Array],
    other: list[jax.Array],
    number: jax.Array,
    rate: Any,
    decay: Any,
    factors: list[float],
    decays: list[float],
    dials: dict[str, jax.Array],
) -> State:
    """Return the state after a step of AdamW, Adam, or gradient descent with Nesterov's momentum."""
    trained, first, second, average = [], [], [], []
    unbias1, unbias2 = 1 - BETA1 ** (number + 1.0), 1 - BETA2 ** (number + 1.0)
    for weight, m, v, a, gradient, factor, decays_it in zip(
        state.trained, state.first_moment, state.second_moment, state.average, gradients, factors, decays, strict=True
    ):
        if optimizer != "adamw":
            gradient = gradient + decays_it * decay * weight
        if optimizer == "sgd":
            m = dials["momentum"] * m + gradient
            trained.append(weight - rate * factor * (gradient + dials["momentum"] * m))
        else:
            m = BETA1 * m + (1 - BETA1) * gradient
            v = BETA2 * v + (1 - BETA2) * gradient**2
            step = rate * factor * (m / unbias1) / (jnp.sqrt(v / unbias2) + EPSILON)
            kept = 1 - decays_it * decay * rate * factor**2 if optimizer == "adamw" else 1.0
            trained.append(weight * kept - step)
        first.append(m)
        second.append(v)
        average.append(a + dials["average"] * (trained[-1] - a))
    return State(trained, first, second, average, other)


def losses(loss: str, outputs: jax.Array, target: jax.Array, dials: dict[str, jax.Array]) -> jax.Array:
    """Return the loss of each row, shape (n,)."""
    if loss not in CLASS_LOSSES:
        if target.ndim == 1:
            return _value_losses(loss, outputs[:, 0], target, dials["shape"])
        return jnp.mean(_value_losses(loss, outputs, target, dials["shape"]), axis=1)
    smoothing = dials["smoothing"]
    wanted = jax.nn.one_hot(target, outputs.shape[1]) * (1 - smoothing) + smoothing / outputs.shape[1]
    log_probability = jax.nn.log_softmax(outputs)
    if loss == "focal":  # rows that are right already count less (Lin et al. 2017)
        return -jnp.sum(wanted * jnp.maximum(1 - jnp.exp(log_probability), 1e-6) ** dials["shape"] * log_probability, axis=1)
    losses = -jnp.sum(wanted * log_probability, axis=1)
    return losses * dials["class_weights"][target] if loss == "balanced_cross_entropy" else losses


def _value_losses(loss: str, output: jax.Array, target: jax.Array, shape: jax.Array) -> jax.Array:
    error = output - target
    if loss == "squared":
        return error**2
    if loss == "absolute":
        return jnp.abs(error)
    if loss == "huber":
        size = jnp.abs(error)
        return jnp.where(size <= shape, error**2, shape * (2 * size - shape))
    if loss == "quantile":
        return jnp.maximum(-shape * error, (1 - shape) * error)
    bounded = jnp.clip(output, -LARGEST_LOG_RATE, LARGEST_LOG_RATE)
    return jnp.exp(bounded) - target * output


def _rate_factor(name: str) -> float:
    layer, part = name.split("/")
    return RATE_FACTORS.get(layer, RATE_FACTORS.get(part, 1.0))


# --- arrays


def _first_state(architecture: Architecture | Buildable, weights: Weights, model: Any, seed: int) -> State:
    trained = [np.asarray(weights[name], np.float32) for name in architecture.weight_shapes()]
    draws = np.random.default_rng(seed).integers(0, 2**31, (len(model.non_trainable_variables), 2))
    other = []
    for variable, draw in zip(model.non_trainable_variables, draws, strict=True):
        value = np.asarray(variable.value)
        other.append(value if variable.path.endswith("/rate") else draw.astype(value.dtype))
    zeros = [np.zeros_like(w) for w in trained]
    return State(trained, zeros, zeros, trained, other)


def order_of(rng: np.random.Generator, rows: int, steps: int, batch: int) -> np.ndarray:
    """Return which rows each step sees, int32 of shape (steps, batch): every row once before any row twice."""
    wanted = steps * batch
    passes = [rng.permutation(rows) for _ in range(math.ceil(wanted / rows))]
    return np.concatenate(passes)[:wanted].reshape(steps, batch).astype(np.int32)


def _typed(target: np.ndarray, loss: str) -> np.ndarray:
    return target.astype(np.int32 if loss in CLASS_LOSSES else np.float32)


def _pad(array: np.ndarray, rows: int) -> np.ndarray:
    """Return the array with rows of zeros at its end; they are never looked at."""
    return np.concatenate([array, np.zeros((rows - len(array), *array.shape[1:]), array.dtype)])
