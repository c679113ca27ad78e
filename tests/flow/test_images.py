"""Pictures through the whole flow: a class folder, an archive, a table of paths; damaged files and names that lead elsewhere."""

import csv
import json
import shutil

import pytest

from automl_assist._resources import sample_data_dir
from tests.flow.conftest import assist

SHAPES = sample_data_dir() / "shapes"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Return the folder in which the sample was learned from, with a damaged file among it."""
    folder = tmp_path_factory.mktemp("images")
    shutil.copytree(SHAPES, folder / "shapes")
    (folder / "shapes" / "circle" / "broken.png").write_text("no picture")
    done = assist("train", "shapes", "--auto", "--trials", 1, "--json", cwd=folder)
    assert done.code == 0, done.err
    assert (done.document["modality"], done.document["task"], done.document["target"]) == ("image", "multiclass", "label")
    assert done.document["metric"]["value"] < done.document["metric"]["baseline"]
    assert "W0117" in [m["code"] for m in done.document["messages"]]
    return folder


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_folders_archives_and_tables_are_read_alike(run, here):
    (run / "new").mkdir()
    names = []
    for kind in ("circle", "square", "triangle"):
        for name in ("01.jpg", "02.jpg"):
            names.append(f"{kind} <b>é {name}")
            shutil.copy(SHAPES / kind / name, run / "new" / names[-1])
    (run / "new" / "zz.png").write_text("no picture")
    names.append("zz.png")
    shutil.make_archive(str(run / "new"), "zip", run / "new")
    with (run / "new" / "list.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["path"], *([name] for name in names)])
    found = []
    for k, data in enumerate(("new", "new.zip", "new/list.csv")):
        done = assist("predict", "assist-run", data, "--out", f"p{k}.csv", cwd=run)
        assert done.code == 0, done.err
        assert "W0117" in done.err
        found.append(rows(run / f"p{k}.csv"))
    assert [row["path"] for row in found[0]] == names, "a folder has no order, so each prediction names its picture"
    plain = [[{k: v for k, v in row.items() if k != "path"} for row in each] for each in found]
    assert plain[0] == plain[1] == plain[2]
    assert len(plain[0]) == len(names) and plain[0][-1]["prediction"] == "", "what cannot be read has no prediction"
    right = sum(row["prediction"] == name.split(" ")[0] for row, name in zip(found[0], names, strict=True))
    assert right >= 4
    assert here("evaluate", "assist-run", "shapes", cwd=run).code == 0


def test_one_picture_and_a_list_with_another_name_are_predicted_too(run, here):
    picture = run / "alone" / "it.jpg"
    picture.parent.mkdir(exist_ok=True)
    shutil.copy(SHAPES / "circle" / "00.jpg", picture)
    (picture.parent / "list.csv").write_text("file,remark\nit.jpg,taken today\n", encoding="utf-8")
    found = []
    for k, data in enumerate(("alone/it.jpg", "alone/list.csv")):
        done = here("predict", "assist-run", data, "--out", f"one{k}.csv", cwd=run)
        assert done.code == 0, done.err
        found.append(rows(run / f"one{k}.csv"))
    assert "W0707" in done.err and found[0][0].pop("path") == "it.jpg"
    assert found[0] == found[1] and len(found[0]) == 1


def test_the_report_and_the_plan_say_how_pictures_are_seen(run):
    report = json.loads((run / "assist-run" / "report.json").read_text("utf-8"))
    settings = report["plan"]["settings"]
    assert settings["image.input"] == {"height": 32, "width": 32, "channels": 3, "fit": "stretch"}
    assert settings["image.augmentation"]["mirror"] in (True, False)


def test_pictures_outside_the_folder_are_never_opened(run, here):
    secret = run / "secret.jpg"
    shutil.copy(SHAPES / "circle" / "00.jpg", secret)
    with (run / "new" / "bad.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["path"], ["../secret.jpg"]])
    done = here("predict", "assist-run", "new/bad.csv", cwd=run)
    assert done.code == 3 and "E0117" in done.err


@pytest.mark.parametrize(
    ("make", "code", "exit_code"),
    [
        (lambda folder: (folder / "a").mkdir(parents=True), "E0103", 3),
        (lambda folder: shutil.copytree(SHAPES / "circle", folder / "circle"), "E0103", 3),
    ],
    ids=["empty", "one class"],
)
def test_what_cannot_be_learned_from(make, code, exit_code, tmp_path):
    make(tmp_path / "d")
    done = assist("train", "d", "--auto", "--time-budget", "10s", cwd=tmp_path)
    assert (done.code, code in done.err) == (exit_code, True), done.err
