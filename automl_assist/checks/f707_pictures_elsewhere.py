"""Pictures that a column points to in a way that is not followed: by addresses, or by the names of files without their ending.

Nothing is downloaded here, and an identifier is no name of a file, so what the pictures show is not learned from. Whoever gives such a
column may expect that it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._wording import named, share
from automl_assist.schema import Column
from automl_assist.sources import PICTURE_ENDINGS, folder_of, found_beside

SAMPLED = 1_000  # cells
MOST = 0.5  # of the addresses are those of pictures, and of the rows of a column of names have one of their own
ENDINGS = (*PICTURE_ENDINGS, *map(str.upper, PICTURE_ENDINGS))


def _find(context: CheckContext) -> Iterator[Hit]:
    yield from _addresses(context)
    for column in context.profile.columns:
        if column.name in context.cells and _may_name_files(column, context.profile.rows):
            yield from _without_ending(context, column.name)


def _may_name_files(column: Column, rows: int) -> bool:
    wanted = column.kind in ("identifier", "text", "category", "integer") and column.action != "target"
    return wanted and column.distinct > MOST * (rows - column.missing)


def _without_ending(context: CheckContext, column: str) -> Iterator[Hit]:
    cells = [str(cell) for cell in context.cells[column].dropna().head(SAMPLED)]
    found = found_beside(folder_of(context.profile.reading), cells, ENDINGS)
    if found is not None:
        folder, ending = found
        before = f"'{folder}/' before and " if folder else ""
        yield Hit(
            f"Beside the table{f', in the folder {named(folder)},' if folder else ''} lie pictures that are called as the values of column "
            f"{named(column)} are. What they show is not learned from.",
            (column,),
            (),
            f"name the files in a column, relative to the table: put {before}'{ending}' behind its values",
        )


def _addresses(context: CheckContext) -> Iterator[Hit]:
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
