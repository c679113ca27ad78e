"""One number, or two, that make an ensemble as sure as it should be: by temperature (Guo et al. 2017) or by Platt's curve (Platt 1999)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST_ROWS = 20_000  # two numbers are known well enough from them
LEAST, MOST = 0.2, 20.0  # of the power: beyond them held-out rows are too few or too easy to tell
FARTHEST = 100.0  # of the shift: as far as logits of 5 are moved by the highest power
TINY = 1e-7  # probabilities of nothing could not be made more likely


@dataclass(frozen=True)
class Calibration:
    """What class probabilities go through; the order of rows by a class of two and, without a shift, the likeliest class stay.

    Attributes
    ----------
    power
        They are raised to it: above 1 they get surer, below 1 less sure.
    shift
        Added to the logit of the second of two classes.
    """

    power: float = 1.0
    shift: float = 0.0

    def __post_init__(self) -> None:
        """Hold both within their bounds; ValueError where they are not."""
        if not (LEAST <= self.power <= MOST and abs(self.shift) <= FARTHEST):
            raise ValueError("probabilities cannot be calibrated so")

    def of(self, probabilities: np.ndarray) -> np.ndarray:
        """Return calibrated probabilities, float64 of shape (n, k), each row summing to 1."""
        if self == NONE:
            return probabilities
        return _shares(np.log(np.maximum(probabilities, TINY)), self.power, self.shift)


NONE = Calibration()


def found(y: np.ndarray, probabilities: np.ndarray, kind: str, sure: float, *, seed: int = 0) -> Calibration:
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
    """
    if kind == "none" or len(y) < 2:
        return NONE
    if len(y) > MOST_ROWS:
        rows = np.random.default_rng([seed, 6]).choice(len(y), MOST_ROWS, replace=False)
        y, probabilities = y[rows], probabilities[rows]
    right = np.arange(probabilities.shape[1]) == y[:, None]
    logs = np.log(np.maximum(probabilities, TINY))
    best = _fitted(logs, right, shifting=kind == "platt" and right.shape[1] == 2)
    gained = np.log(np.maximum(best.of(probabilities), TINY)[right]) - logs[right]
    return best if gained.mean() > sure * gained.std() / np.sqrt(len(y)) else NONE


def _fitted(logs: np.ndarray, right: np.ndarray, *, shifting: bool) -> Calibration:
    from scipy.optimize import minimize

    def loss(numbers: np.ndarray) -> tuple[float, np.ndarray]:
        power, shift = float(np.exp(numbers[0])), float(numbers[1]) if shifting else 0.0
        shares = _shares(logs, power, shift)
        wrong = shares - right
        slope = [power * (wrong * logs).sum(), *([wrong[:, 1].sum()] if shifting else [])]
        return -float(np.log(np.maximum(shares[right], 1e-300)).mean()), np.array(slope) / len(logs)

    bounds = [(np.log(LEAST), np.log(MOST)), *([(-FARTHEST, FARTHEST)] if shifting else [])]
    numbers = minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds).x
    power = float(np.clip(np.exp(numbers[0]), LEAST, MOST))  # the logarithm of a bound need not lead back to it
    return Calibration(power, float(numbers[1]) if shifting else 0.0)


def _shares(logs: np.ndarray, power: float, shift: float) -> np.ndarray:
    raised = power * logs.astype(np.float64)
    if shift:
        raised[:, 1] += shift
    raised = np.exp(raised - raised.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)
