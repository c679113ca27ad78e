"""A zip archive of class folders of images, listed as a table of path and label; nothing is unpacked onto the disk.

Names that lead out of the archive, and archives that grow a thousandfold when unpacked, are refused.
"""

from __future__ import annotations

from automl_assist.errors import AssistError
from automl_assist.schema import Reading, ReadOptions
from automl_assist.sources._class_folders import Found, listed, table_of
from automl_assist.sources._files import archive_error, archived, digest
from automl_assist.sources._pictures import ENDINGS, is_inside
from automl_assist.sources._source import Input, Source, Table

MOST_MEMBERS = 2_000_000
MOST_GROWTH = 200  # times the size of the archive, unpacked; pictures are compressed already and hardly grow
SMALL = 100_000_000  # bytes unpacked that are no danger however they were packed


def _read(source: Input, options: ReadOptions, like: Reading | None) -> Table:
    members = archived(source)
    if members is None:
        raise AssistError("E0106", f"{source.name} is no zip archive, or damaged", help="pack the folder again")
    if not any(m.filename.lower().endswith(ENDINGS) for m in members):
        raise archive_error(source)
    outside = next((m.filename for m in members if not is_inside(m.filename)), None)
    if outside is not None:
        raise AssistError(
            "E0117",
            f"{source.name} is a zip archive with a name that leads out of it: {outside[:80]!r}",
            where="an archive like that writes files elsewhere when it is unpacked; it was not opened further",
            help="pack the folder again with relative names",
        )
    unpacked = sum(m.file_size for m in members)
    if len(members) > MOST_MEMBERS or (unpacked > SMALL and unpacked > MOST_GROWTH * max(source.size_bytes, 1)):
        raise AssistError(
            "E0118",
            f"{source.name} would grow to {unpacked:,} bytes when it is unpacked, and is not opened",
            where=f"{source.size_bytes:,} bytes hold {len(members):,} files",
            help="pictures hardly compress: pack the folder of pictures alone",
        )
    found = [
        Found(m.filename, m.file_size, regular=(m.external_attr >> 28) in (0, 8))
        for m in members
        if not any(part.startswith((".", "__MACOSX")) for part in m.filename.split("/"))
    ]
    listing, parts = listed(found)
    return table_of(source, listing, parts, digest(source), "image_archive", like)


SOURCE = Source("image_archive", "zip archive of class folders of images", (".zip",), _read)
