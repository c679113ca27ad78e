"""A column of addresses of pictures.

Nothing is downloaded here, so what the pictures show is not learned from. Whoever gives such a column may expect that it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._wording import named, share
from automl_assist.sources import PICTURE_ENDINGS

SAMPLED = 1_000  # cells
MOST = 0.5  # of the addresses are those of pictures


def _find(context: CheckContext) -> Iterator[Hit]:
    for column in context.profile.features:
        if column.kind != "url" or column.name not in context.cells:
            continue
        cells = [str(cell) for cell in context.cells[column.name].dropna().head(SAMPLED)]
        pictures = sum(urlsplit(cell).path.lower().endswith(PICTURE_ENDINGS) for cell in cells if "[" not in cell)
        if cells and pictures > MOST * len(cells):
            yield Hit(
                f"Column {named(column.name)} holds addresses of pictures ({share(pictures, len(cells))}). Nothing is downloaded, so what "
                "they show is not learned from.",
                (column.name,),
                (),
                "download the pictures, and name the files in a column, relative to the table",
            )


CHECK = Check("F707", "Pictures that are elsewhere", "warning", _find)
