"""Training of convolutional networks: one compiled step, and a plain loop around it.

The loop of ``training.py`` compiles a whole epoch; inside such a program convolutions of pictures are twenty times slower on a processor.
"""

from __future__ import annotations

import functools
import math
import time
from dataclasses import dataclass
from typing import Any

from automl_assist.nn.compilation import prepare

prepare()

import jax  # noqa: E402  after the backend is chosen
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

from automl_assist.nn.forward import Weights  # noqa: E402
from automl_assist.nn.image_architecture import ImageArchitecture  # noqa: E402
from automl_assist.nn.training import CLASS_LOSSES, State, Trained, losses, rate_share, stepped  # noqa: E402

TIME_MARGIN = 0.9
TIMED_STEPS = 3  # after the first, which compiles
PROGRAMS = 4


@dataclass(frozen=True)
class ImageRecipe:
    """How to train.

    Attributes
    ----------
    loss, shape, class_weights
        As in `training.Recipe`.
    epochs, batch_size
        At most, and pictures a step.
    learning_rate, weight_decay, dropout, label_smoothing
        At their largest; the rate rises and falls once.
    mirror, shift
        Whether half of the pictures are mirrored, and how far they are moved, as a share of a side.
    """

    loss: str
    shape: float
    class_weights: tuple[float, ...]
    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    dropout: float
    label_smoothing: float
    mirror: bool
    shift: float


