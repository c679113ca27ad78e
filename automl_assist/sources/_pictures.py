"""Pictures that a table or a folder names: found below one folder or in one archive, decoded to arrays of one size.

Whoever made the files is not trusted: a name may not lead out of the folder, a header may not promise more pixels than fit, and a file
that cannot be decoded is counted, never raised.
"""

from __future__ import annotations

import io
import itertools
import os
import re
import stat
import threading
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np

from automl_assist.errors import AssistError
from automl_assist.machine import this_machine
from automl_assist.schema import Reading
from automl_assist.sources._archives import members_of

if TYPE_CHECKING:
    from PIL import Image

ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm")
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")  # what is opened, whatever a name ends in
MOST_PIXELS = 89_478_485  # Pillow's own limit: a quarter of a gigabyte in colour
MOST_BYTES = 200_000_000  # of one file
# Names of files that are looked for beside a table, how many before all of them are, in how many folders, and among how many entries.
MOST_SOUGHT, FIRST_SOUGHT, MOST_FOLDERS, MOST_LISTED = 20, 3, 50, 1_000
LONGEST_NAME = 255  # of a file, on every usual system
WHITE = (255, 255, 255)
BLACK_TO_WHITE = 255
SIXTEEN_BITS = 65_535
FITS = ("stretch", "pad")
NOT_NAMED = "not named"  # what is said of a cell without a name
ADDRESS = re.compile(r"(https?|ftp)://", re.IGNORECASE)


ORIENTATION, SIDEWAYS = 0x0112, (5, 6, 7, 8)  # the EXIF tag that says how a camera was held, and its values for upright pictures


Measure = Callable[["Image.Image"], float]


class PictureError(ValueError):
    """A file that cannot be used as a picture; the message says why, as after `this file is`."""


@dataclass(frozen=True)
class Shape:
    """What every picture becomes.

    Attributes
    ----------
    height, width
        In pixels.
    channels
        1 for grey, 3 for colours.
    fit
        ``stretch`` to the shape, or ``pad`` what is missing after an even resize with the colour of the border.
    white
        What is white in grey pictures of 16 bits, the same for all; by each picture's own values where it is 0.
    """

    height: int
    width: int
    channels: int
    fit: str = "stretch"
    white: int = 0


@dataclass(frozen=True)
class Header:
    """What is known of a picture beside its pixels.

    Attributes
    ----------
    height, width
        Its own size.
    measured
        What was measured before it was brought to another.
    brightest
        Its largest value where it is grey of 16 bits, else 0.
    """

    height: int
    width: int
    measured: float = 0.0
    brightest: int = 0


def folder_of(reading: Reading) -> Path:
    """Return the folder, or the archive, from which relative paths in the cells of a table start."""
    if reading.path in ("", "-"):
        return Path.cwd()
    path = Path(reading.path).resolve()
    return path if path.is_dir() or reading.format == "image_archive" else path.parent


