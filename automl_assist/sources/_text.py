"""Bytes to text: unpacking with a limit, and the encoding, decided over the whole file."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import BinaryIO, TextIO

import numpy as np

from automl_assist.errors import AssistError
from automl_assist.sources._encodings import decodes, escaped_encoding, legacy_encoding
from automl_assist.sources._files import CHUNK_BYTES, FOREIGN, GZIP, ZIP, digest
from automl_assist.sources._source import Input, Notes

# A text table rarely packs better than 30:1; a gzip bomb reaches 1000:1.
ELSEWHERE = ("shift_jis", "gb18030", "big5", "euc_kr", "euc_jp", "cp1251", "koi8_r")  # encodings that have to be named
GZIP_RATIO_LIMIT = 100
GZIP_FREE_BYTES = 64 << 20  # below this size nobody is hurt
# In UTF-16 every ASCII letter has a zero byte on one side; ordinary text has none at all.
UTF16_NUL_SHARE = 0.4
QUOTE, LF = 0x22, 0x0A
OTHER_ALPHABET = 0.5  # of the words with letters beyond ASCII have no other ones: in western languages hardly any
TAIL_BYTES = 1 << 14  # among which totals and remarks are looked for
# what else than text a packed file may hold, by its first bytes
WITHIN = (
    (GZIP, "another gzip archive"),
    (ZIP, "a zip archive or workbook"),
    (b"PAR1", "a Parquet file"),
    *((magic, what) for magic, what, _ in FOREIGN),
)
LONG_ENOUGH = 2  # bytes of a first line, to look for it again
BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass
class Bytes:
    """What one pass over all bytes found."""

    sha256: str = ""
    unpacked: int = 0
    utf8: bool = True
    ascii: bool = True
    cp1252: bool = True
    nuls: int = 0
    cr: int = 0
    lf: int = 0
    crlf: int = 0
    quotes: int = 0
    first_bad: int | None = None  # offset of the first byte that is not UTF-8
    head: bytes = field(default=b"", repr=False)
    last: bytes = b""
    tail: bytes = field(default=b"", repr=False)  # the end of the file, unpacked
    quoted_lf: int = 0  # line feeds inside quotes, were each quote to open or close
    before_quotes: set[int] = field(default_factory=set)  # bytes right before an opening quote; a line feed for the start of the file
    marks: int = 0  # byte order marks of UTF-8, wherever they stand
    first_again: int = 0  # lines equal to the first one
    cuts: tuple[int, ...] = ()  # where columns begin that were told apart by their places
    several: str = ""  # the delimiter of several characters that a copy has a comma for
    after_quotes: set[int] = field(default_factory=set)  # right after a closing one; a line feed for the end


def open_bytes(source: Input) -> BinaryIO:
    """Open the file, unpacking gzip as it streams."""
    return gzip.open(source.file, "rb") if source.head.startswith(GZIP) else open(source.file, "rb")  # type: ignore[return-value]


def open_text(source: Input, encoding: str) -> TextIO:
    """Open the file as text with its line ends untouched."""
    return io.TextIOWrapper(open_bytes(source), encoding=encoding, newline="", errors="strict")


def lines_at(path: str, numbers: np.ndarray) -> list[bytes]:
    """Return the lines of an unpacked file at some rising numbers, counted from 0, without their line feeds."""
    found: list[bytes] = []
    with open(path, "rb") as file:
        before, rest = 0, b""
        while len(found) < len(numbers) and (chunk := file.read(CHUNK_BYTES)):
            block = rest + chunk
            ends = np.flatnonzero(np.frombuffer(block, np.uint8) == LF)
            wanted = numbers[len(found) : np.searchsorted(numbers, before + len(ends))] - before
            starts = np.where(wanted > 0, ends[wanted - 1] + 1, 0) if len(wanted) else wanted
            found += [block[start:end] for start, end in zip(starts.tolist(), ends[wanted].tolist(), strict=True)]
            before, rest = before + len(ends), block[ends[-1] + 1 :] if len(ends) else block
    return [*found, rest] if len(found) < len(numbers) and numbers[-1] == before else found


def scan(source: Input) -> Bytes:
    """Pass once over the unpacked bytes: size limit, digest, encoding evidence, line ends.

    Raises
    ------
    AssistError
        E0107 if a .gz is damaged, E0108 if it unpacks to far more than a table would.
    """
    with ThreadPoolExecutor(1) as beside:  # the digest needs as long as all the rest, and gives the lock away
        sha256 = beside.submit(digest, source)
        found = _look_at_bytes(source)
        found.sha256 = sha256.result()
    return found


def _look_at_bytes(source: Input) -> Bytes:
    found, decoder, again = Bytes(), codecs.getincrementaldecoder("utf-8")(), b""
    packed = source.head.startswith(GZIP)
    for chunk in _chunks(source):
        if not found.head:
            found.head = chunk[:65536]
            first = found.head.removeprefix(codecs.BOM_UTF8).split(b"\n", 1)[0]
            if packed:
                _refuse_packed_within(source, found.head)
            again = b"\n" + first + b"\n" if LONG_ENOUGH < len(first) < len(found.head) - 4 and not first.isdigit() else b""
        found.unpacked += len(chunk)
        if packed and found.unpacked > GZIP_FREE_BYTES and found.unpacked > GZIP_RATIO_LIMIT * source.size_bytes:
            raise AssistError(
                "E0108",
                f"{source.name} unpacks to more than {GZIP_RATIO_LIMIT} times its size: over the limit for a packed table",
                help="if it is no gzip bomb, unpack it yourself and give the unpacked file",
            )
        if again:
            found.first_again += chunk.count(again)
        _judge(found, chunk, decoder)
        found.last = chunk[-1:]
        found.tail = (found.tail + chunk if len(chunk) < TAIL_BYTES else chunk)[-TAIL_BYTES:]
    if found.quotes % 2 == 0 and found.last == b'"':
        found.after_quotes.add(LF)
    if found.utf8 and not found.ascii:
        try:
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            found.utf8, found.first_bad = False, found.unpacked - 1
    return found


def _refuse_packed_within(source: Input, head: bytes) -> None:
    """Refuse a packed file that holds another file than text.

    Raises
    ------
    AssistError
        E0106
    """
    what = next((what for magic, what in WITHIN if head.startswith(magic)), None)
    if what:
        raise AssistError(
            "E0106", f"{source.name} is a gzip archive of {what}, not of a table of text", help=f"unpack it first: gunzip {source.name}"
        )


def _chunks(source: Input) -> Iterator[bytes]:
    try:
        with open_bytes(source) as handle:
            while chunk := handle.read(CHUNK_BYTES):
                yield chunk
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise AssistError(
            "E0107",
            f"{source.name} is not whole: its gzip data is damaged or cut off",
            help="download or pack it again; test it with: gzip -t FILE",
        ) from error


def _judge(found: Bytes, chunk: bytes, decoder: codecs.IncrementalDecoder) -> None:
    plain = chunk.isascii()
    if found.ascii and not plain:
        found.ascii = False
    if not plain:
        found.marks += chunk.count(codecs.BOM_UTF8)
    if found.utf8 and not (plain and decoder.getstate()[0] == b""):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            found.utf8, found.first_bad = False, found.unpacked - len(chunk) + error.start
    if not found.ascii and found.cp1252 and any(b in chunk for b in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")):
        found.cp1252 = False
    found.nuls += chunk.count(b"\0")
    found.lf += chunk.count(b"\n")
    if cr := chunk.count(b"\r"):
        found.cr += cr
        found.crlf += chunk.count(b"\r\n")
    found.crlf += found.last == b"\r" and chunk[:1] == b"\n"
    if found.quotes % 2 or found.last == b'"' or b'"' in chunk:
        _look_at_quotes(found, chunk)


def _look_at_quotes(found: Bytes, chunk: bytes) -> None:
    """Note what stands beside quotes, every other one taken for a closing one, and count line feeds inside them."""
    data = np.frombuffer(chunk, np.uint8)
    quotes = np.flatnonzero(data == QUOTE)
    if found.last == b'"' and found.quotes % 2 == 0:
        found.after_quotes.add(int(data[0]))
    opening, closing = quotes[found.quotes % 2 :: 2], quotes[1 - found.quotes % 2 :: 2]
    if len(opening):
        first = (found.last[0] if found.last else LF) if opening[0] == 0 else int(data[opening[0] - 1])
        found.before_quotes.add(first)
        found.before_quotes.update(np.flatnonzero(np.bincount(data[opening[1:] - 1], minlength=1)).tolist())
    inside = closing[closing + 1 < len(data)]
    found.after_quotes.update(np.flatnonzero(np.bincount(data[inside + 1], minlength=1)).tolist())
    feeds = np.flatnonzero(data == LF)
    found.quoted_lf += int(((np.searchsorted(quotes, feeds) + found.quotes) % 2).sum())
    found.quotes += len(quotes)


def decide_encoding(source: Input, found: Bytes, given: str | None, earlier: str | None, notes: Notes) -> str:
    """Return the codec to read the text with: what was asked for, a byte order mark, UTF-16, strict UTF-8, what is likeliest, else cp1252.

    Raises
    ------
    AssistError
        E0404 for a name that is no encoding; E0112 if the file is not in the encoding asked for.
    """
    if given:
        return _checked(source, given)
    for mark, name in BOMS:
        if found.head.startswith(mark):
            notes.assume(f"The file begins with a byte order mark of {name.removesuffix('-sig')}.")
            return name
    wide = _utf16_without_mark(found.head)
    if wide:
        notes.assume(f"The file is {wide} without a byte order mark: nearly every second byte is zero.")
        return wide
    if found.ascii and (escaped := escaped_encoding(found.head)) and _is_text_in(source, escaped):
        notes.assume(f"The encoding is {escaped}: its escapes to Japanese characters stand in the text.")
        return escaped
    if found.utf8:
        return "utf-8"
    clear = earlier if earlier and not earlier.startswith("utf") and decodes(found.head, earlier) else legacy_encoding(found.head)
    if clear and _is_text_in(source, clear):
        notes.assume(f"The encoding is {clear}: the bytes are not UTF-8, and as {clear} they are words; --encoding names another one.")
        return clear
    name = "cp1252" if found.cp1252 else "latin-1"
    words = re.findall(r"[^\W\d_]{3,}", found.head.decode(name, "replace"))
    strange = sum(not any(c.isascii() for c in word) for word in words) > OTHER_ALPHABET * sum(not word.isascii() for word in words)
    notes.warn(
        "W0104",
        f"{source.name} is not UTF-8 (byte {found.first_bad or 0:,} cannot be read so); it was read as {name}",
        "whole words have no western letter: name the alphabet, such as --encoding cp1251 (Cyrillic) or cp1253 (Greek)"
        if strange
        else "name the right one with --encoding, such as --encoding cp1250, if letters look wrong",
    )
    notes.assume(f"The encoding is {name}, because the bytes are not UTF-8.")
    return name


def _is_text_in(source: Input, encoding: str) -> bool:
    try:
        with open_text(source, encoding) as text:
            while text.read(CHUNK_BYTES):
                pass
    except UnicodeError:
        return False
    return True


def _checked(source: Input, given: str) -> str:
    try:
        name = codecs.lookup(given).name
    except LookupError as error:
        raise AssistError(
            "E0404", f"{given!r} is not an encoding", where="--encoding", help="use one such as utf-8, cp1252 or utf-16", exit_code=2
        ) from error
    name = "utf-8-sig" if name == "utf-8" and source.head.startswith(codecs.BOM_UTF8) else name
    try:
        with open_text(source, name) as text:
            while text.read(CHUNK_BYTES):
                pass
    except (UnicodeError, LookupError) as error:
        raise AssistError(
            "E0112", f"{source.name} is not in the encoding {given}", where=str(error)[:120], help="leave --encoding out to have it found"
        ) from error
    return name


def _utf16_without_mark(head: bytes) -> str | None:
    even, odd = head[0::2], head[1::2]
    if len(head) < 4:
        return None
    if odd.count(0) > UTF16_NUL_SHARE * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if even.count(0) > UTF16_NUL_SHARE * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return None


def another_encoding(source: Input, start: bytes) -> AssistError:
    """Return that a text is in an encoding that has to be named, with those that could be."""
    could_be = []
    for name in ELSEWHERE:
        try:
            start[: start.rfind(b"\n") + 1].decode(name)
        except UnicodeDecodeError:
            continue
        could_be.append(name)
    return AssistError(
        "E0112",
        f"{source.name} is neither UTF-8 nor in a western encoding",
        where="its bytes are letters of another script",
        help=f"name its encoding: --encoding {could_be[0] if could_be else 'NAME'}"
        + (f", or {', '.join(could_be[1:])}" if len(could_be) > 1 else ""),
    )
