"""A plan from the facts of the last profile is the plan from the file itself, and facts of anything else are not used."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from automl_assist import pipeline
from automl_assist.runs import known_facts
from automl_assist.schema import Options

DECIDED = Options()  # by the rules, all of it


class Heard:
    def __init__(self):
        self.notes = []

    def note(self, text):
        self.notes.append(text)

    def message(self, message):
        pass


def _profile(path, options=DECIDED, *, sensitive=False):
    return pipeline.profile_data(path, options, out=Path("seen"), overwrite=True, sensitive=sensitive, started=0.0, notify=Heard())


def _recommend(path, options=DECIDED):
    heard = Heard()
    document = pipeline.recommend_plan(path, options, out=None, overwrite=False, started=0.0, notify=heard)
    return document, any("planned from the profile" in note for note in heard.notes)


@pytest.fixture
def penguins(samples, workdir):
    shutil.copy(samples / "penguins.csv", "p.csv")
    return "p.csv"


@pytest.mark.parametrize("name", ["penguins", "heart_disease", "support_tickets", "gestures", "ice_cream_sales", "seattle_weather"])
def test_the_same_plan_as_from_the_file(name, samples, workdir):
    shutil.copy(samples / f"{name}.csv", "d.csv")
    guessed = _profile("d.csv")["target"]["name"]
    asked = [Options(), Options(target=guessed), Options(target=guessed, budget_s=20.0, seed=3, families=("classic",))]
    quick = [_recommend("d.csv", options) for options in asked]
    Path(".assist/facts.json").unlink()
    slow = [_recommend("d.csv", options) for options in asked]
    assert [known for _, known in quick] == [True] * len(asked)
    assert [known for _, known in slow] == [False] * len(asked)
    assert [document for document, _ in quick] == [document for document, _ in slow]
    _profile("d.csv", Options(target=guessed))
    named, known = _recommend("d.csv", asked[1])
    assert known and named == slow[1][0]
    assert not _recommend("d.csv")[1]  # what would be guessed is not known


@pytest.mark.parametrize(
    "options",
    [
        Options(target="island"),
        Options(task="multiclass"),
        Options(kinds={"year": "category"}),
        Options(targets=("species", "sex")),
        Options(read=replace(Options().read, delimiter=",")),
    ],
)
def test_who_asks_for_something_else_has_the_file_read(penguins, options):
    _profile(penguins)
    assert not _recommend(penguins, options)[1]


def test_a_metric_that_asks_for_another_task_has_the_file_read(workdir):
    Path("g.csv").write_text("width,grade\n" + "".join(f"{k * 37 % 101 / 7:.3f},{1 + k * k % 5}\n" for k in range(400)))
    assert _profile("g.csv", Options(target="grade"))["task"]["name"] != "regression"
    assert _recommend("g.csv", Options(target="grade", metric="accuracy"))[1]
    document, known = _recommend("g.csv", Options(target="grade", metric="rmse"))
    assert (document["task"], known) == ("regression", False)


def _longer(path):
    with open(path, "a", encoding="utf-8") as file:
        file.write(Path(path).read_text("utf-8").splitlines()[-1] + "\n")


def _other_letter(path):
    Path(path).write_bytes(Path(path).read_bytes().replace(b"Biscoe", b"Bisco3", 1))


@pytest.mark.parametrize("change", [_longer, _other_letter, os.remove])
def test_of_a_changed_file_nothing_is_known(penguins, change):
    _profile(penguins)
    assert known_facts.recall(penguins) is not None
    change(penguins)
    assert known_facts.recall(penguins) is None


@pytest.mark.parametrize("library", known_facts.READERS)
def test_another_version_may_see_something_else(penguins, monkeypatch, library):
    _profile(penguins)
    version = known_facts.metadata.version
    monkeypatch.setattr(known_facts.metadata, "version", lambda name: "0" if name == library else version(name))
    assert known_facts.recall(penguins) is None


def test_changed_code_may_see_something_else(penguins, monkeypatch, tmp_path):
    code = tmp_path / "code"
    (code / "part").mkdir(parents=True)
    (code / "part" / "a.py").write_text("x = 1\n")
    monkeypatch.setattr(known_facts, "CODE", code)
    _profile(penguins)
    assert known_facts.recall(penguins) is not None
    (code / "part" / "a.py").write_text("x = 12\n")
    assert known_facts.recall(penguins) is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema": "assist.facts/1", "readers": "", "facts": {}}', "[" * 9_000])
def test_what_cannot_be_read_is_not_known(penguins, content):
    _profile(penguins)
    Path(".assist/facts.json").write_text(content)
    assert known_facts.recall(penguins) is None


def test_a_part_that_is_missing_or_of_another_form_is_not_guessed(penguins):
    _profile(penguins)
    place = Path(".assist/facts.json")
    whole = json.loads(place.read_text())
    for part, value in (("rows", "344"), ("columns", None), ("strange", 1)):
        spoilt = json.loads(place.read_text())
        spoilt["facts"]["profile"][part] = value
        place.write_text(json.dumps(spoilt))
        assert known_facts.recall(penguins) is None
        place.write_text(json.dumps(whole))
    assert known_facts.recall(penguins) is not None


def test_cells_that_are_to_be_hidden_are_not_kept(penguins):
    _profile(penguins)
    _profile(penguins, sensitive=True)
    assert not os.path.exists(".assist/facts.json")


def test_facts_that_cannot_be_noted_spoil_nothing(penguins, monkeypatch):
    def no_json(_):
        raise TypeError("no JSON form")

    for name, value in (("to_json", no_json), ("MOST_BYTES", 100)):
        with monkeypatch.context() as patch:
            patch.setattr(known_facts, name, value)
            assert _profile(penguins)["target"]
        assert not os.path.exists(".assist/facts.json")


def test_pictures_may_change_while_their_names_stay(samples, workdir):
    _profile(str(samples / "shapes"))
    assert not os.path.exists(".assist/facts.json")


def test_a_folder_that_may_not_be_written_spoils_nothing(penguins):
    Path(".assist").write_text("in the way")
    assert _profile(penguins)["target"]
    assert not _recommend(penguins)[1]