def train_image(
    architecture: ImageArchitecture,
    weights: Weights,
    pictures: np.ndarray,
    plain: np.ndarray,
    target: np.ndarray,
    recipe: ImageRecipe,
    *,
    seed: int,
    seconds: float | None,
) -> Trained:
    """Train from `weights` and return those at the end of the schedule, which is shortened to end in time.

    Parameters
    ----------
    pictures : ndarray of uint8, shape (n, height, width, channels)
    plain : ndarray of float32, shape (n, r)
    target : ndarray
        Class codes, or values as the loss sees them.
    seconds : float, optional
        At least a few steps are done; without a limit all epochs are.
    """
    started = time.monotonic()
    program, model, places = _program(architecture, recipe.loss)
    trained = [np.asarray(weights[name]) for name in architecture.trained_shapes()]
    other = _other(model, weights, seed)
    zeros = [np.zeros_like(w) for w in trained]
    state: Any = (trained, zeros, zeros, other)
    n, batch = len(target), min(recipe.batch_size, len(target))
    steps = max(1, n // batch)
    planned, done, stopped, a_step, timed = float(recipe.epochs * steps), 0, "all epochs", 0.0, 0.0
    dials: dict[str, Any] = {"rate": recipe.learning_rate, "decay": recipe.weight_decay, "dropout": recipe.dropout}
    dials |= {"smoothing": recipe.label_smoothing, "shape": recipe.shape, "warm_up": 0.0, "momentum": 0.9, "average": 1.0}
    dials["class_weights"] = np.asarray(recipe.class_weights or np.ones(architecture.outputs), np.float32)
    rng = np.random.default_rng([seed, 5])
    order = rng.permutation(n)
    typed = np.asarray(target, np.int32 if recipe.loss in CLASS_LOSSES else np.float32)
    while done < planned:
        start = done % steps * batch
        if start == 0:
            order = rng.permutation(n)
        rows = np.sort(order[start : start + batch])
        inputs = {"pictures": changed(pictures[rows], recipe.mirror, recipe.shift, rng).astype(np.float32) / np.float32(255)}
        if plain.shape[1]:
            inputs["plain"] = plain[rows]
        state, loss = program(*state, inputs, typed[rows], dials, done, planned)
        done += 1
        if done in (1, 1 + TIMED_STEPS) or done % 50 == 0:
            if not math.isfinite(float(loss)):  # waits for the step, too
                raise ValueError("the weights grew without bound")
            elapsed = time.monotonic() - started
            timed = elapsed if done == 1 else timed
            a_step = (elapsed - timed) / (done - 1) if done > 1 else 0.0
            fitting = _fitting(done, a_step, elapsed, seconds)
            if fitting < planned:
                planned, stopped = fitting, "time"
    found = {name: np.asarray(array) for name, array in zip(architecture.trained_shapes(), state[0], strict=True)}
    found |= {name: np.asarray(state[3][k]) for name, k in places.items()}
    epochs = max(1, done // steps)
    return Trained({**weights, **found}, epochs, epochs, stopped, a_step * steps)  # the last epoch: rates have fallen to nothing


def _fitting(done: int, a_step: float, elapsed: float, seconds: float | None) -> float:
    """Return how many steps fit in the time, those done included."""
    if seconds is None:
        return math.inf
    left = TIME_MARGIN * seconds - elapsed
    if not a_step:
        return math.inf if left > 0 else done
    return done + max(0, int(left / a_step))


def changed(pictures: np.ndarray, mirror: bool, shift: float, rng: np.random.Generator) -> np.ndarray:
    """Return pictures, each moved a little, half of them mirrored; borders are reflected."""
    n, height, width, _ = pictures.shape
    down, across = round(shift * height), round(shift * width)
    if down or across:
        wide = np.pad(pictures, ((0, 0), (down, down), (across, across), (0, 0)), mode="reflect")
        rows, columns = rng.integers(0, 2 * down + 1, n), rng.integers(0, 2 * across + 1, n)
        pictures = np.stack([wide[k, r : r + height, c : c + width] for k, (r, c) in enumerate(zip(rows, columns, strict=True))])
    if mirror:
        turned = rng.random((n, 1, 1, 1)) < 0.5
        pictures = np.where(turned, pictures[:, :, ::-1], pictures)
    return pictures


@functools.lru_cache(maxsize=PROGRAMS)
def _program(architecture: ImageArchitecture, loss: str) -> tuple[Any, Any, dict[str, int]]:
    """Return the compiled step, the Keras model, and where among its untrained variables the stored ones stand."""
    model = architecture.build()
    names = list(architecture.trained_shapes())
    decays = [1.0 if name.endswith("/kernel") else 0.0 for name in names]
    rates = [k for k, variable in enumerate(model.non_trainable_variables) if variable.path.endswith("/rate")]
    stored = {"moving_mean": "mean", "moving_variance": "variance"}
    places = {}
    for k, variable in enumerate(model.non_trainable_variables):
        layer, _, part = variable.path.rpartition("/")
        if part in stored:
            places[f"{layer}/{stored[part]}"] = k

    def loss_of(trained: list[jax.Array], other: list[jax.Array], x: dict[str, jax.Array], y: jax.Array, dials: Any) -> Any:
        outputs, other = model.stateless_call(trained, other, x, training=True)
        return jnp.mean(losses(loss, outputs, y, dials)), other

    def step(trained: Any, first: Any, second: Any, other: Any, x: Any, y: Any, dials: Any, number: Any, planned: Any) -> Any:
        t = jnp.minimum(number / planned, 1.0)
        rate = dials["rate"] * rate_share("one_wave", t, dials["warm_up"])
        other = list(other)
        for k in rates:
            other[k] = jnp.asarray(dials["dropout"], other[k].dtype)
        (value, other), gradients = jax.value_and_grad(loss_of, has_aux=True)(trained, other, x, y, dials)
        state = State(trained, first, second, trained, other)
        state = stepped("adamw", state, gradients, other, number, rate, dials["decay"], [1.0] * len(names), decays, dials)
        return (state.trained, state.first_moment, state.second_moment, state.other), value

    return jax.jit(step, donate_argnums=(0, 1, 2)), model, places


def _other(model: Any, weights: Weights, seed: int) -> list[np.ndarray]:
    """Return the values of the untrained variables: the first layer, running means, rates and random states."""
    draws = np.random.default_rng(seed).integers(0, 2**31, (len(model.non_trainable_variables), 2))
    found = []
    for variable, draw in zip(model.non_trainable_variables, draws, strict=True):
        path, value = variable.path.replace("moving_", ""), np.asarray(variable.value)
        if path in weights:
            found.append(np.asarray(weights[path]))
        else:
            found.append(value if path.endswith("/rate") else draw.astype(value.dtype))
    return found
