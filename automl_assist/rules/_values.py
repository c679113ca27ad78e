"""What a value of a topic may be: small checks that say in plain words what is wrong, used for rules and for edited plans alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from automl_assist.errors import did_you_mean

Valid = Callable[[Any], str | None]  # None where the value is right, else what is wrong with it, after the topic's name


class Wrong(str):
    """What is wrong with a value that has parts, and in which part."""

    path: tuple[str, ...] = ()

    @classmethod
    def in_part(cls, key: str, text: str, *inner: str) -> Wrong:
        """Return the complaint `text`, which is about the part `key`, or about what lies `inner` of it: an entry's place, from 0."""
        wrong = cls(text)
        wrong.path = (key, *inner)
        return wrong


@dataclass(frozen=True)
class Topic:
    """Something to decide.

    Attributes
    ----------
    name, title
        As in plans (a dot puts it into a group), and in words.
    valid
        Says what is wrong with a value, or None.
    by_column
        The value maps columns to outcomes, each decided by itself.
    rows
        Written one part a line, since it has many.
    """

    name: str
    title: str
    valid: Valid
    by_column: bool = False
    rows: bool = False


def one_of(*options: str) -> Valid:
    """Take one of some words."""

    def valid(value: Any) -> str | None:
        if isinstance(value, str) and value in options:
            return None
        hint = did_you_mean(str(value), options)
        return f"must be one of {', '.join(options)}" + (f"; {hint}" if hint else "")

    return valid


def one_of_numbers(*options: int) -> Valid:
    """Take one of some whole numbers."""

    def valid(value: Any) -> str | None:
        right = isinstance(value, int) and not isinstance(value, bool) and value in options
        return None if right else f"must be one of {', '.join(map(str, options))}"

    return valid


def number(low: float, high: float, kind: type = float) -> Valid:
    """Take a number, or with ``int`` a whole number, from `low` to `high`."""

    def valid(value: Any) -> str | None:
        right_type = isinstance(value, int if kind is int else int | float) and not isinstance(value, bool)
        what = "a whole number" if kind is int else "a number"
        return None if right_type and low <= value <= high else f"must be {what} from {low:g} to {high:g}"

    return valid


def numbers(low: float, high: float, kind: type = float) -> Valid:
    """Take a list of numbers, or with ``int`` of whole numbers, from `low` to `high`, at least one, none twice."""
    each = number(low, high, kind)

    def valid(value: Any) -> str | None:
        if not isinstance(value, list | tuple) or not value:
            return "must be a list of whole numbers" if kind is int else "must be a list of numbers"
        wrong = next((found for entry in value if (found := each(entry))), None)
        return f"has an entry that {wrong}" if wrong else "names a number twice" if len(set(value)) < len(value) else None

    return valid


def in_a_row(low: int, high: int) -> Valid:
    """Take a list of whole numbers from `low` to `high` that follow one another, at least one."""
    listed = numbers(low, high, int)

    def valid(value: Any) -> str | None:
        wrong = listed(value)
        follows = wrong is None and list(value) == list(range(value[0], value[-1] + 1))
        return wrong or (None if follows else "must be whole numbers that follow one another, such as [1, 2]")

    return valid


def either(*choices: Valid) -> Valid:
    """Take what one of several checks takes."""

    def valid(value: Any) -> str | None:
        wrong = [found for choice in choices if (found := choice(value)) is not None]
        return None if len(wrong) < len(choices) else ", or ".join(wrong)

    return valid


def flag(value: Any) -> str | None:
    """Take true or false."""
    return None if isinstance(value, bool) else "must be true or false"


def name(value: Any) -> str | None:
    """Take any word."""
    return None if isinstance(value, str) and value else "must be a name"


def names(value: Any) -> str | None:
    """Take a list of words, at least one, none twice."""
    if not isinstance(value, list | tuple) or not value or not all(isinstance(v, str) for v in value):
        return "must be a list of names"
    return None if len(set(value)) == len(value) else "names something twice"


def some_of(*options: str) -> Valid:
    """Take a list of some of the words, possibly none."""

    def valid(value: Any) -> str | None:
        if not isinstance(value, list | tuple):
            return f"must be a list of some of {', '.join(options)}"
        wrong = next((v for v in value if v not in options), None)
        if wrong is None:
            return None
        hint = did_you_mean(str(wrong), options)
        return f"has {wrong!r}, which is none of {', '.join(options)}" + (f"; {hint}" if hint else "")

    return valid


def fields(**parts: Valid) -> Valid:
    """Take a mapping of named parts; those that are not given keep what the rules decide."""

    def valid(value: Any) -> str | None:
        if not isinstance(value, Mapping):
            return f"must have the keys {', '.join(parts)}"
        for key in value:
            if key not in parts:
                hint = did_you_mean(str(key), parts)
                return Wrong.in_part(
                    str(key), f"has the unknown key {key!r}" + (f"; {hint}" if hint else f"; its keys are {', '.join(parts)}")
                )
        return next(
            (Wrong.in_part(key, f"{key} {wrong}") for key, part in parts.items() if key in value and (wrong := part(value[key]))), None
        )

    return valid


def by_column(entry: Valid) -> Valid:
    """Take a mapping from columns to what `entry` takes."""

    def valid(value: Any) -> str | None:
        if not isinstance(value, Mapping):
            return "must map columns to what is to be done with them"
        wrong = ((column, entry(found)) for column, found in value.items())
        return next((Wrong.in_part(str(column), f"of column {column!r} {text}") for column, text in wrong if text), None)

    return valid


def seasons(value: Any) -> str | None:
    """Take a list of periods in steps, at least one, none twice; 1 stands for no season."""
    whole = number(1, 1_000_000, int)
    if not isinstance(value, list | tuple) or not value:
        return "must be a list of periods in steps, [1] for none"
    wrong = next((found for period in value if (found := whole(period))), None)
    return wrong or ("names a period twice" if len(set(value)) < len(value) else None)
