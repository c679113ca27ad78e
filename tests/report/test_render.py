"""The page as a whole: what stands in it, how large it gets, and what it survives."""

from __future__ import annotations

import base64
import copy
import hashlib
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from automl_assist.report import render, sections
from tests.report.sample_parts import column
from tests.report.samples import SAMPLES, binary, multiclass, profile, regression, texts, wide

GOLDEN = Path(__file__).parent.parent / "golden"
TYPICAL, LARGEST = 500_000, 3_000_000


class Words(HTMLParser):
    """The text of a page, a line for each block."""

    BLOCKS = ("p", "li", "tr", "h1", "h2", "h3", "div", "dt", "dd", "figcaption", "desc", "summary", "text", "section")

    def __init__(self, page: str):
        super().__init__()
        self.parts: list[str] = []
        self.inside: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in ("script", "style"):
            self.inside = tag
        if tag in self.BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.inside = None if tag == self.inside else self.inside
        self.parts.append("\n" if tag in self.BLOCKS else " ")

    def handle_data(self, data: str) -> None:
        if self.inside is None:
            self.parts.append(data)

    @property
    def text(self) -> str:
        lines = (" ".join(line.split()) for line in "".join(self.parts).splitlines())
        return "\n".join(line for line in lines if line) + "\n"


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_words_of_the_page_are_those_agreed_on(name: str) -> None:
    words = Words(render(SAMPLES[name]())).text
    path = GOLDEN / f"report_{name}.txt"
    if os.environ.get("ASSIST_UPDATE_GOLDEN") == "1":
        path.write_text(words, "utf-8")
    assert words == path.read_text("utf-8"), "look at the difference; if it is meant, run again with ASSIST_UPDATE_GOLDEN=1"


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_typical_page_is_small(name: str) -> None:
    assert len(render(SAMPLES[name]()).encode()) < TYPICAL


def test_sixty_columns_are_still_typical() -> None:
    page = render(wide(60))
    assert len(page.encode()) < TYPICAL
    assert page.count('<li class="column">') == 60


HUGE = {
    "columns": lambda: wide(20_000),
    "long names": lambda: wide(20_000, "\u202e" * 500 + " {}"),
    "one very long name": lambda: wide(13, "x" * 10_000_000 + "{}"),
    "classes": lambda: multiclass(1_000),
    "long classes": lambda: renamed_classes(multiclass(1_000)),
    "findings": lambda: many_findings(),
}  # fmt: skip


def renamed_classes(report: dict[str, Any]) -> dict[str, Any]:
    long = {name: f"{name} " + "'" * 3_000 for name, _ in report["profile"]["classes"]}
    report["profile"]["classes"] = [[long[name], rows] for name, rows in report["profile"]["classes"]]
    report["charts"]["confusion"]["labels"] = [long.get(name, name) for name in report["charts"]["confusion"]["labels"]]
    report["charts"]["per_class"] = [{**row, "label": long[row["label"]]} for row in report["charts"]["per_class"]]
    return report


def many_findings() -> dict[str, Any]:
    report = binary()
    names = ["&" * 5_000 + str(i) for i in range(5_000)]
    report["findings"] = [
        {**report["findings"][0], "columns": names, "message": "<" * 100_000, "fix": "--drop " + '"' * 100_000, "title": ">" * 1_000}
        for _ in range(500)
    ]
    report["messages"] = [{"code": "W0104", "message": "&" * 100_000, "help": "'" * 100_000}] * 500
    report["skipped"] = [{"what": "'" * 10_000, "why": "&" * 10_000}] * 500
    report["run"]["command"] = "assist " + "'" * 1_000_000
    report["plan"]["decisions"] += [{**report["plan"]["decisions"][-1], "key": "'" * 9_000, "because": "'" * 9_000} for _ in range(20_000)]
    return report


@pytest.mark.parametrize("name", sorted(HUGE))
def test_page_stays_below_three_megabytes_whatever_the_data(name: str) -> None:
    page = render(HUGE[name]())
    assert len(page.encode()) < LARGEST
    for section in ("verdict", "checks", "columns", "reproduce"):
        assert f'id="{section}"' in page


def test_what_is_left_out_is_said() -> None:
    page = render(wide(20_000))
    assert "60 columns stand here in full" in page
    assert re.search(r"18,9\d\d\u00a0more columns are in report.json", page)


def test_relevant_columns_get_a_card() -> None:
    report = wide(500)
    report["importance"]["columns"] = [{"name": "sensor reading number 400", "drop": 0.3, "ci95": None}]
    report["target"] = report["profile"]["target"]["name"] = "sensor reading number 480"
    page = render(report)
    assert '<bdi class="field">sensor reading number 400</bdi>' in page
    assert '<bdi class="field">sensor reading number 480</bdi>' in page


def test_policy_names_exactly_what_the_page_holds() -> None:
    page = render(binary())
    assert '<meta http-equiv="Content-Security-Policy"' in page
    found = re.search(r'Policy" content="([^"]+)"', page)
    assert found
    policy = found[1].replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        bodies = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.S)
        assert len(bodies) == 1
        assert f"{tag}-src 'sha256-{base64.b64encode(hashlib.sha256(bodies[0].encode()).digest()).decode()}'" in policy
        assert "unsafe" not in policy


