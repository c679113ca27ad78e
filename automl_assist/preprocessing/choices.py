"""What the plan says of the columns, for one group of model families; where it says nothing, what its rules would say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from automl_assist.rules.encoding import NUMBER_DETAILS, TEXT_DETAILS, USUAL_MISSING, USUAL_SCALE, text_vectors
from automl_assist.rules.levels import LEVEL_DETAILS, level_encodings
from automl_assist.rules.made import usual_made


@dataclass(frozen=True)
class Choices:
    """How one group of families sees the columns.

    Attributes
    ----------
    group
        ``boosting``, ``forest``, ``linear`` or ``network``.
    settings
        The plan's values by topic.
    """

    group: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    def encoding(self, column: str, levels: int) -> tuple[str, ...]:
        """Return the ways in which a category of so many levels is seen, such as ``("native", "target")``; none for ``none``."""
        chosen = self.settings.get("columns.levels", {}).get(column, {}).get(self.group) or level_encodings(levels)[self.group]
        return tuple(way for way in chosen.split(" + ") if way != "none")

    def scale(self, number: str) -> str:
        """Return the scale of a number, or of a number made from a date or text."""
        return str(self._of_number("columns.scale", number).get(self.group, USUAL_SCALE.get(self.group, "none")))

    def missing(self, number: str) -> tuple[str, bool]:
        """Return what stands in for missing cells of a number, and whether a column says so."""
        chosen = {**USUAL_MISSING, **self._of_number("columns.missing", number)}
        return str(chosen["fill"]), bool(chosen["flag"])

    def text(self, column: str, mean_length: float | None, rows: int) -> dict[str, Any]:
        """Return how a text column becomes numbers: ``terms``, ``by``, and ``size`` of its vectors for this group."""
        chosen = {**text_vectors(mean_length, rows), **self.settings.get("columns.text", {}).get(column, {})}
        return {"terms": chosen["terms"], "by": chosen["by"], "size": int(chosen[self.group])}

    @property
    def numbers(self) -> dict[str, Any]:
        """How far scaled numbers reach, and how many ranks are told apart, in any column."""
        return {**NUMBER_DETAILS, **self.settings.get("numbers", {})}

    @property
    def levels(self) -> dict[str, Any]:
        """How levels are counted, in any column."""
        return {**LEVEL_DETAILS, **self.settings.get("levels", {})}

    def made(self, n_classes: int) -> dict[str, Any]:
        """Return how many columns are made of others inside a fold, and how they are chosen."""
        return {**usual_made(n_classes), **self.settings.get("made_columns", {})}

    @property
    def texts(self) -> dict[str, Any]:
        """Which terms count, in any text."""
        return {**TEXT_DETAILS, **self.settings.get("texts", {})}

    def _of_number(self, topic: str, number: str) -> Mapping[str, Any]:
        by_column: Mapping[str, Mapping[str, Any]] = self.settings.get(topic, {})
        return by_column.get(number) or by_column.get(number.rpartition(": ")[0]) or {}  # "until: month" is made from "until"
