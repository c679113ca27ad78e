"""Where in a cell personal data stands: e-mail addresses, phone, card and account numbers, also in the middle of a text.

The patterns here propose, :mod:`automl_assist.profile.privacy` disposes: it checks the digits of what they find.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from automl_assist.profile import privacy

# International with a plus, or ten digits in the North American grouping; dates and plain numbers have neither form.
PHONE = re.compile(r"(?<![\w+])(?:\+\d(?:[ ./-]?\(?\d\)?){7,14}|(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4})(?![\w-])")
# Issuer prefixes: Visa, Mastercard, American Express, Diners, JCB, Discover.
CARD = re.compile(r"(?<![\w.-])(?:4|5[1-5]|2[2-7]|3[0-9]|6[05])(?:[ -]?\d){11,17}(?![\w-])")
IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")


@dataclass(frozen=True)
class PersonalKind:
    """One kind of personal data.

    Attributes
    ----------
    name : str
        In the plural, as it stands in a sentence.
    pattern : re.Pattern
    valid : callable
        Whether what the pattern found is what it looks like.
    least : int
        Cells that a column must have of it; more where there are no check digits.
    hint : str
        A piece that every match contains, to pass over columns quickly; may be empty.
    """

    name: str
    pattern: re.Pattern[str]
    valid: Callable[[str], bool]
    least: int = 1
    hint: str = ""


PERSONAL_KINDS = (
    PersonalKind("e-mail addresses", privacy.EMAIL_INSIDE, privacy.is_email, hint="@"),
    PersonalKind("phone numbers", PHONE, lambda found: True, least=3),
    PersonalKind("card numbers", CARD, privacy.is_card),
    PersonalKind("bank account numbers (IBAN)", IBAN, privacy.is_iban),
)


def holds_personal(text: str) -> bool:
    """Return whether personal data of any kind stands in a text."""
    if privacy.is_personal(text):
        return True
    return any(kind.valid(match.group()) for kind in PERSONAL_KINDS for match in kind.pattern.finditer(text))
