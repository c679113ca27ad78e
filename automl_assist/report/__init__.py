"""From the plain dict of report.json to one HTML page: no network, no data frame, nothing from the data that could run.

To add a section, put ``sections/<name>.py`` with one ``SECTION`` beside the others and its template into
``templates/report/sections/<name>.html.j2``; the page finds it by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from automl_assist._registry import collect
from automl_assist.report import sections as _sections
from automl_assist.report._page import Detail, asset, make_ready, policy, rendered, smallest_that_fits
from automl_assist.report._section import Section
from automl_assist.report._several import as_part, several_context

__all__ = ["Section", "make_ready", "render", "sections"]

SCHEMA = "assist.report/1"
MOST_WHOLE = 8  # targets with all their sections: more would be a page that nobody reads to its end


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
    style, script = asset("page.css"), asset("page.js")
    head = {
        "name": report["data"]["name"],
        "kind": report["kind"],
        "run": report["run"],
        "policy": policy([script], [style]),
        "style": style,
        "script": script,
    }
    parts = _parts_of_several if "targets" in report else _parts
    return smallest_that_fits(lambda detail: str(rendered("report/page.html.j2", detail, parts=parts(report, detail), **head)) + "\n")


def _parts(report: Mapping[str, Any], detail: Detail) -> list[dict[str, Any]]:
    """Return the sections of a report on one target, or on none."""
    return [
        {"name": s.name, "title": s.title, "body": rendered(s.template, detail, **s.context(report)), "listed": True}
        for s in sections()
        if s.applies(report)
    ]


def _parts_of_several(report: Mapping[str, Any], detail: Detail) -> list[dict[str, Any]]:
    """Return a table of the targets, and after it the sections of each; of targets far down the list the verdict alone."""
    prefixes = [f"t{number}-" for number in range(1, len(report["targets"]) + 1)]
    context = several_context(report, [f"{prefix}verdict" for prefix in prefixes])
    parts = [{"name": "several", "title": "All targets", "body": rendered("report/several.html.j2", detail, **context), "listed": True}]
    for number, (prefix, one) in enumerate(zip(prefixes, report["targets"], strict=True)):
        for part in _parts({**one, "within": True}, detail)[: None if number < MOST_WHOLE else 1]:
            first = part["name"] == "verdict"
            title = one["target"] if first else part["title"]
            parts.append({"name": prefix + part["name"], "title": title, "body": Markup(as_part(part["body"], prefix)), "listed": first})
    return parts