def test_script_and_style_are_small() -> None:
    from automl_assist.report._page import asset

    assert len(asset("page.js").encode()) <= 5_000
    assert len(asset("page.css").encode()) <= 20_000


def nothing_known(value: Any) -> Any:
    """Return the report with every float missing, as after NaN."""
    if isinstance(value, dict):
        return {k: nothing_known(v) for k, v in value.items()}
    if isinstance(value, list):
        return [nothing_known(v) for v in value]
    return None if isinstance(value, float) else value


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_missing_figures_become_dashes(name: str) -> None:
    report = nothing_known(SAMPLES[name]())
    for guess in ("target", "task", "modality"):
        report["profile"][guess]["confidence"] = 0.5
    page = render(report)
    assert "\u2013" in page
    assert not re.search(r">\s*(None|nan|inf)\s*<", page)


@pytest.mark.parametrize("make", [binary, multiclass, regression])
@pytest.mark.parametrize(
    "key",
    ["messages", "checks", "charts", "importance", "history", "trials", "failures", "budget", "skipped", "test", "plan", "leaderboard"],
)
def test_parts_may_be_absent(make: Any, key: str) -> None:
    report = make()
    del report[key]
    assert "<main" in render(report)


@pytest.mark.parametrize("key", ["target", "task", "plan"])
def test_profile_without_a_target(key: str) -> None:
    report = profile()
    report |= {"target": None, "plan": None, "task": None}
    report["profile"] |= {"target": None, "task": None, "classes": []}
    page = render(report)
    assert "name one with" in page
    assert 'id="target"' not in page


def test_rare_classes_are_not_named() -> None:
    report = multiclass()
    report["profile"]["classes"][-1] = ["SUV", 4]
    page = render(report)
    assert "SUV" not in page
    assert "rare class 1" in page


def test_values_that_name_a_row_are_not_shown() -> None:
    report = profile()
    report["profile"]["columns"].append(column("mail", 12, "email", top=[["someone@example.org", 12]], distinct=70))
    assert "someone@example.org" not in render(report)


def test_pictures_are_told_by_their_size() -> None:
    report = profile()
    report["data"]["format"] = "image_archive"
    report["profile"]["columns"].append(column("photo", 12, "image", distinct=70))
    seen = {"height": 48, "width": 64, "smallest": 48, "largest": 300}
    report["profile"]["layout"] = {"pictures": {"photo": seen}}
    page = render(report)
    assert "about 48\u00a0pixels high, 64 wide; sides of 48 to 300" in page and "zip archive of class folders" in page
    report["profile"]["layout"] = {"pictures": {"photo": {"looked_at": 3, "unreadable": 3}}}
    assert "pixels high" not in render(report)


def test_lengths_of_texts_are_not_compared_where_nothing_is_wrong() -> None:
    report = texts()
    assert "Long and short texts" in render(report)
    for group in report["insight"]["lengths"]:
        group |= {"error": 0.0, "ci95": [0.0, 0.0]}
    assert "Long and short texts" not in render(report)


def test_interrupted_run_says_so() -> None:
    report = binary()
    report["run"]["status"] = "interrupted"
    assert "was interrupted" in render(report)


def test_foreign_schema_is_refused() -> None:
    with pytest.raises(ValueError, match=r"assist\.report/2"):
        render({**binary(), "schema": "assist.report/2"})


def test_same_report_gives_the_same_bytes() -> None:
    report = binary()
    before = copy.deepcopy(report)
    assert render(report) == render(report)
    assert report == before


def test_sections_of_a_profile() -> None:
    assert [s.name for s in sections() if s.applies(profile())] == [
        "verdict",
        "checks",
        "columns",
        "target",
        "decisions",
        "reproduce",
        "glossary",
    ]


def test_report_needs_no_heavy_library() -> None:
    code = (
        "import sys, automl_assist.report; print([m for m in ('numpy', 'pandas', 'sklearn', 'keras', 'yaml', 'click') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert run.stdout.strip() == "[]"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60), st.floats(allow_nan=False), st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_any_name_and_any_figure_can_be_shown(name: str, value: float, counts: list[int]) -> None:
    report = binary()
    report["profile"]["columns"][5] |= {"name": name, "evidence": name}
    report["profile"]["columns"][5]["numbers"] |= {"minimum": -abs(value), "maximum": abs(value), "histogram": counts}
    report["metric"] |= {"value": value, "ci95": [-abs(value), abs(value)]}
    report["leaderboard"][1] |= {"name": name, "score": value}
    report["history"] = [[1.0, value], [2.0, 0.5]]
    report["charts"]["confusion"] |= {"labels": [name, "1"]}
    render(report).encode("utf-8")


def test_only_columns_whose_effect_is_told_from_none_are_said_to_matter() -> None:
    report = binary()
    report["importance"]["columns"] = [
        {"name": "Rooms", "drop": 3.0, "ci95": [2.0, 4.0]},
        {"name": "Street", "drop": 0.01, "ci95": [-0.01, 0.03]},
        {"name": "Floor", "drop": -0.01, "ci95": [-0.03, 0.01]},
    ]
    assert "The predictions rest most on “Rooms”. For 2 columns the effect cannot be told from none." in Words(render(report)).text
    report["importance"]["columns"] = report["importance"]["columns"][1:]
    assert "No single column matters by itself. For 2 columns" in Words(render(report)).text
