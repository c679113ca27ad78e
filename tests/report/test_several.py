"""The page of a run with several targets: a table of all, then the parts of each, on one page that holds together."""

import copy
import re
from collections import Counter

import pytest

from automl_assist.report import render
from tests.report.samples import binary, regression

HOSTILE = '<script>alert(1)</script> id="x"'


def report(targets=2):
    parts = [copy.deepcopy(make()) for make, _ in zip((binary, regression) * targets, range(targets), strict=False)]
    for number, part in enumerate(parts):
        part["target"] = f"{HOSTILE} {number}"
    first = parts[0]
    shared = {key: first[key] for key in ("schema", "kind", "run", "data", "budget", "verdict")}
    return {
        **shared,
        "target": [p["target"] for p in parts],
        "targets": parts,
        "not_trained": ["late"],
        "metric": {**first["metric"], "value": None},
    }


def test_ids_are_unique_and_every_anchor_leads_somewhere():
    page = render(report())
    ids = Counter(re.findall(r'\sid="([^"]+)"', page))
    assert [name for name, count in ids.items() if count > 1] == []
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    for named in re.findall(r'aria-labelledby="([^"]+)"', page):
        assert set(named.split()) <= set(ids)


def test_targets_are_escaped_named_and_listed():
    page = render(report())
    assert "<script>alert(1)</script>" not in page
    assert page.count("<h1") == 1
    assert "“late”" in page


@pytest.mark.parametrize("targets", [1, 40])
def test_few_and_many_targets_fit_a_page(targets):
    assert len(render(report(targets)).encode()) <= 3_000_000
