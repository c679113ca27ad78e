"""The environment of the templates, the Content-Security-Policy, and how much detail a page can afford."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from automl_assist._resources import templates_dir
from automl_assist.report._filters import FILTERS, breakable, cut, prose, sentence, shown
from automl_assist.report._scale import scale

LARGEST_PAGE = 3_000_000  # bytes, whatever the input
ASSETS = "report/assets"
SHORT_TEXT = 60  # characters of a name in a line of a table
COMMAND_TEXT = 4_000  # of a command to paste, which is of no use when cut


@dataclass(frozen=True)
class Detail:
    """How much a page shows: columns as cards, rows of long tables, characters of a name and of a sentence."""

    cards: int
    lines: int
    text: int
    prose: int


# From all detail to the least that still answers; the first whose page is small enough is taken.
DETAILS = (Detail(60, 1_000, 200, 1_000), Detail(60, 300, 100, 400), Detail(30, 100, 60, 200), Detail(10, 20, 30, 100))


@cache
def environment(detail: Detail) -> Environment:
    """Return the templates with this much detail; every value printed passes ``finalize`` and is escaped."""
    found = Environment(
        loader=FileSystemLoader(templates_dir()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: shown(value, detail.text),
    )
    found.filters.update(FILTERS)
    found.filters["prose"] = lambda text: prose(text, detail.prose)
    found.filters["breakable"] = lambda text: breakable(text, detail.text)
    found.filters["sentence"] = lambda text: sentence(text, detail.prose)
    found.filters["whole"] = lambda text: prose(text, COMMAND_TEXT)
    found.filters["short"] = lambda text: cut(text, min(detail.text, SHORT_TEXT))
    found.globals["scale"] = scale
    found.globals["detail"] = detail
    return found


@cache
def asset(name: str) -> Markup:
    """Return a style sheet or script of ours as it stands in the page; it holds nothing from the data."""
    return Markup((templates_dir() / ASSETS / name).read_text("utf-8"))


def policy(scripts: Sequence[str], styles: Sequence[str]) -> str:
    """Return the policy under which the page may run these scripts and styles and load nothing."""
    run = " ".join(_hash(text) for text in scripts) or "'none'"
    style = " ".join(_hash(text) for text in styles) or "'none'"
    return f"default-src 'none'; script-src {run}; style-src {style}; img-src data:; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def smallest_that_fits(page: Callable[[Detail], str], details: Sequence[Detail] = DETAILS, limit: int = LARGEST_PAGE) -> str:
    """Return the page with the most detail that is not larger than `limit` bytes."""
    text = ""
    for detail in details:
        text = page(detail)
        if len(text.encode()) <= limit:
            break
    return text


def make_ready() -> None:
    """Compile the templates of a page with all detail, so that it is rendered sooner."""
    templates = environment(DETAILS[0])
    for name in templates.list_templates(extensions=["j2"]):
        templates.get_template(name)


def rendered(template: str, detail: Detail, **values: Any) -> Markup:
    """Return a template with its values; the result is safe to print within another, because every value in it was escaped."""
    return Markup(environment(detail).get_template(template).render(**values))
