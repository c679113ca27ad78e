"""The shape of a section of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Report = Mapping[str, Any]


@dataclass(frozen=True)
class Section:
    """One part of the page; its template is ``templates/report/sections/<name>.html.j2``.

    Attributes
    ----------
    name, title
        The id of its heading, and the heading.
    order
        Sections stand in this order: by what is decided with them, not by when they were computed.
    applies
        ``applies(report)`` says whether the page has it.
    context
        ``context(report)`` returns all that the template shows, and nothing else reaches the template: plain values, text as it came
        (escaping and cutting are the environment's work), charts as dicts made by :mod:`automl_assist.report._charts`.
    """

    name: str
    title: str
    order: int
    applies: Callable[[Report], bool]
    context: Callable[[Report], dict[str, Any]]

    @property
    def template(self) -> str:
        """The path of the template below the folder of templates."""
        return f"report/sections/{self.name}.html.j2"
