"""The page in a real browser: nothing is loaded, nothing runs but our script, nothing overlaps, nothing overflows."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from automl_assist.report import render
from tests.report.samples import SAMPLES, binary, multiclass, wide

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OPEN_ALL = "document.querySelectorAll('details').forEach((fold) => { fold.open = true; })"
# Pairs of texts within one chart whose boxes share more than a hair, and charts or texts that stick out of their frame.
OVERLAPS = """() => {
  const wrong = [];
  for (const svg of document.querySelectorAll('figure svg[role=img]')) {
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')].filter((t) => t.textContent.trim())
      .map((t) => [t.textContent, t.getBoundingClientRect()]);
    texts.forEach(([a, p], i) => {
      const sideways = p.left < frame.left - 1 || p.right > frame.right + 1;
      if (sideways || p.top < frame.top - 1 || p.bottom > frame.bottom + 1) wrong.push(`'${a}' leaves its chart`);
      texts.slice(i + 1).forEach(([b, q]) => {
        const w = Math.min(p.right, q.right) - Math.max(p.left, q.left), h = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
        if (w > 1 && h > 2) wrong.push(`'${a}' and '${b}' overlap in ${svg.closest('figure').id}`);
      });
    });
  }
  return wrong;
}"""
EMPTY = """() => [...document.querySelectorAll('figure svg[role=img]')].filter((svg) => {
  const marks = [...svg.querySelectorAll('.mark')].map((m) => m.getBoundingClientRect());
  return !marks.some((box) => box.width + box.height > 2);
}).map((svg) => svg.closest('figure').id)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        missing = f"none of {', '.join(BROWSERS)} was found: install one to see the report tested in it"
        if os.environ.get("ASSIST_NEEDS_BROWSER") == "1":  # as .ci/run sets it: there these tests must not be missing
            pytest.fail(missing)
        pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        launched = play.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        yield launched
        launched.close()


class Opened:
    """A page, and everything that it asked for or complained about."""

    def __init__(self, browser: Any, html: str, folder: Path, width: int = 1280, scheme: str = "light"):
        path = folder / "report.html"
        path.write_text(html, "utf-8")
        self.requests: list[str] = []
        self.said: list[str] = []
        self.page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.add_init_script(
            "addEventListener('securitypolicyviolation', (e) => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))"
        )
        self.page.goto(path.as_uri())

    def is_quiet(self) -> None:
        assert [url for url in self.requests if not url.startswith("data:,")] == [self.page.url]
        assert self.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_page_loads_nothing_and_fits(browser: Any, tmp_path: Path, name: str, width: int, scheme: str) -> None:
    opened = Opened(browser, render(SAMPLES[name]()), tmp_path, width, scheme)
    opened.page.evaluate(OPEN_ALL)
    assert opened.page.evaluate(OVERFLOW) <= 0
    assert opened.page.evaluate(OVERLAPS) == []
    assert opened.page.evaluate(EMPTY) == []
    opened.is_quiet()
    opened.page.close()


def test_reflows_at_320_pixels(browser: Any, tmp_path: Path) -> None:
    opened = Opened(browser, render(binary()), tmp_path, 320)
    assert opened.page.evaluate(OVERFLOW) <= 0
    opened.page.close()


@pytest.mark.parametrize(
    "report",
    [multiclass(1_000), wide(3_000), wide(80, "W" * 90 + " {}"), wide(80, "列名" * 40 + "{}")],
    ids=["classes", "columns", "long", "cjk"],
)
def test_awkward_data_keeps_its_place(browser: Any, tmp_path: Path, report: dict[str, Any]) -> None:
    for i, entry in enumerate(report["importance"]["columns"]):
        entry["name"] = report["profile"]["columns"][-1 - i]["name"]
    for width in (1280, 360):
        opened = Opened(browser, render(report), tmp_path, width)
        opened.page.evaluate(OPEN_ALL)
        assert opened.page.evaluate(OVERFLOW) <= 0
        assert opened.page.evaluate(OVERLAPS) == []
        assert opened.page.evaluate("document.querySelectorAll('*').length") <= 15_000
        opened.is_quiet()
        opened.page.close()


def test_nothing_from_the_data_runs(browser: Any, tmp_path: Path) -> None:
    proof = "document.documentElement.dataset.mark=1"
    evil = f"</script></style><script>{proof}</script><img src=x onerror='{proof}'>"
    report = binary()
    report["target"] = report["profile"]["target"]["name"] = report["profile"]["columns"][1]["name"] = evil
    report["profile"]["columns"][4] |= {"name": evil, "top": [[evil, 500]], "evidence": evil, "reason": evil}
    report["profile"]["classes"] = [[evil, 549], ["1", 342]]
    report["charts"]["confusion"]["labels"] = [evil, "1"]
    report["importance"]["columns"][0]["name"] = report["leaderboard"][1]["name"] = report["run"]["command"] = evil
    report["findings"][0] |= {"message": evil, "columns": [evil]}
    opened = Opened(browser, render(report), tmp_path)
    assert opened.page.evaluate("document.documentElement.dataset.mark") is None
    assert opened.page.evaluate("document.querySelectorAll('img').length") == 0
    opened.is_quiet()
    opened.page.close()


def test_tables_are_sorted_and_columns_found(browser: Any, tmp_path: Path) -> None:
    opened = Opened(browser, render(binary()), tmp_path)
    page = opened.page
    page.click("#leaderboard .board thead button:has-text('ROC AUC')")
    assert page.inner_text("#leaderboard .board tbody tr:first-child th bdi") == "baseline-1"
    page.click("#leaderboard .board thead button:has-text('ROC AUC')")
    assert page.inner_text("#leaderboard .board tbody tr:first-child th bdi") == "ensemble"
    page.fill(".find input", "sex")
    assert page.locator("#columns .column:visible").count() == 1
    page.close()


def test_page_is_whole_without_its_script(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(render(binary()), "utf-8")
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(path.as_uri())
    assert page.locator("#leaderboard .board tbody tr").count() == 8
    assert page.locator("#outcomes figure").count() == 3
    page.close()
