"""From the plain dict of report.json to one HTML page: no network, no data frame, nothing from the data that could run.

To add a section, put ``sections/<name>.py`` with one ``SECTION`` beside the others and its template into
``templates/report/sections/<name>.html.j2``; the page finds it by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automl_assist._registry import collect
from automl_assist.report import sections as _sections
from automl_assist.report._page import Detail, asset, policy, rendered, smallest_that_fits
from automl_assist.report._section import Section

__all__ = ["Section", "render", "sections"]

SCHEMA = "assist.report/1"


def sections() -> tuple[Section, ...]:
    """Return every section in the order of the page."""
    return tuple(sorted(collect(_sections, Section, key="name").values(), key=lambda s: (s.order, s.name)))


def render(report: Mapping[str, Any]) -> str:
    """Return report.html.

    Parameters
    ----------
    report : mapping
        The content of report.json, of kind ``train`` or ``profile``. Figures may be None; what is not there is not shown.

    Returns
    -------
    str
        At most 3 MB: with very many or very long names the page shows less of them and says so.

    Raises
    ------
    ValueError
        If `report` has another schema.
    """
    if report.get("schema") != SCHEMA:
        raise ValueError(f"a report of schema {report.get('schema')!r} cannot be shown; expected {SCHEMA!r}")
    used = [(section, section.context(report)) for section in sections() if section.applies(report)]
    style, script = asset("page.css"), asset("page.js")
    head = {
        "name": report["data"]["name"],
        "kind": report["kind"],
        "run": report["run"],
        "policy": policy([script], [style]),
        "style": style,
        "script": script,
    }

    def page(detail: Detail) -> str:
        parts = [{"name": s.name, "title": s.title, "body": rendered(s.template, detail, **context)} for s, context in used]
        return str(rendered("report/page.html.j2", detail, parts=parts, **head)) + "\n"

    return smallest_that_fits(page)
