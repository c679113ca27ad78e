"""Signs written as web pages write them: ``&amp;`` for ``&``, ``&uuml;`` for ``ü``.

Such a table was cut out of a page or of XML without being decoded. As long as every later file is written alike nothing is lost; one
that is not has other categories and other words. Cells are left as they stand, for a table about web pages means them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._rows import columns_of, sample
from automl_assist.checks._wording import common_ones, counted, grouped, named, on_a_sample

ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{2,7}|#x[0-9A-Fa-f]{2,6});")
TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
LEAST = 0.005  # of the cells


def _find(context: CheckContext) -> Iterator[Hit]:
    hits = []
    rows = sample(len(context.cells))
    for column in columns_of(context):
        cells = [cell for cell in context.raw[column.name][rows] if isinstance(cell, str)]
        written = [cell for cell in cells if "&" in cell and ENTITY.search(cell) and html.unescape(cell) != cell]
        if len(written) < max(2, LEAST * len(cells)) or any(map(TAG.search, written)):
            continue
        signs: dict[str, int] = {}
        for cell in written:
            for sign in set(ENTITY.findall(cell)):
                signs[sign] = signs.get(sign, 0) + 1
        common = common_ones(signs, 3)
        such = f", such as {', '.join(map(repr, common))}" if common else ""
        message = (
            f"Column {named(column.name)} has signs written as in web pages{such}, in {counted(len(written), 'cell')} of "
            f"{len(cells):,}{on_a_sample(context)}; they were left so."
        )
        fix = "decode them in this file and in every later one, for instance with Python's html.unescape"
        hits.append(Hit(message, (column.name,), fix=fix))
    yield from grouped(hits, "have signs written as in web pages, such as '&amp;'")


CHECK = Check("F118", "Signs written as in web pages", "info", _find)