class Shelf:
    """Files below a folder, or in a zip archive; names never lead out of it.

    Parameters
    ----------
    place : Path
        A folder, or a zip archive.
    """

    def __init__(self, place: Path):
        self.place = place
        self._root = os.path.realpath(place)
        self._archive = zipfile.ZipFile(place) if place.is_file() else None
        self._members = {} if self._archive is None else members_of(self._archive)
        self._lock = threading.Lock()
        self._folders: dict[str, dict[str, str | None]] = {}

    def close(self) -> None:
        """Let go of the archive."""
        if self._archive is not None:
            self._archive.close()

    def require_inside(self, name: str) -> None:
        """Refuse a name that leads out of the folder.

        Raises
        ------
        AssistError
            E0117, naming it.
        """
        if self._archive is None and not self._is_inside(name):
            raise AssistError(
                "E0117",
                f"picture {name[:80]!r} lies outside the folder of the data, and is not opened",
                where="an absolute path, '..' or a link leads out of it",
                help="put the table into a folder that holds its pictures, and name them relative to the table",
            )

    def _is_inside(self, name: str) -> bool:
        try:
            return os.path.commonpath([self._root, os.path.realpath(self._path(name))]) == self._root
        except ValueError:  # a NUL in the name
            return False

    def _path(self, name: str) -> str:
        """Return where a file is, one written as on Windows or with blanks around it too: with backslashes, in other letters."""
        path = os.path.join(self._root, name)
        if os.path.lexists(path):
            return path
        plain = name.strip().replace("\\", "/")
        path = os.path.join(self._root, plain)
        return path if os.path.lexists(path) else self._in_other_letters(plain) or path

    def _in_other_letters(self, name: str) -> str | None:
        """Return the only file that is called so but for upper and lower case."""
        path = self._root
        for part in PurePosixPath(name).parts:
            found = self._called(path).get(part.casefold())
            if found is None:
                return None
            path = os.path.join(path, found)
        return path

    def _called(self, folder: str) -> dict[str, str | None]:
        """Return what is in a folder by its name in lower case; None for a name that several have then."""
        if folder not in self._folders:
            called: dict[str, str | None] = {}
            with suppress(OSError):
                for name in os.listdir(folder):
                    called[name.casefold()] = None if name.casefold() in called else name
            self._folders[folder] = called
        return self._folders[folder]

    def read(self, name: str) -> bytes:
        """Return the bytes of a file; PictureError for one that is too large, OSError or KeyError for one that is not there."""
        if self._archive is None:
            path = self._path(name)
            found = os.stat(path)
            if not stat.S_ISREG(found.st_mode):  # a pipe would be waited for without end
                raise PictureError("a folder, a pipe or a device")
            if found.st_size > MOST_BYTES:
                raise PictureError("too large")
            with open(path, "rb") as file:
                return file.read(MOST_BYTES)
        info = self._members[name]
        if info.file_size > MOST_BYTES:
            raise PictureError("too large")
        with self._lock, self._archive.open(info) as file:
            return file.read(MOST_BYTES)

    def size(self, name: str) -> int:
        """Return the size of a file in bytes; 0 for one that is not there or lies outside."""
        try:
            self.require_inside(name)
            return os.path.getsize(self._path(name)) if self._archive is None else self._members[name].file_size
        except (AssistError, OSError, KeyError):
            return 0


@contextmanager
def open_shelf(place: Path) -> Iterator[Shelf]:
    """Yield the files of a folder or archive."""
    shelf = Shelf(place)
    try:
        yield shelf
    finally:
        shelf.close()


def found_beside(place: Path, names: Sequence[str], endings: Sequence[str]) -> tuple[str, str] | None:
    """Return where most of the files are that a table names without their folder or their ending, and which they have.

    Parameters
    ----------
    place : Path
        The folder of the table.
    endings : sequence of str
        That are tried behind the names; ``""`` for the names as they are.

    Returns
    -------
    tuple of str, or None
        The folder directly below `place`, ``""`` for `place` itself, and the ending; None where most are in no folder.
    """
    sought = [name.strip().replace("\\", "/") for name in names[:MOST_SOUGHT]]
    few = [name for name in sought if len(name) <= LONGEST_NAME and is_inside(name)]
    if 2 * len(few) <= len(sought):
        return None
    for folder, ending in itertools.product(("", *_folders_in(place)), endings):
        there = (os.path.isfile(place / folder / (name + ending)) for name in few)  # False for a name that no file can have
        first = [next(there) for _ in few[:FIRST_SOUGHT]]
        if any(first) and 2 * (sum(first) + sum(there)) > len(sought):
            return folder, ending
    return None


def _folders_in(place: Path) -> list[str]:
    try:
        entries = itertools.islice(os.scandir(place), MOST_LISTED)
        return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))[:MOST_FOLDERS]
    except OSError:  # an archive, or a folder that may be entered but not listed
        return []


def is_inside(name: str) -> bool:
    """Whether the name of a member of an archive stays inside it."""
    path = PurePosixPath(name.replace("\\", "/"))
    return not path.is_absolute() and ".." not in path.parts and ":" not in path.parts[0] if path.parts else False


