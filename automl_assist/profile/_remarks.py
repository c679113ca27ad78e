"""What stands beside the number of a cell and is no part of it: bounds, uncertainties, footnotes, flags, words behind all of them.

It is taken off, and the number is then read like any other (``<0.5``, ``3.1±0.2``, ``12.0 (1.3)``, ``0.04**``, ``$1,200/mo``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

SHARE = 0.9  # of the cells that a notation must read
LOOKED_AT = 100  # cells that are tried before all are
FEWEST_LOOKED = 0.7  # of them that it must read
FEWEST_PARTS = 3  # different ones out of the same number: 7/10; or beside such as ~50
FEWEST_BARE = 10  # different numbers without a bound: fewer are answers such as 3 and 4+

BOUND = re.compile(
    r"(?:(?:[<>]=?|[\u2264\u2265~\u2248]|&[lg]t;=?|(?:c(?:irc)?a|about|around|approx|approximately|etwa|rund|env|environ|aprox)\b\.?)\s*"
    r"(?=[\d.+-])(?P<above>.*\d.*)|(?P<least>.*\d)\s?\+)",
    re.IGNORECASE,
)
BOUNDING = frozenset("<>\u2264\u2265&~\u2248caerCAER")  # how a bound may begin
LIMITS = frozenset("<>\u2264\u2265&")  # of an answer such as <5; ~50 is a number however few there are
NUMBER = r"[+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:[eE][+-]?\d+)?"
BARE = re.compile(rf"{NUMBER}(?:\s?(?:%|[^\W\d_]{{1,6}}))?")
UNCERTAIN = re.compile(
    rf"(?P<value>{NUMBER})\s?%?\s*(?:(?:\u00b1|\+/-|\+-|\\pm)\s*{NUMBER}\s?%?"
    r"|[(\[](?=[^()\[\]]*\d)(?:(?:\d+\s?%\s?)?(?:CI|KI|SD|SE|s\.d\.|s\.e\.|[nN](?=\s?[:=]))\s?[:=]?\s*)?[-+\d\s.,;%\u00b1\u2013\u2014\u2212to]+[)\]])"
)
# signs for a footnote right behind a number, or what statistical offices say of it in a letter or two: estimated, provisional, revised
FLAGS = r"(?:[bcdefiknprsuz]{1,2}|est|prov|rev)\.?"
FLAGGED = re.compile(
    r"(?P<value>.*\d)(?:\s?[*\u2020\u2021\u00a7#\u00b9\u00b2\u00b3\u2070-\u2079]{1,3}"
    rf"|\s{FLAGS}|\s?\({FLAGS}\)|\s?\[(?:{FLAGS}|\d)\])",
    re.IGNORECASE,
)
UNFLAGGED = re.compile(r"[+-]?[\d.,\s]*\d")
FEWEST_UNFLAGGED = 0.2  # of different cells are numbers without such a sign
STARS = re.compile(r"(?P<value>[+-]?[\d.,\s]*\d)(?:\s?(?:\*{1,4}|[\u2020\u2021]{1,2}))?")  # of significance, which most may have
# above or below what is usual, of laboratories
LEVELS = re.compile(r"(?P<value>.*\d(?:\s?%)?)\s?(?:\((?P<inner>HH?|LL?)\)|(?P<mark>HH?|LL?))")
NO_CENTS = re.compile(r"(?P<value>.*\d)(?:[.,][-\u2013\u2014]{1,2}|/[-=])(?:\s?[^\s\d.,]{1,4})?\.?")  # 12,-
YEAR_IN_BRACKETS = re.compile(r"\((?P<value>(?:1[0-9]|20)\d\d)\)")
# ="0123" or '0123, which no spreadsheet makes a number of, and "12" with quotes that were quoted
GUARDED = re.compile(r"(?:=?\"|')(?P<value>[^\"']*\d[^\"']*)\"?")
# a digit and words behind it, apart from it or behind a slash or a sign, unlike in names of files; and how many characters these may be
BEHIND, MOST_BEHIND = re.compile(r"\d((?:\s|[/%°€$£¥₹])[^\d.@]*[^\W\d_][^\d.@]*\.?)\Z"), 25
REMARKS = {
    "guarded": GUARDED,
    "bound": BOUND,
    "uncertain": UNCERTAIN,
    "flagged": FLAGGED,
    "stars": STARS,
    "levels": LEVELS,
    "no_cents": NO_CENTS,
    "brackets": YEAR_IN_BRACKETS,
}


def without_remark(text: str, notation: str) -> str:
    """Return the number of a cell without the bound before it, the uncertainty or the footnote behind it, or the brackets around it."""
    name, _, words = notation.partition(":")
    if name == "behind":
        return text.removesuffix(words).rstrip()
    found = REMARKS[name].fullmatch(text)
    if not found:
        return text
    return found["above"] or found["least"] if name == "bound" else found["value"]


def find_remark(texts: Sequence[str], weights: Sequence[int]) -> str | None:
    """Return the name in :data:`REMARKS` of what some or most of the cells have beside their number."""
    if readable(texts, weights, lambda text: GUARDED.fullmatch(text) is not None):
        return "guarded"
    bounded = [(text[0] in BOUNDING or text[-1] == "+") and BOUND.fullmatch(text) is not None for text in texts]
    if any(bounded):
        bare = [text for text, bound in zip(texts, bounded, strict=True) if all(bounded) or (not bound and BARE.fullmatch(text))]
        about = all(text[0] not in LIMITS and text[-1] != "+" for text, bound in zip(texts, bounded, strict=True) if bound)
        return "bound" if len(bare) >= (FEWEST_PARTS if about else FEWEST_BARE) else None
    if readable(texts, weights, lambda text: UNCERTAIN.fullmatch(text) is not None):
        return "uncertain"
    if all(map(YEAR_IN_BRACKETS.fullmatch, texts)):
        return "brackets"
    if any(map(NO_CENTS.fullmatch, texts)):
        return "no_cents"
    if _are_levels(texts):
        return "levels"
    if any(text[-1] in "*\u2020\u2021" for text in texts) and readable(texts, weights, lambda text: STARS.fullmatch(text) is not None):
        return "stars"
    if words := _words_behind(texts, weights):
        return f"behind:{words}"
    some = texts[:LOOKED_AT]
    plain = sum(UNFLAGGED.fullmatch(text) is not None for text in some)
    return "flagged" if plain >= FEWEST_UNFLAGGED * len(some) and any(map(FLAGGED.fullmatch, texts)) else None


def _are_levels(texts: Sequence[str]) -> bool:
    """Whether letters behind some of the numbers say high and low: both do, or all stand in parentheses, and other numbers have none."""
    found = [match for match in map(LEVELS.fullmatch, texts) if match]
    both = {(match["mark"] or match["inner"])[0] for match in found} == {"H", "L"}
    sure = both or (bool(found) and all(match["inner"] for match in found))
    return sure and len(texts) - len(found) >= max(FEWEST_PARTS, FEWEST_UNFLAGGED * len(texts))


def _words_behind(texts: Sequence[str], weights: Sequence[int]) -> str | None:
    """Return the words behind a number that nearly all cells end in, such as ``/mo``, ``€/kg`` or ``sq ft``; None where they differ."""
    some = [found[1] for found in (BEHIND.search(text[-MOST_BEHIND:]) for text in texts[:LOOKED_AT]) if found]
    if not some:
        return None
    words = Counter(some).most_common(1)[0][0]
    if words.strip().isalpha() and all(text[0].isdigit() for text in texts[:LOOKED_AT]):
        return None  # a unit if anything, and then one that was not taken for such
    return words if len(texts) >= FEWEST_PARTS and readable(texts, weights, lambda text: text.endswith(words)) else None


def readable(texts: Sequence[str], weights: Sequence[int], reads: Callable[[str], bool]) -> bool:
    """Whether so many of the cells can be read that a column is written in this way; a few are tried before all."""
    some = texts[:LOOKED_AT]
    if sum(map(reads, some)) < FEWEST_LOOKED * len(some):
        return False
    return sum(w for t, w in zip(texts, weights, strict=True) if reads(t)) >= SHARE * sum(weights)
