"""Class folders of images as a table of path and label, wherever the list of files comes from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from automl_assist.errors import AssistError, number
from automl_assist.schema import Reading
from automl_assist.sources._engine import frame_of
from automl_assist.sources._files import digest
from automl_assist.sources._pictures import ENDINGS
from automl_assist.sources._source import Input, Notes, Table

# names of the parts of a split made by whoever made the folder
PART = re.compile(
    r"(train(ing)?|val(id(ation)?)?|test(ing)?|dev|eval(uation)?|hold[-_ ]?out|fold[-_ ]?\d+)([-_ ]?(set|data|images|pictures))?",
    re.IGNORECASE,
)
FORMATS = ("image_folder", "image_archive")
TABLES = (".csv", ".tsv", ".csv.gz", ".tsv.gz", ".parquet", ".jsonl", ".json", ".xlsx")
FEWEST_CLASSES = 2
SHOWN = 3


@dataclass(frozen=True)
class Found:
    """A file: its path from the top with ``/`` between the parts, its size in bytes, and whether it is a file and no link."""

    path: str
    size: int
    regular: bool = True


@dataclass
class Listing:
    """Images with their labels, and what is none."""

    images: list[tuple[str, str, int]] = field(default_factory=list)  # path, label, bytes
    empty: list[str] = field(default_factory=list)
    loose: list[tuple[str, int]] = field(default_factory=list)  # pictures outside every class folder
    deep: list[str] = field(default_factory=list)  # pictures in folders of class folders
    deeper: list[tuple[str, str, int]] = field(default_factory=list)  # the same with their labels, were the outer folders the classes
    foreign: list[str] = field(default_factory=list)
    folders_within: bool = False  # the class folders hold the pictures in folders of their own


def listed(files: Iterable[Found]) -> tuple[Listing, tuple[str, ...]]:
    """Return the images by class folder, and the parts into which the folder is split.

    One folder around everything, as archives have, is passed over.
    """
    files = list(files)
    split = [file.path.split("/") for file in files]
    skip = 0
    while split and all(len(parts) > skip + 2 for parts in split) and len({parts[skip] for parts in split}) == 1:
        skip += 1
    tops = {parts[skip] for parts in split if len(parts) > skip + 1}
    nested = any(len(parts) > skip + 2 for parts in split)
    parts_of_split = tuple(sorted(tops)) if tops and nested and all(PART.fullmatch(name) for name in tops) else ()
    depth = skip + (2 if parts_of_split else 1)
    listing = Listing()
    for file, parts in zip(files, split, strict=True):
        _sort_in(file, parts, depth, listing)
    if not listing.images and listing.deep and not _same_below(split, depth):
        listing.images, listing.deep, listing.folders_within = listing.deeper, [], True
    return listing, parts_of_split


def _same_below(split: Sequence[Sequence[str]], depth: int) -> bool:
    """Whether each folder holds the same folders, two or more: which of both are the classes nobody can tell."""
    below: dict[str, set[str]] = {}
    for parts in split:
        if len(parts) > depth + 1:
            below.setdefault(parts[depth - 1], set()).add(parts[depth])
    first, *others = below.values()
    return len(first) > 1 and all(names == first for names in others)


def _sort_in(file: Found, parts: list[str], depth: int, listing: Listing) -> None:
    picture = file.regular and parts[-1].lower().endswith(ENDINGS) and is_text(file.path)
    if not picture:
        listing.foreign.append(printable(file.path))
    elif not file.size:
        listing.empty.append(file.path)
    elif len(parts) <= depth:
        listing.loose.append((file.path, file.size))
    elif len(parts) > depth + 1:
        listing.deep.append(file.path)
        listing.deeper.append((file.path, parts[depth - 1], file.size))
    else:
        listing.images.append((file.path, parts[depth - 1], file.size))


def printable(path: str) -> str:
    """Return a name that can be shown."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def is_text(path: str) -> bool:
    """Whether a name can be written into a table: file systems allow bytes that are no UTF-8."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def table_of(source: Input, listing: Listing, parts: tuple[str, ...], fingerprint: str, format: str, like: Reading | None) -> Table:
    """Return the table of paths and labels.

    Where a model is to predict (`like` is how its data was read), pictures need no label: those beside the class folders count too.

    Raises
    ------
    AssistError
        E0103 where there are no two class folders to learn from, or no picture to predict.
    """
    labels = Counter(label for _, label, _ in listing.images)
    again = like is not None and (like.format in FORMATS or bool(listing.images or listing.loose))
    rows: list[tuple[str, str | None, int]] = [*listing.images]
    notes = Notes()
    if again:
        rows += [(path, None, size) for path, size in listing.loose]
        held = f"It holds {number(len(rows), 'image', 'images')}"
        notes.assume(held + (f" in {len(labels):,} class folders." if labels else " without class folders."))
    if not rows or (not again and len(labels) < FEWEST_CLASSES):
        raise _no_classes(source, labels, listing, again)
    if not again:
        notes.assume(f"It is a folder of {len(labels):,} class folders with {len(rows):,} images; each folder's name is the label.")
    if listing.folders_within:
        notes.assume("The pictures lie in folders within the class folders; the outer folder is the label.")
    if source.is_folder:
        notes.assume("Its fingerprint is that of the names and sizes of the files, not of every byte.")
    if parts:
        notes.assume(f"The folders {', '.join(map(repr, parts))} are parts of one data set and were read together.")
    loose = [] if again else [path for path, _ in listing.loose]
    for files, one, many in (
        (listing.empty, "empty image", "empty images"),
        (loose, "image outside every class folder", "images outside every class folder"),
        (listing.deep, "image in a folder within a class folder", "images in folders within class folders"),
        (listing.foreign, "other file", "other files"),
    ):
        if files:
            shown = ", ".join(repr(f[:60]) for f in sorted(files)[:SHOWN])
            notes.warn("W0115", f"{len(files):,} {many if len(files) > 1 else one} left out: {shown}", "remove or move them")
    rows.sort(key=lambda row: row[0])
    names = ["path", "label"] if like is None or like.format in FORMATS else ["path"]  # of a table of paths the answers have another name
    columns = [np.array([row[i] for row in rows], dtype=object) for i in range(len(names))]
    reading = Reading(
        source.path,
        source.name,
        format,
        fingerprint,
        sum(size for *_, size in rows),
        len(rows),
        len(names),
        assumptions=tuple(notes.assumptions),
    )
    return Table(frame_of(columns, names), reading, tuple(notes.messages))


def alone(source: Input, like: Reading) -> Table:
    """Return the table of one picture that a model is to look at."""
    listing = Listing(loose=[(source.name, source.size_bytes)])
    return table_of(source, listing, (), digest(source), "image_folder", like)


def _no_classes(source: Input, labels: Counter[str], listing: Listing, again: bool) -> AssistError:
    what = "is a folder, not a regular file, and no folder" if source.is_folder else "is a zip archive, and none"
    if again:
        return AssistError("E0103", f"{source.name} holds no images", where=source.path, help="give a folder of images, or a table of them")
    found = f"{len(labels)} of its folders hold" if len(labels) != 1 else f"only its folder {next(iter(labels))[:60]!r} holds"
    beside = f"; {len(listing.loose):,} images lie beside the folders" if listing.loose else ""
    twofold = bool(listing.deep) and not labels
    beside += (
        f"; {len(listing.deep):,} lie deeper" + (", in folders of the same names everywhere" if twofold else "") if listing.deep else ""
    )
    return AssistError(
        "E0103",
        f"{source.name} {what} of class folders of images",
        where=f"{source.path}: {found} images{beside}",
        help=_advice(source, listing, twofold, bool(labels or listing.loose or listing.deep)),
    )


def _advice(source: Input, listing: Listing, twofold: bool, pictures: bool) -> str:
    """Return what to give instead of a folder without class folders; a table in it is named, as it may hold the labels of the pictures."""
    if twofold:
        return "outer and inner folders could both be the classes: give one of the outer ones, or move the pictures up"
    tables = [path for path in listing.foreign if path.lower().endswith(TABLES)] if source.is_folder else []
    if tables:
        nearest = f"{source.path.rstrip('/')}/{min(tables, key=lambda path: (path.count('/'), path))}"
        if len(tables) == 1:
            return f"it holds a table: give {nearest!r}"
        return f"it holds {len(tables):,} tables: give one of them, such as {nearest!r}, or put their rows together in one"
    if pictures:
        return "give a folder with a folder of images for each class, two of them at least, or a table that names each image and its label"
    return "give a CSV, Parquet, JSON Lines or Excel file, or a folder with one folder of images for each class"