def decode(data: bytes, shape: Shape, measure: Measure | None = None) -> tuple[np.ndarray, Header]:
    """Return the first frame of a picture as uint8 of shape (height, width, channels), the right way up, and its own size.

    Parameters
    ----------
    data : bytes
        Of a PNG, JPEG, GIF, BMP, WebP, TIFF or PPM file.
    shape : Shape
        Of the result.
    measure : callable, optional
        ``measure(image)`` is asked of the picture before it is brought to the shape; of a large JPEG one decoded at twice that.

    Raises
    ------
    PictureError
        For anything that is no picture, is cut short, or has more than ``MOST_PIXELS``.
    """
    from PIL import (
        BmpImagePlugin,  # noqa: F401  each plug-in is registered when it is imported, and only these are wanted
        GifImagePlugin,  # noqa: F401
        Image,
        ImageOps,
        JpegImagePlugin,  # noqa: F401
        PngImagePlugin,  # noqa: F401
        PpmImagePlugin,  # noqa: F401
        TiffImagePlugin,  # noqa: F401
        UnidentifiedImageError,
        WebPImagePlugin,  # noqa: F401
    )

    Image.MAX_IMAGE_PIXELS = None  # refused below, in words; Pillow would warn on the terminal from some size on
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise PictureError("with too many pixels")
            if opened.format == "JPEG":
                opened.draft(None, (2 * shape.width, 2 * shape.height))  # decodes a large photograph at a fraction of its size
            if opened.getexif().get(ORIENTATION) in SIDEWAYS:
                width, height = height, width
            upright = ImageOps.exif_transpose(opened)
            brightest = _brightest(upright)
            plain = _plain(upright, shape.white)
            measured = measure(plain) if measure else 0.0
    except PictureError:
        raise
    except UnidentifiedImageError as error:
        raise PictureError("no picture") from error
    except Exception as error:  # Pillow's decoders fail in many ways
        raise PictureError("cut short or damaged") from error
    return fitted(plain, shape), Header(height, width, measured, brightest)


def white_of(brightest: int) -> int:
    """Return what is white where no value is above `brightest`: the largest number of that many bits, which cameras and scanners fill."""
    return int(min(max((1 << int(brightest).bit_length()) - 1, BLACK_TO_WHITE), SIXTEEN_BITS))


def _brightest(image: Image.Image) -> int:
    if not image.mode.startswith("I"):
        return 0
    values = np.asarray(image)
    return int(values.max()) if values.size and _is_sixteen_bits(values) else 0


def _is_sixteen_bits(values: np.ndarray) -> bool:
    return values.dtype == np.uint16 or (values.dtype.kind in "iu" and values.min() >= 0 and values.max() <= SIXTEEN_BITS)


def _plain(image: Image.Image, white: int = 0) -> Image.Image:
    """Return a picture in 8 bits without transparency: on white, as a page would show it."""
    from PIL import Image

    image.load()
    mode = image.mode
    if mode.startswith("I") or mode == "F":
        return Image.fromarray(_eight_bits(np.asarray(image), white))
    if mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layered = image.convert("RGBA")
        made = Image.new("RGB", image.size, WHITE)
        made.paste(layered, mask=layered.getchannel("A"))
        return made
    return image.convert("L" if mode in ("1", "L") else "RGB")


