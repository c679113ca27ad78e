"""Training on of a network with weights from elsewhere: a linear head and the last layers below it, at a small rate.

One compiled step and a plain loop around it, as in ``image_training.py`` and for the same reason. Normalisation keeps its running means,
and nothing is dropped: the network computes as it did when its head was found, so that the first epoch begins where that ended.
"""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from automl_assist.nn.compilation import prepare

prepare()

import jax  # noqa: E402  after the backend is chosen
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

from automl_assist.nn.backbone import BATCH, describe, halved, network  # noqa: E402
from automl_assist.nn.image_training import changed  # noqa: E402
from automl_assist.nn.training import CLASS_LOSSES, Judge, State, losses, order_of, rate_share, stepped  # noqa: E402

TIME_MARGIN = 0.9
TIMED_STEPS = 3  # after the first, which compiles
PROGRAMS = 2
NO_END = 2**31


class Seen(NamedTuple):
    """Pictures, uint8 of shape (n, height, width, 1 or 3), and what stands beside them, float32 of shape (n, r)."""

    pictures: np.ndarray
    beside: np.ndarray


class Head(NamedTuple):
    """Outputs are features, less `centre` and divided by `scale`, times `kernel` of shape (w, outputs), and `bias`."""

    centre: np.ndarray
    scale: np.ndarray
    kernel: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True)
class TuningRecipe:
    """How to train on.

    Attributes
    ----------
    loss, shape, class_weights
        As in `training.Recipe`.
    layers
        Share of the layers that learn, counted from the last.
    epochs, batch_size
        At most, and pictures a step.
    learning_rate, weight_decay, warm_up
        At their largest: the rate rises over a share of the steps and falls along a cosine.
    mirror, shift
        Whether half of the pictures are mirrored, and how far they are moved, as a share of a side.
    """

    loss: str
    shape: float
    class_weights: tuple[float, ...]
    layers: float
    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    warm_up: float
    mirror: bool
    shift: float


@dataclass(frozen=True)
class Tuned:
    """The weights and the head of the best epoch, with the outputs for the held-out rows, and how they came about.

    Where no epoch was better than none, `best_epoch` is 0, the weights are those that were given, and there are no outputs.
    """

    weights: tuple[np.ndarray, ...]
    head: Head
    held_out: np.ndarray
    epochs: int
    best_epoch: int
    stopped: str
    seconds_an_epoch: float


def features_of(name: str, weights: Sequence[np.ndarray], seen: Seen, mirror: bool) -> np.ndarray:
    """Return what describes pictures, with `mirror` in the mean with their mirror images, and what stands beside them."""
    found = describe(name, weights, seen.pictures)
    if mirror:
        found = (found + describe(name, weights, seen.pictures[:, :, ::-1])) / 2
    return np.concatenate([found, seen.beside], axis=1)


def fine_tune(
    name: str,
    weights: tuple[np.ndarray, ...],
    head: Head,
    rows: Seen,
    target: np.ndarray,
    held_out: Seen,
    judge: Judge,
    first_loss: tuple[float, ...],
    recipe: TuningRecipe,
    *,
    seed: int,
    seconds: float | None,
) -> Tuned:
    """Train on from `weights` and `head`, and return those of the epoch that `judge` likes best.

    Parameters
    ----------
    weights : tuple of ndarray
        As :func:`automl_assist.nn.backbone.pretrained_weights` returns them.
    target : ndarray
        Class codes, or values as the loss sees them.
    judge : callable
        ``judge(outputs)`` for the held-out rows returns figures to be minimised, the first first.
    first_loss : tuple of float
        What an epoch has to stay below to be better than none.
    seconds : float, optional
        The schedule is shortened to end in time once the length of a step is known.
    """
    pace = _Pace(time.monotonic(), seconds)
    size, n, batch = rows.pictures.shape[1:3], len(target), recipe.batch_size
    learning = _learning(network(name, size).layers, recipe.layers)
    program = _program(name, size, learning, recipe.loss)
    arrays = jax.device_put([np.asarray(array, np.float32) for array in weights])
    trained: Any = [*(np.asarray(weights[k], np.float32) for k in learning), head.kernel, head.bias]
    zeros = [np.zeros_like(array) for array in trained]
    state: Any = (trained, zeros, zeros)
    dials: dict[str, Any] = {"rate": recipe.learning_rate, "decay": recipe.weight_decay, "warm_up": recipe.warm_up, "smoothing": 0.0}
    dials |= {"shape": recipe.shape, "momentum": 0.9, "average": 1.0, "centre": head.centre, "scale": head.scale}
    dials["class_weights"] = np.asarray(recipe.class_weights or np.ones(len(head.bias)), np.float32)
    typed = np.asarray(target, np.int32 if recipe.loss in CLASS_LOSSES else np.float32)
    rng, order = np.random.default_rng([seed, 6]), np.empty((0, batch), np.int32)
    steps = math.ceil(n / batch)
    pace.expect(_batch_s(name, weights, held_out, seconds) * math.ceil(len(held_out.pictures) / BATCH) * (2 if recipe.mirror else 1))
    best, lowest, best_epoch, stopped = (weights, head, np.empty((0, len(head.bias)))), first_loss, 0, ""
    planned, done = recipe.epochs * steps, 0
    while done < planned:
        if done % steps == 0:
            order = order_of(rng, n, steps, batch)
        chosen = order[done % steps]
        pictures = changed(rows.pictures[chosen], recipe.mirror, recipe.shift, rng)
        state, loss = program(*state, arrays, pictures, rows.beside[chosen], typed[chosen], dials, done, float(planned))
        done += 1
        if done in (1, 1 + TIMED_STEPS) or done % 50 == 0:
            loss.block_until_ready()
            planned = min(planned, pace.fitting(done, steps))
        if done % steps == 0 or done >= planned:
            loss.block_until_ready()
            begun = time.monotonic()
            now = _now(weights, head, learning, state[0])
            outputs = outputs_of(now[1], features_of(name, now[0], held_out, recipe.mirror))
            if not np.isfinite(outputs).all():
                stopped = "weights grew without bound"
                break
            figure = judge(outputs)
            if figure < lowest:
                best, lowest, best_epoch = (*now, outputs), figure, math.ceil(done / steps)
            pace.looked(time.monotonic() - begun)
            planned = min(planned, pace.fitting(done, steps))
    stopped = stopped or ("time" if done < recipe.epochs * steps else "all epochs")
    return Tuned(*best, math.ceil(done / steps), best_epoch, stopped, pace.a_step * steps)


