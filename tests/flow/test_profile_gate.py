"""``assist profile --strict``: a gate that still writes the report."""

import json

import numpy as np
import pandas as pd
import pytest

from tests.flow.conftest import assist


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gate")
    rng = np.random.default_rng(0)
    clean = pd.DataFrame({"a": rng.normal(size=300).round(4), "b": rng.choice(["u", "v", "w"], 300)})
    clean["y"] = np.where(clean["a"] + rng.normal(size=300) > 0, "yes", "no")
    clean.to_csv(folder / "clean.csv", index=False)
    clean.assign(answer=clean["y"].map({"yes": "J", "no": "N"})).to_csv(folder / "leaky.csv", index=False)
    return folder


@pytest.mark.parametrize(("table", "strict", "code"), [("leaky", True, 7), ("leaky", False, 0), ("clean", True, 0)])
def test_an_error_finding_ends_with_7_when_asked(table, strict, code, tables):
    out = f"{table}-{strict}"
    done = assist("profile", f"{table}.csv", "--target", "y", "--json", "--out", out, *(["--strict"] if strict else []), cwd=tables)
    document = json.loads(done.out)
    assert (done.code, document["exit_code"], document["status"]) == (code, code, "failed" if code else "ok")
    assert ("F201" in {f["code"] for f in document["findings"]}) == (table == "leaky")
    assert (document["error"] or {}).get("code") == ("E0202" if code else None)
    assert {path.name for path in (tables / out).iterdir()} >= {"profile.html", "profile.json"}
