"""Every section of the report keeps the same promises; a new one is covered by being there."""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from automl_assist._resources import templates_dir
from automl_assist.report import render, sections
from automl_assist.report._page import DETAILS, rendered
from automl_assist.report._section import Section
from tests.report.samples import SAMPLES

TEMPLATES = templates_dir() / "report"
PROOF = "<script>proof()</script>{{7*7}}proof\u202e\u200b\x00\ud800"
FIXED = ("schema", "kind", "state", "severity", "task", "status", "format", "origin", "family")  # words of ours, not from the data


def laced(value: Any, key: str = "") -> Any:
    """Return the report with a payload in front of every text that could come from the data."""
    if isinstance(value, dict):
        return {k: laced(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [laced(v, key) for v in value]
    return PROOF + value if isinstance(value, str) and key not in FIXED else value


def applying(name: str) -> Iterator[tuple[Section, dict[str, Any]]]:
    report = SAMPLES[name]()
    return ((section, report) for section in sections() if section.applies(report))


@pytest.mark.parametrize("section", sections(), ids=lambda s: s.name)
def test_section_has_a_template_and_applies_to_a_sample(section: Section) -> None:
    assert (templates_dir() / section.template).is_file()
    assert re.fullmatch(r"[a-z]+", section.name)
    assert any(section.applies(sample()) for sample in SAMPLES.values()), "no sample shows this section: add one to tests/report/samples.py"


def test_orders_differ() -> None:
    assert len({section.order for section in sections()}) == len(sections())


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_section_is_the_same_every_time_and_changes_nothing(name: str) -> None:
    for section, report in applying(name):
        before = copy.deepcopy(report)
        first = rendered(section.template, DETAILS[0], **section.context(report))
        assert first == rendered(section.template, DETAILS[0], **section.context(report)), section.name
        assert report == before, f"{section.name} changed the report"


class Checked(HTMLParser):
    """Collects tags, ids and what stands where nothing from the data may stand."""

    def __init__(self, page: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_page_escapes_everything(name: str) -> None:
    page = render(laced(SAMPLES[name]()))
    page.encode("utf-8")
    assert not {"\x00", "\u202e", "\u200b"} & set(page)
    assert "49proof" not in page
    assert r"\u202e" in page
    checked = Checked(page)
    assert [tag for tag, _ in checked.tags].count("script") == 1
    for tag, attributes in checked.tags:
        assert not [k for k in attributes if k.startswith("on") or k in ("style", "src", "action")], f"<{tag}> has {attributes}"
        assert "proof" not in attributes.get("id", "") + attributes.get("href", "") + attributes.get("class", "")


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_ids_are_unique_and_headings_in_order(name: str) -> None:
    tags = Checked(render(SAMPLES[name]())).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    assert all(attributes["href"][1:] in ids for tag, attributes in tags if tag == "a")
    for _, attributes in tags:
        for named in attributes.get("aria-labelledby", "").split():
            assert named in ids


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_figure_says_its_answer_and_has_its_numbers(name: str) -> None:
    page = render(SAMPLES[name]())
    for figure in re.findall(r"<figure.*?</figure>", page, re.S):
        assert re.search(r"<figcaption><b>[^<]+</b> [^<]{20,}", figure), figure[:200]
        assert "<title" in figure
        assert "<desc" in figure
        assert "<summary>Show the numbers" in figure
        assert figure.count("<tr>") >= 2


def test_templates_switch_off_no_safety() -> None:
    for path in TEMPLATES.rglob("*.j2"):
        text = path.read_text("utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape|style=|<script(?!>\{\{ script)|javascript:", text), path.name


# --- colours


def variables(css: str) -> list[dict[str, str]]:
    light, dark = (dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block)) for block in re.findall(r":root \{(.*?)\n\s*\}", css, re.S)[:2])
    return [light, light | dark]


def contrast(a: str, b: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_colours_can_be_told_apart(theme: int) -> None:
    colour = variables((TEMPLATES / "assets" / "page.css").read_text("utf-8"))[theme]
    texts = [(ink, ground) for ink in ("ink", "muted", "accent") for ground in ("bg", "surface", "sunken")]
    texts += [(tone, f"{tone}-soft") for tone in ("good", "warn", "bad", "quiet", "accent")]
    texts += [(f"on{i}", f"q{i}") for i in range(7)] + [("on-mark", "model"), ("on-mark", "linear")]
    marks = [(mark, ground) for mark in ("model", "linear", "baseline") for ground in ("bg", "surface")]
    marks += [(tone, "surface") for tone in ("good", "warn", "bad", "quiet", "muted")]
    assert [(a, b) for a, b in texts if contrast(colour[a], colour[b]) < 4.5] == []
    assert [(a, b) for a, b in marks if contrast(colour[a], colour[b]) < 3] == []
