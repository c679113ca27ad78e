"""Modalities, one a file: which families learn from each, and how its rows become arrays.

To add one, define ``MODALITY`` in a file of its own and let the profile recognise it.
"""

from __future__ import annotations

import sys

from automl_assist._registry import collect
from automl_assist.errors import AssistError
from automl_assist.modalities._modality import Examples, Modality, RowCoding, Tested
from automl_assist.sources import folder_of

__all__ = ["Examples", "Modality", "RowCoding", "Tested", "folder_of", "modalities", "modality"]


def modalities() -> dict[str, Modality]:
    """Return every modality by its name."""
    return collect(sys.modules[__name__], Modality, key="name")


def modality(name: str) -> Modality:
    """Return the modality called `name`.

    Raises
    ------
    AssistError
        E0405 (exit 2) when this version does not have it.
    """
    known = modalities()
    if name not in known:
        raise AssistError(
            "E0405",
            f"data of the modality {name!r} is not part of this version",
            where=f"this version learns from: {', '.join(m.title for m in known.values())}",
            help="--modality tabular learns from its rows one by one, as from any table",
        )
    return known[name]
