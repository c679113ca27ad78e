"""Encodings older than UTF-8 told apart by the bytes of a text, where they tell.

Of single bytes: the languages of :mod:`automl_assist.sources._letters` compete, each under its encodings. What counts is how likely its
words with letters beyond ASCII are: how often which of these letters comes, capitals only where capitals stand, symbols not inside words.
Of double bytes: their first bytes lie in known ranges (JIS X 0208, GB 2312 of the first level, Big5 of level 1, Hangul of KS X 1001).
What is not clear is not decided here.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from functools import cache

from automl_assist.sources import _letters as letters

FEWEST_PAIRS = 10  # double bytes: among fewer the ranges say little
DIFFERENT_LETTERS, DIFFERENT_WORDS = 4, 3  # beyond ASCII, of which one is needed to judge a language by
MOST_WORDS = 1000  # different ones; more tell nothing new
CLEARLY = 3.0  # nats that the best reading has to be ahead of the next one that reads otherwise: twenty times as likely
USUAL = 3.0  # nats in favour of cp1252, by far the commonest of them
# nats for each letter beyond ASCII at the least, in languages with letters of ASCII and in others: double bytes read so have less
LIKELY, LIKELY_OWN = -6.5, -4.6
STRANGE = 1e-4  # share of a letter that the language does not have
SYMBOL = 1e-5  # of each character that is no letter
QUOTES = "\u00ab\u00bb\u201e\u201c\u201d\u2018\u2019\u201a"
SIGNS = "\u2013\u2014\u2026\u2022\u20ac\u00a3\u00a5\u00b0\u00a7\u00a9\u00ae\u2116\u00a0\u00aa\u00ba\u00b1\u00bd\u00bc\u00d7\u00b5"
PUNCTUATION = dict.fromkeys(QUOTES + SIGNS, 3e-3)  # what text of every language has: dashes, currencies, ordinals, measures
INSIDE = "\u2019\u00a0"  # of these what also stands within words
CAPITAL = {"start": 0.5, "lower": 0.002, "upper": 0.7}  # of a letter, by what stands before it
WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f]+(?:[^\W\d_]|[^\x00-\x7f])*")  # from letter to letter, with a character beyond ASCII
BINARY = [bytes([n]) for n in (*range(1, 7), *range(14, 26))]  # control characters that no text has
MOST_BINARY = 0.01  # of the bytes
ESCAPED = (b"\x1b$B", b"\x1b$@", b"\x1b(J")  # how ISO-2022-JP changes to Japanese
KANA_SHARE = 0.05  # of Japanese text; no Chinese text has any


def legacy_encoding(start: bytes) -> str | None:
    """Return the encoding of a text that is not UTF-8, where its first bytes make it clear; else None."""
    start = start[: start.rfind(b"\n") + 1] or start
    if sum(start.count(byte) for byte in BINARY) > MOST_BINARY * len(start):
        return None
    return _of_single_bytes(start) or _of_double_bytes(start)


def escaped_encoding(start: bytes) -> str | None:
    """Return the encoding of a text of seven bits that changes its alphabet by escapes; None where it has none."""
    return "iso2022_jp" if any(mark in start for mark in ESCAPED) and decodes(start, "iso2022_jp") else None


def decodes(start: bytes, encoding: str) -> bool:
    """Whether whole lines of bytes are text in an encoding."""
    try:
        (start[: start.rfind(b"\n") + 1] or start).decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _of_single_bytes(start: bytes) -> str | None:
    """Return the encoding under which the words of some language are clearly the likeliest."""
    readings: dict[str, tuple[float, str, bool]] = {}  # the likeliest of each way the text reads, and whether that is likely enough
    for encoding in dict.fromkeys(e for several in letters.ENCODINGS.values() for e in several):
        text = start.decode(encoding, "replace")
        words = [(word, 1 + math.log(n)) for word, n in Counter(WORD.findall(text)).most_common(MOST_WORDS)]
        beyond = sum(weight * sum(not c.isascii() for c in word) for word, weight in words)
        different = {c for word, _ in words for c in word if not c.isascii()}
        if (len(different) < DIFFERENT_LETTERS and len(words) < DIFFERENT_WORDS) or "\ufffd" in text:
            continue
        likely = max(sum(weight * _of_word(word, language) for word, weight in words) for language in _languages(encoding))
        likely += USUAL if encoding == "cp1252" else 0.0
        enough = likely >= beyond * (LIKELY_OWN if _languages(encoding)[0] in letters.OWN_SCRIPT else LIKELY)
        held = readings.get(text, (likely, encoding, enough))
        readings[text] = max(likely, held[0]), held[1], enough or held[2]
    if not readings:
        return None
    (best, encoding, enough), *others = sorted(readings.values(), reverse=True)
    rivals = [likely for likely, other, _ in others if encoding in letters.WEST or _languages(other) != _languages(encoding)]
    clear = enough and (not rivals or best >= rivals[0] + CLEARLY)  # encodings of one language differ in few letters
    return encoding if clear and encoding != "cp1252" else None


def _languages(encoding: str) -> list[str]:
    return [language for language, own in letters.ENCODINGS.items() if encoding in own]


@cache
def _table(language: str) -> tuple[dict[str, float], float, float]:
    """Return the shares of the letters beyond ASCII among each other, and how often a letter is one of them, and the logarithm for none."""
    shares = letters.SHARES[language]
    total = sum(shares.values())
    beyond = 0.98 if language in letters.OWN_SCRIPT else total / 1000
    return {letter: share / total for letter, share in shares.items()}, beyond, math.log(1 - beyond)


def _of_word(word: str, language: str) -> float:
    shares, often, ascii_letter = _table(language)
    beyond = math.log(often)
    found, before = -math.log(1 - (1 - often) ** len(word)), "start"  # given that one of its letters is beyond ASCII
    for place, c in enumerate(word):
        if c.isascii():
            found += ascii_letter
        elif c in PUNCTUATION:
            found += math.log(PUNCTUATION[c] if place in (0, len(word) - 1) or c in INSIDE else SYMBOL)
        elif c in shares and not c.isupper():
            found += beyond + math.log(shares[c])
        elif c.isalpha():
            small = c if c in shares else c.lower()
            found += beyond + math.log(shares.get(small, STRANGE))
        else:
            found += math.log(SYMBOL)
        if c.isupper():
            found += math.log(CAPITAL[before])
        before = "upper" if c.isupper() else "lower" if c.islower() else "start"
    return found


def _of_double_bytes(start: bytes) -> str | None:
    tests: tuple[tuple[str, Callable[[list[bytes]], bool]], ...] = (
        ("euc_jp", lambda pairs: _all_high(pairs) and _is_japanese(pairs)),
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


def _is_japanese(pairs: list[bytes]) -> bool:
    """Whether pairs are Japanese rather than Chinese: kana, or characters that the one language has oftener than the other."""
    if _share(pairs, 0xA4, 0xA5) > KANA_SHARE:
        return True
    japanese = sum(pair.decode("euc_jp") in letters.JAPANESE for pair in pairs)
    others = [_other(pair) for pair in pairs]
    return japanese > max(sum(c in letters.CHINESE for c in others), 0.2 * len(pairs)) and _share(pairs, 0xB0, 0xC8) <= 0.95


def _other(pair: bytes) -> str:
    return pair.decode("gb18030", "replace")