def _now(
    weights: tuple[np.ndarray, ...], head: Head, learning: tuple[int, ...], trained: Sequence[Any]
) -> tuple[tuple[np.ndarray, ...], Head]:
    """Return all weights as they would be kept, and the head."""
    found = list(weights)
    for k, array in zip(learning, trained, strict=False):
        found[k] = np.asarray(array)
    return halved(found), Head(head.centre, head.scale, np.asarray(trained[-2]), np.asarray(trained[-1]))


def outputs_of(head: Head, features: np.ndarray) -> np.ndarray:
    """Return the outputs of a head, float64 of shape (n, outputs)."""
    return ((features - head.centre) / head.scale).astype(np.float64) @ head.kernel + head.bias


class _Pace:
    """How many steps fit into the time, with a look at the held-out rows after each epoch."""

    def __init__(self, started: float, seconds: float | None):
        self.started, self.seconds = started, seconds
        self.compiled, self.a_step, self.a_look, self.looks = 0.0, 0.0, 0.0, 0.0

    def expect(self, a_look: float) -> None:
        """Say how long a look will take, before there was one."""
        self.a_look = a_look

    def looked(self, spent: float) -> None:
        """Say how long a look has taken."""
        self.a_look, self.looks = spent, self.looks + spent

    def fitting(self, done: int, steps: int) -> int:
        """Return how many steps fit, those done included, with `steps` from one look to the next and time left for the last."""
        elapsed = time.monotonic() - self.started
        if done == 1:
            self.compiled = elapsed - self.looks
        else:
            self.a_step = max(elapsed - self.compiled - self.looks, 1e-6) / (done - 1)
        if self.seconds is None:
            return NO_END
        left = TIME_MARGIN * self.seconds - elapsed - self.a_look
        if not self.a_step:
            return NO_END if left > 0 else done
        return done + int(max(0.0, left) / (self.a_step + self.a_look / steps))


def _batch_s(name: str, weights: tuple[np.ndarray, ...], held_out: Seen, seconds: float | None) -> float:
    """Return how long a batch of held-out pictures takes, once it is compiled."""
    if seconds is None or not len(held_out.pictures):
        return 0.0
    some = held_out.pictures[:BATCH]
    describe(name, weights, some)
    begun = time.monotonic()
    describe(name, weights, some)
    return time.monotonic() - begun


def _learning(layers: Sequence[tuple[int, ...]], share: float) -> tuple[int, ...]:
    """Return the places of the weights of the last layers, at least of one."""
    return tuple(sorted(place for layer in layers[-max(1, round(share * len(layers))) :] for place in layer))


@functools.lru_cache(maxsize=PROGRAMS)
def _program(name: str, size: tuple[int, int], learning: tuple[int, ...], loss: str) -> Any:
    """Return the compiled step."""
    made = network(name, size)
    decays = [1.0 if len(made.shapes[k]) > 1 else 0.0 for k in learning] + [1.0, 0.0]

    def loss_of(trained: list[jax.Array], arrays: list[jax.Array], pictures: jax.Array, beside: jax.Array, y: jax.Array, dials: Any) -> Any:
        given = list(arrays)
        for k, array in zip(learning, trained, strict=False):
            given[k] = array
        colours = jnp.broadcast_to(pictures.astype(jnp.float32), (*pictures.shape[:3], 3))
        seen = jnp.concatenate([made.call(given, colours), beside], axis=1)
        outputs = (seen - dials["centre"]) / dials["scale"] @ trained[-2] + trained[-1]
        return jnp.mean(losses(loss, outputs, y, dials))

    def step(
        trained: Any, first: Any, second: Any, arrays: Any, pictures: Any, beside: Any, y: Any, dials: Any, number: Any, planned: Any
    ) -> Any:
        t = jnp.minimum(number / planned, 1.0)
        rate = dials["rate"] * rate_share("cosine", t, dials["warm_up"])
        value, gradients = jax.value_and_grad(loss_of)(trained, arrays, pictures, beside, y, dials)
        state = State(trained, first, second, trained, [])
        state = stepped("adamw", state, gradients, [], number, rate, dials["decay"], [1.0] * len(trained), decays, dials)
        return (state.trained, state.first_moment, state.second_moment), value

    return jax.jit(step, donate_argnums=(0, 1, 2))
