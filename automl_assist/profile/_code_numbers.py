"""Whole numbers that are codes by their digits alone: articles, books, devices, companies, accounts.

A quantity is never missed for one: that all of ten numbers carry a right check digit by chance happens once in ten thousand million
tables, and long numbers of one length that are all different, spread over their whole range and seldom end in zero are drawn, not measured.
"""

from __future__ import annotations

import numpy as np

LEAST_CHECKED, MOST_CHECKED = 10**6, 10**18  # 7 digits and more: those of an EAN-8 that lost its first zero
FEWEST_CHECKED, CHECKED_SHARE = 10, 0.97  # different numbers; of them have a right check digit, the others are slips
LOOKED_AT = 2_000
LEAST_DRAWN = 10**9  # 10 digits: amounts of so many are rounded, or differ in their length
FEWEST_DRAWN, SPREAD = 30, 3.0  # different numbers; how many times the smallest the largest is at least
MOST_ROUND = 0.25  # of them end in zero; of numbers that are drawn a tenth does


def code_reason(numbers: np.ndarray, *, all_different: bool) -> str:
    """Return why whole numbers are codes, or an empty string.

    Parameters
    ----------
    numbers : ndarray of shape (d,)
        Different ones.
    all_different : bool
        Hardly any row repeats one.
    """
    if len(numbers) < FEWEST_CHECKED or numbers.min() < LEAST_CHECKED or numbers.max() >= MOST_CHECKED:
        return ""
    some = numbers[:: len(numbers) // LOOKED_AT + 1].astype(np.int64)
    for sums, what in ((_thirds(some), "of article and book numbers (EAN, ISBN, UPC)"), (_luhn(some), "by Luhn, of devices and the like")):
        good = float((sums % 10 == 0).mean())
        if good >= CHECKED_SHARE:
            return f"the last digit of {good:.0%} of its numbers checks the others, as that {what} does; "
    low, high = int(numbers.min()), int(numbers.max())
    drawn = low >= LEAST_DRAWN and len(str(low)) == len(str(high)) and high >= SPREAD * low and len(some) >= FEWEST_DRAWN
    if all_different and drawn and float((some % 10 == 0).mean()) <= MOST_ROUND:
        return f"its numbers have {len(str(low))} digits each, are all different and seldom end in zero, as codes are; "
    return ""


def _digits(numbers: np.ndarray) -> list[np.ndarray]:
    """Return the digits of each place, the last one first."""
    return [numbers // 10**place % 10 for place in range(len(str(int(numbers.max()))))]


def _thirds(numbers: np.ndarray) -> np.ndarray:
    """Return the sums that are divisible by ten in numbers of GS1 (General Specifications, section 7.9): 1 and 3 times the digits."""
    return np.sum([digit * (3 if place % 2 else 1) for place, digit in enumerate(_digits(numbers))], axis=0)


def _luhn(numbers: np.ndarray) -> np.ndarray:
    """Return the sums that are divisible by ten in numbers of ISO/IEC 7812-1: every second digit doubled, the digits of that added."""
    return np.sum([(2 * digit - 9 * (digit > 4)) if place % 2 else digit for place, digit in enumerate(_digits(numbers))], axis=0)