def _eight_bits(values: np.ndarray, white: int) -> np.ndarray:
    """Return 16-bit and other numbers as 8 bits; those without a usual range from their least to their largest."""
    if _is_sixteen_bits(values):
        white = white or (SIXTEEN_BITS if values.max() > BLACK_TO_WHITE else BLACK_TO_WHITE)
        return np.minimum(values.astype(np.uint32) * BLACK_TO_WHITE // white, BLACK_TO_WHITE).astype(np.uint8)
    found = np.nan_to_num(values.astype(np.float64))
    low, high = float(found.min()), float(found.max())
    return ((found - low) * (255 / (high - low)) if high > low else found * 0).astype(np.uint8)


def fitted(image: Image.Image, shape: Shape) -> np.ndarray:
    """Return an opened picture as uint8 of the shape."""
    from PIL import Image

    image = image.convert("L" if shape.channels == 1 else "RGB")
    size = (shape.width, shape.height)
    if shape.fit == "pad":
        scale = min(shape.width / image.width, shape.height / image.height)
        inner = (min(shape.width, max(1, round(image.width * scale))), min(shape.height, max(1, round(image.height * scale))))
        small = np.asarray(image.resize(inner, Image.Resampling.BILINEAR, reducing_gap=2.0))
        small = small.reshape(inner[1], inner[0], shape.channels)
        edge = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
        made = np.empty((shape.height, shape.width, shape.channels), np.uint8)
        made[:] = np.median(edge, axis=0).astype(np.uint8)
        top, left = (shape.height - inner[1]) // 2, (shape.width - inner[0]) // 2
        made[top : top + inner[1], left : left + inner[0]] = small
        return made
    if image.size != size:
        image = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.asarray(image).reshape(shape.height, shape.width, shape.channels)


@dataclass(frozen=True)
class Pictures:
    """Decoded pictures.

    Attributes
    ----------
    pixels
        uint8 of shape (n, height, width, channels); zeros where there is none.
    there
        Whether each could be decoded, of shape (n,).
    sizes
        Height and width of each as it came, int32 of shape (n, 2).
    why
        By what was wrong, how many could not be decoded.
    measured
        What was measured of each, float32 of shape (n,); zeros where nothing was.
    brightest
        The largest value of each that is grey of 16 bits, else 0, int32 of shape (n,).
    """

    pixels: np.ndarray
    there: np.ndarray
    sizes: np.ndarray
    why: dict[str, int]
    measured: np.ndarray
    brightest: np.ndarray


def read_pictures(place: Path, names: Sequence[Any], shape: Shape, *, strict: bool = True, measure: Measure | None = None) -> Pictures:
    """Decode pictures on all cores into one array; those that cannot be decoded are counted.

    Parameters
    ----------
    place : Path
        The folder or archive that the names are relative to.
    names : sequence
        Of str, or None where a picture is missing.
    strict : bool
        A name that leads out of the folder is an error, not one more picture that is not there.
    measure : callable, optional
        As in :func:`decode`.

    Raises
    ------
    AssistError
        E0117 where a name leads out of the folder.
    """
    n = len(names)
    pixels = np.zeros((n, shape.height, shape.width, shape.channels), np.uint8)
    there, sizes, measured = np.zeros(n, bool), np.zeros((n, 2), np.int32), np.zeros(n, np.float32)
    brightest = np.zeros(n, np.int32)
    why: dict[str, int] = {}
    with open_shelf(place) as shelf:

        def one(k: int) -> str | None:
            name = names[k]
            if not isinstance(name, str) or not name.strip():
                return NOT_NAMED
            if ADDRESS.match(name.strip()):
                return "at a web address, which is not opened"
            try:
                shelf.require_inside(name)
                pixels[k], header = decode(shelf.read(name), shape, measure)
            except AssistError:
                if strict:
                    raise
                return "outside the folder of the data"
            except (KeyError, OSError):
                return "not there"
            except PictureError as error:
                return str(error)
            except (ValueError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
                return "not to be unpacked"
            there[k], sizes[k], measured[k], brightest[k] = True, (header.height, header.width), header.measured, header.brightest
            return None

        # Pillow warns of many small faults, on a terminal that is not its own
        with warnings.catch_warnings(action="ignore"), ThreadPoolExecutor(this_machine().cores) as pool:
            for problem in pool.map(one, range(n), chunksize=16):
                if problem:
                    why[problem] = why.get(problem, 0) + 1
    return Pictures(pixels, there, sizes, dict(sorted(why.items(), key=lambda item: (-item[1], item[0]))), measured, brightest)
