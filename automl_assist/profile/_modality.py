"""What kind of data it is as a whole: a table, or texts or images that a table only lists."""

from __future__ import annotations

from collections.abc import Sequence

from automl_assist.schema import Column, Guess

CARRIERS = {"text": "text", "image": "image"}  # kinds of columns that make a modality of their own when little stands beside them
NO_FEATURE = frozenset(["identifier", "constant", "empty", "url", "email"])


def infer_modality(features: Sequence[Column], given: str | None) -> Guess:
    """Return the modality: what the user said, or what the columns beside the target mostly are."""
    if given:
        return Guess(given, 1.0, f"you asked for it with --modality {given}", given=True)
    useful = [c for c in features if c.kind not in NO_FEATURE]
    for kind, modality in CARRIERS.items():
        carriers = [c.name for c in useful if c.kind == kind]
        if carriers and len(carriers) == len(useful):
            named = ", ".join(repr(n[:40]) for n in carriers[:3])
            return Guess(modality, 0.95, f"every column to learn from is of kind {kind}: {named}")
    texts = sum(c.kind == "text" for c in useful)
    return Guess("tabular", 0.95, f"{len(useful)} columns to learn from" + (f", {texts} of them free text" if texts else ""))
