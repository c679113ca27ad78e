"""Columns that say where a row stands in a sequence or a series of times, and that no search for leaks must accuse."""

from __future__ import annotations

from automl_assist.schema import Profile

SURE = 0.8  # confidence of a time column that is different in every row
ORDERED = ("sequence", "forecast")


def is_labelled_sequence(profile: Profile) -> bool:
    """Whether the examples are whole sequences: rows are then steps of one, or columns are, and neither is an example by itself."""
    return profile.modality.name == "sequence"


def of_the_layout(profile: Profile) -> frozenset[str]:
    """Return the columns that name the series, the time or the steps."""
    names: set[str] = set()
    for key in ("time", "series", "steps"):
        names.update(profile.layout.get(key) or ())
    if profile.time and (profile.time.given or profile.time.confidence >= SURE):
        names.add(profile.time.name)
    if profile.series and (profile.series.given or profile.modality.name in ORDERED):
        names.add(profile.series.name)
    if profile.group and profile.group.given:
        names.add(profile.group.name)
    return frozenset(names)
