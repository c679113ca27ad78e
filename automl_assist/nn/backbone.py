"""A network of keras.applications as a describer of pictures: built from Keras' own code, its weights plain arrays."""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl_assist.errors import AssistError, Exit
from automl_assist.nn.compilation import prepare
from automl_assist.rules._backbones import BACKBONES, IMAGENET

SIDE = 96  # pixels of the shorter side at least: smaller pictures are enlarged, since these networks halve them five times
BATCH = 32
WAIT_S = 15.0  # for an answer from the network
_BUILDING = threading.RLock()


def pretrained_weights(name: str, weights: str) -> tuple[np.ndarray, ...]:
    """Return the arrays of a backbone from a file, or those that Keras keeps and downloads where need be; kernels in half precision.

    Raises
    ------
    AssistError
        E0804 where they are not there and cannot be downloaded, E0123 for a file that cannot be read or does not fit.
    """
    written = os.stat(weights).st_mtime_ns if os.path.isfile(weights) else 0
    return _weights(name, weights, written)


@functools.lru_cache(maxsize=1)  # for all folds that a worker fits
def _weights(name: str, weights: str, _: int) -> tuple[np.ndarray, ...]:
    try:
        with _quiet(), _BUILDING:
            arrays = _stored(name, weights)
    except Exception as error:  # Keras, h5py and the network fail in many ways
        if weights == IMAGENET:
            raise AssistError(
                "E0804",
                f"the weights of {name} are not on this machine and cannot be downloaded",
                where=str(error).splitlines()[0][:200] if str(error) else type(error).__name__,
                help="fetch the file on another machine and give --pretrained FILE, or leave out --pretrained",
            ) from error
        raise AssistError(
            "E0123",
            f"{Path(weights).name!r} does not hold weights of {name} without its top",
            where=str(error).splitlines()[0][:200] if str(error) else type(error).__name__,
            help="give the file that Keras names ..._notop.h5, or one that save_weights wrote of the network with include_top=False",
            exit_code=Exit.UNREADABLE,
        ) from error
    return halved([np.asarray(array) for array in arrays])


def halved(weights: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
    """Return weights as they are kept: kernels in half precision, the rest in single."""
    return tuple(array.astype(np.float16 if array.ndim > 1 else np.float32) for array in weights)


def describe(name: str, weights: Sequence[np.ndarray], pictures: np.ndarray) -> np.ndarray:
    """Return what the last layer says of each picture, its mean over the picture: float32 of shape (n, features).

    Parameters
    ----------
    weights : sequence of ndarray
        As :func:`pretrained_weights` returns them; ValueError where they are those of another network.
    pictures : ndarray of uint8, shape (n, height, width, 1 or 3)
    """
    with _BUILDING:  # rows that are answered side by side ask at once
        run, features = _program(name, pictures.shape[1:3]), network(name, pictures.shape[1:3]).features
    import jax

    found = np.empty((len(pictures), features), np.float32)
    arrays = jax.device_put([np.asarray(array, np.float32) for array in weights])  # once for all batches
    for start in range(0, len(pictures), BATCH):
        rows = pictures[start : start + BATCH]
        batch = np.zeros((BATCH, *rows.shape[1:3], 3), np.float32)
        batch[: len(rows)] = rows  # grey is repeated in all three colours
        found[start : start + BATCH] = run(arrays, batch)[: len(rows)]
    return found


@dataclass(frozen=True)
class Network:
    """A network for pictures of one size.

    Attributes
    ----------
    call
        ``call(arrays, pictures)`` returns features of shape (n, features); arrays in the order of the stored weights, pictures as float32
        of shape (n, height, width, 3) from 0 to 255. What a training would change beside the weights, such as running means, stays.
    shapes
        Of the weights.
    layers
        For each layer that can learn, in the order in which pictures go through them, the places of its weights that can.
    features
        Number of values that describe a picture.
    """

    call: Callable[[Sequence[Any], Any], Any]
    shapes: tuple[tuple[int, ...], ...]
    layers: tuple[tuple[int, ...], ...]
    features: int


def network(name: str, size: tuple[int, int]) -> Network:
    """Return the network of that name for pictures of that height and width."""
    with _BUILDING:
        return _network(name, size)


@functools.lru_cache(maxsize=2)
def _network(name: str, size: tuple[int, int]) -> Network:
    prepare()
    import jax

    model = _built(name)
    ready = importlib.import_module(f"keras.applications.{BACKBONES[name]}").preprocess_input
    scale = max(1.0, SIDE / min(size))
    height, width = (round(side * scale) for side in size)
    place = {id(variable): k for k, variable in enumerate(model.weights)}
    trained = [place[id(variable)] for variable in model.trainable_variables]
    other = [place.get(id(variable), variable.value) for variable in model.non_trainable_variables]  # states of dropout are no weights

    def call(arrays: Sequence[Any], pictures: Any) -> Any:
        if scale > 1:
            pictures = jax.image.resize(pictures, (len(pictures), height, width, 3), "bilinear")
        still = [arrays[entry] if isinstance(entry, int) else entry for entry in other]
        return model.stateless_call([arrays[k] for k in trained], still, ready(pictures), training=False)[0]

    layers = [tuple(place[id(variable)] for variable in layer.trainable_weights) for layer in model.layers]
    shapes = tuple(tuple(variable.shape) for variable in model.weights)
    return Network(call, shapes, tuple(places for places in layers if places), int(model.output_shape[-1]))


@functools.lru_cache(maxsize=2)
def _program(name: str, size: tuple[int, int]) -> Callable[[list[Any], np.ndarray], np.ndarray]:
    """Return a compiled function of weights and pictures from 0 to 255."""
    made = network(name, size)
    import jax

    compiled = jax.jit(made.call)

    def run(arrays: list[Any], pictures: np.ndarray) -> np.ndarray:
        if tuple(array.shape for array in arrays) != made.shapes:
            raise ValueError(f"these are not the weights of {name}")
        return np.asarray(compiled(arrays, pictures))

    return run


@functools.lru_cache(maxsize=2)
def _built(name: str) -> Any:
    """Return the network without weights of its own: they are given to each call."""
    return _application(name, None)[0]


def _stored(name: str, weights: str) -> list[Any]:
    """Return the weights that Keras keeps of a network, or those in a file, in the network's order."""
    if weights == IMAGENET:
        return _application(name, IMAGENET)[1]
    model = _application(name, None)[0]
    model.load_weights(weights)
    return list(model.get_weights())


def _application(name: str, weights: str | None) -> tuple[Any, list[Any]]:
    """Return a network of Keras and the weights that were asked for; zeros where none were.

    Keras' initialisers compile a program for every shape, which takes 10 to 25 s of a network's weights and 0.5 s without. In this scope
    they wait until its end, and zeros can take their place.
    """
    prepare()
    import keras

    from automl_assist.nn.tabular import blank

    with keras.StatelessScope() as scope:
        model = getattr(keras.applications, name)(include_top=False, weights=weights, input_shape=(None, None, 3), pooling="avg")
        arrays = [scope.get_current_value(variable) for variable in model.weights] if weights else []
        for variable in model.weights:
            variable._initializer = blank
    return model, arrays or list(model.get_weights())


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep downloads from printing, and from waiting for a network that does not answer."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(WAIT_S)
    try:
        with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            yield
    finally:
        socket.setdefaulttimeout(before)
