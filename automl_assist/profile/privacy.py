"""Cells that must not be shown: addresses, phone, card and account numbers; and how other cells are quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable

QUOTED_CHARACTERS = 30
LEAST_SEEN = 10  # values seen fewer times are not written into any report (contract, section 5)

EMAIL = re.compile(r"[^\s@<>\"']{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}")
EMAIL_INSIDE = re.compile(r"[\w.+%-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}")
PHONE = re.compile(
    r"(\+|00)\d{1,3}[\s./-]?(\(\d{1,5}\)[\s./-]?)?\d{2,5}([\s./-]?\d{2,5}){1,4}|(\(\d{2,5}\)|\b\d{3})[\s.-]\d{3,4}[\s.-]\d{3,5}|0\d{2,4}[\s/-]\d{3,4}[\s-]?\d{3,5}"
)
CARD = re.compile(r"\d{4}([ -]?)\d{4}\1\d{4}\1\d{1,7}|3[47]\d{2}([ -]?)\d{6}\2\d{5}")
IBAN = re.compile(r"[A-Z]{2}\d{2} ?([A-Z0-9]{4} ?){2,7}[A-Z0-9]{1,4}")


def is_email(text: str) -> bool:
    """Whether the cell is an e-mail address."""
    return "@" in text and EMAIL.fullmatch(text) is not None


def is_card(text: str) -> bool:
    """Whether the cell is a payment card number: 13 to 19 digits whose last one checks the others (Luhn, ISO/IEC 7812-1)."""
    if not CARD.fullmatch(text):
        return False
    digits = [int(c) for c in text if c.isdigit()]
    if len(digits) == 15 and digits[:2] not in ([3, 4], [3, 7]):  # but for those of one company 15 digits are the number of a device (IMEI)
        return False
    single, doubled = digits[::-2], [2 * d - 9 if d > 4 else 2 * d for d in digits[-2::-2]]
    return digits[0] in (2, 3, 4, 5, 6) and len(set(digits)) > 1 and (sum(single) + sum(doubled)) % 10 == 0


def is_iban(text: str) -> bool:
    """Whether the cell is an international bank account number whose check digits are right (ISO 13616, remainder 1 of 97)."""
    if not IBAN.fullmatch(text):
        return False
    plain = text.replace(" ", "")
    return 15 <= len(plain) <= 34 and int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def is_phone(text: str) -> bool:
    """Whether the cell is written like a phone number: with a country code, brackets or groups, never bare digits."""
    return PHONE.fullmatch(text) is not None and 7 <= sum(c.isdigit() for c in text) <= 15


KINDS = {"e-mail addresses": is_email, "phone numbers": is_phone, "card numbers": is_card, "bank account numbers (IBAN)": is_iban}


def is_personal(text: str) -> bool:
    """Whether a cell should not be shown, whatever column it stands in."""
    return EMAIL_INSIDE.search(text) is not None or is_phone(text) or is_card(text) or is_iban(text)


def escaped(text: str) -> str:
    """Return text with what a terminal would obey, and what cannot be seen, written out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def quote(cells: Iterable[str], most: int = 3) -> str:
    """Return a few cells in quotes, none personal or long, or an empty string when none may be shown."""
    shown = [repr(escaped(c)) if "'" in c else f"'{escaped(c)}'" for c in cells if len(c) <= QUOTED_CHARACTERS and not is_personal(c)]
    return ", ".join(shown[:most]) + (", ..." if len(shown) > most else "")
