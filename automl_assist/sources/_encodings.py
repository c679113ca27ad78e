"""Encodings older than UTF-8 told apart by the bytes of a text, where they tell.

Bytes of East Asian encodings come in pairs with first bytes in known ranges; letters of one alphabet come as often as they do in its
languages; in words of a western alphabet no symbol stands. What is not clear is not decided here.
Ranges: JIS X 0208, GB 2312 (characters of the first level), Big5 (level 1), KS X 1001 (Hangul).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

FEWEST_PAIRS = 10  # double bytes: among fewer the ranges say little
FEWEST_LETTERS = 30  # beyond ASCII, to judge an alphabet by how often its letters come
DIFFERENT_LETTERS = 8
WHOLE_WORDS = 0.8  # of the words with such letters have no other ones
COMMON = {"cyrillic": "оеаинтсрвлкмдпу", "greek": "αοιετσνηυρπκμλςάέίό"}
ALPHABETS = {"cp1251": "cyrillic", "koi8_r": "cyrillic", "cp866": "cyrillic", "iso8859_5": "cyrillic", "cp1253": "greek"}
COMMON_SHARE = 0.6  # of the letters, in running text about 0.75
CLEARLY = 0.15  # ahead of the next alphabet
CENTRAL = ("cp1250", "iso8859_2")
LETTERS_WEST, LETTERS_CENTRAL = 0.9, 0.98  # of the characters beyond ASCII that stand beside a letter: below the one, above the other


def legacy_encoding(start: bytes) -> str | None:
    """Return the encoding of a text that is not UTF-8, where its first bytes make it clear; else None."""
    start = start[: start.rfind(b"\n") + 1] or start
    return _alphabet(start) or _east_asian(start) or _central_european(start)


def decodes(start: bytes, encoding: str) -> bool:
    """Whether whole lines of bytes are text in an encoding."""
    try:
        (start[: start.rfind(b"\n") + 1] or start).decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _east_asian(start: bytes) -> str | None:
    tests: tuple[tuple[str, Callable[[list[bytes]], bool]], ...] = (
        ("euc_jp", lambda pairs: _share(pairs, 0xA4, 0xA5) > 0.3 and _all_high(pairs)),
        ("euc_kr", lambda pairs: _share(pairs, 0xB0, 0xC8) > 0.95 and _all_high(pairs)),
        ("gb18030", lambda pairs: _share(pairs, 0xB0, 0xD7) > 0.85 and _all_high(pairs)),
        ("cp932", lambda pairs: _share(pairs, 0x81, 0x9F) > 0.4),
        ("big5", lambda pairs: _share(pairs, 0xA4, 0xC6) > 0.9 and not _all_high(pairs)),
    )
    for encoding, fits in tests:
        if decodes(start, encoding):
            pairs = [c.encode(encoding) for c in start.decode(encoding) if not c.isascii()]
            pairs = [pair for pair in pairs if len(pair) == 2]
            if len(pairs) >= FEWEST_PAIRS and len(set(pairs)) > 2 and len(pairs) * 2 > 0.9 * sum(b > 0x7F for b in start) and fits(pairs):
                return encoding
    return None


def _share(pairs: list[bytes], first: int, last: int) -> float:
    return sum(first <= pair[0] <= last for pair in pairs) / len(pairs)


def _all_high(pairs: list[bytes]) -> bool:
    return all(pair[1] >= 0xA1 for pair in pairs)


def _alphabet(start: bytes) -> str | None:
    """Return the encoding under which words wholly beyond ASCII have the letters of Russian or Greek, as often as those have them."""
    scores = {encoding: _likeness(start, encoding) for encoding in ALPHABETS}
    best, second, *_ = sorted(scores.values(), reverse=True)
    return max(scores, key=lambda e: scores[e]) if best >= COMMON_SHARE and best >= second + CLEARLY else None


def _likeness(start: bytes, encoding: str) -> float:
    text = start.decode(encoding, "replace")
    letters = [c for c in text if c.isalpha() and not c.isascii()]
    words = re.findall(r"[^\W\d_]{2,}", text)
    whole = sum(not any(c.isascii() for c in word) for word in words)
    few = len(letters) < FEWEST_LETTERS or len(set(letters)) < DIFFERENT_LETTERS
    if few or whole < WHOLE_WORDS * sum(not word.isascii() for word in words):
        return 0.0
    beyond = sum(not c.isascii() for c in text)
    common = sum(c.lower() in COMMON[ALPHABETS[encoding]] for c in letters) / beyond
    capitals = sum(before.islower() and after.isupper() for before, after in itertools.pairwise(text))  # within a word
    return common - capitals / len(letters)


def _central_european(start: bytes) -> str | None:
    """Return the encoding under which what stands in words is letters, where under cp1252 it would be symbols."""
    if _letters_in_words(start, "cp1252") >= LETTERS_WEST:
        return None
    shares = {encoding: _letters_in_words(start, encoding) for encoding in CENTRAL}
    best = max(CENTRAL, key=lambda e: shares[e])
    told_apart = shares[best] > min(shares.values()) or len({start.decode(e, "replace") for e in CENTRAL}) == 1
    return best if shares[best] >= LETTERS_CENTRAL and told_apart else None


def _letters_in_words(start: bytes, encoding: str) -> float:
    """Return which share of the characters beyond ASCII that stand beside a letter are letters, and no capital after a small one."""
    beside = re.findall(r"([A-Za-z])([^\x00-\x7f])|([^\x00-\x7f])(?=[A-Za-z])", start.decode(encoding, "replace"))
    fitting = sum((first or after).isalpha() and not (before.islower() and first.isupper()) for before, first, after in beside)
    return fitting / len(beside) if len(beside) >= FEWEST_PAIRS else 1.0
