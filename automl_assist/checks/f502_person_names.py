"""Names of people.

With an identifier, an address or a date of birth beside it a name says who a row is about. It teaches a model nothing that holds for
others, and must not travel in a report. Names are known by their form and by common first names; cities and car models have the form, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from automl_assist.checks._check import Check, CheckContext, Hit
from automl_assist.checks._rows import sample
from automl_assist.checks._wording import counted, grouped, named
from automl_assist.schema import Column

LOOKED_AT = 2_000  # different values
FEWEST_VALUES = 10
LONGEST = 80  # characters
FORM = 0.8  # of the values have the form of a name
KNOWN, KNOWN_WITH_HEADING = 0.3, 0.1  # of the values hold a common first name
HEADING = re.compile(
    r"(^|[_\W])(names?|full_?name|first_?name|last_?name|sur_?name|given_?name|family_?name|patient|customer|client|employee|passenger|person|"
    r"contact|owner|author|doctor|nurse|teacher|student|applicant|holder|nachname|vorname|nom|prenom|nombre|apellido)([_\W]|$)",
    re.IGNORECASE,
)
WORD = r"[^\W\d_][^\W\d_'\u2019-]*(?:['\u2019-][^\W\d_]+)*"
TITLE = r"(?:(?:Mr|Mrs|Ms|Miss|Master|Dr|Prof|Rev|Sir|Herr|Frau|Mme|Mlle|Sr|Sra)\.? )?"
NAME = re.compile(rf"{TITLE}{WORD}(?:,? {TITLE}(?:{WORD}|[^\W\d_]\.?)){{1,4}}(?: (?:Jr|Sr|II|III|IV)\.?)?(?: [(\"].*)?")
# Given names that are common in some countries; those that are words or places, too, are left out.
GIVEN_NAMES = (
    "aaron adam ahmed aisha alan albert alejandro alex alexander alexandra ali alice alicia amanda amelia amy ana andre andrea "
    "andreas andrew angela anna anne anthony antonio arthur ashley barbara benjamin betty brandon brian bruno camille carl carla "
    "carlos carmen carol caroline catherine charles charlotte chen chiara chloe christian christina christine christopher claire "
    "clara claudia cynthia daniel daniela david deborah dennis diana diego dmitri donald donna dorothy edward eleanor elena "
    "elizabeth ella ellen emily emma eric erik ethan eva evelyn fatima felix fernando francesca francesco francisco frank gabriel "
    "gary george gerald giovanni giulia giuseppe gregory hannah hans harold heather helen helena henry hiroshi ibrahim igor ines "
    "irene isaac isabel isabella ivan jack jacob james jane janet jason javier jean jeffrey jennifer jessica joan joao jonas "
    "jonathan jose joseph joshua juan judith julia julie jürgen karen karl katarzyna katherine kathleen keith kenji kenneth kevin "
    "kimberly larry laura lauren laurent lena leo leon liam linda lisa louis louise luca lucas lucia lucy luis lukas magdalena "
    "manuel marco margaret maria marie mario mark marta martin martha mary mateo matthew max megan mei mia michael michel michelle "
    "miguel mohamed mohammed monika nancy natalia natalie nathan nicholas nicolas nicole nina noah nora oliver olivia olga omar "
    "oscar pablo pamela patricia patrick paul paula paulo pedro peter philip philippe pierre rachel rafael ralph raymond rebecca "
    "ricardo richard robert roberto roger ronald rosa ruth ryan samantha samuel sandra sara sarah scott sebastian sergei sergio "
    "sharon simon sofia sophia sophie stefan stephanie stephen steven susan sven takashi tatiana theresa thomas timothy tomas "
    "tyler ursula valentina vanessa victor victoria vincent virginia walter wei wilhelm william wolfgang yuki yusuf zoe"
)
GIVEN = frozenset(GIVEN_NAMES.split())
TOKEN = re.compile(WORD)


def _find(context: CheckContext) -> Iterator[Hit]:
    profile = context.profile
    columns = [c for c in profile.columns if c.kind in ("category", "text", "identifier") and c.name in context.cells]
    beside = [c.name for c in profile.columns if c.kind in ("identifier", "email")]
    hits = []
    for column in columns:
        if column.distinct < FEWEST_VALUES:
            continue
        count = _names(context, column)
        if not count:
            continue
        identified = [name for name in beside if name != column.name]
        also = f", beside the identifier {named(identified[0])}" if identified else ""
        message = f"Column {named(column.name)} holds personal data: names of people in {counted(count, 'cell')}{also}."
        fix = f"leave it out of the file, or set columns.{column.name}.use to false in plan.yaml"
        hits.append(Hit(message, (column.name,), fix=fix, severity=None if identified or column.kind == "identifier" else "info"))
    for severity in (None, "info"):
        yield from grouped([hit for hit in hits if hit.severity == severity], "hold personal data: names of people")


def _names(context: CheckContext, column: Column) -> int:
    """Return in how many cells names of people seem to stand, or 0."""
    cells = context.raw[column.name][sample(len(context.cells))]
    values = [cell.strip() for cell in cells.tolist() if isinstance(cell, str) and cell.strip()]
    different = sorted(set(values))
    if len(different) < FEWEST_VALUES:
        return 0
    some = [different[i] for i in np.unique(np.linspace(0, len(different) - 1, LOOKED_AT).astype(int))]
    formed = [value for value in some if len(value) <= LONGEST and NAME.fullmatch(value) and _capital(value)]
    heading = HEADING.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column.name)) is not None
    enough = KNOWN_WITH_HEADING if heading else KNOWN
    if heading and not formed:  # given names alone
        formed, enough = [value for value in some if TOKEN.fullmatch(value)], KNOWN
    if len(formed) < FORM * len(some):
        return 0
    known = sum(any(token.lower() in GIVEN for token in TOKEN.findall(value)) for value in formed)
    return len(values) if known >= enough * len(formed) else 0


def _capital(value: str) -> bool:
    """Whether every word but small ones such as `van` begins with a capital."""
    words = TOKEN.findall(value)
    return len(words) >= 2 and sum(word[0].isupper() for word in words) >= max(2, len(words) - 2)


CHECK = Check("F502", "Names of people", "warning", _find)
