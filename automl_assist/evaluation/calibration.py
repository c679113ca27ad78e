"""What makes an ensemble as sure as it should be.

One number or two, by temperature (Guo et al. 2017) or by Platt's curve (Platt 1999), and a share for all classes alike where few rows
were held out.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from automl_assist.schema import FARTHEST_SHIFT, MOST_SHARED, POWERS, UNCHANGED, Calibration

MOST_ROWS = 20_000  # two numbers are known well enough from them
TINY = 1e-7  # probabilities of nothing could not be made more likely


def applied(by: Calibration, probabilities: np.ndarray) -> np.ndarray:
    """Return calibrated probabilities, float64 of shape (n, k), each row summing to 1; as they are where nothing is to be changed."""
    if by == UNCHANGED:
        return probabilities
    given = shares(logarithms(probabilities), by.power, by.shift)
    return (1 - by.doubt) * given + by.doubt / given.shape[1]


def calibration_of(
    y: np.ndarray, probabilities: np.ndarray, kind: str, sure: float, unseen_errors: float = 0.0, *, seed: int = 0
) -> Calibration:
    """Return the calibration with the least log loss, or none where that is not lower by `sure` standard errors of the difference.

    Parameters
    ----------
    y : ndarray of int, shape (n,)
        Class codes.
    probabilities : ndarray of shape (n, k)
        Of rows that were not learned from.
    kind : str
        ``temperature`` for a power alone, ``platt`` for a shift beside it where there are two classes, ``none``.
    sure : float
        Standard errors. With numbers fitted to the same rows they are half the root of the likelihood ratio, so that 1.5 of them are
        reached by chance once in 400 times with one number and once in 90 with two.
    unseen_errors : float
        Counted beside those among the rows, and as many right ones: with one half, n rows that are all right let nobody be surer than
        (n + 1/2) / (n + 1) (Krichevsky and Trofimov 1981).
    """
    best = _of_held_out(y, probabilities, kind, sure, seed)
    if not unseen_errors or not len(y):
        return best
    classes = probabilities.shape[1]
    return replace(best, doubt=min(classes / (classes - 1) * unseen_errors / (len(y) + 2 * unseen_errors), MOST_SHARED))


def _of_held_out(y: np.ndarray, probabilities: np.ndarray, kind: str, sure: float, seed: int) -> Calibration:
    if kind == "none" or len(y) < 2:
        return UNCHANGED
    if len(y) > MOST_ROWS:
        rows = np.random.default_rng([seed, 6]).choice(len(y), MOST_ROWS, replace=False)
        y, probabilities = y[rows], probabilities[rows]
    right = np.arange(probabilities.shape[1]) == y[:, None]
    logs = logarithms(probabilities)
    best = _fitted(logs, right, shifting=kind == "platt" and right.shape[1] == 2)
    gained = np.log(np.maximum(applied(best, probabilities), TINY)[right]) - logs[right]
    return best if gained.mean() > sure * gained.std() / np.sqrt(len(y)) else UNCHANGED


def _fitted(logs: np.ndarray, right: np.ndarray, *, shifting: bool) -> Calibration:
    from scipy.optimize import minimize

    def loss(numbers: np.ndarray) -> tuple[float, np.ndarray]:
        power, shift = float(np.exp(numbers[0])), float(numbers[1]) if shifting else 0.0
        given = shares(logs, power, shift)
        wrong = given - right
        slope = [power * (wrong * logs).sum(), *([wrong[:, 1].sum()] if shifting else [])]
        return -float(np.log(np.maximum(given[right], 1e-300)).mean()), np.array(slope) / len(logs)

    bounds = [tuple(np.log(POWERS)), *([(-FARTHEST_SHIFT, FARTHEST_SHIFT)] if shifting else [])]
    numbers = minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds).x
    power = float(np.clip(np.exp(numbers[0]), *POWERS))  # the logarithm of a bound need not lead back to it
    return Calibration(power, float(numbers[1]) if shifting else 0.0)


def logarithms(probabilities: np.ndarray) -> np.ndarray:
    """Return logarithms of probabilities, of the same shape; nothing is counted as impossible."""
    return np.log(np.maximum(probabilities, TINY))


def shares(logs: np.ndarray, power: float = 1.0, shift: float = 0.0) -> np.ndarray:
    """Return the probabilities of logarithms (n, k) times `power`, each row summing to 1; `shift` is added to the second of two classes."""
    raised = power * np.asarray(logs, dtype=np.float64)
    if shift:
        raised[:, 1] += shift
    np.exp(raised, out=raised)  # with what TINY, powers and shifts allow, it neither overflows nor leaves a row without anything
    raised /= (raised @ np.ones(raised.shape[1]))[:, None]  # for two columns a third of the time of a sum over rows
    return raised
